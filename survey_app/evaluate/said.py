"""Said: what the figures of one row say, in sentences that claim no more than the figures do."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from analysis.period import Period
from analysis.report.numerals import period_name
from analysis.summary import Row
from survey_app.evaluate import words


def sentences(
    row: Row, before: Period, bounds: Sequence[float], peers: Sequence[Row] = (), least: int = 30, days: int = 8
) -> list[str]:
    """Give all that is said of a unit.

    ``peers`` are the units it is ranked with, as far as all may be seen; ``before`` is the period before,
    ``bounds`` are those of the grades, ``least`` responses on ``days`` days those that a grade needs.
    """
    if hidden(row):
        return [gettext("%(unit)s: %(word)s.", unit=row.name, word=words.instead(row.status))]
    told = (
        not_enough(row, least, days) if "insufficient" in row.status else rate(row),
        band(row),
        coverage(row),
        flagged(row),
        bounded(row),
        tipping(row, bounds),
        target(row),
        verdict(row),
        rank(row, peers),
        change(row, before),
    )
    return [each for each in told if each]


def hidden(row: Row) -> bool:
    """Whether a row has no figures that could be spoken of."""
    return "suppressed" in row.status or row.rate is None or row.low is None


def rate(row: Row) -> str:
    """Say the rate of a row with its interval and answers."""
    if row.answers and row.satisfied == row.answers:
        return ngettext(
            "%(unit)s: the one answer was satisfied; with this number the true rate may be as low as %(low)s.",
            "%(unit)s: all %(shown)s answers were satisfied; with this number the true rate may be as low as "
            "%(low)s.",
            row.answers,
            unit=row.name,
            shown=words.count(row.answers),
            low=words.share(row.low),
        )
    return gettext(
        "%(unit)s: %(rate)s of answers were satisfied or very satisfied (%(level)s uncertainty interval %(low)s "
        "to %(high)s; %(answers)s answers).",
        unit=row.name,
        rate=words.share(row.rate),
        level=words.level(row),
        low=words.share(row.low),
        high=words.share(row.high),
        answers=words.count(row.answers),
    )


def not_enough(row: Row, least: int, days: int) -> str:
    """Say on how little a row rests, and how much a band needs."""
    return gettext(
        "Only %(responses)s responses on %(days)s days; a band needs at least %(least)s on %(least_days)s days.",
        responses=words.count(row.responses),
        days=words.count(row.clusters),
        least=words.count(least),
        least_days=words.count(days),
    )


def band(row: Row) -> str:
    """Say the band of a row with its certainty; nothing where it has none."""
    if not row.grade:
        return ""
    neighbour = {"very_high": "high", "low": "medium"}.get(row.grade)
    certainty = {
        "certain": gettext("high certainty"),
        "likely": gettext("moderate certainty"),
        "borderline": gettext("borderline with %(neighbour)s", neighbour=words.GRADES[neighbour])
        if neighbour
        else gettext("borderline"),
    }[row.certainty or "borderline"]
    return gettext(
        "Satisfaction band: %(band)s (%(certainty)s).", band=words.GRADES[row.grade], certainty=certainty
    )


def coverage(row: Row) -> str:
    """Say who answered and who did not."""
    if row.served is None or row.coverage is None:
        return gettext("The unit has not supplied its visits, so coverage is not known.")
    return gettext(
        "People chose whether to answer. %(responses)s of %(served)s visits answered (%(coverage)s); the views "
        "of the rest are not known.",
        responses=words.count(row.responses),
        served=words.count(row.served),
        coverage=words.share(row.coverage),
    )


def flagged(row: Row) -> str:
    """Say what the flagged responses change; nothing where there are none."""
    if not row.flagged or row.rate_without_flagged is None:
        return ""
    return ngettext(
        "%(shown)s response is flagged. Without it the rate is %(without)s; with it, %(rate)s.",
        "%(shown)s responses are flagged. Without them the rate is %(without)s; with them, %(rate)s.",
        row.flagged,
        shown=words.count(row.flagged),
        without=words.share(row.rate_without_flagged),
        rate=words.share(row.rate),
    )


def bounded(row: Row) -> str:
    """Say what the rate would be if all who are silent were of one mind; nothing where that is not known."""
    if row.bound_low is None or row.bound_high is None:
        return ""
    return gettext(
        "If all who did not answer were dissatisfied the rate is %(low)s; if all were satisfied, %(high)s.",
        low=words.share(row.bound_low),
        high=words.share(row.bound_high),
    )


def tipping(row: Row, bounds: Sequence[float]) -> str:
    """Say how much less satisfied the silent must be for the band to change; nothing where they cannot."""
    gap = tipping_gap(row, bounds)
    if gap is None:
        return ""
    return gettext(
        "The band would change if those who did not answer were %(gap)s points less satisfied.",
        gap=words.points(gap, sign=False),
    )


def tipping_gap(row: Row, bounds: Sequence[float]) -> float | None:
    """Give by how much the silent must be less satisfied for the band to change, None where they cannot be.

    The rate of all is coverage times that of those who answered plus the rest times that of the silent.
    """
    if not row.grade or row.rate is None or row.coverage is None or row.coverage >= 1:
        return None
    reached = [bound for bound in bounds if bound <= row.rate]
    if not reached:
        return None
    gap = (row.rate - reached[-1]) / (1 - row.coverage)
    return gap if gap <= row.rate else None


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
                    "Not compared with the %(before)s: %(reason)s.", before=name, reason=words.REMARKS[status]
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
        "Compared with the %(before)s, down %(change)s points (%(low)s to %(high)s), more than chance variation.",
        **shown,
    )


def _unsigned(change: float, low: float, high: float) -> dict[str, str]:
    """Write a change that is known to go one way, without signs and in rising order."""
    ends = sorted((abs(low), abs(high)))
    return {
        name: words.points(value, sign=False)
        for name, value in (("change", change), ("low", ends[0]), ("high", ends[1]))
    }
