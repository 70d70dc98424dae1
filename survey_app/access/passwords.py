"""Passwords: chosen, changed, and proven to be somebody's."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, select, update

from survey_app.store.accounts import Account
from survey_app.store.engine import Database

SHORTEST, LONGEST = 12, 200
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of what is typed from paper: none looks like another."""


def verify(database: Database, login: str, password: str, now: datetime) -> int | None:
    """Give the number of the account whose login and password these are; a one-time password is spent by it.

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
    if not matches(kept, password) or account is None or not known:
        return None
    change: dict[str, str | None] = {}
    if account.one_time_until is not None:
        if now >= account.one_time_until:
            return None
        change = {"password_hash": None, "one_time_until": None}
    elif _hasher().check_needs_rehash(kept):
        change = {"password_hash": hashed(password)}
    if change:
        # Of two who use a one-time password at the same moment, one comes in.
        mine = update(Account).where(Account.id == account.id, Account.password_hash == kept)
        with database.writing() as connection:
            if connection.execute(mine.values(change)).rowcount != 1:
                return None
    number: int = account.id
    return number


def choose_password(connection: Connection, account_id: int, kept: str) -> bool:
    """Keep the hash of a password where the one-time password is spent; False if another was quicker."""
    change = update(Account).where(Account.id == account_id, Account.password_hash.is_(None))
    return connection.execute(change.values(password_hash=kept)).rowcount == 1


def change_password(connection: Connection, account_id: int, old: str, kept: str) -> bool:
    """Keep the hash of a password in place of the old one's; False if another was quicker."""
    change = update(Account).where(Account.id == account_id, Account.password_hash == old)
    changed = connection.execute(change.values(password_hash=kept, one_time_until=None)).rowcount
    return changed == 1


def password_hash_of(database: Database, account_id: int) -> str | None:
    """Give the hash that is kept of an account's own password; a one-time password is not one."""
    query = select(Account.password_hash).where(Account.id == account_id, Account.one_time_until.is_(None))
    with database.reading() as connection:
        found: str | None = connection.scalar(query)
    return found


def password_fault(login: str, password: str) -> str | None:
    """Say what is wrong with a password: ``short``, ``long`` or ``login``; None if nothing is."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    return "login" if login.casefold() in password.casefold() else None


def readable(groups: int = 4) -> str:
    """Make a random text that is easily typed: groups of four letters, of five bits each."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(groups))


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    return _hasher().hash(unicodedata.normalize("NFKC", password))


def matches(kept: str, password: str) -> bool:
    """Whether a password is the one that a hash was kept of."""
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
