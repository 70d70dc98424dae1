"""Grants: roles that accounts have, on a unit and all below it or on the whole province."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, delete, insert, select

from survey_app.access.roles import ROLES
from survey_app.store.accounts import Account, Grant
from survey_app.store.organisation import Officer, Unit


class AccountFault(ValueError):
    """An account that cannot be made or changed as asked."""


@dataclass(frozen=True)
class GrantOf:
    """A role of a person on a unit and all below it, on the whole province without one.

    ``ended`` says that the unit is no more; its code may name another since, so the grant shows nothing.
    """

    role: str
    unit_id: int | None = None
    officer_id: int | None = None
    unit_code: str | None = None
    officer_code: str | None = None
    ended: bool = False


def grant(
    connection: Connection,
    login: str,
    role: str,
    now: datetime,
    *,
    unit: str | None = None,
    officer: str | None = None,
) -> None:
    """Give an account a role on a unit and all below it, or on the whole province.

    Raises AccountFault if it has it already, or there is no such account, role, unit or officer.
    """
    number = _known(connection, login, role)
    if (role == "officer") != (officer is not None):
        raise AccountFault(f"role {role!r}: an officer's code is for the role officer, and it needs one")
    if unit is not None and role in ("officer", "administrator"):
        raise AccountFault(f"role {role!r}: is on no unit; leave the unit away")
    unit_id = None if unit is None else _newest(connection, Unit, unit, now.date())
    officer_id = None if officer is None else _newest(connection, Officer, officer, now.date())
    same = (
        Grant.account_id == number,
        Grant.role == role,
        Grant.unit_id.is_not_distinct_from(unit_id),
        Grant.officer_id.is_not_distinct_from(officer_id),
    )
    if connection.scalar(select(Grant.id).where(*same)) is not None:
        raise AccountFault(f"login {login!r}: has this role already; nothing to do")
    made = {"account_id": number, "role": role, "unit_id": unit_id, "officer_id": officer_id}
    connection.execute(insert(Grant).values(made))


def revoke(
    connection: Connection, login: str, role: str, *, unit: str | None = None, officer: str | None = None
) -> None:
    """Take a role from an account; on a unit, whatever else its code named before.

    Raises AccountFault if it does not have it, or there is no such account or role.
    """
    number = _known(connection, login, role)
    mine = [Grant.account_id == number, Grant.role == role]
    for column, table, code in ((Grant.unit_id, Unit, unit), (Grant.officer_id, Officer, officer)):
        same = cast(Select[Any], select(table.id).where(table.code == code))
        mine.append(column.is_(None) if code is None else column.in_(same))
    if not connection.execute(delete(Grant).where(*mine)).rowcount:
        raise AccountFault(f"login {login!r}: does not have this role; see 'survey account list'")


def account_id(connection: Connection, login: str) -> int | None:
    """Give the number of an account."""
    found: int | None = connection.scalar(select(Account.id).where(Account.login == login.casefold()))
    return found


def grants_of(connection: Connection, number: int, today: date) -> tuple[GrantOf, ...]:
    """Give what an account was granted, as of a day."""
    rows = connection.execute(
        select(Grant.role, Grant.unit_id, Grant.officer_id, Unit.code, Unit.valid_to, Officer.code)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .outerjoin(Officer, Officer.id == Grant.officer_id)
        .where(Grant.account_id == number)
        .order_by(Grant.id)
    )
    return tuple(
        GrantOf(role, unit_id, officer_id, unit, officer, valid_to is not None and valid_to < today)
        for role, unit_id, officer_id, unit, valid_to, officer in rows
    )


def _known(connection: Connection, login: str, role: str) -> int:
    if role not in ROLES:
        raise AccountFault(f"role {role!r}: is unknown; choose from {', '.join(ROLES)}")
    number = account_id(connection, login)
    if number is None:
        raise AccountFault(f"login {login!r}: no such account; see 'survey account list'")
    return number


def _newest(connection: Connection, table: type[Unit] | type[Officer], code: str, today: date) -> int:
    """Give the number of what a code names now."""
    query = select(table.id, table.valid_to).where(table.code == code).order_by(table.valid_from.desc())
    found = connection.execute(query.limit(1)).one_or_none()
    name = table.__tablename__
    if found is None:
        raise AccountFault(f"{name} {code!r}: there is none; see the codes that were imported")
    if found.valid_to is not None and found.valid_to < today:
        raise AccountFault(f"{name} {code!r}: ended on {found.valid_to}; name what follows it")
    return int(found.id)
