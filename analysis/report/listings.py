"""Listings: the results of every unit, counter and officer, as blocks for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from analysis.report import charts
from analysis.report.collation import person_key, unit_key, vietnamese_key
from analysis.report.intervals import Line, Style, instead, table
from analysis.report.limits import officers_line
from analysis.report.sections import COMMUNES, DEPARTMENTS, PEOPLE, heading, paragraph, units
from analysis.summary import Row, Summary


def by_unit(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give section III: departments and centres, communes and wards, other units; then deciding units."""
    words = style.words
    serving, deciding = _by_role(summary, top)
    departments = [row for row in serving if row.kind in DEPARTMENTS]
    communes = [row for row in serving if row.kind in COMMUNES]
    others = [row for row in serving if row.kind not in DEPARTMENTS + COMMUNES]
    parts = (
        (words.say("Departments and centres"), departments),
        (words.say("Communes and wards"), communes),
        (words.say("Other units"), others),
        (words.say("Units that decide the file"), deciding),
    )
    drawn = communes or departments
    blocks: list[Line] = []
    for title, rows in parts:
        if not rows:
            continue
        caption = words.say(
            "Satisfaction rate: {units}, in alphabetical order", units=title[:1].lower() + title[1:]
        )
        blocks += [heading(title, 2), table(caption, words.say("Unit"), [(None, rows)], style, None, top)]
        if rows is drawn:
            blocks += _caterpillar(rows, top, style)
    return [heading(words.say("Results by unit")), *blocks] if blocks else []


def _by_role(summary: Summary, top: Row | None) -> tuple[list[Row], list[Row]]:
    """Give the units where people were served, and those that decided files which others received.

    A unit that decides just what it received itself stands once; one that only decides is no empty reception.
    """
    decided = {row.code: row for row in units(summary, top, "deciding") if "no_data" not in row.status}
    serving, received = [], set()
    for row in units(summary, top, "serving"):
        both = decided.get(row.code)
        if both is None or "no_data" not in row.status:
            serving.append(row)
        if both is not None and (both.answers, both.satisfied) == (row.answers, row.satisfied):
            received.add(row.code)
    return serving, [row for code, row in decided.items() if code not in received]


def _caterpillar(rows: Sequence[Row], top: Row | None, style: Style) -> list[Line]:
    """Give the figure of the units from high to low; none for fewer than two."""
    words = style.words
    shown = [row for row in rows if not instead(row)]
    shown.sort(key=lambda row: -(row.rate or 0.0))
    if len(shown) < 2:
        return []
    labels = [row.name for row in shown]
    rates, lows, highs = zip(
        *((row.rate or 0.0, row.low or 0.0, row.high or 0.0) for row in shown), strict=True
    )
    reference = top.rate if top is not None and not instead(top) else None
    caption = [
        words.say(
            "Rates and {level} intervals, from high to low ({method}).",
            level=style.level,
            method=style.method,
        ),
        words.say(
            "The order is no ranking: where two intervals overlap, neither unit can be said to be better."
        ),
    ]
    if reference is not None and top is not None:
        rate = style.percent(reference)
        caption.append(words.say("Dotted line: {unit}, {rate}.", unit=top.name, rate=rate))
    if left := len(rows) - len(shown):
        caption.append(
            words.count(
                "{n} unit without a figure is not drawn.", "{n} units without a figure are not drawn.", left
            )
        )
    return [
        {
            "chart": charts.svg(
                charts.interval_plot(
                    labels,
                    rates,
                    lows,
                    highs,
                    reference=reference,
                    reference_name=None if top is None else top.name,
                    language=words.language,
                    level=style.level,
                )
            ).decode(),
            "caption": " ".join(caption),
            "alternative": charts.interval_text(
                labels, rates, lows, highs, reference=reference, language=words.language, level=style.level
            ),
        }
    ]


def _by_parent(rows: Sequence[Row], names: Mapping[str, str]) -> list[tuple[str | None, list[Row]]]:
    def parent(row: Row) -> str:
        return row.parent_code or ""

    ordered = sorted(rows, key=lambda row: (unit_key(names.get(parent(row), parent(row))), parent(row)))
    return [(names.get(code, code) or None, list(members)) for code, members in groupby(ordered, key=parent)]


def annexes(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give the annexes: counters, and officers under the mark of restricted papers; numbered from two on."""
    words = style.words
    names = {row.code: row.name for row in summary.rows if row.kind not in PEOPLE}
    counters = [row for row in summary.rows if row.kind == "counter" and row.measure == "overall"]
    counters.sort(key=lambda row: (vietnamese_key(row.name), row.code))
    officers = [row for row in summary.rows if row.kind == "officer" and row.measure == "factor:officials"]
    officers.sort(key=lambda row: (person_key(row.name), row.code))
    made: list[Line] = []
    if counters:
        title = words.say("Results by counter")
        body = [table(title, words.say("Unit, counter"), _by_parent(counters, names), style, None, top)]
        made.append(_annex(title, None, body, style))
    if officers:
        title = words.say("Results by officer")
        body = [table(title, words.say("Unit, officer"), _by_parent(officers, names), style, None, None)]
        restricted = words.say("INTERNAL USE ONLY")
        made.append(_annex(title, restricted, [paragraph(officers_line(style)), *body], style))
    for place, annex in enumerate(made, start=1):
        alone = words.say("Annex")
        annex["name"] = alone if len(made) == 1 else words.say("Annex {number}", number="I" * place)
    return made


def _annex(title: str, restricted: str | None, body: list[Line], style: Style) -> Line:
    belongs = style.words.say("(Attached to Report No.           of                              )")
    return {"title": title.upper(), "restricted": restricted, "belongs": belongs, "body": body}
