"""Second person: who besides the first may decide on what waits, told by mail once a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from analysis.period import Period
from survey_app.access.grants import grants_of
from survey_app.access.scope import scope_of_grants
from survey_app.config import Settings
from survey_app.evaluate.scoped import Scope, units_of
from survey_app.notices import Notice, tell
from survey_app.store.accounts import Account, Grant
from survey_app.store.organisation import Officer, Unit
from survey_app.store.responses import Response

ROLE = "inspector"


def tell_of_proposal(
    connection: Connection,
    settings: Settings,
    this: Period,
    numbers: Sequence[int],
    first: int,
    now: datetime,
) -> None:
    """Tell inspectors that a proposal about responses waits which ``first`` makes."""
    units: set[str] = set()
    for start in range(0, len(numbers), 10_000):
        query = select(Unit.code).join(Response, Response.unit_id == Unit.id)
        query = query.where(Response.number.in_(numbers[start : start + 10_000])).distinct()
        units.update(connection.scalars(query))
    _tell(connection, settings, this, units, first, now)


def tell_of_objection(
    connection: Connection, settings: Settings, this: Period, officer_id: int, first: int, now: datetime
) -> None:
    """Tell inspectors that an objection of an officer waits which ``first`` raises."""
    query = select(Unit.code).join(Officer, Officer.unit_id == Unit.id).where(Officer.id == officer_id)
    _tell(connection, settings, this, set(connection.scalars(query)), first, now)


def _tell(
    connection: Connection,
    settings: Settings,
    this: Period,
    units: Collection[str],
    first: int,
    now: datetime,
) -> None:
    """Tell the inspectors, but the first person, in whose scope all of the units lie."""
    if not settings.smtp_host:
        return
    notice = Notice("waiting", f"/evaluations/{this.label}/review")
    named, today = units_of(connection, this), now.astimezone(settings.zone).date()
    query = select(Grant.account_id).join(Account, Account.id == Grant.account_id)
    query = query.where(Grant.role == ROLE, Account.email.is_not(None), Account.id != first).distinct()
    for account in connection.scalars(query.order_by(Grant.account_id)).all():
        scope = Scope(named, scope_of_grants(grants_of(connection, account, today), ROLE))
        if all(scope.holds(code) for code in units):
            tell(connection, settings, account, notice, now, daily=True)
