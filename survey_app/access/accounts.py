"""Accounts: made, reset and disabled; a password proves whose they are."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, insert, select, update

from survey_app.store.accounts import Account, Grant
from survey_app.store.engine import Database

ONE_TIME = timedelta(hours=1)
SHORTEST, LONGEST = 12, 200
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of one-time passwords: none looks like another."""


class AccountFault(ValueError):
    """An account that cannot be made or changed as asked."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account; ``must_choose`` says that a new password is due before anything else."""

    id: int
    login: str
    name: str
    stamp: str
    must_choose: bool
    roles: frozenset[str]


def add_account(connection: Connection, login: str, name: str, now: datetime, role: str = "inspector") -> str:
    """Make an account with a role on the whole province; give its one-time password.

    Raises AccountFault if the login is taken or cannot be one, or the name is empty.
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
    password = _readable()
    made = connection.execute(
        insert(Account).values(
            login=login,
            name=name.strip(),
            password_hash=_hash(password),
            one_time_until=now + ONE_TIME,
            session_stamp=secrets.token_hex(16),
            created_at=now,
        )
    )
    key = made.inserted_primary_key
    assert key is not None  # one row was inserted
    connection.execute(insert(Grant).values(account_id=key[0], role=role))
    return password


def reset_account(connection: Connection, login: str, now: datetime) -> str:
    """End the sessions and the password of an account and let it in again; give its one-time password.

    Raises AccountFault if there is no such account.
    """
    password = _readable()
    _change(
        connection,
        login,
        password_hash=_hash(password),
        one_time_until=now + ONE_TIME,
        session_stamp=secrets.token_hex(16),
        disabled_at=None,
    )
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


def verify(database: Database, login: str, password: str, now: datetime) -> Person | None:
    """Give the person whose login and password these are; a one-time password is spent by it.

    A login that does not exist takes as long as a wrong password.
    """
    with database.reading() as connection:
        account = connection.execute(
            select(Account.id, Account.password_hash, Account.one_time_until, Account.disabled_at).where(
                Account.login == login.casefold()
            )
        ).one_or_none()
    known = account is not None and account.password_hash is not None and account.disabled_at is None
    kept = account.password_hash if account is not None and known else _nobody()
    if not _matches(kept, password) or account is None or not known:
        return None
    change: dict[str, str | None] = {}
    if account.one_time_until is not None:
        if now >= account.one_time_until:
            return None
        change = {"password_hash": None, "one_time_until": None}
    elif _hasher().check_needs_rehash(kept):
        change = {"password_hash": _hash(password)}
    if change:
        # Of two who use a one-time password at the same moment, one comes in.
        mine = update(Account).where(Account.id == account.id, Account.password_hash == kept)
        with database.writing() as connection:
            if connection.execute(mine.values(change)).rowcount != 1:
                return None
    return find_person(database, account.id)


def find_person(database: Database, account_id: int) -> Person | None:
    """Give the person of an account that is not disabled."""
    with database.reading() as connection:
        account = connection.execute(
            select(*Account.__table__.columns).where(Account.id == account_id, Account.disabled_at.is_(None))
        ).one_or_none()
        if account is None:
            return None
        roles = connection.scalars(select(Grant.role).where(Grant.account_id == account_id)).all()
    return Person(
        account.id,
        account.login,
        account.name,
        account.session_stamp,
        account.password_hash is None,
        frozenset(roles),
    )


def choose_password(database: Database, person: Person, password: str) -> bool:
    """Keep the password of a person whose one-time password is spent; False if another was quicker.

    Raises AccountFault if the password breaks a rule.
    """
    if fault := password_fault(person.login, password):
        raise AccountFault(f"password of {person.login!r}: is {fault}; choose another")
    change = update(Account).where(Account.id == person.id, Account.password_hash.is_(None))
    kept = _hash(password)
    with database.writing() as connection:
        return connection.execute(change.values(password_hash=kept)).rowcount == 1


def password_fault(login: str, password: str) -> str | None:
    """Say what is wrong with a password: ``short``, ``long`` or ``login``; None if nothing is."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    return "login" if login.casefold() in password.casefold() else None


def _change(connection: Connection, login: str, **values: object) -> None:
    changed = connection.execute(
        update(Account).where(Account.login == login.casefold()).values(**values)
    ).rowcount
    if not changed:
        raise AccountFault(f"login {login!r}: no such account; see 'survey account add'")


def _readable() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _hash(password: str) -> str:
    return _hasher().hash(unicodedata.normalize("NFKC", password))


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, unicodedata.normalize("NFKC", password[: LONGEST + 1]))
    except VerificationError:
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))
