"""Elements: pieces of a Word document: runs, paragraphs, fields, borders, cells; texts are always texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from analysis.report.plain import plain

Element = BaseOxmlElement
Align = Literal["left", "center", "right", "both"]

PAGE = 9354
"""Width of the text on a page, twentieths of a point: 165 mm."""

SOFT, BRICK, HAIRLINE = "4B525A", "A23A0C", "B5B2AA"
_BREAKS = re.compile("([\n\t])")


def element(tag: str, *children: Element, **attributes: str) -> Element:
    """Give an element such as ``w:p`` with its children and attributes of its own namespace."""
    prefix = tag.partition(":")[0]
    made = OxmlElement(tag, {qn(f"{prefix}:{name}"): value for name, value in attributes.items()})
    made.extend(children)
    return made


def run(
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
    colour: str | None = None,
) -> Element:
    """Give a run of a text, whatever it says; ``size`` in points."""
    properties = element("w:rPr")
    if bold:
        properties.append(element("w:b"))
    if italic:
        properties.append(element("w:i"))
    if colour:
        properties.append(element("w:color", val=colour))
    if size:
        properties.append(element("w:sz", val=f"{size * 2:.0f}"))
        properties.append(element("w:szCs", val=f"{size * 2:.0f}"))
    made = element("w:r")
    if len(properties):
        made.append(properties)
    for part in _BREAKS.split(plain(text)):
        if part in ("\n", "\t"):
            made.append(element("w:br" if part == "\n" else "w:tab"))
        elif part:
            written = element("w:t")
            written.text = part
            written.set(qn("xml:space"), "preserve")
            made.append(written)
    return made


def field(instruction: str, shown: str) -> list[Element]:
    """Give a field such as ``PAGE``, and what it shows until a program works it out."""
    return [
        element("w:r", element("w:fldChar", fldCharType="begin")),
        element("w:r", _instruction(instruction)),
        element("w:r", element("w:fldChar", fldCharType="separate")),
        run(shown),
        element("w:r", element("w:fldChar", fldCharType="end")),
    ]


def _instruction(text: str) -> Element:
    made = element("w:instrText")
    made.text = f" {text} "
    made.set(qn("xml:space"), "preserve")
    return made


def paragraph(
    *runs: Element,
    style: str | None = None,
    align: Align | None = None,
    borders: Element | None = None,
    indents: tuple[int, int] | None = None,
    spacing: tuple[int, int] | None = None,
    keep: bool | None = None,
) -> Element:
    """Give a paragraph; indents, spacing before and after in twentieths of a point.

    ``keep`` says whether it stays with the next; None as its style says.
    """
    properties = element("w:pPr")
    if style:
        properties.append(element("w:pStyle", val=style))
    if keep is not None:
        properties.append(element("w:keepNext", val=str(int(keep))))
    if borders is not None:
        properties.append(borders)
    if spacing:
        properties.append(element("w:spacing", before=str(spacing[0]), after=str(spacing[1])))
    if indents:
        properties.append(element("w:ind", left=str(indents[0]), right=str(indents[1]), firstLine="0"))
    if align:
        properties.append(element("w:jc", val=align))
    made = element("w:p", *runs)
    if len(properties):
        made.insert(0, properties)
    return made


def border(side: str, eighths: int, colour: str = "000000") -> Element:
    """Give one border; ``eighths`` of a point thick, 0 for none."""
    if not eighths:
        return element(f"w:{side}", val="nil")
    return element(f"w:{side}", val="single", sz=str(eighths), space="0", color=colour)


def rule(width: int, room: int, *, after: int = 0) -> Element:
    """Give a rule of a width in the middle of the room, as a paragraph without text."""
    side = max(0, (room - width) // 2)
    line = element("w:pBdr", border("bottom", 6))
    made = paragraph(borders=line, indents=(side, side), spacing=(0, after), align="center")
    properties = made[0]
    properties.append(element("w:rPr", element("w:sz", val="4")))
    spacing = properties.find(qn("w:spacing"))
    if spacing is not None:
        spacing.set(qn("w:line"), "60")
        spacing.set(qn("w:lineRule"), "exact")
    return made


def boxed(text: str, size: float, sides: tuple[int, int]) -> Element:
    """Give a text in a box; ``sides`` are the indents that make the box narrow."""
    box = element("w:pBdr", *(border(side, 8) for side in ("top", "left", "bottom", "right")))
    return paragraph(
        run(text, bold=True, size=size), borders=box, indents=sides, spacing=(60, 60), align="center"
    )


def cell(
    width: int, *paragraphs: Element, span: int = 1, borders: Iterable[Element] = (), low: bool = False
) -> Element:
    """Give a cell of a table; ``low``: what it says stands at its bottom."""
    properties = element("w:tcPr", element("w:tcW", w=str(width), type="dxa"))
    if span > 1:
        properties.append(element("w:gridSpan", val=str(span)))
    if sides := list(borders):
        properties.append(element("w:tcBorders", *sides))
    if low:
        properties.append(element("w:vAlign", val="bottom"))
    return element("w:tc", properties, *paragraphs)


def row(*cells: Element, head: bool = False) -> Element:
    """Give a row that stays on one page; a head comes again on every page."""
    properties = element("w:trPr", element("w:cantSplit"))
    if head:
        properties.append(element("w:tblHeader"))
    return element("w:tr", properties, *cells)


def table(
    widths: list[int], rows: Iterable[Element], *, borders: Iterable[Element] = (), caption: str = ""
) -> Element:
    """Give a table of fixed widths, in twentieths of a point."""
    properties = element(
        "w:tblPr",
        element("w:tblW", w=str(sum(widths)), type="dxa"),
        element("w:tblInd", w="0", type="dxa"),
        element("w:tblBorders", *borders),
        element("w:tblLayout", type="fixed"),
        element(
            "w:tblCellMar",
            element("w:left", w="57", type="dxa"),
            element("w:right", w="57", type="dxa"),
        ),
        element("w:tblLook", val="0020", firstRow="1"),
    )
    if caption:
        properties.append(element("w:tblCaption", val=plain(caption)))
    grid = element("w:tblGrid", *(element("w:gridCol", w=str(width)) for width in widths))
    return element("w:tbl", properties, grid, *rows)
