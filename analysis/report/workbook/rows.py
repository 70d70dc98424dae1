"""Rows: the rows of a summary on sheets, every number as in ``summary.json``, hidden cells in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from analysis.report.collation import person_key, unit_key, vietnamese_key
from analysis.report.numerals import short_day
from analysis.report.phrases import KINDS, phrase
from analysis.report.tables import printed
from analysis.report.terms import INSTEAD
from analysis.report.workbook.book import (
    Book,
    added,
    height_of,
    quoted,
    ruled,
    texted,
    write_day,
    write_heads,
    write_text,
)
from analysis.report.workbook.columns import COLUMNS, Column
from analysis.report.workbook.terms import form_of, leading_measure, measured, shown_by
from analysis.summary import Row
from analysis.table import Table, spread

Values = list[Any]
"""A column of cells: texts, numbers, None for an empty cell."""

SHARED = ("kind", "role", "valid_from", "method", "confidence_level", "target", "questionnaire", "versions")
"""Columns that are said once, above the table, where all rows agree."""

_FIRST = ("name", "code", "kind", "role", "parent_code", "measure", "rate", "low", "high")
_SECOND = (
    *("answers", "responses", "coverage", "grade", "certainty", "verdict", "status", "satisfied", "served"),
    *("offered", "target", "against_target", "change", "change_low", "change_high", "rank_best"),
    *("rank_worst", "peer_group", "flagged", "rate_without_flagged", "bound_low", "bound_high"),
    *("very_satisfied", "dissatisfied", "mean_score", "mean_low", "mean_high", "effective_n"),
    *("design_effect", "clusters", "confidence_level", "method", "valid_from", "questionnaire", "versions"),
)
ORDER = (*_FIRST, *_SECOND)
"""Columns of a sheet of rows from left to right; period and revision stand above them."""


class Sheet(NamedTuple):
    """What a sheet of rows is called and holds: its name, title, a mark and notes below the title."""

    name: str
    title: str
    mark: str | None = None
    notes: tuple[str, ...] = ()


def write_rows(book: Book, table: Table[Row], parents: Mapping[str, str], sheet: Sheet) -> None:
    """Add a sheet of rows in alphabetical order, filtered to the leading measure."""
    table = table.take(_order(table, parents))
    cells = cells_of(table, parents, book)
    shared, columns = _shared(cells, book)
    measures, measure = table.words("measure")
    kinds = spread(*table.words("kind"))
    leading = leading_measure(next((str(kind) for kind in kinds), ""))
    chosen = np.array([value == leading for value in measures], np.bool_)[measure]
    several = bool(chosen.any()) and not chosen.all()
    notes = [*sheet.notes]
    if shared:
        notes.append(book.say("Of every row: {things}.", things=" · ".join(shared)))
    name = measured(leading, book)
    if several:
        hint = (
            "The sheet opens with one measure: {measure}. Clear the filter of the column {column} to see all."
        )
        notes.append(book.say(hint, measure=name, column=COLUMNS["measure"].heading(book.language)))
    made, row = added(
        book,
        sheet.name,
        [c.width for c in columns],
        title=book.say(sheet.title),
        mark=sheet.mark,
        notes=notes,
    )
    heads = [(_heading(c, book), c.form not in ("word", "text")) for c in columns]
    write_heads(made, row, heads, book, freeze=1)
    last = row + len(table)
    made.autofilter(row, 0, last, len(columns) - 1)
    if several:
        made.filter_column_list([c.name for c in columns].index("measure"), [name])
    shown = [column.name for column in columns]
    made.print_area(0, 0, last, shown.index("status"))
    ruled(made, row + 1, last, len(columns), book)
    hidden = table.marked("status", lambda codes: "suppressed" in codes).tolist()
    _write_cells(made, row + 1, columns, cells, hidden, (~chosen).tolist() if several else [], book)


def _order(table: Table[Row], parents: Mapping[str, str]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Give the order of rows: units by name, people below their unit; measures as they come."""
    kinds, names, above = (spread(*table.words(name)) for name in ("kind", "name", "parent_code"))
    keys = list(zip(kinds, names, (parents.get(code, code or "") for code in above), strict=True))
    known = {key: place for place, key in enumerate(sorted(set(keys), key=lambda key: _place(*key)))}
    roles = [role != "serving" for role in spread(*table.words("role"))]
    codes = spread(*table.words("code"))
    order = sorted(range(len(keys)), key=lambda row: (roles[row], known[keys[row]], codes[row]))
    return np.array(order, np.intp)


def _place(kind: str, name: str, parent: str) -> tuple[Any, ...]:
    if kind in ("counter", "officer"):
        return unit_key(parent), person_key(name) if kind == "officer" else vietnamese_key(name)
    return (*KINDS, kind).index(kind), unit_key(name)


def cells_of(table: Table[Row], parents: Mapping[str, str], book: Book) -> dict[str, Values]:
    """Give the cells of every column; numbers are those that CSV and JSON print."""
    numbers = printed(Row, table).numbers
    cells: dict[str, Values] = {}
    for name in ORDER:
        if name in numbers:
            texts, place = numbers[name]
            whole = COLUMNS[name].form == "count"
            known = [(int(text) if whole else float(text)) if text else None for text in texts]
            cells[name] = spread(known, place)
        else:
            values, place = table.words(name)
            shown = shown_by(name, parents, book)
            cells[name] = spread([None if value is None else texted(shown(value)) for value in values], place)
    return cells


def _heading(column: Column, book: Book) -> str:
    if column.name == "parent_code":
        return phrase("Unit above", book.language)
    return column.heading(book.language)


def _shared(cells: dict[str, Values], book: Book) -> tuple[list[str], list[Column]]:
    """Give what is the same in all rows, in words, and the columns that the sheet keeps."""
    said, kept = [], []
    for name in ORDER:
        column = COLUMNS[name]
        found = set(cells[name]) - {None}
        if not found and name not in ("rate", "low", "high", "answers", "responses", "status"):
            continue
        if name in SHARED and len(found) == 1 and not _lacking(cells, name):
            value = found.pop()
            said.append(f"{_heading(column, book)}: {_said(value, book)}")
        else:
            kept.append(column)
    return said, kept


def _lacking(cells: dict[str, Values], name: str) -> bool:
    """Whether a row with a rate has nothing in a column."""
    return any(
        value is None and rate is not None for value, rate in zip(cells[name], cells["rate"], strict=True)
    )


def _said(value: str | float | date, book: Book) -> str:
    if isinstance(value, date):
        return short_day(value, book.language)
    return value if isinstance(value, str) else book.style.percent(value)


def _write_cells(
    sheet: Any,
    first: int,
    columns: Sequence[Column],
    cells: dict[str, Values],
    hidden: Sequence[bool],
    folded: Sequence[bool],
    book: Book,
) -> None:
    instead = {code: book.style.words.say(INSTEAD[code]) for code in ("suppressed", "no_data")}
    named = [form_of(column) for column in columns]
    usual = [book.formats[name] for name in named]
    others = [quoted(cells[column.name], form_of(column), book) for column in columns]
    figures = [place for place, column in enumerate(columns) if column.name in ("rate", "low", "high")]
    number, string = sheet.write_number, sheet.write_string
    for place, values in enumerate(zip(*(cells[column.name] for column in columns), strict=True)):
        row = first + place
        if folded and folded[place]:
            sheet.set_row(row, None, None, {"hidden": True})
        elif (height := height_of(cells["name"][place], columns[0].width)) is not None:
            sheet.set_row(row, height)
        for column, value in enumerate(values):
            if isinstance(value, str):
                string(row, column, value, others[column].get(value, usual[column]))
            elif isinstance(value, date):
                write_day(sheet, row, column, value, book)
            elif value is not None:
                form = book.shape_of(named[column], value) if column in figures else usual[column]
                number(row, column, value, form)
        if values[figures[0]] is None:
            code = "suppressed" if hidden[place] else "no_data"
            write_text(sheet, row, figures[0], instead[code], book, "hidden")
            for column in figures[1:]:
                sheet.write_blank(row, column, None, book.formats["hidden"])
