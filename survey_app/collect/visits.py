"""Visits: the signed token in a page, which says what was opened, where and when."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, Signer

from survey_app.collect.codes import new_receipt

LIFETIME = timedelta(hours=2)
"""How long after opening a page its first part is taken."""

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


def signer(keys: Sequence[str]) -> Signer:
    """Give what signs tokens with the first key and accepts those of all; keys come newest first."""
    return Signer(list(reversed(keys)), salt="visit", digest_method=hashlib.sha256, key_derivation="hmac")


def issue(signs: Signer, *, code: str, release_id: int, language: str, channel: str, now: datetime) -> str:
    """Give the token of a page that is opened now."""
    parts = (
        secrets.token_urlsafe(16),
        new_receipt(),
        code,
        str(release_id),
        language,
        channel,
        str(int(now.timestamp() * 1000)),
    )
    return signs.sign(".".join(parts)).decode("ascii")


def read(signs: Signer, token: str, code: str | None, now: datetime) -> Visit:
    """Give the visit of a token that was issued for a code.

    Raises ForgedToken or ExpiredToken.
    """
    try:
        signed = signs.unsign(token.encode("ascii")).decode("ascii")
    except (BadSignature, UnicodeEncodeError):
        raise ForgedToken("visit: the token was not made here; open the page again") from None
    identity, receipt, shown, release_id, language, channel, opened = signed.split(".")
    opened_at = datetime.fromtimestamp(int(opened) / 1000, UTC)
    if shown != code:
        raise ForgedToken(f"visit: the token belongs to code {shown}; open the page again")
    if not -CLOCK_SLACK <= now - opened_at <= LIFETIME:
        raise ExpiredToken(f"visit: opened at {opened_at:%H:%M} UTC, too long ago; open the page again")
    return Visit(identity, receipt, shown, int(release_id), language, channel, opened_at)
