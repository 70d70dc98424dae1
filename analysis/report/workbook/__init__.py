"""Workbook: a summary as an Excel workbook of typed cells, one sheet a kind of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from analysis.report.limits import limits, officers_line
from analysis.report.numerals import Language, period_name, period_words
from analysis.report.phrases import phrase
from analysis.report.provenance import Provenance
from analysis.report.sections import leading
from analysis.report.style import style_of
from analysis.report.wording import wording
from analysis.report.workbook.answers import write_answers, write_weighted
from analysis.report.workbook.book import Book, closed, opened
from analysis.report.workbook.notes import Flag, write_dictionary, write_flags, write_method
from analysis.report.workbook.overview import write_overview
from analysis.report.workbook.rows import Sheet, write_rows
from analysis.report.workbook.terms import leading_measure
from analysis.report.workbook.trend import write_trend
from analysis.rules import Rules
from analysis.summary import AnswerRow, Row, Summary, WeightedRow
from analysis.table import Table, table_of

__all__ = ["Flag", "workbook"]


def workbook(
    summary: Summary,
    *,
    language: Language,
    issuer: str = "",
    labels: Mapping[str, str] | None = None,
    minimum: int | None = None,
    flags: Sequence[Flag] = (),
    trend: Sequence[Row] = (),
    rules: Rules | None = None,
    provenance: Provenance | None = None,
    made_on: date | None = None,
) -> bytes:
    """Give a summary as an Excel workbook (XLSX); the same arguments give the same bytes.

    Numbers are those of ``summary.json``, as numbers; texts are texts, whatever they say; hidden cells say
    so. Sheets of counters, officers, weighted rates and of the trend are there if there are such rows.

    Parameters
    ----------
    summary
        What to print; its rows are already cut for its audience.
    language
        ``vi`` or ``en``.
    issuer
        Who made it: the author of the file.
    labels
        Labels in that language, before our own: of measures (``question:parking``), of choices
        (``choice:trips:2``) and of indicators of flags (``indicator:speed``).
    minimum
        The number of responses below which cells are hidden, printed if given.
    flags
        What was found in the responses.
    trend
        Rows of several periods, such as the months, in their order.
    rules
        By which the figures were made; the usual ones if not given.
    provenance
        What stands around the figures; its files, key and audit are printed with the method.
    made_on
        The day that stands in the file; the last day of the period if not given.

    Raises
    ------
    UnknownLanguage
        If no report is written in the language.
    NotANumber
        If a figure is not finite.
    """
    words, provenance = wording(language), provenance or Provenance()
    table = table_of(Row, summary.rows)
    # The report's own functions walk the rows many times.
    summary = replace(summary, rows=tuple(table))
    style = style_of(summary, words, labels or {}, rules)
    demo = words.say("DEMO DATA, NOT REAL") if summary.demo else None
    is_closed = provenance.closed or bool(summary.revision)
    state = _state(summary.revision if is_closed else None, language)
    foot = f"{summary.period.label}: {period_words(summary.period, language)} · {state}"
    book = opened(style, foot, demo)
    top = leading(summary)
    lines = [
        text for block in limits(summary, top, style, minimum, provenance) for text in sentences_of(block)
    ]
    title = phrase(
        "Satisfaction of people and organisations served, {period}",
        language,
        period=period_name(summary.period, language),
    )
    write_overview(book, summary, top, _parts(summary.rows, top), title, lines, state)
    _write_tables(book, summary, table, top)
    if trend:
        write_trend(book, trend)
    write_flags(book, [row for row in summary.rows if row.measure == leading_measure(row.kind)], flags)
    write_method(book, summary, lines, provenance)
    write_dictionary(book)
    return closed(book, title, issuer, made_on or summary.period.last_day)


def _state(revision: int | None, language: Language) -> str:
    """Say whether the period is closed, as which revision."""
    if revision is None:
        return phrase("not closed", language)
    return phrase("closed, revision {revision}", language, revision=str(revision))


def sentences_of(block: Mapping[str, Any]) -> list[str]:
    """Give the sentences of a block of the report; none of headings, tables and figures."""
    return [block["paragraph"]] if "paragraph" in block else list(block.get("letters", ()))


def _parts(rows: Sequence[Row], top: Row | None) -> list[Row]:
    """Give the factors, questions and readings of the row that all is about."""
    if top is None:
        return []
    about = (top.kind, top.role, top.code, top.valid_from)
    return [
        row
        for row in rows
        if row.measure != top.measure and (row.kind, row.role, row.code, row.valid_from) == about
    ]


def _write_tables(book: Book, summary: Summary, table: Table[Row], top: Row | None) -> None:
    names = {row.code: row.name for row in summary.rows if row.kind not in ("counter", "officer")}
    units = table.marked("kind", lambda kind: kind not in ("counter", "officer"))
    write_rows(book, table.take(units), names, Sheet("Units", "Results of units"))
    counters = table.take(table.marked("kind", "counter".__eq__))
    if len(counters):
        write_rows(book, counters, names, Sheet("Counters", "Results of counters"))
    officers = table.take(table.marked("kind", "officer".__eq__))
    if len(officers):
        mark, notes = book.style.words.say("INTERNAL USE ONLY"), (officers_line(book.style),)
        write_rows(book, officers, names, Sheet("Officers", "Results of officers", mark, notes))
    measures, _ = table.words("measure")
    rated = {str(measure).partition(":")[2] or "overall" for measure in measures}
    write_answers(book, table_of(AnswerRow, summary.answers), names, frozenset(rated), top and top.code)
    weighted: Table[WeightedRow] = table_of(WeightedRow, summary.weighted)
    if len(weighted):
        write_weighted(book, weighted, names)
