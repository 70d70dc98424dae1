"""Closed: half-years and years whose figures are frozen, and since which local day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from analysis.period import Period, period
from survey_app.config import Settings
from survey_app.store.evaluations import Frozen, Revision


@dataclass(frozen=True, slots=True)
class Closed:
    """Local days whose figures are frozen, and the local day on which they first were."""

    period: Period
    day: date


def closed_halves(connection: Connection, settings: Settings) -> list[Closed]:
    """Give the half-years that are closed with the files of every closed state kept.

    A revision does not begin the time anew: people were told how long from the first closing.
    """
    unfrozen = select(Revision.period).where(
        ~select(Frozen.name).where(Frozen.revision_id == Revision.id).exists()
    )
    query = select(Revision.period, func.min(Revision.closed_at).label("first"))
    query = query.where(Revision.period.not_in(unfrozen)).group_by(Revision.period)
    return [
        Closed(period(row.period, settings.period_scheme), row.first.astimezone(settings.zone).date())
        for row in connection.execute(query.order_by(Revision.period))
        if row.period.endswith(("-H1", "-H2"))
    ]


def closed_years(halves: list[Closed], settings: Settings) -> list[Closed]:
    """Give the years of which both halves are closed; a year is closed with the later of them."""
    days = {half.period.label: half.day for half in halves}
    years = sorted({label.partition("-")[0] for label in days})
    return [
        Closed(period(f"{year}-Y", settings.period_scheme), max(days[f"{year}-H1"], days[f"{year}-H2"]))
        for year in years
        if f"{year}-H1" in days and f"{year}-H2" in days
    ]


def months_before(day: date, months: int) -> date:
    """Give the day so many months earlier, or the last one of its month if that is shorter.

    >>> months_before(date(2028, 2, 29), 12), months_before(date(2026, 1, 31), 2)
    (datetime.date(2027, 2, 28), datetime.date(2025, 11, 30))
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
