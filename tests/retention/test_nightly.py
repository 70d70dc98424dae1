from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select

from survey_app import jobs
from survey_app.access.audit import entries
from survey_app.config import Settings
from survey_app.retention.erasing import RETENTION, ask_nightly, erase
from survey_app.store.accounts import FailedSignIn
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from survey_app.worker import do_next, work
from tests.pages import NOW, Clock

DAY = date(2026, 7, 1)
DUE = datetime(2026, 6, 30, 19, tzinfo=UTC)


def failed(database: Database, count: int) -> None:
    with database.writing() as connection:
        row = {"source": b"s" * 32, "at": NOW - timedelta(hours=2)}
        connection.execute(insert(FailedSignIn), [row] * count)


def left(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(FailedSignIn)) or 0


def test_nightly__asked_for_once_a_night(database: Database) -> None:
    with database.writing() as connection:
        assert ask_nightly(connection, DAY, DUE, NOW)
        assert not ask_nightly(connection, DAY, DUE, NOW)
        job = jobs.next_waiting(connection)
        assert job is not None
        jobs.start(connection, job.id, NOW)
        jobs.end(connection, job.id, NOW, None)
        assert not ask_nightly(connection, DAY, DUE, NOW)
        next_day = timedelta(days=1)
        assert ask_nightly(connection, DAY + next_day, DUE + next_day, NOW + next_day)


def test_job__done__erases_tells_how_far_and_records_counts(
    database: Database, settings: Settings, clock: Clock
) -> None:
    failed(database, 3)
    with database.writing() as connection:
        ask_nightly(connection, DAY, DUE, NOW)
    assert do_next(database, settings, clock)
    with database.reading() as connection:
        job = jobs.latest(connection, RETENTION, f"{DAY}")
        actions = [(row.action, '"sign_ins":3' in row.details) for row in entries(connection)]
    assert job is not None
    assert (job.state, job.error, job.progress) == ("done", None, "audit entries")
    assert (left(database), actions) == (0, [("retention.run", True)])


def test_worker__begun__does_what_the_night_is_due(
    database: Database, settings: Settings, clock: Clock
) -> None:
    failed(database, 1)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(database, settings, clock, stop))
    worker.start()
    waited = threading.Event()
    for _ in range(300):
        with database.reading() as connection:
            done = connection.scalars(select(Job.kind).where(Job.state == "done")).all()
        if done:
            break
        waited.wait(0.1)
    stop.set()
    worker.join()
    assert (done, left(database)) == ([RETENTION], 0)


def test_erase__while_others_write__every_old_row_goes_and_every_new_one_stays(
    database: Database, settings: Settings
) -> None:
    failed(database, 40)

    def write() -> None:
        for _ in range(10):
            with database.writing() as connection:
                connection.execute(insert(FailedSignIn).values(source=b"n" * 32, at=NOW))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    erased = erase(database, settings, NOW, chunk=3)
    for writer in writers:
        writer.join()
    assert (erased["sign_ins"], left(database)) == (40, 40)
