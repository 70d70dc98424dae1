"""Words: how the desk writes codes, figures, moments and periods in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from flask import current_app
from flask_babel import gettext, lazy_gettext

from analysis.period import Period
from analysis.report.numerals import MINUS, Language, number, percent, period_name
from analysis.summary import Row
from survey_app.config import Settings
from survey_app.web import language

NOTHING = "–"

KINDS = {
    "province": lazy_gettext("Province"),
    "centre": lazy_gettext("Service centres"),
    "department": lazy_gettext("Departments"),
    "commune": lazy_gettext("Communes and wards"),
    "counter": lazy_gettext("Counters"),
}
"""Kinds of units in the order of the tree."""

SORTS = {
    "tree": lazy_gettext("Tree of units"),
    "name": lazy_gettext("Name"),
    "rate": lazy_gettext("Satisfaction rate"),
    "responses": lazy_gettext("Responses"),
    "coverage": lazy_gettext("Coverage"),
    "change": lazy_gettext("Change"),
    "flagged": lazy_gettext("Flagged responses"),
}

ROLES = {
    "serving": lazy_gettext("Where people were served"),
    "deciding": lazy_gettext("Who decides the file"),
}

STEPS = {
    "coming": lazy_gettext("not begun"),
    "open": lazy_gettext("Collecting"),
    "review": lazy_gettext("Under review"),
    "closed": lazy_gettext("Closed"),
    "published": lazy_gettext("Published"),
}
"""Steps in the life of a period."""

GRADES = {
    "very_high": lazy_gettext("Very high"),
    "high": lazy_gettext("High"),
    "medium": lazy_gettext("Medium"),
    "low": lazy_gettext("Low"),
}

CERTAINTIES = {
    "certain": lazy_gettext("certain"),
    "likely": lazy_gettext("likely"),
    "borderline": lazy_gettext("borderline"),
}

VERDICTS = {
    "above": lazy_gettext("above"),
    "below": lazy_gettext("below"),
    "not_distinguishable": lazy_gettext("cannot be told apart"),
}
"""How a unit or officer stands to the rest of its peer group."""

INSTEAD = {
    "suppressed": lazy_gettext("hidden (small number)"),
    "no_data": lazy_gettext("no responses"),
    "insufficient": lazy_gettext("not enough responses"),
}
"""Statuses that stand where a figure would, the strongest first."""

REMARKS = {
    "insufficient": lazy_gettext("not enough responses"),
    "single_day": lazy_gettext("one day only"),
    "single_officer": lazy_gettext("one officer only"),
    "degenerate_variance": lazy_gettext("no variation between days"),
    "more_answers_than_transactions": lazy_gettext("more answers than visits"),
    "coverage_unknown": lazy_gettext("visits not known"),
    "default_pool": lazy_gettext("default design effect"),
    "no_pool": lazy_gettext("certainty without peers"),
    "not_weighted": lazy_gettext("not weighted"),
    "version_change": lazy_gettext("questions changed"),
    "no_baseline": lazy_gettext("no earlier period"),
    "under_review": lazy_gettext("under review"),
    "merged_in_period": lazy_gettext("merged in the period"),
}
"""Statuses that are said beside the figures."""

USUAL = frozenset({"default_pool", "not_weighted", "no_baseline", "no_pool", "version_change"})
"""Statuses that hold for nearly all rows or are said elsewhere, not beside the name."""

ELSEWHERE = USUAL | {"coverage_unknown", "insufficient"}
"""Statuses that a cell of the same row says."""

STATUSES = REMARKS | {
    "no_data": lazy_gettext("no responses"),
    "suppressed": lazy_gettext("hidden (small number)"),
    "not_distinguishable": lazy_gettext("not ranked: cannot be told apart"),
    "flagged": lazy_gettext("with flagged responses"),
}
"""Statuses as a filter names them."""

CHANNELS = {
    "poster": lazy_gettext("phone code at the counter"),
    "slip": lazy_gettext("slip"),
    "rotating": lazy_gettext("rotating code"),
    "kiosk": lazy_gettext("kiosk"),
    "link": lazy_gettext("link"),
    "paper": lazy_gettext("paper"),
    "import": lazy_gettext("other program"),
}

ATTRIBUTIONS = {
    "slip": lazy_gettext("officer known by the slip"),
    "rotating": lazy_gettext("officer known by the rotating code"),
    "kiosk": lazy_gettext("officer known by the paired kiosk"),
    "poster_now": lazy_gettext("officer on duty when the page was opened"),
    "ambiguous": lazy_gettext("several officers on duty: none named"),
    "none": lazy_gettext("no officer named"),
}

NO_ANSWERS = {
    "skipped": lazy_gettext("skipped"),
    "not_applicable": lazy_gettext("does not apply"),
    "refused": lazy_gettext("preferred not to say"),
    "unmapped": lazy_gettext("code without a meaning"),
}
"""What stands in place of an answer and counts in no rate."""

MEASURES = {
    "overall": lazy_gettext("Overall"),
    "factor:access": lazy_gettext("Access to the service"),
    "factor:procedures": lazy_gettext("Administrative procedures"),
    "factor:officials": lazy_gettext("Officials handling the work"),
    "factor:result": lazy_gettext("Result of the service"),
    "factor:feedback": lazy_gettext("Receiving and handling feedback"),
    "index:pooled": lazy_gettext("All answers to rated questions pooled"),
    "index:question_mean": lazy_gettext("Mean of the rates of the questions"),
    "index:weighted_factors": lazy_gettext("Weighted mean of the rates of the factors"),
}


def desk_language() -> Language:
    """Give the language of the page, which on a desk is one that reports have."""
    return cast(Language, language())


def count(value: int | None) -> str:
    """Write a count."""
    return NOTHING if value is None else number(value, desk_language())


def share(value: float | None, sign: str = "%") -> str:
    """Write a fraction as a percentage."""
    return NOTHING if value is None else percent(value, desk_language(), sign=sign)


def level(row: Row | None) -> str:
    """Write the level of confidence."""
    given = row.confidence_level if row is not None else None
    return (
        percent(given if given is not None else 0.95, desk_language()).replace(",0%", "%").replace(".0%", "%")
    )


def points(value: float | None, sign: bool = True) -> str:
    """Write a difference of two fractions in percentage points, with its sign or without."""
    if value is None:
        return NOTHING
    written = percent(abs(value), desk_language(), sign="")
    if not sign or value == 0:
        return written
    return f"{'+' if value > 0 else MINUS}{written}"


def span(row: Row, sign: str = "%") -> str:
    """Write the interval of a rate."""
    return f"{share(row.low, '')} – {share(row.high, sign)}"


def change(row: Row) -> str:
    """Write in a word how a rate stands to the period before, or why it is not compared."""
    if row.change is None or row.change_low is None or row.change_high is None:
        reasons = [str(REMARKS[code]) for code in ("version_change", "no_baseline") if code in row.status]
        return reasons[0] if reasons else NOTHING
    if row.change_low > 0:
        return str(gettext("up"))
    return str(gettext("down") if row.change_high < 0 else gettext("not clear"))


def changed(row: Row) -> str:
    """Write a change with its interval."""
    low, high = points(row.change_low), points(row.change_high)
    return f"{points(row.change)} ({low} – {high})"


def period_title(period: Period) -> str:
    """Write the name of a period as a heading."""
    name = period_name(period, desk_language())
    return name[:1].upper() + name[1:]


def day(value: date) -> str:
    """Write a day."""
    return value.strftime("%d/%m/%Y")


def days(period: Period) -> str:
    """Write the first and last day of a period."""
    first, last = day(period.first_day), day(period.last_day)
    return str(gettext("%(first)s – %(last)s, both included", first=first, last=last))


def moment(value: datetime) -> str:
    """Write a moment on the clocks of the offices."""
    settings: Settings = current_app.extensions["settings"]
    return value.astimezone(settings.zone).strftime("%d/%m/%Y %H:%M")


def kind(code: str) -> str:
    """Write a kind of unit."""
    return str(KINDS.get("commune" if code == "ward" else code, code))


def named(codes: Iterable[str], names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give codes with their words."""
    return [(code, str(names.get(code, code))) for code in codes]


def instead(status: tuple[str, ...]) -> str:
    """Write why there is no figure."""
    return next((str(words) for code, words in INSTEAD.items() if code in status), gettext("not available"))


def remarks(status: tuple[str, ...]) -> str:
    """Write what must be known beside a figure and no cell of its row says."""
    return ", ".join(str(REMARKS[code]) for code in status if code in REMARKS and code not in ELSEWHERE)


def stands(life: Any) -> str:
    """Write where a period stands."""
    if life.step == "closed" and life.revision is not None:
        return str(gettext("closed, revision %(number)s", number=life.revision.number))
    return str(STEPS[life.step])
