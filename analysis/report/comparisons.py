"""Comparisons: how a rate stands to its target, its group and the period before, in words."""

from __future__ import annotations

from analysis.period import Period, before
from analysis.report.charts.differences import points
from analysis.report.numerals import percent, period_name
from analysis.report.style import Style, instead
from analysis.report.terms import REMARKS
from analysis.summary import Row, Summary


def target(row: Row, style: Style) -> str | None:
    """Say how a rate stands to its target; None where it is not held against one.

    The end of the interval is named where it lies on the side that the test of all units says.
    """
    if instead(row) or row.target is None or not row.against_target or row.low is None or row.high is None:
        return None
    words, aim = style.words, style.percent(row.target)
    if row.against_target == "above":
        if row.low > row.target:
            return words.say("Above the target of {target}, even at the low end.", target=aim)
        return words.say("Above the target of {target}, by more than chance variation.", target=aim)
    if row.against_target == "below":
        if row.high < row.target:
            return words.say("Below the target of {target}, even at the high end.", target=aim)
        return words.say("Below the target of {target}, by more than chance variation.", target=aim)
    if row.low <= row.target <= row.high:
        return words.say(
            "Whether the target of {target} is met cannot be said: it lies inside the interval.", target=aim
        )
    return words.say("Whether the target of {target} is met cannot be said from these answers.", target=aim)


def verdict(row: Row, style: Style) -> str | None:
    """Say how a unit stands to the rest of its group; None where it is not compared."""
    words = style.words
    if instead(row) or not row.verdict:
        return None
    return {
        "above": words.say("Compared with the rest of its group: above, by more than chance variation."),
        "below": words.say("Compared with the rest of its group: below, by more than chance variation."),
    }.get(row.verdict, words.say("Compared with the rest of its group: cannot be told apart."))


def rank(summary: Summary, row: Row, style: Style) -> str | None:
    """Say between which ranks a unit lies, or that its group is not ranked; None where nothing is known.

    Of how many is said only where the whole group stands in the summary.
    """
    words = style.words
    if instead(row):
        return None
    group = [
        each
        for each in summary.rows
        if each.measure == "overall" and (each.role, each.peer_group) == (row.role, row.peer_group)
    ]
    if "not_distinguishable" in row.status:
        return alike(sum("not_distinguishable" in each.status for each in group), style)
    if row.rank_best is None or row.rank_worst is None:
        return None
    best, worst = style.number(row.rank_best), style.number(row.rank_worst)
    ranked = sum(each.rank_best is not None for each in group)
    if ranked < row.rank_worst or not any(each.kind == "province" for each in summary.rows):
        return words.say("Rank between {best} and {worst} of its group.", best=best, worst=worst)
    return words.say(
        "Rank between {best} and {worst} of {k} units of its group.",
        best=best,
        worst=worst,
        k=style.number(ranked),
    )


def alike(units: int, style: Style) -> str:
    """Say that units cannot be told apart."""
    if units < 2:
        return style.words.say("The units of its group cannot be told apart, so they are not ranked.")
    return style.words.say(
        "The {k} units cannot be told apart, so they are not ranked.", k=style.number(units)
    )


def earlier(period: Period) -> Period:
    """Give the period before; one that begins on the first of a month is of the calendar."""
    return before(period, "calendar" if period.first_day.day == 1 else "vn-report")


def change(period: Period, row: Row, style: Style) -> str | None:
    """Say what changed since the period before, or why that is not compared; None where nothing is known."""
    words, language = style.words, style.words.language
    name = period_name(earlier(period), language)
    if instead(row):
        return None
    if row.change is None or row.change_low is None or row.change_high is None:
        for status in ("version_change", "no_baseline"):
            if status in row.status:
                return words.say(
                    "Not compared with the {before}: {reason}.",
                    before=name,
                    reason=words.say(REMARKS[status]),
                )
        return None
    moved = direction(row)
    if not moved:
        return words.say(
            "Compared with the {before}, no clear difference: {change} points, interval {low} to {high}.",
            before=name,
            change=points(row.change, language),
            low=points(row.change_low, language),
            high=points(row.change_high, language),
        )
    ends = sorted((abs(row.change_low), abs(row.change_high)))
    figures = {"change": abs(row.change), "low": ends[0], "high": ends[1]}
    shown = {key: percent(value, language, sign="") for key, value in figures.items()}
    if moved > 0:
        return words.say(
            "Compared with the {before}, up {change} points ({low} to {high}), more than chance variation.",
            before=name,
            **shown,
        )
    return words.say(
        "Compared with the {before}, down {change} points ({low} to {high}), more than chance variation.",
        before=name,
        **shown,
    )


def direction(row: Row) -> int:
    """Give 1 or -1 where the interval of a change lies above or below 0, else 0."""
    if row.change_low is not None and row.change_low > 0:
        return 1
    return -1 if row.change_high is not None and row.change_high < 0 else 0
