"""Second factor: codes of an authenticator, each good once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import ColumnElement, Connection, select, update

from survey_app.access.sealing import Seals, Unreadable
from survey_app.store.accounts import Account

SECONDS, DIGITS = 30, 6
SLACK = 1
"""Steps that the clock of a telephone may be early or late."""


def new_secret() -> str:
    """Make the secret that an authenticator and we share."""
    return pyotp.random_base32()


def address_of(secret: str, login: str, issuer: str) -> str:
    """Give the address that authenticators read off a QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS).provisioning_uri(
        name=login, issuer_name=issuer
    )


def spaced(secret: str) -> str:
    """Give a secret as it is easily typed.

    >>> spaced("ABCDEFGHIJ")
    'ABCD EFGH IJ'
    """
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Give the time step whose code this is: the present one, or one just beside it."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    made = pyotp.HOTP(secret, digits=DIGITS)
    present = int(now.timestamp()) // SECONDS
    steps = range(present - SLACK, present + SLACK + 1)
    fitting = [step for step in steps if hmac.compare_digest(made.at(step), typed)]
    return fitting[0] if fitting else None


def set_up(
    connection: Connection, seals: Seals, account_id: int, secret: str, step: int, instead_of: bytes | None
) -> bool:
    """Keep the secret of an authenticator whose first code was given; False if another was quicker."""
    kept: ColumnElement[bool] = Account.second_factor.is_not_distinct_from(instead_of)
    values = {"second_factor": seals.seal(f"{account_id} {secret}"), "second_factor_step": step}
    change = update(Account).where(Account.id == account_id, kept).values(values)
    return connection.execute(change).rowcount == 1


def sealed_of(connection: Connection, account_id: int) -> bytes | None:
    """Give the sealed secret of an account's authenticator."""
    found: bytes | None = connection.scalar(select(Account.second_factor).where(Account.id == account_id))
    return found


def secret_of(seals: Seals, account_id: int, sealed: bytes) -> str:
    """Give the secret that was sealed for an account.

    Raises Unreadable if none of the keys opens it, or it was sealed for another.
    """
    number, _, secret = seals.unseal(sealed).partition(" ")
    if number != str(account_id):
        raise Unreadable(f"account {account_id}: its second factor belongs to another; reset the account")
    return secret


def use_code(connection: Connection, seals: Seals, account_id: int, code: str, now: datetime) -> bool:
    """Whether a code is that of a person's authenticator; it and all before it are spent by this.

    Raises Unreadable if none of the keys opens the secret.
    """
    sealed = sealed_of(connection, account_id)
    if sealed is None:
        return False
    step = step_of(secret_of(seals, account_id, sealed), code, now)
    if step is None:
        return False
    fresh: ColumnElement[bool] = Account.second_factor_step.is_(None) | (Account.second_factor_step < step)
    # Of two who use a code at the same moment, one comes in.
    spent = update(Account).where(Account.id == account_id, Account.second_factor == sealed, fresh)
    return connection.execute(spent.values(second_factor_step=step)).rowcount == 1
