"""Placed: frozen columns of closed periods put together, on the units of another day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analysis.period import Period
from analysis.ratings import NOBODY, SKIPPED, Domain, Question, Ratings, Workload
from survey_app.evaluate.domains import Domains, Map, read_domains
from survey_app.evaluate.fields import with_peers
from survey_app.evaluate.frozen import FrozenFault
from survey_app.store.organisation import Counter, Officer, Unit


class _Places(NamedTuple):
    """Where the units, counters and officers of one part stand among those of the whole."""

    units: NDArray[np.int32]
    counters: NDArray[np.int32]
    officers: NDArray[np.int32]


def place(
    connection: Connection,
    parts: Sequence[Ratings],
    period: Period,
    zone: ZoneInfo,
    *,
    map: Map = "today",
    as_of: date | None = None,
) -> Ratings:
    """Give the columns of closed periods as one, with the units, counters and officers of ``period``.

    A year comes from those of its halves, an earlier period to compare with from its own. ``map`` and
    ``as_of`` are those of `read_domains`.

    Raises
    ------
    FrozenFault
        If a unit, counter or officer of the columns is no longer known under its code.
    """
    domains = read_domains(connection, period, zone, map, as_of)
    places = [_places(connection, part, domains) for part in parts]
    questions = _questions(parts)
    fields = tuple(sorted({name for part in parts for name in part.fields}))
    versions = tuple(dict.fromkeys(version for part in parts for version in part.versions))
    officer = _moved(parts, places, lambda part, to: to.officers[part.officer])
    field = _joined([_moved_to(part.field, part.fields, fields, len(part.day)) for part in parts])
    return Ratings(
        units=domains.units,
        counters=domains.counters,
        officers=with_peers(domains.officers, officer, field, fields),
        questions=questions,
        versions=versions,
        day=_joined([part.day for part in parts]),
        unit=_moved(parts, places, lambda part, to: to.units[part.unit]),
        deciding_unit=_moved(parts, places, lambda part, to: to.units[part.deciding_unit]),
        counter=_moved(parts, places, lambda part, to: to.counters[part.counter]),
        officer=officer,
        version=_joined([_index(part.versions, versions)[part.version] for part in parts]).astype(np.int16),
        flagged=_joined([part.flagged for part in parts]),
        answers={each.id: _joined([_answers(part, each) for part in parts]) for each in questions},
        workload=_workload(parts, places, domains, fields),
        fields=fields,
        field=field if fields else None,
    )


def _places(connection: Connection, part: Ratings, domains: Domains) -> _Places:
    return _Places(
        _place_of(connection, Unit, part.units, domains.unit_of),
        _place_of(connection, Counter, part.counters, domains.counter_of),
        _place_of(connection, Officer, part.officers, domains.officer_of),
    )


def _place_of(
    connection: Connection,
    table: type[Unit] | type[Counter] | type[Officer],
    known: Sequence[Domain],
    index_of: Mapping[int, int],
) -> NDArray[np.int32]:
    """Give the place of each domain; the last element is nobody, where NOBODY points."""
    query = select(table.code, table.valid_from, table.id)
    ids: dict[tuple[str, date | None], int] = {
        (code, first): id for code, first, id in connection.execute(query)
    }
    places = [index_of.get(ids.get((each.code, each.valid_from), 0), NOBODY) for each in known]
    lost = [each.code for each, found in zip(known, places, strict=True) if found == NOBODY]
    if lost:
        raise FrozenFault(
            f"{table.__tablename__} {', '.join(lost)}: in the frozen columns, but not among those of the "
            "period any more; import it again under its code and first day"
        )
    return np.array([*places, NOBODY], np.int32)


def _questions(parts: Sequence[Ratings]) -> tuple[Question, ...]:
    """Give the questions of all parts, pooled by id, with the choices of all of them."""
    pooled: dict[str, Question] = {}
    for part in parts:
        for question in part.questions:
            known = pooled.setdefault(question.id, question)
            more = tuple(choice for choice in question.choices if choice not in known.choices)
            if more:
                pooled[question.id] = replace(known, choices=known.choices + more)
    return tuple(pooled.values())


def _answers(part: Ratings, question: Question) -> NDArray[Any]:
    column = part.answers.get(question.id)
    if column is None:
        kind = {"multiple": np.int64, "number": np.float64}.get(question.kind, np.int8)
        return np.full(len(part.day), SKIPPED, kind)
    own = next(each for each in part.questions if each.id == question.id)
    if own.choices == question.choices[: len(own.choices)]:
        return column
    to = _index(own.choices, question.choices)
    if question.kind != "multiple":
        return np.where(column >= 0, to[np.maximum(column, 0).astype(np.intp)], column).astype(column.dtype)
    masks = column.astype(np.int64)
    bits = sum(((masks >> bit & 1) << int(at) for bit, at in enumerate(to)), np.zeros_like(masks))
    return np.where(masks >= 0, bits, masks)


def _index(known: Sequence[object], whole: Sequence[object]) -> NDArray[np.int32]:
    at = {each: number for number, each in enumerate(whole)}
    return np.array([at[each] for each in known], np.int32)


def _moved_to(
    field: NDArray[np.int32] | None, own: Sequence[str], whole: Sequence[str], responses: int
) -> NDArray[np.int32]:
    if field is None:
        return np.full(responses, NOBODY, np.int32)
    return np.append(_index(own, whole), np.int32(NOBODY))[field]


def _moved(
    parts: Sequence[Ratings],
    places: Sequence[_Places],
    of: Callable[[Ratings, _Places], NDArray[np.int32]],
) -> NDArray[np.int32]:
    return _joined([of(part, to) for part, to in zip(parts, places, strict=True)])


def _joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)


def _workload(
    parts: Sequence[Ratings], places: Sequence[_Places], domains: Domains, fields: Sequence[str]
) -> Workload | None:
    """Add up what was served; not known where it is not in any part in which the domain stood."""
    if any(part.workload is None for part in parts):
        return None

    def total(name: str, which: str, size: int) -> NDArray[np.float64]:
        sums, seen = np.zeros(size), np.zeros(size, np.bool_)
        for part, to in zip(parts, places, strict=True):
            at = getattr(to, which)[:-1]
            np.add.at(sums, at, getattr(part.workload, name))
            seen[at] = True
        return np.where(seen, sums, np.nan)

    units = len(domains.units)
    by_field = None
    if any(part.workload is not None and part.workload.field_served is not None for part in parts):
        by_field = np.zeros((units, len(fields)))
        for part, to in zip(parts, places, strict=True):
            own = part.workload.field_served if part.workload is not None else None
            table = np.full((len(part.units), len(fields)), np.nan)
            if own is not None:
                table[:, _index(part.fields, fields)] = own
            np.add.at(by_field, to.units[:-1], table)
    return Workload(
        total("unit_served", "units", units),
        total("unit_offered", "units", units),
        total("counter_served", "counters", len(domains.counters)),
        total("officer_served", "officers", len(domains.officers)),
        by_field,
    )
