"""Slowdown: sign-ins that fail make the next ones wait, and never those of somebody else's browser.

What is counted is a keyed hash: of a login from a network, of a login from anywhere, or of a login in a
browser that signed in with it before. Such a browser has only its own count. So whoever tries passwords, from
as many places as they like, makes strangers wait and the person at their own desk not.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text

from survey_app.access.sealing import Seals
from survey_app.store.accounts import FailedSignIn
from survey_app.store.engine import Database

FORGOTTEN = timedelta(hours=1)
NETWORKS = {4: 24, 6: 48}
"""Bits of an address that tell a network."""


@dataclass(frozen=True)
class Limit:
    """How many failures cost nothing, and how long the wait after more of them becomes at most."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """Give the wait after so many failures: a second, doubled by each.

        >>> [Limit(5, timedelta(minutes=1)).wait(n).seconds for n in (4, 5, 6, 9, 99)]
        [0, 1, 2, 16, 60]
        """
        if failures < self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


OWN = Limit(5, timedelta(seconds=60))
ANYWHERE = Limit(20, timedelta(minutes=5))


class Source(NamedTuple):
    """What is counted, and how much of it is let pass; all counts but ``ANYWHERE`` end with a success."""

    hash: bytes
    limit: Limit


class Attempt(NamedTuple):
    """An attempt that may be made: it counts as failed until it is told to have succeeded."""

    own: tuple[bytes, ...]
    rows: tuple[int, ...]


def sources_of(
    seals: Seals, what: str, whose: str, address: str | None, browser: str | None, now: datetime
) -> tuple[Source, ...]:
    """Give what an attempt counts for; ``browser`` names one that signed in so before.

    The hashes are of this day: nothing tells an address, nor that two days had the same one.
    """
    day = now.date().isoformat()
    if browser is not None:
        return (Source(seals.hashed("slowdown", day, what, whose, "browser", browser), OWN),)
    place = network_of(address)
    return (
        Source(seals.hashed("slowdown", day, what, whose, "network", place), OWN),
        Source(seals.hashed("slowdown", day, what, whose, "anywhere"), ANYWHERE),
    )


def begin(database: Database, sources: tuple[Source, ...], now: datetime) -> Attempt | timedelta:
    """Begin an attempt, or give how long the next one must wait.

    It is counted before it is made: a hundred at the same moment are a hundred.
    """
    with database.writing() as connection:
        _forget(connection, now)
        for source in sources:
            _queue(connection, source.hash)
        if wait := max(_wait(connection, source, now) for source in sources):
            return wait
        rows = []
        for source in sources:
            made = connection.execute(insert(FailedSignIn).values(source=source.hash, at=now))
            key = made.inserted_primary_key
            assert key is not None  # one row was inserted
            rows.append(key[0])
    return Attempt(tuple(source.hash for source in sources if source.limit is not ANYWHERE), tuple(rows))


def succeeded(connection: Connection, attempt: Attempt) -> None:
    """Forget the failures of whoever succeeded at last; those of others from elsewhere still count."""
    mine = FailedSignIn.source.in_(attempt.own) | FailedSignIn.id.in_(attempt.rows)
    connection.execute(delete(FailedSignIn).where(mine))


def network_of(address: str | None) -> str:
    """Give the network of an address; all who have none share one.

    >>> network_of("192.0.2.77"), network_of("2001:db8:1:2::3"), network_of("")
    ('192.0.2.0/24', '2001:db8:1::/48', '')
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, NETWORKS[found.version]), strict=False))


def _forget(connection: Connection, now: datetime) -> None:
    old = select(FailedSignIn.id).where(FailedSignIn.at < now - FORGOTTEN).with_for_update(skip_locked=True)
    connection.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(old)))


def _wait(connection: Connection, source: Source, now: datetime) -> timedelta:
    lately = (FailedSignIn.source == source.hash, FailedSignIn.at >= now - FORGOTTEN)
    count, last = connection.execute(select(func.count(), func.max(FailedSignIn.at)).where(*lately)).one()
    return max(last + source.limit.wait(count) - now, timedelta()) if count else timedelta()


def _queue(connection: Connection, source: bytes) -> None:
    """Let attempts that count together wait for one another; writers of SQLite stand in line already."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(sha256(source).digest()[:8], signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
