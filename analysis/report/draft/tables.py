"""Tables: the tables of the report as tables of Word; where the report has bars they have figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.report.charts.marks import text_width
from analysis.report.draft import elements
from analysis.report.draft.elements import (
    HAIRLINE,
    PAGE,
    SOFT,
    Align,
    Element,
    border,
    cell,
    paragraph,
    row,
    run,
)
from analysis.report.draft.page import CELL, NOTE
from analysis.report.draft.setting import Setting, caption
from analysis.report.style import Style
from analysis.report.terms import METHODS
from analysis.report.wording import Wording

_MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
_TWENTIETHS = 1440 / 25.4
"""Of a point, in a millimetre."""
_INTERVAL = 23.0
"""Millimetres of an interval in figures, which stands where the printed report has a bar."""
_GAP, _MARGINS = 2.0, 2.6
"""Millimetres between numbers and the words right of them; of the margins of a cell, with some to spare."""


class _Column(NamedTuple):
    """A column behind the names: its place among the cells, head, width and side; ``plot``: has bars."""

    place: int
    head: str
    width: int
    side: Align
    plot: bool


def _columns(block: Mapping[str, Any], setting: Setting) -> list[_Column]:
    """Give the columns; bars become intervals in figures, where no column gives those already."""
    interval = setting.style.words.say("{level} interval", level=setting.style.level)
    figures = block["columns"][: block["figures"]]
    doubled = any(each["head"] == interval for each in figures)
    columns = []
    for place, each in enumerate(block["columns"]):
        if each["plot"] and doubled:
            continue
        head, width = (interval, _INTERVAL) if each["plot"] else (each["head"], each["width"])
        side: Align = "left" if each["align"] == "left" else "right"
        if side == "left" and block["figures"]:
            width += _GAP
        width = max(width, _longest_word(head) + _MARGINS)
        columns.append(_Column(place, head, round(width * _TWENTIETHS), side, each["plot"]))
    # Names need half of the page at most.
    wider = min(1.25, max(1.0, PAGE / 2 / sum(column.width for column in columns)))
    return [column._replace(width=round(column.width * wider)) for column in columns]


def _longest_word(text: str) -> float:
    """Give the millimetres of the longest word of a head."""
    return max((text_width(word, 11, bold=True) for word in text.split()), default=0.0) / 72 * 25.4


def table_of(block: Mapping[str, Any], setting: Setting) -> Iterator[Element]:
    """Give a table with its caption above and its note below."""
    columns = _columns(block, setting)
    first = PAGE - sum(column.width for column in columns)
    heads = [_head(first, block["first"], "left")]
    heads += [_head(column.width, column.head, column.side) for column in columns]
    yield caption("table", block["caption"], setting)
    yield elements.table(
        [first, *(column.width for column in columns)],
        [
            row(*heads, head=True),
            *(_line(line, first, columns, block["figures"], setting.style) for line in block["rows"]),
        ],
        borders=[border("top", 8), border("bottom", 8), border("insideH", 2, HAIRLINE)],
        caption=block["caption"],
    )
    yield paragraph(run(_note(block, setting.style)), style=NOTE)


def _head(width: int, text: str, side: Align) -> Element:
    content = paragraph(run(text, bold=True), style=CELL, align=side)
    return cell(width, content, borders=[border("bottom", 8)], low=True)


def _line(
    line: Mapping[str, Any], first: int, columns: Sequence[_Column], figures: int, style: Style
) -> Element:
    if "group" in line:
        text = paragraph(run(line["group"], bold=True), style=CELL, keep=True)
        return row(cell(PAGE, text, span=len(columns) + 1))
    below = [run(f"\n{line['under']}", size=9.5, colour=SOFT)] if line.get("under") else []
    cells = [cell(first, paragraph(run(line["name"]), *below, style=CELL))]
    rest = list(columns)
    if "word" in line:
        # The word stands in place of the figures.
        gone = [column for column in columns if column.place < figures]
        rest = rest[len(gone) :]
        word = paragraph(run(line["word"], colour=SOFT, italic=True), style=CELL, align="right")
        cells.append(cell(sum(column.width for column in gone), word, span=len(gone)))
    for column in rest:
        content = _content(line["cells"][column.place], style)
        cells.append(cell(column.width, paragraph(*content, style=CELL, align=column.side)))
    return row(*cells)


def _content(content: Any, style: Style) -> list[Element]:
    """Give the runs of a cell: a text, a strong word and what follows it, or the ends of a bar."""
    if isinstance(content, str):
        return [run(content)] if content else []
    if "low" in content:
        return [run(f"{style.percent(content['low'], '')}–{style.percent(content['high'], '')}")]
    return [run(content["strong"], bold=True), *([run(content["rest"])] if content["rest"] else [])]


def _note(block: Mapping[str, Any], style: Style) -> str:
    """Give the note of a table: what it says of bars gives way to the method of the intervals."""
    if block["axis"] is None:
        return str(block["note"])
    words = style.words
    names = [words.term(method, METHODS) for method in style.methods]
    if len(names) > 1:
        names = [f"{mark} {name}" for mark, name in zip(_MARKS, names, strict=False)]
    interval = words.say("{level} interval", level=style.level)
    rest = _of_bars(words).sub("", str(block["note"]), count=1)
    return f"{interval}: {'; '.join(names) or '–'}. {rest}".strip()


def _of_bars(words: Wording) -> re.Pattern[str]:
    """Give the pattern of the sentences that a note begins with if its table has bars."""
    gap = "\0"
    dot = words.say("Dot: rate. Bar: {level} interval ({method}).", level=gap, method=gap)
    dotted = words.say("Dotted line: {unit}, {rate}.", unit=gap, rate=gap)
    upright = words.say("Upright lines: {bounds}%.", bounds=gap)
    cut = words.say("Bars are cut where the axis begins; their ends stand beside them.")
    first, second, third, fourth = (
        re.escape(text).replace(re.escape(gap), ".*?") for text in (dot, dotted, upright, cut)
    )
    return re.compile(f"^{first} ({second} )?{third}( {fourth})? ?", re.DOTALL)
