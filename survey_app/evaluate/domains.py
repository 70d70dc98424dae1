"""Domains: which units, counters and officers of a period get a figure, and what stands for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, Row, or_, select

from analysis.period import Period
from analysis.ratings import Domain
from survey_app.store.organisation import Counter, Officer, Succession, Unit

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


def read_domains(connection: Connection, period: Period, map: Map = "today") -> Domains:
    """Read the domains of a period.

    ``today``: one for each unit in force on the last day, standing for its predecessors too; ``then``: the
    units as they were at any time of the period. A unit that was split stands for itself: a split has no
    invented past.
    """
    everything = {unit.id: unit for unit in connection.execute(select(*Unit.__table__.columns))}
    successors = _successors(connection, period.last_day)
    standing = {
        unit_id: _standing(unit_id, everything, successors, period) if map == "today" else unit_id
        for unit_id, unit in everything.items()
        if _overlaps(unit, period)
    }
    for unit_id in list(standing):  # the tree above, whatever its dates
        parent = everything[standing[unit_id]].parent_id
        while parent is not None and parent not in standing:
            standing[parent] = _standing(parent, everything, successors, period) if map == "today" else parent
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
    units = tuple(
        Domain(
            unit.kind,
            unit.code,
            unit.name,
            unit.valid_from,
            unit_of.get(unit.parent_id) if unit.parent_id is not None else None,
            ("merged_in_period",) if map == "today" and unit.id in merged else (),
        )
        for unit in (everything[i] for i in chosen)
    )
    counters, counter_of = _places(connection, "counter", Counter, period, unit_of)
    officers, officer_of = _places(connection, "officer", Officer, period, unit_of)
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
    period: Period,
) -> int:
    """Give the unit that stands for one on the last day of the period."""
    seen = {unit_id}
    while (ended := units[unit_id].valid_to) is not None and ended < period.last_day:
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


def _places(
    connection: Connection,
    kind: str,
    table: type[Counter] | type[Officer],
    period: Period,
    unit_of: Mapping[int, int],
) -> tuple[tuple[Domain, ...], dict[int, int]]:
    query = (
        select(table.id, table.code, table.name, table.unit_id, table.valid_from)
        .where(table.valid_from <= period.last_day)
        .where(or_(table.valid_to.is_(None), table.valid_to >= period.first_day))
        .order_by(table.code, table.valid_from)
    )
    rows = connection.execute(query).all()
    domains = tuple(Domain(kind, r.code, r.name, r.valid_from, unit_of.get(r.unit_id)) for r in rows)
    return domains, {row.id: place for place, row in enumerate(rows)}
