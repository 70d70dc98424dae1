"""Objections: what officers hold against their figures, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from analysis.period import Period
from survey_app.access.audit import record
from survey_app.evaluate.proposals import ReviewFault, reason_of
from survey_app.store.evaluations import Objection
from survey_app.store.organisation import Officer, Unit

Decision = Literal["upheld", "partly", "refused"]


def object_to(
    connection: Connection, period: Period, officer_id: int, text: str, account: int, now: datetime
) -> int:
    """Enter what an officer holds against their figures into the list; give the objection.

    Raises ReviewFault if it says nothing, or one waits already.
    """
    text = reason_of(text)
    waiting = select(Objection.id).where(
        Objection.period == period.label,
        Objection.officer_id == officer_id,
        Objection.decided_at.is_(None),
    )
    if connection.scalar(waiting.limit(1)) is not None:
        raise ReviewFault("an objection to these figures waits for a decision already; wait for it")
    key = connection.execute(
        insert(Objection).values(
            period=period.label, officer_id=officer_id, text=text, raised_by=account, raised_at=now
        )
    ).inserted_primary_key
    assert key is not None  # one row was inserted
    record(connection, "objection.raised", now, account, period=period.label, objection=key[0])
    return int(key[0])


def decide_objection(
    connection: Connection, objection_id: int, decision: Decision, reason: str, account: int, now: datetime
) -> None:
    """Uphold an objection, in whole or in part, or refuse it.

    Raises ReviewFault if there is none, it is decided, it was raised by the same person, or without reason.
    """
    reason = reason_of(reason)
    objection = connection.execute(
        select(*Objection.__table__.columns).where(Objection.id == objection_id)
    ).one_or_none()
    if objection is None:
        raise ReviewFault(f"objection {objection_id}: does not exist")
    if objection.raised_by == account:
        raise ReviewFault(f"objection {objection_id}: was raised by you; another person decides on it")
    change = update(Objection).where(Objection.id == objection_id, Objection.decided_at.is_(None))
    values = {"decision": decision, "reason": reason, "decided_by": account, "decided_at": now}
    if connection.execute(change.values(values)).rowcount != 1:
        raise ReviewFault(f"objection {objection_id}: somebody decided on it already; look at it again")
    record(connection, f"objection.{decision}", now, account, period=objection.period, objection=objection_id)


def objections(connection: Connection, label: str, officer_id: int | None = None) -> list[Row[Any]]:
    """Give the objections of a period, those that wait first, with the officer's code, name and unit."""
    query = (
        select(*Objection.__table__.columns, Officer.code, Officer.name, Unit.code.label("unit_code"))
        .join(Officer, Officer.id == Objection.officer_id)
        .join(Unit, Unit.id == Officer.unit_id)
        .where(Objection.period == label)
    )
    if officer_id is not None:
        query = query.where(Objection.officer_id == officer_id)
    return list(connection.execute(query.order_by(Objection.decided_at.is_not(None), Objection.id.desc())))
