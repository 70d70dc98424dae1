"""Openings: at which counters of the made-up province, and when, people open the page."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from survey_app.collect.attribution import PostedCounter, find_counter
from survey_app.demo.office import FOUNDED
from survey_app.store.organisation import Counter, CounterCode, Workload

YEAR = timedelta(days=365)
HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 1), (9, 2))

USUAL = 1.55
"""How good a service is in an office like most, on the scale of ``citizens``."""

HOURS: Mapping[int, float] = {7: 6, 8: 20, 9: 22, 10: 17, 11: 6, 13: 6, 14: 15, 15: 14, 16: 8, 19: 4, 20: 3}
"""How often a page is opened in each hour; in the evening people answer at home."""

TABLET = 0.15
"""Share that answers on the tablet, where one stands."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A counter of the year: how often it is rated, how good it is, whether a tablet stands there."""

    counter: PostedCounter
    weight: float
    quality: float
    tablet: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a page, or one touch of a tablet."""

    visited: Visited
    at: datetime
    tablet: bool


def visited_counters(connection: Connection, today: date, chance: Random) -> list[Visited]:
    """Give every counter; those of a unit share most of how good and how often rated they are."""
    totals = select(Workload.unit_id, func.sum(Workload.served)).group_by(Workload.unit_id)
    served = {unit: float(total) for unit, total in connection.execute(totals)}
    rows = connection.execute(
        select(CounterCode.code, Counter.code, Counter.unit_id).join(Counter).order_by(Counter.code)
    ).all()
    size = Tally(unit for _, _, unit in rows)
    keen = {unit: _keenness(chance) for unit in sorted(size)}
    quality: dict[int, float] = {}
    visited = []
    for code, name, unit in rows:
        counter = find_counter(connection, code, today)
        assert counter is not None  # its code was just read
        of_unit = quality.setdefault(counter.deciding_unit_id, chance.gauss(USUAL, 0.33))
        weight = served.get(unit, 0.0) / size[unit] * keen[unit] * chance.uniform(0.6, 1.4)
        tablet = str(name).endswith("1")
        visited.append(Visited(counter, weight, of_unit + chance.gauss(0, 0.1), tablet))
    return visited


def _keenness(chance: Random) -> float:
    """Give how readily the people of a unit answer: at some hardly anyone does, at a few nobody."""
    kind = chance.random()
    return 0.0 if kind < 0.02 else 0.04 if kind < 0.07 else chance.lognormvariate(0, 0.35)


def year_of_openings(
    visited: Sequence[Visited], zone: ZoneInfo, now: datetime, count: int, chance: Random
) -> list[Opening]:
    """Give the openings of the year up to ten minutes ago, in order of time."""
    today = now.astimezone(zone).date()
    days = working_days(max(today - YEAR, FOUNDED), today)
    crowds = [chance.uniform(0.7, 1.3) * (1.3 if day.weekday() == 0 else 1.0) for day in days]
    weights, hours = [one.weight for one in visited], list(HOURS)
    openings: list[Opening] = []
    while missing := count - len(openings):
        drawn = zip(
            chance.choices(visited, weights, k=missing),
            chance.choices(days, crowds, k=missing),
            chance.choices(hours, list(HOURS.values()), k=missing),
            strict=True,
        )
        for one, day, hour in drawn:
            local = time(hour, chance.randrange(30 if hour == 7 else 0, 60), chance.randrange(60))
            at = datetime.combine(day, local, zone)
            tablet = one.tablet and hour < 17 and chance.random() < TABLET
            if at < now - timedelta(minutes=10):
                openings.append(Opening(one, at, tablet))
    return sorted(openings, key=lambda opening: (opening.at, opening.visited.counter.counter_id))


def working_days(first: date, last: date) -> list[date]:
    """Give the working days from one to another.

    >>> [day.day for day in working_days(date(2026, 4, 29), date(2026, 5, 4))]
    [29, 4]
    """
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]
