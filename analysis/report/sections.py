"""Sections: how people were asked and what they said over all, as blocks for the template."""

from __future__ import annotations

from collections import Counter

from analysis.report import asked, charts, comparisons, sentences
from analysis.report.collation import unit_key
from analysis.report.intervals import table
from analysis.report.numerals import period_name, period_words
from analysis.report.style import PEOPLE, Line, Style, instead, measure_name
from analysis.summary import Row, Summary

DEPARTMENTS = ("department", "centre")
COMMUNES = ("commune", "ward")


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


def measures(summary: Summary, top: Row, prefix: str) -> list[Row]:
    """Give the rows of the leading unit whose measures are of one sort (``factor:``)."""
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
    if top is None or not top.responses:
        return [paragraph(style.words.say("The period has no responses yet."))]
    return [paragraph(" ".join(sentences.coverage(top, style)))]


def overall(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give section II: what is said of the whole, factors, questions, trips and payments, change.

    All of it but the spread of the answers is official, and that begins on the third page at the earliest.
    """
    words = style.words
    blocks = [heading(words.say("Overall results")), heading(words.say("Satisfaction rate"), 2)]
    if top is None:
        return [*blocks, paragraph(words.say("The period has no responses yet."))]
    counts = asked.counts_of(summary, top)
    questions = measures(summary, top, "question:")
    blocks += [paragraph(" ".join(said)) for said in _said(summary, top, style) if said]
    blocks += _table(summary, top, "factor:", words.say("Factors"), style)
    if rows := _table(summary, top, "question:", words.say("Questions"), style):
        weakest = asked.weakest(questions, counts, style)
        blocks += [rows[0], *([paragraph(weakest)] if weakest else []), *rows[1:]]
    if said := asked.sentences(counts, style):
        blocks += [heading(words.say("Trips; payments beyond the fees"), 2), *map(paragraph, said)]
    blocks += _changed(summary, top, style)
    if spread := asked.spread(questions, top, counts, style):
        blocks += [{"explored": True}, heading(words.say("How the answers are spread"), 2), *spread]
    return blocks


def _said(summary: Summary, top: Row, style: Style) -> list[list[str]]:
    """Give the sentences about the leading unit, by paragraph."""
    paragraphs = (
        (sentences.rate(top, style), sentences.band(top, style)),
        (comparisons.verdict(top, style), comparisons.rank(summary, top, style)),
        (comparisons.change(summary.period, top, style), comparisons.target(top, style)),
    )
    return [[sentence for sentence in said if sentence] for said in paragraphs]


def _table(summary: Summary, top: Row, prefix: str, title: str, style: Style) -> list[Line]:
    """Give a heading and the table of the measures of one sort; nothing where there are none."""
    words = style.words
    rows = measures(summary, top, prefix)
    if not rows:
        return []
    first, caption = {
        "factor:": (words.say("Factor"), words.say("Satisfaction rate by factor")),
        "question:": (words.say("Question"), words.say("Satisfaction rate by question")),
    }[prefix]
    names = {row.measure: measure_name(row.measure, style) for row in rows}
    columns = ("rate", "interval", "plot", "n", "change")
    return [
        heading(title, 2),
        table(f"{caption}, {top.name}", first, [(None, rows)], style, names, top, columns),
    ]


def _changed(summary: Summary, top: Row, style: Style) -> list[Line]:
    """Give the figure of what changed since the period before; nothing where nothing is compared."""
    words = style.words
    rows = [
        (words.say("Overall"), top),
        *((measure_name(row.measure, style), row) for row in measures(summary, top, "factor:")),
    ]
    compared = [(name, row) for name, row in rows if row.change is not None and not instead(row)]
    if not compared:
        return []
    labels = [name for name, _ in compared]
    changes = [
        [value or 0.0 for value in (row.change, row.change_low, row.change_high)] for _, row in compared
    ]
    columns = tuple(zip(*changes, strict=True))
    before = period_name(comparisons.earlier(summary.period), words.language)
    return [
        heading(words.say("Since the period before"), 2),
        {
            "chart": charts.svg(
                charts.change_plot(labels, *columns, language=words.language, level=style.level)
            ).decode(),
            "caption": words.say(
                "Change since the {before}, {unit}: differences in percentage points with their {level} "
                "intervals.",
                before=before,
                unit=top.name,
                level=style.level,
            ),
            "alternative": charts.change_text(labels, *columns, language=words.language, level=style.level),
        },
    ]
