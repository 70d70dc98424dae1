"""Blocks: the blocks of the report as paragraphs, tables and pictures of a Word document."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docx.shared import Mm

from analysis.report.draft import elements
from analysis.report.draft.elements import PAGE, SOFT, Element, border, cell, element, paragraph, row, run
from analysis.report.draft.page import BODY, CELL, HEADINGS, LETTERED, NOTE
from analysis.report.draft.setting import Setting, caption
from analysis.report.draft.tables import table_of
from analysis.report.plain import plain
from analysis.report.typesetting import typeset

PICTURE = Path(__file__).with_name("picture.typ")

_LETTERS = {"vi": "abcdđeghiklmnopqrstuvxy", "en": "abcdefghijklmnopqrstuvwxyz"}
_PIXELS_AN_INCH = 200
_TWO_PAGES = 420.0
"""Millimetres below the head of the first page and on the second."""
_WIDEST, _HIGHEST = 165.0, 222.0
"""Millimetres of a picture that leaves room for its caption on the page."""


class UnknownBlock(ValueError):
    """A block of the report that a Word document cannot show."""


def elements_of(block: Mapping[str, Any], setting: Setting, *, keep: bool | None = None) -> Iterator[Element]:
    """Give the elements of a block.

    Raises
    ------
    UnknownBlock
        If the block is of a kind that is not known here.
    """
    if "heading" in block:
        yield _heading(block["heading"], block["level"], setting)
    elif "paragraph" in block:
        yield paragraph(run(block["paragraph"]), style=BODY, keep=keep)
    elif "letters" in block:
        letters = _LETTERS[setting.style.words.language]
        for letter, text in zip(letters, block["letters"], strict=False):
            yield paragraph(run(f"{letter})\t{text}"), style=LETTERED)
    elif "facts" in block:
        yield from _facts(block["facts"])
    elif "table" in block:
        yield from table_of(block["table"], setting)
    elif "chart" in block:
        yield from _picture(block, setting)
    elif "code" in block:
        yield paragraph(run(block["code"], size=10), style=CELL)
    elif "explored" in block:
        yield paragraph(element("w:r", element("w:br", type="page")), style=NOTE)
    else:
        raise UnknownBlock(f"block with {', '.join(block)}: not known; write it in {__name__}")


def written(
    blocks: Sequence[Mapping[str, Any]], setting: Setting, *, keep: bool | None = None
) -> list[Element]:
    """Give the elements of blocks; with ``keep`` each paragraph stays with the next."""
    made: list[Element] = []
    for place, block in enumerate(blocks):
        if "explored" not in block or _breaks(blocks, place):
            made += elements_of(block, setting, keep=keep)
    return made


def _breaks(blocks: Sequence[Mapping[str, Any]], place: int) -> bool:
    """Whether a page must begin so that the first two hold nothing that explores.

    No page begins for what is not there, nor where what stands before surely fills the two.
    """
    if place + 1 == len(blocks) or blocks[place + 1].get("level") == 1:
        return False
    return sum(map(_least_height, blocks[:place])) < _TWO_PAGES


def _least_height(block: Mapping[str, Any]) -> float:
    """Give about the least millimetres that a block takes."""
    if "table" in block:
        return 26 + 6.3 * len(block["table"]["rows"])
    if "paragraph" in block:
        return 2 + 6.2 * (1 + len(block["paragraph"]) // 90)
    return 35.0 if "chart" in block or "facts" in block else 10.0


def _heading(text: str, level: int, setting: Setting) -> Element:
    made = paragraph(run(text), style=HEADINGS[level - 1])
    if setting.numbering is not None:
        level_of, numbering = element("w:ilvl", val=str(level - 1)), element("w:numId", val=setting.numbering)
        made[0].append(element("w:numPr", level_of, numbering))
    return made


def _facts(facts: Sequence[Mapping[str, str]]) -> Iterator[Element]:
    """Give the leading figures side by side."""
    width = PAGE // len(facts)
    cells = [
        cell(
            width,
            paragraph(run(fact["label"], size=10, colour=SOFT), style=CELL),
            paragraph(run(fact["value"], bold=True, size=18), style=CELL),
            paragraph(run(fact["detail"], size=10, colour=SOFT), style=CELL),
        )
        for fact in facts
    ]
    borders = [border("top", 8), border("bottom", 8)]
    yield elements.table([width] * len(facts), [row(*cells)], borders=borders)
    yield paragraph(style=NOTE)


def _picture(block: Mapping[str, Any], setting: Setting) -> Iterator[Element]:
    pages = typeset(PICTURE, {"chart": block["chart"]}, format="png", ppi=_PIXELS_AN_INCH)
    across, down = struct.unpack_from(">2L", pages[0], 16)
    width = min(_WIDEST, _HIGHEST * across / down)
    inline = setting.document.part.new_pic_inline(io.BytesIO(pages[0]), width=Mm(width))
    inline.docPr.set("descr", plain(block["alternative"]))
    inline.docPr.set("name", f"{setting.words['figure']} {setting.counts.get('figure', 0) + 1}")
    drawing = element("w:r", element("w:drawing", inline))
    yield paragraph(drawing, style=CELL, align="center", keep=True)
    yield caption("figure", block["caption"], setting)
