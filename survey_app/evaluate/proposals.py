"""Proposals: what one person proposes to do with responses, and another confirms or refuses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from analysis.period import Period
from survey_app.access.audit import record
from survey_app.store.evaluations import Proposal, Proposed
from survey_app.store.responses import Response

Kind = Literal["exclude", "include", "correct"]
SHORTEST, LONGEST = 10, 2_000
"""Signs of a reason."""
MOST = 20_000
"""Responses of one proposal."""


class ReviewFault(ValueError):
    """Something that cannot be proposed or decided so; the text says why and what to do."""


@dataclass(frozen=True)
class Attribution:
    """Whose service responses are about, by the store's ids."""

    unit_id: int
    deciding_unit_id: int
    counter_id: int | None = None
    officer_id: int | None = None


def decided(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Say what stands of responses: ``proposed`` (waits), ``exclude``, ``include`` or ``correct``."""
    states: dict[int, str] = {}
    asked = sorted(numbers)
    for start in range(0, len(asked), 10_000):
        query = (
            select(Proposed.response_number, Proposal.kind, Proposal.confirmed)
            .join(Proposal, Proposal.id == Proposed.proposal_id)
            .where(Proposed.response_number.in_(asked[start : start + 10_000]))
            .order_by(Proposal.confirmed.is_(None), Proposal.decided_at, Proposal.id)
        )
        for number, kind, confirmed in connection.execute(query):
            if confirmed is None:
                states[number] = "proposed"
            elif confirmed:
                states[number] = kind
    return states


def propose(
    connection: Connection,
    period: Period,
    kind: Kind,
    numbers: Sequence[int],
    reason: str,
    account: int,
    now: datetime,
    *,
    attribution: Attribution | None = None,
    objection: int | None = None,
) -> int:
    """Propose to leave responses out, to take them back or to attribute them anew; give the proposal.

    It changes nothing before another person confirms it.

    Raises ReviewFault if the reason is too short, a response is not of the period or waits for a decision.
    """
    reason = reason_of(reason)
    if (kind == "correct") != (attribution is not None):
        raise ReviewFault(f"{kind}: an attribution belongs to a correction, and to nothing else")
    _check(connection, period, numbers)
    key = connection.execute(
        insert(Proposal).values(
            period=period.label,
            kind=kind,
            reason=reason,
            objection_id=objection,
            proposed_by=account,
            proposed_at=now,
            **({} if attribution is None else vars(attribution)),
        )
    ).inserted_primary_key
    assert key is not None  # one row was inserted
    chosen = sorted(set(numbers))
    connection.execute(
        insert(Proposed), [{"proposal_id": key[0], "response_number": number} for number in chosen]
    )
    record(
        connection,
        f"review.{kind}.proposed",
        now,
        account,
        period=period.label,
        proposal=key[0],
        responses=len(chosen),
    )
    return int(key[0])


def decide(
    connection: Connection, proposal_id: int, confirm: bool, note: str, account: int, now: datetime
) -> None:
    """Confirm or refuse a proposal that somebody else made.

    Raises ReviewFault if there is none, it is decided already, or the same person proposed it.
    """
    proposal = connection.execute(
        select(*Proposal.__table__.columns).where(Proposal.id == proposal_id)
    ).one_or_none()
    if proposal is None:
        raise ReviewFault(f"proposal {proposal_id}: does not exist")
    if proposal.proposed_by == account:
        raise ReviewFault(f"proposal {proposal_id}: was made by you; a second person decides on it")
    if not confirm:
        note = reason_of(note)
    change = update(Proposal).where(Proposal.id == proposal_id, Proposal.confirmed.is_(None))
    values = {"confirmed": confirm, "note": note.strip() or None, "decided_by": account, "decided_at": now}
    if connection.execute(change.values(values)).rowcount != 1:
        raise ReviewFault(f"proposal {proposal_id}: somebody decided on it already; look at the list again")
    outcome = "confirmed" if confirm else "refused"
    record(
        connection,
        f"review.{proposal.kind}.{outcome}",
        now,
        account,
        period=proposal.period,
        proposal=proposal_id,
    )


def proposals(connection: Connection, label: str) -> list[Row[Any]]:
    """Give the proposals of a period, those that wait first, with how many responses each is about."""
    count = (
        select(func.count()).where(Proposed.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
    )
    query = select(*Proposal.__table__.columns, count.label("responses")).where(Proposal.period == label)
    return list(connection.execute(query.order_by(Proposal.confirmed.is_not(None), Proposal.id.desc())))


def responses_of(connection: Connection, proposal_id: int) -> list[int]:
    """Give the numbers of the responses that a proposal is about."""
    query = select(Proposed.response_number).where(Proposed.proposal_id == proposal_id)
    return list(connection.scalars(query.order_by(Proposed.response_number)))


def _check(connection: Connection, period: Period, numbers: Sequence[int]) -> None:
    chosen = sorted(set(numbers))
    if not 0 < len(chosen) <= MOST:
        raise ReviewFault(f"{len(chosen)} responses: choose 1 to {MOST:,} of them")
    known: set[int] = set()
    for start in range(0, len(chosen), 10_000):
        query = select(Response.number).where(
            Response.number.in_(chosen[start : start + 10_000]),
            Response.service_day.between(period.first_day, period.last_day),
        )
        known.update(connection.scalars(query))
    if len(known) < len(chosen):
        raise ReviewFault(f"{len(chosen) - len(known)} responses are not of {period.label}; choose again")
    waiting = [number for number, state in decided(connection, chosen).items() if state == "proposed"]
    if waiting:
        raise ReviewFault(
            f"{len(waiting)} of the responses wait for a decision already; decide on that first"
        )


def reason_of(text: str) -> str:
    """Give a reason without the space around it.

    Raises ReviewFault if it is too short or too long.
    """
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ReviewFault(f"the reason has {len(text)} signs; write {SHORTEST} to {LONGEST:,}")
    return text
