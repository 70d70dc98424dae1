"""Accounts: made, reset and disabled; who the person of one is."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from survey_app.access.grants import AccountFault as AccountFault
from survey_app.access.grants import GrantOf, account_id, grant, grants_of
from survey_app.access.passwords import hashed, readable
from survey_app.config import ADDRESS
from survey_app.store.accounts import Account, RecoveryCode
from survey_app.store.engine import Database

ONE_TIME = timedelta(hours=1)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


@dataclass(frozen=True)
class Person:
    """Somebody with an account; ``must_choose`` says that a new password is due before anything else."""

    id: int
    login: str
    name: str
    stamp: str
    must_choose: bool
    has_second_factor: bool
    grants: tuple[GrantOf, ...]

    @property
    def roles(self) -> frozenset[str]:
        """Give the roles of the person, wherever they hold."""
        return frozenset(grant.role for grant in self.grants)


def add_account(
    connection: Connection,
    login: str,
    name: str,
    now: datetime,
    role: str = "inspector",
    *,
    unit: str | None = None,
    officer: str | None = None,
    email: str | None = None,
) -> str:
    """Make an account with a role; give its one-time password.

    Raises AccountFault if the login is taken or cannot be one, the name is empty, the mail address is none or
    belongs to another account, or the role cannot be granted so.
    """
    login = login.casefold()
    if not _LOGIN.fullmatch(login):
        raise AccountFault(
            f"login {login!r}: write 2 to 60 letters a-z, digits or . _ @ -, no letter first but a-z 0-9"
        )
    if not name.strip():
        raise AccountFault(f"login {login!r}: has no name; give the person's name")
    if connection.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise AccountFault(f"login {login!r}: exists already; choose another, or reset it")
    password = readable()
    connection.execute(
        insert(Account).values(
            login=login,
            name=name.strip(),
            email=_email(connection, email),
            password_hash=hashed(password),
            one_time_until=now + ONE_TIME,
            session_stamp=secrets.token_hex(16),
            created_at=now,
        )
    )
    grant(connection, login, role, now, unit=unit, officer=officer)
    return password


def reset_account(connection: Connection, login: str, now: datetime) -> str:
    """Let an account in anew; give its one-time password.

    Its sessions, password, second factor and tie to the provider of other sign-ins end. Raises AccountFault
    if there is no such account.
    """
    password = readable()
    number = _change(
        connection,
        login,
        password_hash=hashed(password),
        one_time_until=now + ONE_TIME,
        session_stamp=secrets.token_hex(16),
        disabled_at=None,
        second_factor=None,
        second_factor_step=None,
        subject=None,
    )
    connection.execute(delete(RecoveryCode).where(RecoveryCode.account_id == number))
    return password


def disable_account(connection: Connection, login: str, now: datetime) -> None:
    """End the sessions of an account and let it in no more.

    Raises AccountFault if there is no such account.
    """
    _change(
        connection,
        login,
        password_hash=None,
        one_time_until=None,
        session_stamp=secrets.token_hex(16),
        disabled_at=now,
    )


def change_email(connection: Connection, login: str, email: str | None) -> None:
    """Give an account another mail address, or none.

    Raises AccountFault if there is no such account, or the address is none or belongs to another account.
    """
    number = account_id(connection, login)
    _change(connection, login, email=_email(connection, email, number))


def email_of(connection: Connection, account_id: int) -> str | None:
    """Give the mail address of an account."""
    found: str | None = connection.scalar(select(Account.email).where(Account.id == account_id))
    return found


def end_sessions(connection: Connection, account_id: int) -> str:
    """End every session of an account; give the stamp that the next ones carry."""
    stamp = secrets.token_hex(16)
    connection.execute(update(Account).where(Account.id == account_id).values(session_stamp=stamp))
    return stamp


def find_person(database: Database, number: int, today: date) -> Person | None:
    """Give the person of an account that is not disabled."""
    with database.reading() as connection:
        account = connection.execute(
            select(*Account.__table__.columns).where(Account.id == number, Account.disabled_at.is_(None))
        ).one_or_none()
        grants = grants_of(connection, number, today) if account is not None else ()
    if account is None:
        return None
    return Person(
        id=account.id,
        login=account.login,
        name=account.name,
        stamp=account.session_stamp,
        must_choose=account.password_hash is None,
        has_second_factor=account.second_factor is not None,
        grants=grants,
    )


def list_accounts(connection: Connection, today: date) -> list[tuple[Row[Any], tuple[GrantOf, ...]]]:
    """Give every account with what it was granted, by login."""
    columns = (
        Account.id,
        Account.login,
        Account.name,
        Account.email,
        Account.disabled_at,
        Account.second_factor,
    )
    query = cast(Select[Any], select(*columns).order_by(Account.login))
    rows = connection.execute(query).all()
    return [(row, grants_of(connection, row.id, today)) for row in rows]


def _change(connection: Connection, login: str, **values: object) -> int:
    number = account_id(connection, login)
    if number is None:
        raise AccountFault(f"login {login!r}: no such account; see 'survey account list'")
    connection.execute(update(Account).where(Account.id == number).values(**values))
    return number


def _email(connection: Connection, email: str | None, own: int | None = None) -> str | None:
    email = (email or "").strip().casefold()
    if not email:
        return None
    if not ADDRESS.fullmatch(email) or len(email) > 200:
        raise AccountFault(f"email {email!r}: is no address; write one such as name@nghean.example")
    others = select(Account.id).where(Account.email == email, Account.id.is_distinct_from(own))
    if connection.scalar(others.limit(1)) is not None:
        raise AccountFault(f"email {email!r}: belongs to another account; give each person their own")
    return email
