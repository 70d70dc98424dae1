"""Words: how the desk writes codes, figures, moments and periods in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from flask_babel import gettext

from analysis.period import Period
from analysis.report.numerals import MINUS, Language, number, percent, period_name
from analysis.summary import Month, Row
from survey_app.config import Settings
from survey_app.evaluate.terms import ELSEWHERE, INSTEAD, KINDS, REMARKS, STEPS
from survey_app.web import language

if TYPE_CHECKING:
    from survey_app.evaluate.lifecycle import Life

NOTHING = "–"


def desk_language() -> Language:
    """Give the language of the page, which on a desk is one that reports have."""
    return cast(Language, language())


def count(value: int | None) -> str:
    """Write a count."""
    return NOTHING if value is None else number(value, desk_language())


def share(value: float | None, sign: str = "%") -> str:
    """Write a fraction as a percentage, with more decimals where it would round onto a bound of the bands."""
    if value is None:
        return NOTHING
    settings: Settings = current_app.extensions["settings"]
    return percent(value, desk_language(), settings.grade_bounds, sign=sign)


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
    return f"{points(row.change)} ({low}; {high})"


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


def stands(life: Life) -> str:
    """Write where a period stands."""
    if life.step == "closed" and life.revision is not None:
        return str(gettext("closed, revision %(number)s", number=life.revision.number))
    return str(STEPS[life.step])


def month(label: str, first: bool = False) -> str:
    """Write a month of a chart: its number, with the year where a year or the chart begins."""
    year, _, number_of = label.partition("-")
    short = str(int(number_of))
    return f"{short}/{year[2:]}" if first or short == "1" else short


def trend_finding(months: Sequence[tuple[Month, float]]) -> str:
    """Write as a heading what the months of a period show: the last one against the first, if clear."""
    known = [each for each, _ in months if each.rate is not None and each.low is not None]
    if len(known) < 2:
        return str(gettext("Month by month"))
    first, last = known[0], known[-1]
    if (last.low or 0) > (first.high or 0):
        return str(gettext("Month by month: the last is above the first"))
    if (last.high or 0) < (first.low or 0):
        return str(gettext("Month by month: the last is below the first"))
    return str(gettext("Month by month: no clear difference between the first and the last"))


def bounds(values: Iterable[float]) -> str:
    """Write the bounds of the bands."""
    return ", ".join(share(value, "").removesuffix(",0").removesuffix(".0") for value in values)
