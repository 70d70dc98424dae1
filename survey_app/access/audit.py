"""Audit: what was done is appended to a chain of hashes, and the chain can be proven whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, text

from survey_app.store.accounts import Account, AuditEntry

TURN = 7_216_055
"""The number of PostgreSQL's lock that writers of the chain queue at; any, as long as it is its own."""
BEGINNING = bytes(32)
"""What the first entry of all follows."""
ERASED = "audit.erased"
"""The action of the entry that names the hash the chain begins with after its oldest entries are erased."""
CHUNK = 5_000

Scalar = str | int | float | bool | None
How = Literal["changed", "missing", "inserted", "reordered", "head"]

_HOW: dict[How, str] = {
    "changed": "does not follow from the entry before it: it was changed, or what stood before it was",
    "missing": "is missing",
    "inserted": "is followed by what another entry was followed by: it was put in later",
    "reordered": "holds what was written as another entry: entries were reordered",
    "head": "is the last one, and none has the head that was given: entries after it are missing",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry at which the chain is broken, and how."""

    entry: int
    how: How

    def __str__(self) -> str:
        """Say where, what was found and what to do."""
        return f"audit: entry {self.entry} {_HOW[self.how]}; compare with a backup made before"


def record(
    connection: Connection, action: str, now: datetime, account_id: int | None = None, **details: Scalar
) -> None:
    """Append what is being done, in the transaction that does it.

    Call it last: from here on every other writer of the chain waits for the end of the transaction.
    """
    if connection.dialect.name == "postgresql":  # writers of SQLite stand in line already
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    last = _last(connection)
    # Numbered here: a sequence leaves gaps, and then nobody could tell that an entry is missing.
    number, previous = (1, BEGINNING) if last is None else (last.id + 1, last.hash)
    kept = json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    connection.execute(
        insert(AuditEntry).values(
            id=number,
            at=now,
            account_id=account_id,
            action=action,
            details=kept,
            hash=_link(previous, number, now, account_id, action, kept),
        )
    )


def head(connection: Connection) -> str:
    """Give the hash of the last entry, in hexadecimal: noted elsewhere, it proves all that is before it."""
    last = _last(connection)
    return (BEGINNING if last is None else last.hash).hex()


def verify(connection: Connection, head: str | None = None) -> Broken | None:
    """Give where the chain is broken first, None if it is whole and holds the head that was noted."""
    first = connection.scalar(select(func.min(AuditEntry.id))) or 1
    previous = BEGINNING if first == 1 else _anchor(connection, first - 1)
    if previous is None:
        return Broken(1, "missing")
    wanted = None if head is None else head.strip().casefold()
    found = wanted in (None, previous.hex())
    number = first - 1
    with connection.execute(_all()) as rows:
        for row in rows:
            number += 1
            if row.id != number:
                return Broken(number, "missing")
            if _link_of(previous, row, row.id) != row.hash:
                return _explained(connection, row)
            previous = row.hash
            found = found or previous.hex() == wanted
    return None if found else Broken(number, "head")


def entries(connection: Connection, since: datetime | None = None, action: str = "") -> Iterator[Row[Any]]:
    """Give entries in order, with the login of who did it: those since a moment, of actions that begin so."""
    query: Select[Any] = select(*AuditEntry.__table__.columns, Account.login)
    query = query.outerjoin_from(AuditEntry, Account)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    with connection.execute(_in_order(query)) as rows:
        yield from rows


def erase(connection: Connection, before: datetime, now: datetime, most: int = CHUNK) -> int:
    """Erase up to ``most`` of the oldest entries, from before a moment; give how many.

    An entry is appended that names the last one erased and its hash: the chain then begins with that. The
    database lets nobody delete what such an entry does not name.
    """
    numbers = connection.scalars(erasable(before).order_by(AuditEntry.id).limit(most)).all()
    if not numbers:
        return 0
    through = numbers[-1]
    last = connection.scalars(select(AuditEntry.hash).where(AuditEntry.id == through)).one()
    record(connection, ERASED, now, through=through, hash=last.hex(), entries=len(numbers))
    connection.execute(delete(AuditEntry).where(AuditEntry.id <= through))
    return len(numbers)


def erasable(before: datetime) -> Select[Any]:
    """Give the numbers of the entries before the first that is not older than a moment."""
    kept = select(func.min(AuditEntry.id)).where(AuditEntry.at >= before).scalar_subquery()
    return cast(Select[Any], select(AuditEntry.id).where(AuditEntry.id < kept))


def _all() -> Select[Any]:
    query: Select[Any] = select(*AuditEntry.__table__.columns)
    return _in_order(query)


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(AuditEntry.id).execution_options(yield_per=CHUNK)


def _last(connection: Connection) -> Row[Any] | None:
    query = cast(Select[Any], select(AuditEntry.id, AuditEntry.hash))
    return connection.execute(query.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def _anchor(connection: Connection, through: int) -> bytes | None:
    """Give the hash that the chain begins with after entries up to a number were erased."""
    query = select(AuditEntry.details).where(AuditEntry.action == ERASED).order_by(AuditEntry.id.desc())
    for kept in connection.scalars(query).all():
        try:
            details = json.loads(kept)
            if details["through"] == through:
                return bytes.fromhex(details["hash"])
        except (ValueError, KeyError, TypeError):  # somebody wrote into it; the chain says so if it is ours
            continue
    return None


def _link(
    previous: bytes, number: int, at: datetime, account_id: int | None, action: str, details: str
) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")  # what both databases keep of it
    content = json.dumps([number, moment, account_id, action, details], ensure_ascii=False)
    return sha256(previous + content.encode()).digest()


def _link_of(previous: bytes, row: Row[Any], number: int) -> bytes:
    return _link(previous, number, row.at, row.account_id, row.action, row.details)


def _explained(connection: Connection, row: Row[Any]) -> Broken:
    """Say what was done to the first entry whose hash is not the one it should have."""
    hashes = {0: BEGINNING}
    for number, kept in connection.execute(select(AuditEntry.id, AuditEntry.hash)):
        hashes[number] = kept
    for number in [*hashes, max(hashes) + 1]:
        # Of two neighbours that changed places the hash of the first now stands with the second.
        before = hashes.get(number if number == row.id + 1 else number - 1)
        if number != row.id - 1 and before is not None and _link_of(before, row, number) == row.hash:
            return Broken(row.id, "reordered")
    before = hashes.get(row.id - 1)
    for following in connection.execute(_all().where(AuditEntry.id == row.id + 1)).all():
        if before is not None and _link_of(before, following, row.id) == following.hash:
            return Broken(row.id, "inserted")
    before = hashes.get(row.id - 2)
    if before is not None and _link_of(before, row, row.id - 1) == row.hash:
        return Broken(row.id - 1, "inserted")
    return Broken(row.id, "changed")
