"""Rotating codes: what a screen at a counter shows changes each minute, which ties a visit to a moment."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_bytes

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from survey_app.collect.codes import ALPHABET, LENGTH, ROTATING, new_signs
from survey_app.store.responses import Screen

STEP = 60
"""Seconds after which the code changes."""

VALID = 3
"""In how many steps a code is taken when a page is opened: its own and the next two."""

AHEAD = timedelta(seconds=5)
"""How far the clock of what shows the code may be ahead."""

LINK = 20
"""Characters of the link to a screen: 90 bits, and typed by hand once."""


def make_screen(connection: Connection, counter_id: int, now: datetime) -> str:
    """Make the screen of a counter and give the secret part of its link.

    An earlier link and the codes behind it end.
    """
    link = new_signs(LINK)
    made = {"link": _digest(link), "salt": token_bytes(16), "made_at": now}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(Screen)
        .values(counter_id=counter_id, **made)
        .on_conflict_do_update(index_elements=["counter_id"], set_=made)
    )
    return link


def find_screen(connection: Connection, link: str) -> Row[int, bytes] | None:
    """Give the counter and salt of a screen by the secret part of its link, None if it leads to none."""
    query = select(Screen.counter_id, Screen.salt).where(Screen.link == _digest(link))
    return connection.execute(query).one_or_none()


def secrets_of(connection: Connection, keys: Sequence[str], counter_id: int) -> list[bytes]:
    """Give the secrets of a counter's codes, the newest first; none if the counter has no screen."""
    salt = connection.scalar(select(Screen.salt).where(Screen.counter_id == counter_id))
    return [] if salt is None else [secret(key, salt) for key in keys]


def secret(key: str, salt: bytes) -> bytes:
    """Give the secret of a counter's codes: neither the database nor the key alone tells it."""
    return hashlib.blake2b(salt, key=bytes.fromhex(key), digest_size=32, person=b"screen").digest()


def current_code(secret: bytes, moment: datetime) -> str:
    """Give the eight characters that stand behind the counter's own code at a moment.

    >>> current_code(bytes(32), datetime.fromisoformat("2026-03-02T09:00:59+07:00"))
    'AHPT46F8'
    """
    return _code(secret, _step(moment))


def is_current(secrets: Sequence[bytes], code: str, opened_at: datetime) -> bool:
    """Whether a code (all sixteen characters) was shown in the three minutes before a page was opened."""
    newest, last = _step(opened_at + AHEAD), _step(opened_at)
    shown = [_code(secret, step) for secret in secrets for step in range(last - VALID + 1, newest + 1)]
    return any(hmac.compare_digest(code[LENGTH:], each) for each in shown)


def changes_in(moment: datetime) -> int:
    """Give the whole seconds after which another code is shown."""
    return STEP - int(moment.timestamp()) % STEP


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def _code(secret: bytes, step: int) -> str:
    digest = hmac.digest(secret, step.to_bytes(8), "sha256")
    number, signs = int.from_bytes(digest[:16]), []
    for _ in range(ROTATING - LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def _digest(link: str) -> bytes:
    return hashlib.sha256(link.upper().encode()).digest()
