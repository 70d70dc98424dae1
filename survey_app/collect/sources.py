"""Sources: how much comes to a counter from one address, known for a day by a hash and then not at all."""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, bindparam, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from survey_app.store.engine import Database
from survey_app.store.responses import Sending

WINDOW = 10
"""Minutes that are counted together."""

MANY, MOST = 60, 300
"""From how many on in that time responses of one source to one counter are flagged, and taken no longer."""

NETWORK = 64
"""Bits of an IPv6 address that tell whose it is: the rest its owner chooses."""

KEY_FILE = "day.key"


class TooMany(ValueError):
    """One source sends so much to one counter that no more is taken for a while."""


def source_of(
    folder: Path, counter_id: int, address: str | None, now: datetime, zone: ZoneInfo
) -> bytes | None:
    """Give what stands for an address at a counter on this day, None for no address.

    Nothing tells the address without the day's key, nor that two counters or two days had the same one.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    kept = found.packed[: NETWORK // 8] if found.version == 6 else found.packed
    key = day_key(folder, now.astimezone(zone).date())
    return hashlib.blake2b(kept, key=key, digest_size=16, salt=counter_id.to_bytes(16)).digest()


def count(connection: Connection, source: bytes, now: datetime) -> int:
    """Count one more response of a source; give how many it sent in ten minutes, this one included."""
    minute = minute_of(now)
    values = {"source": source, "minute": minute, "begin": minute - WINDOW}
    counted: int = connection.execute(_counting(connection.dialect.name), values).scalar_one()
    return counted


@cache
def _counting(dialect: str) -> Executable:
    """Give the statement that counts: the minutes before are added up by the database in the same step."""
    before = Sending.__table__.alias("before")
    made = (postgresql if dialect == "postgresql" else sqlite).insert(Sending)
    made = made.values(source=bindparam("source"), minute=bindparam("minute"), responses=1)
    earlier = select(func.coalesce(func.sum(before.c.responses), 0)).where(
        before.c.source == bindparam("source"),
        before.c.minute > bindparam("begin"),
        before.c.minute < bindparam("minute"),
    )
    statement: Executable = made.on_conflict_do_update(
        index_elements=["source", "minute"], set_={"responses": Sending.responses + 1}
    ).returning(Sending.responses + earlier.scalar_subquery())
    return statement


def forget(connection: Connection, now: datetime, zone: ZoneInfo) -> None:
    """Erase what is counted no longer: of minutes long past, and of the days before this one."""
    before = max(minute_of(now) - WINDOW + 1, minute_of(midnight(now, zone)))
    # Rows that another process erases already are left to it.
    old = select(Sending.source, Sending.minute).where(Sending.minute < before)
    old = old.with_for_update(skip_locked=True)
    connection.execute(delete(Sending).where(tuple_(Sending.source, Sending.minute).in_(old)))


def end_days_before(database: Database, folder: Path, now: datetime, zone: ZoneInfo) -> bool:
    """Destroy the keys of days before this one and all that was counted under them; False to be called again.

    After midnight nothing is left that tells of an address, even if nobody answers anything.
    """
    _destroy_older(folder / KEY_FILE, now.astimezone(zone).date())
    with database.reading() as connection:
        old = select(Sending.source).where(Sending.minute < minute_of(midnight(now, zone))).limit(1)
        any_left = connection.scalar(old) is not None
    if any_left:
        with database.writing() as connection:
            forget(connection, now, zone)
    return database.empty_log()


def day_key(folder: Path, day: date) -> bytes:
    """Give the key of a local day; the first to ask on it makes it and destroys the one of the day before."""
    path = folder / KEY_FILE
    return _read(path, day) or _make(path, day)


def _read(path: Path, day: date) -> bytes | None:
    """Give the key if it is of this day (or of a later one, by the clock of another), else None."""
    with suppress(FileNotFoundError, ValueError):
        written, _, key = path.read_text(encoding="ascii").partition(" ")
        if date.fromisoformat(written) >= day and len(key) == 64:
            return bytes.fromhex(key)
    return None


def _make(path: Path, day: date) -> bytes:
    with _turn(path):
        if (made := _read(path, day)) is not None:
            return made
        _overwrite(path)
        key = secrets.token_bytes(32)
        fresh = path.with_suffix(".new")
        with open(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(f"{day} {key.hex()}")
        fresh.replace(path)
    return key


def _destroy_older(path: Path, day: date) -> None:
    if not path.exists() or _read(path, day) is not None:
        return
    with _turn(path):
        if _read(path, day) is None:
            _overwrite(path)
            path.unlink(missing_ok=True)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with path.with_suffix(".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _overwrite(path: Path) -> None:
    """Write zeros over a key, so that it is not left where its file was."""
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment at which the local day began."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def minute_of(moment: datetime) -> int:
    """Give the number of a minute, counted from 1970."""
    return int(moment.timestamp()) // 60
