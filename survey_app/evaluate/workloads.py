"""Workloads: how many citizens were served in a period, where the whole of it is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select

from analysis.period import Period
from analysis.ratings import Workload as Served
from survey_app.evaluate.domains import Domains
from survey_app.evaluate.fields import Fields
from survey_app.store.organisation import Unit, Workload

DETAILS = ("procedure_id", "field", "channel", "counter_id", "officer_id")


def read_workload(
    connection: Connection, period: Period, until: date, domains: Domains, fields: Fields
) -> Served:
    """Read what was served and offered; NaN where rows do not cover every day from the first to ``until``."""
    query = select(*Workload.__table__.columns).where(
        Workload.last_day >= period.first_day, Workload.first_day <= period.last_day
    )
    rows = connection.execute(query.order_by(Workload.id)).all()
    lives = {
        u.id: (u.valid_from, u.valid_to)
        for u in connection.execute(select(Unit.id, Unit.valid_from, Unit.valid_to))
    }
    last = min(until, period.last_day)
    served, offered = _units(rows, lives, domains, period.first_day, last)
    return Served(
        served,
        offered,
        _places(rows, "counter_id", domains.counter_of, period.first_day, last),
        _places(rows, "officer_id", domains.officer_of, period.first_day, last),
        _by_field(rows, lives, domains, fields, period.first_day, last),
    )


def _by_field(
    rows: Sequence[Row[Any]],
    lives: Mapping[int, tuple[date, date | None]],
    domains: Domains,
    fields: Fields,
    first: date,
    last: date,
) -> NDArray[np.float64] | None:
    """Give what each unit served by field of service; None where no row tells a field."""
    place = {name: number for number, name in enumerate(fields.names)}
    told: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        field = place[row.field] if row.field else fields.of_procedure.get(row.procedure_id)
        if field is not None:
            told[field].append(row)
    if not told:
        return None
    served = np.full((len(domains.units), len(fields.names)), np.nan)
    for field, its_rows in told.items():
        served[:, field] = _units(its_rows, lives, domains, first, last)[0]
    return served


def _units(
    rows: Sequence[Row[Any]],
    lives: Mapping[int, tuple[date, date | None]],
    domains: Domains,
    first: date,
    last: date,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    by_unit: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
    served = np.zeros(len(domains.units))
    offered = np.zeros(len(domains.units))
    known = np.zeros(len(domains.units), dtype=bool)
    for unit_id, place in domains.unit_of.items():
        begins, ends = lives[unit_id]
        begins, ends = max(begins, first), min(ends or last, last)
        if unit_id in by_unit:
            known[place] = True
            served[place] += _total(by_unit[unit_id], "served", begins, ends)
            offered[place] += _total(by_unit[unit_id], "offered", begins, ends)
    served[~known] = offered[~known] = np.nan
    return served, offered


def _places(
    rows: Sequence[Row[Any]], column: str, places: Mapping[int, int], first: date, last: date
) -> NDArray[np.float64]:
    by_place: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if getattr(row, column) in places:
            by_place[places[getattr(row, column)]].append(row)
    served = np.full(len(places), np.nan)
    for place, its_rows in by_place.items():
        served[place] = _total(its_rows, "served", first, last)
    return served


def _total(rows: Sequence[Row[Any]], count: str, first: date, last: date) -> float:
    """Sum a count over ranges that follow one another without a gap; NaN if a day is missing.

    Rows of one range may split it by procedure, field, channel, counter or officer: the least split ones are
    its total, so that a total beside its parts is not counted twice.
    """
    ranges: dict[tuple[date, date], dict[tuple[bool, ...], float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        split = tuple(getattr(row, detail) is not None for detail in DETAILS)
        value = getattr(row, count)
        ranges[row.first_day, row.last_day][split] += np.nan if value is None else value
    total, covered = 0.0, first.toordinal()
    for (begins, ends), splits in sorted(ranges.items()):
        if begins.toordinal() > covered or (begins < first and ends >= first):
            return np.nan
        total += splits[min(splits, key=lambda split: (sum(split), split))]
        covered = max(covered, ends.toordinal() + 1)
    return total if covered > last.toordinal() else np.nan
