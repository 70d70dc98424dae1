"""Backup: all rows as of one moment in one SQLite file, from either database and back into either."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, func, insert, select, text
from sqlalchemy.exc import DatabaseError

from survey_app.store.engine import Database, open_database
from survey_app.store.responses import Sending
from survey_app.store.tables import METADATA
from survey_app.store.upgrade import current, newest, upgrade

CHUNK = 5_000


def back_up(database: Database, file: Path) -> int:
    """Write everything to a new file; give how many rows.

    Raises ValueError if the file exists already.
    """
    if file.exists():
        raise ValueError(f"{file}: exists already; name a new file")
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600))
    with _opened(unfinished) as copy:
        upgrade(copy)
        with database.reading() as source, copy.writing() as target:
            rows = _copy(source, target)
        with copy.engine.connect() as connection:  # one file, no companions
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(file)
    return rows


def restore(database: Database, file: Path) -> int:
    """Fill an empty database from a backup; give how many rows.

    Raises ValueError if the file is no backup of this or an earlier version, or the database holds rows.
    """
    with file.open("rb") as opened:
        if opened.read(16) != b"SQLite format 3\0":
            raise ValueError(f"{file}: is no backup; name a file that 'survey db backup' wrote")
    upgrade(database)
    try:
        with _read_only(file) as source, database.writing() as target:
            _compare(source, target, file)
            rows = _copy(source, target)
            continue_counting(target)
    except DatabaseError as error:
        raise ValueError(f"{file}: cannot be read ({error.orig}); use another backup") from None
    return rows


def _compare(source: Connection, target: Connection, file: Path) -> None:
    filled = [t.name for t in METADATA.sorted_tables if target.scalar(select(func.count()).select_from(t))]
    if filled:
        raise ValueError(f"database: holds rows already ({', '.join(filled)}); restore into an empty one")
    found = current(source)
    if found != newest():
        raise ValueError(
            f"{file}: has schema {found}, this version needs {newest()}; "
            "restore it with the version that wrote it, then upgrade"
        )


@contextmanager
def _read_only(file: Path) -> Iterator[Connection]:
    """Open a backup without changing a byte of it."""
    engine = create_engine(f"sqlite:///file:{quote(str(file.resolve()))}?mode=ro&immutable=1&uri=true")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _opened(file: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{file.resolve()}")
    try:
        yield database
    finally:
        database.engine.dispose()
        assert database.gate is not None  # it is SQLite
        database.gate.unlink(missing_ok=True)


def _copy(source: Connection, target: Connection) -> int:
    rows = 0
    for table in METADATA.sorted_tables:
        if table is Sending.__table__:  # of this day, and of no use without its key
            continue
        order = list(table.primary_key.columns)
        result = source.execution_options(yield_per=CHUNK).execute(select(table).order_by(*order))
        for chunk in result.mappings().partitions(CHUNK):
            target.execute(insert(table), [dict(row) for row in chunk])
            rows += len(chunk)
    return rows


def continue_counting(connection: Connection) -> None:
    """Let PostgreSQL hand out numbers after the largest there is; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        for column in table.primary_key.columns:
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            )
            largest = connection.scalar(select(func.max(column))) if sequence else None
            if largest is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :largest)"), {"sequence": sequence, "largest": largest}
                )
