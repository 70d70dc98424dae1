"""Compared: how a rate stands to its target, its group, the period before or another one, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flask_babel

from analysis.period import Period
from analysis.report.numerals import period_name
from analysis.summary import Row
from survey_app.evaluate import terms, words

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types


def target(row: Row) -> str:
    """Say how a rate stands to its target; nothing where it is not held against one."""
    if row.target is None or not row.against_target:
        return ""
    aim = words.share(row.target)
    if row.against_target == "above":
        return gettext("Above the target of %(target)s, by more than chance variation.", target=aim)
    if row.against_target == "below":
        return gettext("Below the target of %(target)s, by more than chance variation.", target=aim)
    return gettext("Whether the target of %(target)s is met cannot be said from these answers.", target=aim)


def verdict(row: Row) -> str:
    """Say how a unit or officer stands to the rest of its group; nothing where it is not compared."""
    told = {
        "above": gettext("Compared with the rest of its group: above, by more than chance variation."),
        "below": gettext("Compared with the rest of its group: below, by more than chance variation."),
        "not_distinguishable": gettext("Compared with the rest of its group: cannot be told apart."),
    }
    return told.get(row.verdict or "", "")


def rank(row: Row, peers: Sequence[Row]) -> str:
    """Say between which ranks a unit lies, or that its group is not ranked."""
    if "not_distinguishable" in row.status:
        return gettext("The units of its group cannot be told apart, so they are not ranked.")
    if row.rank_best is None or row.rank_worst is None:
        return ""
    ranked = sum(each.rank_best is not None for each in peers)
    shown = {"best": words.count(row.rank_best), "worst": words.count(row.rank_worst)}
    if ranked < row.rank_worst:
        between = gettext("Rank between %(best)s and %(worst)s of its group.", **shown)
    else:
        between = gettext(
            "Rank between %(best)s and %(worst)s of %(number)s units of its group.",
            **shown,
            number=words.count(ranked),
        )
    apart = gettext("A rank is a range. Where two ranges overlap, neither unit can be said to be better.")
    return f"{between} {apart}"


def change(row: Row, before: Period) -> str:
    """Say what changed since the period before, or why that is not compared."""
    name = period_name(before, words.desk_language())
    if row.change is None or row.change_low is None or row.change_high is None:
        for status in ("version_change", "no_baseline"):
            if status in row.status:
                return gettext(
                    "Not compared with the %(before)s: %(reason)s.", before=name, reason=terms.REMARKS[status]
                )
        return ""
    if row.change_low <= 0 <= row.change_high:
        return gettext(
            "Compared with the %(before)s, no clear difference: %(change)s points, interval %(low)s to "
            "%(high)s.",
            before=name,
            change=words.points(row.change),
            low=words.points(row.change_low),
            high=words.points(row.change_high),
        )
    shown = _unsigned(row.change, row.change_low, row.change_high) | {"before": name}
    if row.change > 0:
        return gettext(
            "Compared with the %(before)s, up %(change)s points (%(low)s to %(high)s), more than chance "
            "variation.",
            **shown,
        )
    return gettext(
        "Compared with the %(before)s, down %(change)s points (%(low)s to %(high)s), more than chance "
        "variation.",
        **shown,
    )


def _unsigned(change: float, low: float, high: float) -> dict[str, str]:
    """Write a change that is known to go one way, without signs and in rising order."""
    ends = sorted((abs(low), abs(high)))
    return {
        name: words.points(value, sign=False)
        for name, value in (("change", change), ("low", ends[0]), ("high", ends[1]))
    }


def difference(value: float, low: float, high: float, left: str, right: str) -> str:
    """Say how one rate stands to another."""
    if low <= 0 <= high:
        return gettext(
            "No clear difference between %(left)s and %(right)s: %(change)s points, interval %(low)s to "
            "%(high)s.",
            left=left,
            right=right,
            change=words.points(value),
            low=words.points(low),
            high=words.points(high),
        )
    shown = _unsigned(value, low, high) | {"left": left, "right": right}
    if value > 0:
        return gettext(
            "%(left)s is above %(right)s by %(change)s points (%(low)s to %(high)s), more than chance "
            "variation.",
            **shown,
        )
    return gettext(
        "%(left)s is below %(right)s by %(change)s points (%(low)s to %(high)s), more than chance variation.",
        **shown,
    )
