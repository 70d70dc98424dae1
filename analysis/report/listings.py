"""Listings: the results of every unit, as blocks for the template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from analysis.report import charts, comparisons
from analysis.report.intervals import table
from analysis.report.sections import COMMUNES, DEPARTMENTS, heading, paragraph, units
from analysis.report.style import Line, Style, instead
from analysis.summary import Row, Summary

_COLUMNS = ("rate", "plot", "n", "coverage", "grade", "verdict")


class Group(NamedTuple):
    """Units that are listed together, their title as a heading and inside a sentence."""

    title: str
    rows: list[Row]

    @property
    def inside(self) -> str:
        """The title as it stands inside a sentence."""
        return self.title[:1].lower() + self.title[1:]


def groups(summary: Summary, top: Row | None, style: Style) -> list[Group]:
    """Give departments and centres, communes and wards, other units; then deciding units; none empty."""
    words = style.words
    serving, deciding = _by_role(summary, top)
    parts = (
        Group(words.say("Departments and centres"), [row for row in serving if row.kind in DEPARTMENTS]),
        Group(words.say("Communes and wards"), [row for row in serving if row.kind in COMMUNES]),
        Group(words.say("Other units"), [row for row in serving if row.kind not in DEPARTMENTS + COMMUNES]),
        Group(words.say("Units that decide the file"), deciding),
    )
    return [group for group in parts if group.rows]


def by_unit(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give section III: what is said of each group of units, its table, and the figure of the largest."""
    words = style.words
    parts = groups(summary, top, style)
    drawn = max(parts, key=lambda group: len(group.rows), default=None)
    blocks: list[Line] = []
    for group in parts:
        caption = words.say("Satisfaction rate: {units}, in alphabetical order", units=group.inside)
        blocks += [
            heading(group.title, 2),
            *[paragraph(sentence) for sentence in _said(group.rows, style)],
            table(caption, words.say("Unit"), [(None, group.rows)], style, None, top, _COLUMNS),
        ]
        if group is drawn:
            blocks += _caterpillar(group.rows, top, style)
    return [heading(words.say("Results by unit")), *blocks] if blocks else []


def _said(rows: Sequence[Row], style: Style) -> list[str]:
    """Say of a group how many units stand out, whether they are ranked, and how many reach the target."""
    words = style.words
    told = [row for row in rows if row.verdict]
    said = []
    if len(told) > 1:
        verdicts = Counter(row.verdict for row in told)
        said.append(
            words.say(
                "Of {k} units with enough responses, {above} are above and {below} below the rest of their "
                "group by more than chance variation; {rest} cannot be told apart from it.",
                k=style.number(len(told)),
                above=style.number(verdicts["above"]),
                below=style.number(verdicts["below"]),
                rest=style.number(verdicts["not_distinguishable"]),
            )
        )
    if few := sum(row.grade is None and "suppressed" not in row.status for row in rows if told):
        said.append(
            words.count(
                "{n} unit has too few responses to be compared.",
                "{n} units have too few responses to be compared.",
                few,
            )
        )
    if alike := sum("not_distinguishable" in row.status for row in rows):
        said.append(comparisons.alike(alike, style))
    aims = Counter(row.against_target for row in rows if row.against_target)
    if aims and (aim := next(row.target for row in rows if row.target is not None)) is not None:
        said.append(
            words.say(
                "Against the target of {target}: {above} units above, {below} below; of {rest} it cannot be "
                "said.",
                target=style.percent(aim),
                above=style.number(aims["above"]),
                below=style.number(aims["below"]),
                rest=style.number(aims["not_distinguishable"]),
            )
        )
    return [" ".join(said)] if said else []


def _by_role(summary: Summary, top: Row | None) -> tuple[list[Row], list[Row]]:
    """Give the units where people were served, and those that decided files which others received.

    A unit that decides just what it received itself stands once; one that only decides is no empty reception.
    """
    decided = {row.code: row for row in units(summary, top, "deciding") if "no_data" not in row.status}
    serving, received = [], set()
    if top is not None and (own := decided.get(top.code)) is not None and _same(own, top):
        received.add(top.code)
    for row in units(summary, top, "serving"):
        both = decided.get(row.code)
        if both is None or "no_data" not in row.status:
            serving.append(row)
        if both is not None and _same(both, row):
            received.add(row.code)
    return serving, [row for code, row in decided.items() if code not in received]


def _same(one: Row, other: Row) -> bool:
    return (one.answers, one.satisfied) == (other.answers, other.satisfied)


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
                    bounds=style.rules.bounds,
                    language=words.language,
                    level=style.level,
                )
            ).decode(),
            "caption": " ".join(caption),
            "alternative": charts.interval_text(
                labels,
                rates,
                lows,
                highs,
                reference=reference,
                bounds=style.rules.bounds,
                language=words.language,
                level=style.level,
            ),
        }
    ]
