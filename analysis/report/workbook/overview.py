"""Overview: the first sheet: the leading figures, their parts, the period, and what to bear in mind."""

from __future__ import annotations

from typing import Any

from analysis.report.phrases import AUDIENCES, CERTAINTIES, GRADES, VERDICTS, word
from analysis.report.style import instead
from analysis.report.terms import INSTEAD
from analysis.report.workbook.book import LINE, Book, added, height_of, write_day, write_heads, write_text
from analysis.report.workbook.columns import COLUMNS
from analysis.report.workbook.terms import measured, method_name
from analysis.summary import Row, Summary

_WIDTHS = (34, 15, 15, 15, 15, 15, 15, 15)
_SIGNS_A_LINE = 155

_FACTS = (
    *("low", "high", "answers", "responses", "served", "offered", "coverage", "bound_low", "bound_high"),
    *("grade", "certainty", "target", "against_target", "verdict", "rank_best", "rank_worst"),
    *("change", "change_low", "change_high", "mean_score", "mean_low", "mean_high", "very_satisfied"),
    *("dissatisfied", "flagged", "rate_without_flagged", "effective_n", "design_effect", "clusters"),
    *("confidence_level", "method"),
)
_EXPLAINED = (
    *("coverage", "bound_low", "bound_high", "change", "mean_score", "rate_without_flagged"),
    *("effective_n", "design_effect", "clusters"),
)
_PARTS = ("rate", "low", "high", "answers", "very_satisfied", "dissatisfied", "mean_score")
_CODES = {"grade": GRADES, "certainty": CERTAINTIES, "verdict": VERDICTS, "against_target": VERDICTS}


def write_overview(
    book: Book, summary: Summary, top: Row | None, parts: list[Row], title: str, lines: list[str], state: str
) -> None:
    """Add the first sheet: ``top`` is what the workbook is about, ``parts`` its factors and questions.

    ``state`` says whether the period is closed.
    """
    sheet, row = added(book, "Summary", _WIDTHS, title=title)
    row = _write_headline(sheet, row, top, book)
    row = _write_parts(sheet, row + 1, parts, book)
    row = _write_period(sheet, row + 1, summary, state, book)
    _write_lines(sheet, row + 1, lines, book)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.activate()


def _section(sheet: Any, row: int, text: str, book: Book) -> int:
    sheet.set_row(row, 20)
    write_text(sheet, row, 0, text, book, "section")
    for column in range(1, len(_WIDTHS)):
        sheet.write_blank(row, column, None, book.formats["section"])
    return row + 1


def _write_headline(sheet: Any, row: int, top: Row | None, book: Book) -> int:
    row = _section(sheet, row, book.say("Headline") if top is None else top.name, book)
    if top is None:
        write_text(sheet, row, 0, book.style.words.say("The period has no responses yet."), book, "note")
        return row + 1
    write_text(sheet, row, 0, COLUMNS["rate"].heading(book.language), book, "label")
    status = instead(top)
    sheet.set_row(row, 34)
    if top.rate is None:
        write_text(sheet, row, 1, book.style.words.say(INSTEAD[status or "no_data"]), book, "note")
    else:
        sheet.write_number(row, 1, figure(top.rate), book.shape_of("big", top.rate))
    for name in _FACTS:
        value = getattr(top, name)
        if value is None:
            continue
        row += 1
        column = COLUMNS[name]
        write_text(sheet, row, 0, column.heading(book.language), book, "label")
        if isinstance(value, str):
            shown = method_name(value, book) if name == "method" else word(value, _CODES[name], book.language)
            write_text(sheet, row, 1, shown, book, "value")
        else:
            sheet.write_number(row, 1, figure(value), book.formats[f"{column.form}-left"])
        if name in _EXPLAINED:
            write_text(sheet, row, 2, column.meaning(book.language), book, "aside")
    return row + 1


def figure(value: float) -> float:
    """Give a number with the digits that CSV and JSON print."""
    return value if isinstance(value, int) else float(f"{value:.12g}") + 0.0


def _write_parts(sheet: Any, row: int, parts: list[Row], book: Book) -> int:
    if not parts:
        return row - 1
    row = _section(sheet, row, book.say("Factors, questions and readings"), book)
    heads = [(COLUMNS["measure"].heading(book.language), False)]
    heads += [(COLUMNS[name].heading(book.language), True) for name in _PARTS]
    write_heads(sheet, row, heads, book)
    for part in parts:
        row += 1
        name = measured(part.measure, book)
        sheet.set_row(row, height_of(name, _WIDTHS[0]))
        write_text(sheet, row, 0, name, book, "name")
        for column, figured in enumerate(_PARTS, start=1):
            value = getattr(part, figured)
            form = "rate" if figured == "rate" else COLUMNS[figured].form
            if value is not None:
                fraction = figured in ("rate", "low", "high")
                shape = book.shape_of(form, value) if fraction else book.formats[form]
                sheet.write_number(row, column, figure(value), shape)
            elif figured == "rate":
                status = "suppressed" if "suppressed" in part.status else "no_data"
                write_text(sheet, row, column, book.style.words.say(INSTEAD[status]), book, "hidden")
            else:
                sheet.write_blank(row, column, None, book.formats[form])
    return row + 1


def _write_period(sheet: Any, row: int, summary: Summary, state: str, book: Book) -> int:
    row = _section(sheet, row, book.say("Period and data"), book)
    period = summary.period
    versions = sorted({version for each in summary.rows for version in each.versions})
    audience = word(summary.audience, AUDIENCES, book.language)
    facts = (
        (COLUMNS["period"].heading(book.language), period.label),
        (book.say("First day"), period.first_day),
        (book.say("Last day"), period.last_day),
        (book.say("State"), state),
        (book.say("Made for"), audience),
        (book.say("All responses"), summary.responses),
        (book.say("Questionnaires"), ", ".join(versions)),
    )
    for label, value in facts:
        write_text(sheet, row, 0, label, book, "label")
        if isinstance(value, str):
            write_text(sheet, row, 1, value, book, "value")
        elif isinstance(value, int):
            sheet.write_number(row, 1, value, book.formats["count-left"])
        else:
            write_day(sheet, row, 1, value, book)
        row += 1
    return row


def _write_lines(sheet: Any, row: int, lines: list[str], book: Book) -> None:
    row = _section(sheet, row, book.say("What to bear in mind"), book)
    for line in lines:
        write_line(sheet, row, line, len(_WIDTHS), _SIGNS_A_LINE, book)
        row += 1


def write_line(sheet: Any, row: int, text: str, columns: int, signs: int, book: Book) -> None:
    """Write a sentence across columns, in a row high enough for it."""
    sheet.set_row(row, (height_of(text, signs) or LINE) + 3)
    sheet.merge_range(row, 0, row, columns - 1, "", book.formats["wrapped"])
    write_text(sheet, row, 0, text, book, "wrapped")
