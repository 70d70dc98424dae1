"""Published: the figure of a unit that the public may see, from the newest period that was made public."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from analysis.period import Period, Scheme, period
from survey_app.store.evaluations import Frozen, Revision, Stage
from survey_app.store.organisation import Unit

MEASURE, ROLE = "overall", "serving"

Unitary = tuple[str, str | None]
"""Code of a unit and the day from which it holds: codes were given anew to other units."""


class _Kind(msgspec.Struct, gc=False):
    kind: str


class _Rows(msgspec.Struct):
    rows: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was published of a unit: its rate with interval, or None where too few people answered."""

    period: Period
    rate: float | None
    low: float | None
    high: float | None
    responses: int | None
    served: int | None


@dataclass
class Published:
    """The figures of the closed state that was read last: it never changes, so it is read once a process."""

    revision_id: int | None = None
    figures: Mapping[Unitary, Figure] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def figure(self, connection: Connection, unit_id: int, scheme: Scheme) -> Figure | None:
        """Give the figure of a unit, None if nothing was published or the unit is not in it."""
        newest = _newest(connection, scheme)
        if newest is None:
            return None
        unit = connection.execute(select(Unit.code, Unit.valid_from).where(Unit.id == unit_id)).one()
        with self.turn:
            if self.revision_id != newest.id:
                self.figures = _read(connection, newest, scheme)
                self.revision_id = newest.id
            return self.figures.get((unit.code, unit.valid_from.isoformat()))


def _newest(connection: Connection, scheme: Scheme) -> Row[int, str, int] | None:
    """Give the newest closed state of the last period that is public."""
    last = select(func.max(Stage.id)).group_by(Stage.period)
    public = select(Stage.period).where(Stage.id.in_(last), Stage.name == "published")
    query = select(Revision.id, Revision.period, Revision.number).where(Revision.period.in_(public))
    found = connection.execute(query).all()
    # Of a half-year and its year, which end on the same day, the year holds more answers.
    return max(found, default=None, key=lambda row: (*_days(row.period, scheme), row.number))


def _days(label: str, scheme: Scheme) -> tuple[int, int]:
    this = period(label, scheme)
    return this.last_day.toordinal(), -this.first_day.toordinal()


def _read(connection: Connection, revision: Row[int, str, int], scheme: Scheme) -> dict[Unitary, Figure]:
    """Give the figures of the units as the public may see them, from what was frozen for inspectors."""
    from analysis.check.disclosure import for_audience
    from analysis.check.subjects import PEOPLE
    from analysis.summary import Row as Line
    from analysis.summary import Summary

    content = connection.scalar(
        select(Frozen.content).where(Frozen.revision_id == revision.id, Frozen.name == "summary.json")
    )
    this = period(revision.period, scheme)
    kinds, rows = msgspec.json.Decoder(_Kind), msgspec.json.Decoder(dict[str, Any])
    lines = [
        Line(**line | {name: tuple(line[name]) for name in ("versions", "status")})
        for raw in msgspec.json.decode(content or b'{"rows":[]}', type=_Rows).rows
        if kinds.decode(raw).kind not in PEOPLE
        for line in [rows.decode(raw)]
    ]
    shown = for_audience(Summary(this, lines, ()), "public").rows
    return {
        (line.code, line.valid_from): Figure(
            this, line.rate, line.low, line.high, line.responses, line.served
        )
        for line in shown
        if line.measure == MEASURE and line.role == ROLE
    }
