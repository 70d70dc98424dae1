"""Worker: does the jobs that were asked for, one after the other, wherever it is started."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Event

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from survey_app import jobs
from survey_app.access import audit_job
from survey_app.collect.sources import end_days_before
from survey_app.config import Settings
from survey_app.endings import tell_asker
from survey_app.evaluate import closing_job, export_job, verify_job
from survey_app.evaluate.package import PACKAGE, Wanted, make_package
from survey_app.evaluate.snapshots import SNAPSHOT, ask_for_due, last_due, make_snapshot
from survey_app.jobs import Work
from survey_app.mail import MAIL, send_message
from survey_app.retention.erasing import RETENTION, ask_nightly, erase
from survey_app.store.engine import Database

LOG = logging.getLogger("survey.worker")
PAUSE = 1.0
"""Seconds between two looks for work."""
INSTANCE = Path("instance")
LOCK = 0x5355_5256
"""Number of PostgreSQL's lock: any, as long as it is always the same."""


def _erase(work: Work) -> None:
    erase(work.database, work.settings, work.now, work.progress)
    export_job.erase_exports(work.instance, work.now)


TASKS: Mapping[str, Callable[[Work], object]] = {
    SNAPSHOT: lambda work: make_snapshot(work.database, work.settings, work.argument, work.now),
    PACKAGE: lambda work: make_package(
        work.database, work.settings, work.instance, msgspec.json.decode(work.argument, type=Wanted)
    ),
    closing_job.CLOSE: closing_job.run,
    verify_job.VERIFY: verify_job.run,
    export_job.EXPORT: export_job.run,
    audit_job.VERIFY_AUDIT: audit_job.run,
    RETENTION: _erase,
    MAIL: lambda work: send_message(work.settings, work.instance / "secrets", work.argument),
}


def work(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    stop: Event,
    instance: Path = INSTANCE,
) -> None:
    """Do jobs until told to stop; the present one is finished first.

    Of several workers one works; another takes over when it ends, and does again what it left undone.
    """
    while not stop.is_set():
        try:
            with _only_runner(database) as lock:
                if lock is not None:
                    _work_alone(database, settings, clock, stop, instance, lock)
        except DBAPIError:  # a database that restarts comes back
            LOG.exception("database: lost; trying again")
        stop.wait(PAUSE)


def do_next(
    database: Database, settings: Settings, clock: Callable[[], datetime], instance: Path = INSTANCE
) -> bool:
    """Do the job that waits longest; False if none waits."""
    with database.reading() as connection:
        job = jobs.next_waiting(connection)
    if job is None:
        return False
    with database.writing() as connection:
        jobs.start(connection, job.id, clock())
    # What a job of many words is about, such as a message, is for no log.
    name = f"{job.kind} {job.id if job.argument.startswith('{') else job.argument}"
    LOG.info("%s: begun", name)

    def progress(words: str) -> None:
        with database.writing() as connection:
            jobs.report(connection, job.id, words)

    error: str | None = None
    wanted = Work(database, settings, instance, job.argument, clock(), job.asked_by, progress)
    try:
        TASKS[job.kind](wanted)
    except Exception as fault:  # whatever it is: the next job must not suffer from it
        error = f"{type(fault).__name__}: {fault}"
        LOG.exception("%s: failed", name)
    with database.writing() as connection:
        jobs.end(connection, job.id, clock(), error)
        tell_asker(connection, settings, job, error is not None, clock())
    if error is None:
        LOG.info("%s: done", name)
    return True


def _work_alone(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    stop: Event,
    instance: Path,
    lock: Callable[[], None],
) -> None:
    with database.writing() as connection:
        if left := jobs.put_back(connection):
            LOG.info("%s jobs were left undone and wait again", left)
    looked: datetime | None = None
    ended: date | None = None
    while not stop.is_set():
        lock()
        today = clock().astimezone(settings.zone).date()
        if today != ended and end_days_before(database, instance / "secrets", clock(), settings.zone):
            ended = today
        due = last_due(settings, clock())
        if due != looked:
            with database.writing() as connection:
                ask_for_due(connection, settings, clock())
                ask_nightly(connection, due.astimezone(settings.zone).date(), due, clock())
            looked = due
        if not do_next(database, settings, clock, instance):
            stop.wait(PAUSE)


@contextmanager
def _only_runner(database: Database) -> Iterator[Callable[[], None] | None]:
    """Give a check that the lock is still held, or None if another worker holds it."""
    if database.gate is not None:
        with database.gate.with_suffix(".worker").open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield lambda: None
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            yield (lambda: _ping(connection)) if held else None
        finally:
            if held and not connection.invalidated:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


def _ping(connection: Connection) -> None:
    """Use the connection that holds the lock: if it is lost, so is the lock, and this raises."""
    connection.execute(text("SELECT 1"))
