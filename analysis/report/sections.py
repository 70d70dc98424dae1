"""Sections: how people were asked and what they said over all, as blocks for the template."""

from __future__ import annotations

from collections import Counter

from analysis.report.collation import unit_key
from analysis.report.intervals import Line, Style, instead, measure_name, table
from analysis.report.numerals import period_words
from analysis.report.terms import INSTEAD
from analysis.summary import Row, Summary

DEPARTMENTS = ("department", "centre")
COMMUNES = ("commune", "ward")
PEOPLE = ("counter", "officer")


def heading(text: str, level: int = 1) -> Line:
    """Give a heading; the template numbers it."""
    return {"heading": text.upper() if level == 1 else text, "level": level}


def paragraph(text: str) -> Line:
    """Give a paragraph."""
    return {"paragraph": text}


def leading(summary: Summary) -> Row | None:
    """Give the row that the report is about: the province, or the unit above all others in the summary."""
    overall = [row for row in summary.rows if row.measure == "overall" and row.kind not in PEOPLE]
    codes = {row.code for row in overall}
    tops = [row for row in overall if row.parent_code not in codes]
    order = sorted(tops, key=lambda row: (row.kind != "province", row.role != "serving", row.code))
    return order[0] if order else None


def units(summary: Summary, top: Row | None, role: str) -> list[Row]:
    """Give the overall rows of the units below the leading one, in alphabetical order."""
    rows = [
        row
        for row in summary.rows
        if row.measure == "overall"
        and row.role == role
        and row.kind not in (*PEOPLE, "province")
        and row != top
    ]
    return sorted(rows, key=lambda row: (unit_key(row.name), row.code, row.valid_from or ""))


def _measures(summary: Summary, top: Row, prefix: str) -> list[Row]:
    about = (top.kind, top.role, top.code, top.valid_from)
    return [
        row
        for row in summary.rows
        if row.measure.startswith(prefix) and (row.kind, row.role, row.code, row.valid_from) == about
    ]


def _scope(summary: Summary, top: Row | None, style: Style) -> str:
    words = style.words
    kinds = Counter(row.kind for row in units(summary, top, "serving"))
    departments = sum(kinds[kind] for kind in DEPARTMENTS)
    communes = sum(kinds[kind] for kind in COMMUNES)
    parts = []
    if departments:
        parts.append(words.count("{n} department or centre", "{n} departments and centres", departments))
    if communes:
        parts.append(words.count("{n} commune or ward", "{n} communes and wards", communes))
    if others := kinds.total() - departments - communes:
        parts.append(words.count("{n} other unit", "{n} other units", others))
    if not parts and top is not None:
        parts.append(top.name)
    return words.say("Scope: {units}.", units="; ".join(parts) or "–")


def collection(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give section I: when, where and with which questionnaires people were asked, and how many answered."""
    words = style.words
    versions = sorted({version for row in summary.rows for version in row.versions})
    blocks = [
        heading(words.say("Collection")),
        heading(words.say("Time and scope"), 2),
        paragraph(words.say("Time: {period}.", period=period_words(summary.period, words.language))),
        paragraph(_scope(summary, top, style)),
    ]
    if versions:
        blocks += [
            heading(words.say("Questionnaires and versions"), 2),
            paragraph(words.say("Questionnaires in use: {versions}.", versions=", ".join(versions))),
        ]
    return [*blocks, heading(words.say("Visits, responses and coverage"), 2), *_counted(top, style)]


def _counted(top: Row | None, style: Style) -> list[Line]:
    words = style.words
    if top is None or not top.responses:
        return [paragraph(words.say("The period has no responses yet."))]
    if top.served is None or top.coverage is None:
        sentences = [
            words.count("{n} response was received.", "{n} responses were received.", top.responses),
            words.say("The visits are not supplied, so coverage is not known."),
        ]
    else:
        sentences = [
            words.say(
                "{served} visits in the period gave {responses} responses, a coverage of {coverage}.",
                served=style.number(top.served),
                responses=style.number(top.responses),
                coverage=style.percent(top.coverage),
            )
        ]
    if top.offered is not None:
        sentences.append(words.count("{n} visitor was invited.", "{n} visitors were invited.", top.offered))
    return [paragraph(sentence) for sentence in sentences]


def _rate(top: Row, style: Style) -> str:
    words = style.words
    status = instead(top)
    if status is not None or top.rate is None or top.low is None or top.high is None:
        word = INSTEAD[status or "no_data"]
        return words.say("{unit}: {word}.", unit=top.name, word=words.say(word))
    if top.answers is not None and top.satisfied == top.answers:
        return words.count(
            "{unit}: the one answer was satisfied; with this number the true rate may be as low as {low}.",
            "{unit}: all {n} answers were satisfied; with this number the true rate may be as low as {low}.",
            top.answers,
            unit=top.name,
            low=style.percent(top.low),
        )
    return words.count(
        "{unit}: {rate} of answers were satisfied or very satisfied "
        "({level} uncertainty interval {low} to {high}; {n} answer).",
        "{unit}: {rate} of answers were satisfied or very satisfied "
        "({level} uncertainty interval {low} to {high}; {n} answers).",
        top.answers or 0,
        unit=top.name,
        rate=style.percent(top.rate),
        level=style.level,
        low=style.percent(top.low),
        high=style.percent(top.high),
    )


def overall(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give section II: the rate of the whole, the factors, the questions, several questions read as one."""
    words = style.words
    blocks = [heading(words.say("Overall results")), heading(words.say("Satisfaction rate"), 2)]
    if top is None:
        return [*blocks, paragraph(words.say("The period has no responses yet."))]
    blocks.append(paragraph(_rate(top, style)))
    if top.bound_low is not None and top.bound_high is not None and not instead(top):
        bounds = words.say(
            "If all who did not answer were dissatisfied the rate is {bound_low}; "
            "if all were satisfied, {bound_high}.",
            bound_low=style.percent(top.bound_low),
            bound_high=style.percent(top.bound_high),
        )
        blocks.append(paragraph(bounds))
    for prefix, title, first, caption in _tables(style):
        if rows := _measures(summary, top, prefix):
            name = {row.measure: measure_name(row.measure, style) for row in rows}
            caption = f"{caption}, {top.name}"
            blocks += [heading(title, 2), table(caption, first, [(None, rows)], style, name, top)]
    return blocks


def _tables(style: Style) -> tuple[tuple[str, str, str, str], ...]:
    words = style.words
    factors, questions, readings = (
        words.say("Satisfaction rate by factor"),
        words.say("Satisfaction rate by question"),
        words.say("Rates of several questions together"),
    )
    return (
        ("factor:", words.say("Factors"), words.say("Factor"), factors),
        ("question:", words.say("Questions"), words.say("Question"), questions),
        ("index:", words.say("Several questions read as one"), words.say("Reading"), readings),
    )
