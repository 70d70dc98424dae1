"""Doubt lines: the review list: doubts and objections with where they stand, chosen and in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, Select, select

from survey_app.evaluate.doubts import Case
from survey_app.store.evaluations import Objection, Proposal, Proposed
from survey_app.store.organisation import Counter, Officer, Unit
from survey_app.store.responses import Response

State = Literal["open", "proposed", "decided"]
STATES: tuple[State, ...] = ("open", "proposed", "decided")
SOURCES = ("finding", "flag", "objection")
PAGE = 50
"""Lines of one page."""
SINGLY = 300
"""Most responses of a case that can be chosen one by one; of more, days and counters can."""


@dataclass(frozen=True)
class Choice:
    """What somebody asked to see of the list; ``state`` is ``undecided`` unless asked otherwise."""

    unit: str = ""
    source: str = ""
    what: str = ""
    state: str = "undecided"
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Read the choice from an address; what it does not know means no choice."""
        source, state, page = asked.get("source", ""), asked.get("state", ""), asked.get("page", "1")
        return cls(
            asked.get("unit", "")[:60],
            source if source in SOURCES else "",
            asked.get("what", "")[:40],
            state if state in (*STATES, "all") else "undecided",
            int(page[:6]) if page.isdecimal() and int(page[:6]) > 0 else 1,
        )

    def takes(self, line: Line) -> bool:
        """Whether a line is one of those looked for."""
        state = line.state != "decided" if self.state == "undecided" else self.state in ("all", line.state)
        return (
            state
            and self.unit in ("", line.unit)
            and self.source in ("", line.source)
            and self.what in ("", line.what)
        )

    def address(self, **other: str | int | None) -> dict[str, str]:
        """Give the address of this choice, with something else in it; only what differs from none."""
        asked: dict[str, Any] = {name: getattr(self, name) for name in ("unit", "source", "what", "page")}
        asked |= {"state": "" if self.state == "undecided" else self.state} | other
        return {name: str(value) for name, value in asked.items() if value and (name, value) != ("page", 1)}


@dataclass(frozen=True)
class Line:
    """One doubt or objection: its key, what raised it, its unit, how many responses, where it stands."""

    key: str
    source: str
    what: str
    kind: str
    code: str
    name: str
    unit: str
    responses: int
    state: State
    case: Case | None = None
    objection: Row[Any] | None = None


def lines(
    cases: Iterable[Case], objections: Iterable[Row[Any]], stand: Mapping[int, State]
) -> tuple[Line, ...]:
    """Give the list: objections first, as people wait for them, then doubts."""
    raised = [
        Line(
            f"objection.{each.id}",
            "objection",
            "",
            "officer",
            each.code,
            each.name,
            each.unit_code,
            0,
            "open" if each.decision is None else "decided",
            objection=each,
        )
        for each in objections
    ]
    return (*raised, *(_line(case, stand) for case in cases))


def unit_of(case: Case) -> str:
    """Give the code of the unit that a case is about, of an officer's the unit of the officer."""
    return (case.parent_code or "") if case.kind == "officer" else case.code


def states(connection: Connection, label: str) -> dict[int, State]:
    """Say of every response that was ever proposed whether something waits or all is decided."""
    query = (
        select(Proposed.response_number, Proposal.confirmed)
        .join(Proposal, Proposal.id == Proposed.proposal_id)
        .where(Proposal.period == label)
        .order_by(Proposal.confirmed.is_(None))
    )
    return {
        number: "proposed" if confirmed is None else "decided"
        for number, confirmed in connection.execute(query)
    }


def targets(connection: Connection, proposals: Sequence[Row[Any]]) -> dict[int, str]:
    """Write whom corrections attribute responses to: unit, counter, officer."""
    chosen = [each.id for each in proposals if each.kind == "correct"]
    query = (
        select(Proposal.id, Unit.name, Counter.name, Officer.name)
        .join(Unit, Unit.id == Proposal.unit_id)
        .outerjoin(Counter, Counter.id == Proposal.counter_id)
        .outerjoin(Officer, Officer.id == Proposal.officer_id)
        .where(Proposal.id.in_(chosen))
    )
    return {id: " · ".join(name for name in names if name) for id, *names in connection.execute(query)}


def units_of_proposals(connection: Connection, label: str) -> dict[int, set[str]]:
    """Give the codes of the units whose responses each proposal of a period is about."""
    query = (
        select(Proposal.id, Unit.code)
        .join(Proposed, Proposed.proposal_id == Proposal.id)
        .join(Response, Response.number == Proposed.response_number)
        .join(Unit, Unit.id == Response.unit_id)
        .where(Proposal.period == label)
        .distinct()
    )
    found: dict[int, set[str]] = {}
    for id, code in connection.execute(query):
        found.setdefault(id, set()).add(code)
    return found


def objection_of(connection: Connection, label: str, number: int) -> Row[Any] | None:
    """Give an objection of a period with the officer's code, name and the code of their unit."""
    query = (
        select(*Objection.__table__.columns, Officer.code, Officer.name, Unit.code.label("unit_code"))
        .join(Officer, Officer.id == Objection.officer_id)
        .join(Unit, Unit.id == Officer.unit_id)
        .where(Objection.period == label, Objection.id == number)
    )
    return connection.execute(cast(Select[Any], query)).one_or_none()


def _line(case: Case, stand: Mapping[int, State]) -> Line:
    found = {stand.get(number, "open") for number in case.responses}
    state: State = (
        "proposed" if "proposed" in found else "open" if "open" in found or not found else "decided"
    )
    return Line(
        case.key,
        case.source,
        case.what,
        case.kind,
        case.code,
        case.name,
        unit_of(case),
        len(case.responses),
        state,
        case=case,
    )
