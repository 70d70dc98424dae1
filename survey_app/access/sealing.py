"""Sealing: what accounts keep secret is encrypted under keys that rotate, and signed or hashed with them."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, select, update

from survey_app.store.accounts import Account


class Unreadable(ValueError):
    """Something sealed that none of the keys opens."""


@dataclass(frozen=True)
class Seals:
    """The keys of accounts: the first seals, all of them open."""

    keys: tuple[bytes, ...]

    @classmethod
    def of(cls, keys: Sequence[str]) -> Seals:
        """Give the seals of keys in hexadecimal, newest first."""
        return cls(tuple(bytes.fromhex(key) for key in keys))

    def seal(self, content: str) -> bytes:
        """Encrypt a text."""
        return self._fernet().encrypt(content.encode())

    def unseal(self, sealed: bytes) -> str:
        """Give the text that was sealed.

        Raises Unreadable if none of the keys opens it, or it was changed.
        """
        try:
            return self._fernet().decrypt(sealed).decode()
        except InvalidToken:
            raise Unreadable("sealed: none of secrets/account.keys opens it; reset the account") from None

    def reseal(self, sealed: bytes) -> bytes:
        """Encrypt what was sealed with the newest key.

        Raises Unreadable if none of the keys opens it, or it was changed.
        """
        return self.seal(self.unseal(sealed))

    def hashed(self, purpose: str, *parts: str) -> bytes:
        """Give a hash that nobody makes without the newest key."""
        return hmac.digest(_derived(self.keys[0], purpose), "\0".join(parts).encode(), sha256)

    def sign(self, purpose: str, content: object) -> str:
        """Give a content with its signature behind it, good for one purpose."""
        return str(self._serializer(purpose).dumps(content))

    def unsign(self, purpose: str, signed: str) -> object | None:
        """Give the content of what one of the keys signed for the purpose, else None."""
        try:
            content: object = self._serializer(purpose).loads(signed)
        except BadSignature:
            return None
        return content

    def _fernet(self) -> MultiFernet:
        derived = (base64.urlsafe_b64encode(_derived(key, "seal")) for key in self.keys)
        return MultiFernet([Fernet(key) for key in derived])

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(list(reversed(self.keys)), salt=purpose)  # it wants the newest last


def reseal_all(connection: Connection, seals: Seals) -> int:
    """Encrypt every second factor with the newest key; give how many.

    Done before keys rotate: what is under the newest key outlives the rotation, whatever the last one left. A
    second factor that cannot be read stays as it is; its account needs a reset anyway.
    """
    query = select(Account.id, Account.second_factor).where(Account.second_factor.is_not(None))
    done = 0
    for number, sealed in connection.execute(query.with_for_update()).all():
        try:
            fresh = seals.reseal(sealed or b"")
        except Unreadable:
            continue
        done += connection.execute(
            update(Account)
            .where(Account.id == number, Account.second_factor == sealed)
            .values(second_factor=fresh)
        ).rowcount
    return done


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), sha256)
