"""Domains: which units, counters and officers of a period get a figure, and what stands for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, or_, select

from analysis.period import Period
from analysis.ratings import Domain
from survey_app.store.organisation import Counter, Officer, Posting, Succession, Unit

Map = Literal["today", "then"]


@dataclass(frozen=True)
class Domains:
    """The domains of a period; ``unit_of``, ``counter_of``, ``officer_of`` lead from store ids to indices."""

    units: tuple[Domain, ...]
    counters: tuple[Domain, ...]
    officers: tuple[Domain, ...]
    unit_of: Mapping[int, int]
    counter_of: Mapping[int, int]
    officer_of: Mapping[int, int]


def read_domains(
    connection: Connection,
    period: Period,
    zone: ZoneInfo,
    map: Map = "today",
    as_of: date | None = None,
) -> Domains:
    """Read the domains of a period.

    ``today``: one for each unit in force on the day ``as_of`` (the last one if None), standing for its
    predecessors too; ``then``: the units as they were at any time of the period. A unit that was split stands
    for itself: a split has no invented past.
    """
    as_of = as_of or period.last_day
    everything = {unit.id: unit for unit in connection.execute(select(*Unit.__table__.columns))}
    successors = _successors(connection, as_of)
    standing = {
        unit_id: _standing(unit_id, everything, successors, as_of) if map == "today" else unit_id
        for unit_id, unit in everything.items()
        if _overlaps(unit, period)
    }
    for unit_id in list(standing):  # the tree above, whatever its dates
        parent = everything[standing[unit_id]].parent_id
        while parent is not None and parent not in standing:
            standing[parent] = _standing(parent, everything, successors, as_of) if map == "today" else parent
            parent = everything[standing[parent]].parent_id
    merged = {
        new
        for old, news in successors.items()
        for new, day in news
        if len(news) == 1 and day >= period.first_day
    }
    chosen = sorted(
        set(standing.values()),
        key=lambda i: (_depth(i, everything), everything[i].code, everything[i].valid_from),
    )
    index = {unit_id: place for place, unit_id in enumerate(chosen)}
    unit_of = {unit_id: index[stands] for unit_id, stands in standing.items()}
    at_counter, at_unit = _posted(connection, period, zone, unit_of)
    units = tuple(
        Domain(
            unit.kind,
            unit.code,
            unit.name,
            unit.valid_from,
            unit_of.get(unit.parent_id) if unit.parent_id is not None else None,
            (
                *(("merged_in_period",) if map == "today" and unit.id in merged else ()),
                *_alone(at_unit[place]),
            ),
        )
        for place, unit in enumerate(everything[i] for i in chosen)
    )
    counters, counter_of = _places(connection, Counter, period, unit_of, at_counter)
    officers, officer_of = _places(connection, Officer, period, unit_of, {})
    return Domains(units, counters, officers, unit_of, counter_of, officer_of)


def _overlaps(row: Row[Any], period: Period) -> bool:
    return row.valid_from <= period.last_day and (row.valid_to is None or row.valid_to >= period.first_day)


def _successors(connection: Connection, until: date) -> dict[int, list[tuple[int, date]]]:
    following: dict[int, list[tuple[int, date]]] = defaultdict(list)
    query = select(Succession.old_unit_id, Succession.new_unit_id, Succession.date).where(
        Succession.date <= until
    )
    for old, new, day in connection.execute(query.order_by(Succession.id)):
        following[old].append((new, day))
    return following


def _standing(
    unit_id: int,
    units: Mapping[int, Row[Any]],
    successors: Mapping[int, list[tuple[int, date]]],
    as_of: date,
) -> int:
    """Give the unit that stands for one on a day."""
    seen = {unit_id}
    while (ended := units[unit_id].valid_to) is not None and ended < as_of:
        following = successors.get(unit_id, [])
        if len(following) != 1 or following[0][0] in seen:
            break
        unit_id = following[0][0]
        seen.add(unit_id)
    return unit_id


def _depth(unit_id: int, units: Mapping[int, Row[Any]]) -> int:
    depth, parent = 0, units[unit_id].parent_id
    while parent is not None:
        depth, parent = depth + 1, units[parent].parent_id
    return depth


def _posted(
    connection: Connection, period: Period, zone: ZoneInfo, unit_of: Mapping[int, int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Give the officers posted in the period at each counter (by its id) and in each unit (by its index)."""
    begins = datetime.combine(period.first_day, time(), zone)
    ends = datetime.combine(period.last_day + timedelta(days=1), time(), zone)
    query = (
        select(Posting.officer_id, Posting.counter_id, Counter.unit_id)
        .join(Counter, Counter.id == Posting.counter_id)
        .where(Posting.starts_at < ends, or_(Posting.ends_at.is_(None), Posting.ends_at > begins))
    )
    at_counter: dict[int, set[int]] = defaultdict(set)
    at_unit: dict[int, set[int]] = defaultdict(set)
    for officer, counter, unit in connection.execute(query):
        at_counter[counter].add(officer)
        if unit in unit_of:
            at_unit[unit_of[unit]].add(officer)
    return at_counter, at_unit


def _alone(officers: Collection[int]) -> tuple[str, ...]:
    """Mark a unit or a counter with one officer: it is that officer."""
    return ("single_officer",) if len(officers) == 1 else ()


def _places(
    connection: Connection,
    table: type[Counter] | type[Officer],
    period: Period,
    unit_of: Mapping[int, int],
    posted: Mapping[int, Collection[int]],
) -> tuple[tuple[Domain, ...], dict[int, int]]:
    query = (
        select(table.id, table.code, table.name, table.unit_id, table.valid_from)
        .where(table.valid_from <= period.last_day)
        .where(or_(table.valid_to.is_(None), table.valid_to >= period.first_day))
        .order_by(table.code, table.valid_from)
    )
    rows = connection.execute(query).all()
    kind = table.__tablename__
    domains = tuple(
        Domain(kind, r.code, r.name, r.valid_from, unit_of.get(r.unit_id), _alone(posted.get(r.id, ())))
        for r in rows
    )
    return domains, {row.id: place for place, row in enumerate(rows)}
