"""Recovery: codes on paper, each of which stands in once for the authenticator."""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select, update

from survey_app.access.passwords import LETTERS, readable
from survey_app.access.sealing import Seals
from survey_app.access.second_factor import sealed_of, secret_of
from survey_app.store.accounts import RecoveryCode

MANY = 10


def renew_codes(connection: Connection, seals: Seals, account_id: int) -> tuple[str, ...]:
    """Give a person ten codes in place of those before; only their hashes are kept.

    Raises Unreadable if none of the keys opens the second factor.
    """
    codes = tuple(readable(groups=3) for _ in range(MANY))
    connection.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    hashes = [_hash(connection, seals, account_id, code) for code in codes]
    connection.execute(insert(RecoveryCode), [{"account_id": account_id, "hash": each} for each in hashes])
    return codes


def spend_code(connection: Connection, seals: Seals, account_id: int, code: str, now: datetime) -> bool:
    """Whether a code is one of a person's that was not used before; it is spent by this.

    Raises Unreadable if none of the keys opens the second factor.
    """
    if sealed_of(connection, account_id) is None:
        return False
    spent = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.hash == _hash(connection, seals, account_id, code),
        RecoveryCode.spent_at.is_(None),
    )
    return connection.execute(spent.values(spent_at=now)).rowcount == 1


def codes_left(connection: Connection, account_id: int) -> int:
    """Give how many codes of a person are not spent."""
    mine = (RecoveryCode.account_id == account_id, RecoveryCode.spent_at.is_(None))
    return connection.scalar(select(func.count()).where(*mine)) or 0


def _hash(connection: Connection, seals: Seals, account_id: int, code: str) -> bytes:
    """Give the hash of a code under the secret of the authenticator it stands in for.

    That secret is sealed again when keys rotate; a hash under a key that rotates could not be.
    """
    sealed = sealed_of(connection, account_id)
    assert sealed is not None  # who has no second factor has no codes
    key = hmac.digest(secret_of(seals, account_id, sealed).encode(), b"recovery", sha256)
    typed = "".join(letter for letter in code.casefold() if letter in LETTERS)
    return hmac.digest(key, typed.encode(), sha256)
