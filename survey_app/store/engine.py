"""Engine: SQLite in a folder or PostgreSQL by its address, opened the one way that keeps answers safe."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

WAIT = "busy_timeout=20000"
"""Milliseconds that SQLite waits for whoever is in the way."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",  # what is erased or redacted is not left in free pages
    "foreign_keys=ON",
    WAIT,
)


@dataclass(frozen=True)
class Database:
    """An opened database.

    ``gate`` is the file that writers of SQLite queue at (None for PostgreSQL): SQLite's own waiting sleeps
    and is unfair, so that single writers wait for seconds.
    """

    engine: Engine
    gate: Path | None
    turn: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state of the database."""
        with self.engine.connect() as connection:
            if self.gate is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is committed as a whole at the end, or not at all on an error."""
        if self.gate is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self.turn:
            gate = os.open(self.gate, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                fcntl.flock(gate, fcntl.LOCK_EX)
                with self.engine.connect() as connection:
                    connection.execution_options(immediate=True)
                    with connection.begin():
                        yield connection
            finally:
                os.close(gate)

    def empty_log(self) -> bool:
        """Move SQLite's log into its file and cut it off, so that neither holds what was erased.

        False if somebody reads or writes meanwhile: then it is to be tried again.
        """
        if self.gate is None:
            return True
        with self.turn, closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=200")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()
            cursor.execute(f"PRAGMA {WAIT}")
        return busy is not None and not busy[0]


def open_database(url: str, *, pool_size: int = 8) -> Database:
    """Open the database at an SQLAlchemy or ``postgresql://`` address.

    Raises ValueError if the address is neither SQLite's nor PostgreSQL's.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ValueError(f"DATABASE_URL: {error}; write postgresql://name:password@host/database") from None
    if address.get_backend_name() == "postgresql":
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
        )
        return Database(engine, None)
    if address.drivername not in ("sqlite", "sqlite+pysqlite") or not address.database:
        raise ValueError(
            f"DATABASE_URL: {address.drivername!r} with no file is not supported; give a SQLite file "
            "(sqlite:////folder/survey.sqlite3) or a PostgreSQL address (postgresql://…)"
        )
    engine = create_engine(address, pool_size=pool_size, max_overflow=0)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, Path(address.database + ".lock"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
