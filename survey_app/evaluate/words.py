"""Words: how the desk writes codes, figures, moments and periods in the language of the page."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from flask import current_app
from flask_babel import gettext, lazy_gettext

from analysis.period import Period
from analysis.report.numerals import Language, number, percent, period_name
from survey_app.config import Settings
from survey_app.evaluate.stored import Figures
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
    "responses": lazy_gettext("Responses"),
    "coverage": lazy_gettext("Coverage"),
}

ROLES = {
    "serving": lazy_gettext("Where people were served"),
    "deciding": lazy_gettext("Who decides the file"),
}

INSTEAD = {
    "suppressed": lazy_gettext("hidden (small number)"),
    "no_data": lazy_gettext("no responses"),
    "insufficient": lazy_gettext("not enough responses"),
}
"""Statuses that stand where a figure would, the strongest first."""

REMARKS = {
    "insufficient": lazy_gettext("not enough responses"),
    "single_day": lazy_gettext("one day only"),
    "degenerate_variance": lazy_gettext("no variation between days"),
    "more_answers_than_transactions": lazy_gettext("more answers than visits"),
    "default_pool": lazy_gettext("default design effect"),
    "not_weighted": lazy_gettext("not weighted"),
    "version_change": lazy_gettext("questions changed"),
    "no_baseline": lazy_gettext("no earlier period"),
    "under_review": lazy_gettext("under review"),
    "merged_in_period": lazy_gettext("merged in the period"),
}
"""Statuses that are said beside the figures."""

USUAL = frozenset({"default_pool", "not_weighted", "no_baseline"})
"""Statuses that hold for nearly all rows: a note below the table says them once."""


def desk_language() -> Language:
    """Give the language of the page, which on a desk is one that reports have."""
    return cast(Language, language())


def count(value: int | None) -> str:
    """Write a count."""
    return NOTHING if value is None else number(value, desk_language())


def share(value: float | None, sign: str = "%") -> str:
    """Write a fraction as a percentage."""
    return NOTHING if value is None else percent(value, desk_language(), sign=sign)


def level(row: Figures | None) -> str:
    """Write the level of confidence."""
    given = row.confidence_level if row is not None else None
    return (
        percent(given if given is not None else 0.95, desk_language()).replace(",0%", "%").replace(".0%", "%")
    )


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
    return str(KINDS.get(code, code))


def instead(status: tuple[str, ...]) -> str:
    """Write why there is no figure."""
    return next((str(words) for code, words in INSTEAD.items() if code in status), gettext("not available"))


def remarks(status: tuple[str, ...]) -> str:
    """Write what must be known beside a figure."""
    return ", ".join(str(REMARKS[code]) for code in status if code in REMARKS and code not in USUAL)
