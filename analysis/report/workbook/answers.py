"""Answers: how often each choice was taken, and rates weighted by field of service, on own sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from analysis.report.phrases import KINDS, NO_ANSWERS, ROLES, word
from analysis.report.style import measure_name
from analysis.report.tables import printed
from analysis.report.terms import INSTEAD
from analysis.report.workbook.book import (
    Book,
    added,
    height_of,
    quoted,
    ruled,
    texted,
    write_heads,
    write_text,
)
from analysis.report.workbook.columns import ANSWERS, COLUMNS
from analysis.report.workbook.terms import form_of, measured, remarks
from analysis.summary import AnswerRow, WeightedRow
from analysis.table import R, Table, spread

PEOPLE = ("counter", "officer")

_SCALE = {
    "1": "Very dissatisfied",
    "2": "Dissatisfied",
    "3": "Neither satisfied nor dissatisfied",
    "4": "Satisfied",
    "5": "Very satisfied",
}
_FIRST = ("name", "code", "role")
_TOLD = (*_FIRST, "question", "choice", "count", "share", "low", "high")
_WEIGHTED = (*_FIRST, "measure", "rate", "low", "high", "effective_n", "design_effect", "kish", "status")


def write_answers(
    book: Book,
    answers: Table[AnswerRow],
    names: Mapping[str, str],
    rated: frozenset[str],
    leading: str | None,
) -> None:
    """Add the sheet of the answers of units, filtered to that of the ``leading`` code.

    ``rated`` are the questions on the scale of five.
    """
    units = answers.take(~answers.marked("kind", PEOPLE.__contains__))
    notes = [book.say("Counts of units; those of counters and officers stand in answers.csv.")]
    title = book.say("How often each choice was taken")
    cells = _cells(AnswerRow, units, _TOLD, names, book)
    if "choice" in cells:
        questions = spread(*units.words("question"))
        choices = spread(*units.words("choice"))
        known = {
            pair: texted(_choice(*pair, pair[0] in rated, book))
            for pair in set(zip(questions, choices, strict=True))
        }
        cells["choice"] = [known[pair] for pair in zip(questions, choices, strict=True)]
    codes = set(cells["code"])
    if len(codes) < 2 or leading not in codes:
        leading = None
    else:
        hint = "The sheet opens with one unit: {unit}. Clear the filter of the column {column} to see all."
        column = COLUMNS["code"].heading(book.language)
        notes.append(book.say(hint, unit=names.get(leading or "", leading or ""), column=column))
    _write(book, _Sheet("Questions", title, tuple(notes), _TOLD, leading), cells)


def _choice(question: str, choice: str, rated: bool, book: Book) -> str:
    label = book.style.labels.get(f"choice:{question}:{choice}")
    if label is not None:
        return label
    if rated and choice in _SCALE:
        return book.style.words.say(_SCALE[choice])
    return word(choice, NO_ANSWERS, book.language)


def write_weighted(book: Book, weighted: Table[WeightedRow], names: Mapping[str, str]) -> None:
    """Add the sheet of the weighted rates."""
    title = book.say("Rates weighted by field of service")
    cells = _cells(WeightedRow, weighted, _WEIGHTED, names, book)
    note = book.say("The published rate is the unweighted one.")
    _write(book, _Sheet("Weighted", title, (note,), _WEIGHTED), cells)


def _cells(
    kind: type[R], table: Table[R], columns: tuple[str, ...], names: Mapping[str, str], book: Book
) -> dict[str, list[Any]]:
    numbers = printed(kind, table).numbers
    shown: dict[str, Callable[[Any], str | None]] = {
        "name": lambda code: names.get(code, code),
        "kind": lambda code: word(code, KINDS, book.language),
        "role": lambda code: word(code, ROLES, book.language),
        "question": lambda code: measure_name(f"question:{code}", book.style),
        "measure": lambda code: measured(code, book),
        "status": lambda codes: remarks(codes, book),
    }
    cells: dict[str, list[Any]] = {}
    for name in columns:
        if name in numbers:
            texts, place = numbers[name]
            whole = name == "count"
            cells[name] = spread([(int(t) if whole else float(t)) if t else None for t in texts], place)
        elif name in shown or name == "code":
            values, place = table.words("code" if name == "name" else name)
            seen = shown.get(name, str)
            cells[name] = spread([None if value is None else texted(seen(value)) for value in values], place)
        else:
            cells[name] = [None] * len(table)
    return cells


class _Sheet(NamedTuple):
    """What a sheet is called and holds; ``opens`` is the code that it is filtered to, None for all."""

    name: str
    title: str
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    opens: str | None = None


def _write(book: Book, asked: _Sheet, cells: dict[str, list[Any]]) -> None:
    columns = asked.columns
    told = [ANSWERS.get(each) or COLUMNS[each] for each in columns]
    widths = [column.width for column in told]
    sheet, row = added(book, asked.name, widths, title=asked.title, notes=asked.notes)
    heads = [(column.heading(book.language), column.form not in ("word", "text")) for column in told]
    write_heads(sheet, row, heads, book, freeze=1)
    lines = list(zip(*(cells[each] for each in columns), strict=True))
    code = columns.index("code")
    sheet.autofilter(row, 0, row + max(1, len(lines)), len(columns) - 1)
    if asked.opens is not None:
        sheet.filter_column_list(code, [asked.opens])
    ruled(sheet, row + 1, row + len(lines), len(columns), book)
    usual = [book.formats[form_of(column)] for column in told]
    others = [quoted(cells[each], form_of(column), book) for each, column in zip(columns, told, strict=True)]
    hidden = next(place for place, each in enumerate(columns) if each in ("count", "rate"))
    instead = book.style.words.say(INSTEAD["suppressed"])
    for line in lines:
        row += 1
        if asked.opens not in (None, line[code]):
            sheet.set_row(row, None, None, {"hidden": True})
        elif (height := height_of(str(line[0]), widths[0])) is not None:
            sheet.set_row(row, height)
        for column, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(row, column, value, others[column].get(value, usual[column]))
            elif value is not None:
                sheet.write_number(row, column, value, usual[column])
            elif column == hidden:
                write_text(sheet, row, column, instead, book, "hidden")
