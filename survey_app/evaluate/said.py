"""Said: what the figures of one row say, in sentences that claim no more than the figures do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flask_babel

from analysis.period import Period
from analysis.summary import Row, WeightedRow
from survey_app.evaluate import terms, words
from survey_app.evaluate.compared import change, rank, target, verdict

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types
ngettext: Callable[..., str] = flask_babel.ngettext


def sentences(
    row: Row,
    before: Period,
    bounds: Sequence[float],
    peers: Sequence[Row] = (),
    least: int = 30,
    days: int = 8,
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
            "%(unit)s: the %(shown)s answer was satisfied; with this number the true rate may be as low as "
            "%(low)s.",
            "%(unit)s: all %(shown)s answers were satisfied; with this number the true rate may be as low as "
            "%(low)s.",
            row.answers,
            unit=row.name,
            shown=words.count(row.answers),
            low=words.share(row.low),
        )
    return gettext(
        "%(unit)s: %(rate)s of answers were satisfied or very satisfied (%(level)s uncertainty interval "
        "%(low)s to %(high)s; %(answers)s answers).",
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
        "Only %(responses)s responses on %(days)s days; a band needs at least %(least)s on %(least_days)s "
        "days.",
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
        "borderline": gettext("borderline with %(neighbour)s", neighbour=terms.GRADES[neighbour])
        if neighbour
        else gettext("borderline"),
    }[row.certainty or "borderline"]
    return gettext(
        "Satisfaction band: %(band)s (%(certainty)s).", band=terms.GRADES[row.grade], certainty=certainty
    )


def coverage(row: Row) -> str:
    """Say who answered and who did not."""
    if row.served is None or row.coverage is None:
        return gettext("The unit has not supplied its visits, so coverage is not known.")
    return gettext(
        "People chose whether to answer. %(responses)s of %(served)s visits answered (%(coverage)s); the "
        "views of the rest are not known.",
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


def weighted(row: WeightedRow | None) -> str:
    """Say what a weighted rate is for; nothing where there is none."""
    if row is None:
        return ""
    return gettext(
        "If each field of service had answered in its share of the visits, the rate would be %(rate)s "
        "(interval %(low)s to %(high)s). Set beside the rate it shows whether fields that answered more than "
        "others move it; the published rate is the unweighted one.",
        rate=words.share(row.rate),
        low=words.share(row.low),
        high=words.share(row.high),
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
