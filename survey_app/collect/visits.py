"""Visits: the signed token in a page, which says what was opened, where and when."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from survey_app.collect.codes import new_receipt

LIFETIME = timedelta(hours=2)
"""How long after opening a page its first part is taken."""

KEPT = LIFETIME + timedelta(hours=24)
"""How long after opening a page a tap is taken that a browser kept while there was no line."""

CLOCK_SLACK = timedelta(minutes=5)
"""How far the clocks of two web machines may differ."""


class ForgedToken(ValueError):
    """The token was not made here, or was changed."""


class ExpiredToken(ValueError):
    """The page was opened too long ago."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One opening of a questionnaire: ``id`` becomes the response's id, ``receipt`` is for its arrival."""

    id: str
    receipt: str
    code: str
    release_id: int
    language: str
    channel: str
    opened_at: datetime


@dataclass(frozen=True)
class Signer:
    """What signs tokens with the first key and accepts those of all; keys come newest first.

    The signature is BLAKE2b in its keyed mode (RFC 7693), 144 bits long: a third of the time of an HMAC.
    """

    keys: tuple[bytes, ...]

    @classmethod
    def of(cls, keys: Sequence[str]) -> Signer:
        """Give the signer of keys in hexadecimal."""
        return cls(tuple(bytes.fromhex(key) for key in keys))

    def sign(self, purpose: str, message: str) -> str:
        """Give a message with its signature behind it, good for one purpose."""
        return f"{message}.{_signature(self.keys[0], purpose, message)}"

    def unsign(self, purpose: str, signed: str) -> str:
        """Give the message of a signed one.

        Raises ForgedToken if none of the keys signed it for the purpose.
        """
        message, _, signature = signed.rpartition(".")
        if signature.isascii() and message.isascii():
            for key in self.keys:
                if hmac.compare_digest(signature, _signature(key, purpose, message)):
                    return message
        raise ForgedToken("visit: the token was not made here; open the page again")


def _signature(key: bytes, purpose: str, message: str) -> str:
    digest = hashlib.blake2b(message.encode("ascii"), key=key, digest_size=18, person=purpose.encode("ascii"))
    return urlsafe_b64encode(digest.digest()).decode("ascii")


def issue(signer: Signer, *, code: str, release_id: int, language: str, channel: str, now: datetime) -> str:
    """Give the token of a page that is opened now."""
    opened = int(now.timestamp() * 1000)
    identity = secrets.token_urlsafe(16)
    return signer.sign(
        "visit", f"{identity}.{new_receipt()}.{code}.{release_id}.{language}.{channel}.{opened}"
    )


def read(
    signer: Signer, token: str, code: str | None, now: datetime, lifetime: timedelta = LIFETIME
) -> Visit:
    """Give the visit of a token that was issued for a code, at most ``lifetime`` ago.

    Raises ForgedToken or ExpiredToken.
    """
    identity, receipt, shown, release_id, language, channel, opened = signer.unsign("visit", token).split(".")
    opened_at = datetime.fromtimestamp(int(opened) / 1000, UTC)
    if shown != code:
        raise ForgedToken(f"visit: the token belongs to code {shown}; open the page again")
    if not -CLOCK_SLACK <= now - opened_at <= lifetime:
        raise ExpiredToken(f"visit: opened at {opened_at:%H:%M} UTC, too long ago; open the page again")
    return Visit(identity, receipt, shown, int(release_id), language, channel, opened_at)
