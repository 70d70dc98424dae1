"""Doubts: what was flagged about responses, and what looks odd among them, in one list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from analysis.period import Period
from survey_app.evaluate.basis import FOUND, decode_findings
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.store.organisation import Unit
from survey_app.store.responses import Flag, Response


@dataclass(frozen=True)
class Case:
    """One doubt: what raised it, about whom, and the responses it points to.

    ``source`` is ``finding`` (an indicator of the newest snapshot) or ``flag`` (a rule at intake or of a
    kiosk); ``what`` names the indicator or the number of the rule. ``rate`` and ``rate_without`` are those of
    the unit or officer with all responses and without these; a flag has none of its own. ``q`` is that of the
    finding, None of a hard check.
    """

    source: Literal["finding", "flag"]
    what: str
    kind: str
    code: str
    name: str
    parent_code: str | None
    n: int
    value: float | None
    expected: float | None
    rate: float | None
    rate_without: float | None
    responses: tuple[int, ...]
    q: float | None = None

    @property
    def key(self) -> str:
        """Give what tells the case from all others of its period."""
        return f"{self.source}.{self.what}.{self.kind}.{self.code}"


def cases(connection: Connection, period: Period) -> tuple[Case, ...]:
    """Give all doubts of a period: the findings of its newest snapshot, then the flags by unit and rule."""
    return (*_findings(connection, period), *_flags(connection, period))


def _findings(connection: Connection, period: Period) -> list[Case]:
    made = newest(connection, period.label)
    content = read_file(connection, made.id, FOUND) if made is not None else None
    return [
        Case(
            "finding",
            each.indicator,
            each.kind,
            each.code,
            each.name,
            each.parent_code,
            each.n,
            each.value,
            each.expected,
            each.rate,
            each.rate_without,
            each.responses,
            each.q,
        )
        for each in decode_findings(content or b"[]")
    ]


def _flags(connection: Connection, period: Period) -> list[Case]:
    parent = Unit.__table__.alias("above")
    query = (
        select(Flag.response_number, Flag.rule, Unit.kind, Unit.code, Unit.name, parent.c.code)
        .join(Response, Response.number == Flag.response_number)
        .join(Unit, Unit.id == Response.unit_id)
        .join(parent, parent.c.id == Unit.parent_id, isouter=True)
        .where(Response.service_day.between(period.first_day, period.last_day))
        .order_by(Flag.rule, Unit.code, Flag.response_number)
    )
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, *of in connection.execute(query):
        found[tuple(of)].append(number)
    return [
        Case("flag", str(rule), kind, code, name, above, len(numbers), None, None, None, None, tuple(numbers))
        for (rule, kind, code, name, above), numbers in found.items()
    ]
