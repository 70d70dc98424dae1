"""Book: the look of a workbook, and cells that hold texts as texts and numbers as numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from analysis.report.numerals import Language, decimals
from analysis.report.phrases import phrase
from analysis.report.plain import plain
from analysis.report.style import Style
from analysis.report.workbook.quick import QuickWorksheet

INK, SOFT, HAIRLINE, ASH, BRICK = "#15191E", "#4B525A", "#D3D0C9", "#F1EFEA", "#A23A0C"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
LINE = 13.5
"""Height of a line of text, points."""
_LONGEST = 32_767
"""Signs that a cell can hold."""

DATES: Mapping[Language, str] = {"vi": "dd/mm/yyyy", "en": "d mmm yyyy"}

NEAR = 0.0006
"""No fraction farther than this from a mark rounds onto it with one decimal of a per cent."""

_NUMBERS = {
    "count": "#,##0",
    "share": "0.0%",
    "points": "+0.0%;\u22120.0%;0.0%",
    "score": "0.00",
    "real": "#,##0.00",
    "fine": "0.0000",
}
_HAIR = {"bottom": 1, "bottom_color": HAIRLINE, "valign": "top"}
_HEAD = {"bold": True, "text_wrap": True, "valign": "bottom", "top": 2, "bottom": 2}
_SHAPES: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 12},
    "note": {"font_color": SOFT, "valign": "vcenter"},
    "aside": {"font_color": SOFT, "valign": "vcenter", "align": "left", "indent": 1},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "mark": {"bold": True},
    "demo": {"bold": True, "font_color": BRICK},
    "head": _HEAD,
    "head-text": {**_HEAD, "align": "left", "indent": 1},
    "head-number": {**_HEAD, "align": "right"},
    "text": {"align": "left", "indent": 1, **_HAIR},
    "remark": {"font_color": SOFT, "align": "left", "indent": 1, **_HAIR},
    "name": {"text_wrap": True, **_HAIR},
    "hidden": {"font_color": SOFT, "italic": True, "bg_color": ASH, **_HAIR},
    "label": {**_HAIR, "font_color": SOFT, "valign": "vcenter"},
    "value": {**_HAIR, "align": "left", "valign": "vcenter"},
    "big": {"bold": True, "font_size": 24, "align": "left", "valign": "vcenter", "num_format": "0.0%"},
    "hair": {"bottom": 1, "bottom_color": HAIRLINE},
}
_TEXTS = ("title", "note", "aside", "wrapped", "mark", "text", "remark", "name", "label", "value", "section")


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that is being written: its formats by name, its words, the line that every page bears."""

    file: io.BytesIO
    made: Any
    formats: Mapping[str, Any]
    style: Style
    foot: str
    demo: str | None

    def shape_of(self, name: str, value: float) -> Any:
        """Give the format of a fraction: more decimals where it would round onto a bound of the bands."""
        if all(abs(value - mark) > NEAR for mark in (*self.style.thresholds, 0.0, 1.0)):
            return self.formats[name]
        places = decimals(value, self.style.thresholds)
        return self.formats[name if places == 1 else f"{name}.{places}"]

    @property
    def language(self) -> Language:
        """The language of the edition."""
        return self.style.words.language

    def say(self, text: str, **values: str) -> str:
        """Give a phrase in the language of the edition."""
        return phrase(text, self.language, **values)


def opened(style: Style, foot: str, demo: str | None) -> Book:
    """Open an empty workbook in memory."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(
        file,
        {
            # Rows are written from top to bottom and let go: half the time of keeping them all.
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Arial", "font_size": 10, "font_color": INK},
        },
    )
    shapes: dict[str, Mapping[str, object]] = dict(_SHAPES)
    for name, pattern in _NUMBERS.items():
        shapes[name] = {"num_format": pattern, **_HAIR}
        shapes[f"{name}-left"] = {**shapes["value"], "num_format": pattern}
    shapes["rate"] = {**shapes["share"], "bold": True}
    for name in ("share", "rate", "big"):
        for places in (2, 3):
            shapes[f"{name}.{places}"] = {**shapes[name], "num_format": f"0.{'0' * places}%"}
    shapes["date-left"] = {**shapes["value"], "num_format": DATES[style.words.language]}
    formats = {name: made.add_format(shape) for name, shape in shapes.items()}
    # Excel keeps a text with this mark a text when somebody edits the cell.
    formats |= {f"{name}'": made.add_format({**shapes[name], "quote_prefix": True}) for name in _TEXTS}
    return Book(file, made, formats, style, foot, demo)


def closed(book: Book, title: str, author: str, made_on: date) -> bytes:
    """Set what the file says of itself, and give it; ``made_on`` stands in it in place of the clock."""
    region = {"vi": "vi-VN", "en": "en-GB"}[book.language]
    book.made.set_properties(
        {
            "title": plain(title),
            "author": plain(author),
            "subject": plain(book.foot),
            "created": datetime(made_on.year, made_on.month, made_on.day),
        }
    )
    book.made.set_custom_property("Language", region, "text")
    book.made.close()
    return book.file.getvalue()


def texted(value: str | date | None) -> str | date | None:
    """Give a text as a cell can hold it; anything else as it is."""
    return plain(value)[:_LONGEST] if isinstance(value, str) else value


def quoted(cells: Iterable[object], form: str, book: Book) -> dict[object, Any]:
    """Give the format of the texts of a column that could be taken for a formula."""
    if form not in _TEXTS:
        return {}
    found = {text for text in set(cells) if isinstance(text, str) and text.startswith(_FORMULA_STARTS)}
    return dict.fromkeys(found, book.formats[form + "'"])


def write_text(sheet: Any, row: int, column: int, text: str, book: Book, form: str = "text") -> None:
    """Write a text as a text, whatever it says."""
    shown = plain(text)[:_LONGEST]
    mark = "'" if form in _TEXTS and shown.startswith(_FORMULA_STARTS) else ""
    sheet.write_string(row, column, shown, book.formats[form + mark])


def write_day(sheet: Any, row: int, column: int, day: date, book: Book) -> None:
    """Write a day as a day."""
    sheet.write_datetime(row, column, datetime(day.year, day.month, day.day), book.formats["date-left"])


def added(
    book: Book,
    name: str,
    widths: Sequence[float],
    *,
    title: str,
    mark: str | None = None,
    notes: Sequence[str] = (),
) -> tuple[Any, int]:
    """Add a sheet with its title, a mark and notes; give it and the first row that is free."""
    sheet = book.made.add_worksheet(book.say(name), QuickWorksheet)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    _set_print(sheet, book)
    sheet.set_row(0, 26)
    write_text(sheet, 0, 0, title, book, "title")
    row = 1
    if book.demo:
        write_text(sheet, row, 0, book.demo, book, "demo")
        row += 1
    if mark:
        write_text(sheet, row, 0, mark, book, "mark")
        row += 1
    for note in (book.foot, *notes):
        write_text(sheet, row, 0, note, book, "note")
        row += 1
    return sheet, row + 1


def _set_print(sheet: Any, book: Book) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    # "&" begins a code there; a header holds 255 signs.
    foot = plain(book.foot).replace("&", "&&")[:150]
    sheet.set_footer(f"&L&8 {foot}&R&8 {book.say('Page &P of &N')}")
    if book.demo:
        sheet.set_header(f"&R&8 {book.demo.replace('&', '&&')}")


def write_heads(
    sheet: Any, row: int, heads: Sequence[tuple[str, bool]], book: Book, *, freeze: int | None = None
) -> None:
    """Write the head of a table; each says whether numbers stand below it. ``freeze``: columns that stay."""
    sheet.set_row(row, 30)
    for column, (text, right) in enumerate(heads):
        form = "head-number" if right else "head-text" if column else "head"
        write_text(sheet, row, column, text, book, form)
    if freeze is not None:
        sheet.freeze_panes(row + 1, freeze)
        sheet.repeat_rows(row)


def ruled(sheet: Any, first: int, last: int, columns: int, book: Book) -> None:
    """Draw the hairlines of empty cells by one rule: they need not be written one by one."""
    if last >= first:
        rule = {"type": "blanks", "format": book.formats["hair"]}
        sheet.conditional_format(first, 0, last, columns - 1, rule)


def height_of(text: str, width: float) -> float | None:
    """Give the height of a row that holds a text in a cell of a width; None for the usual one."""
    lines = -(-len(text) // max(1, int(width * 1.12)))
    return LINE * lines if lines > 1 else None
