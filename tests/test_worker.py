from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from survey_app import jobs
from survey_app.config import Settings
from survey_app.evaluate.desk import find_unit
from survey_app.evaluate.shown import DESK, decode_rows
from survey_app.evaluate.snapshots import SNAPSHOT, ask_for_due, last_due, make_snapshot, newest, read_file
from survey_app.store.engine import Database
from survey_app.store.evaluations import Evaluation
from survey_app.store.jobs import Job
from survey_app.store.responses import Part, Response
from survey_app.worker import do_next, work
from tests.offices import SmallOffice, small_office
from tests.pages import NOW, Clock

LATER = timedelta(minutes=5)
FILES = ("summary.csv", "summary.json", "answers.csv", "summary.pdf", "summary.en.pdf", "manifest.json")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def answered(database: Database, office: SmallOffice, day: date, choices: str = "44554") -> None:
    """Store one response a choice to the headline question."""
    with database.writing() as connection:
        for choice in choices:
            row = {
                "id": f"{day}-{_count(connection)}",
                "release_id": office.release_id,
                "unit_id": office.commune,
                "deciding_unit_id": office.commune,
                "counter_id": office.counter,
                "channel": "poster",
                "attribution": "none",
                "language": "vi",
                "service_day": day,
            }
            key = connection.execute(insert(Response).values(row)).inserted_primary_key
            assert key is not None
            part = {
                "response_number": key[0],
                "part": 1,
                "answers": f'{{"overall":"{choice}"}}',
                "digest": b"0" * 32,
            }
            connection.execute(insert(Part).values(part))


def _count(connection: Connection) -> int:
    return len(connection.execute(select(Response.number)).all())


def states(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        query = select(Job.argument, Job.state).where(Job.kind == SNAPSHOT).order_by(Job.id)
        return [tuple(row) for row in connection.execute(query)]


def ask(database: Database, argument: str, now: datetime = NOW) -> bool:
    with database.writing() as connection:
        return jobs.ask(connection, SNAPSHOT, argument, now)


def test_snapshot_keeps_figures_and_reports_of_one_moment(
    database: Database, settings: Settings, office: SmallOffice
) -> None:
    answered(database, office, date(2026, 6, 20))
    number = make_snapshot(database, settings, "2026-H2", NOW)
    with database.reading() as connection:
        made = newest(connection, "2026-H2")
        names = (
            "summary.csv",
            "summary.json",
            "answers.csv",
            DESK,
            "unit/01.json",
            "findings.json",
            "manifest.json",
        )
        files = {name: read_file(connection, number, name) for name in names}
    assert made is not None
    assert (made.id, made.made_at, made.responses, made.demo) == (number, NOW, 5, False)
    assert all(files.values())
    rows = decode_rows(files[DESK] or b"")
    top = find_unit((row for row in rows if row.role == "serving"), "40")
    assert top is not None
    assert (top.responses, top.rate) == (5, 1.0)


def test_job_is_done_once_and_its_end_is_noted(
    database: Database, settings: Settings, office: SmallOffice, clock: Clock
) -> None:
    answered(database, office, date(2026, 6, 20))
    assert ask(database, "2026-H2")
    assert not ask(database, "2026-H2")
    assert do_next(database, settings, clock)
    assert not do_next(database, settings, clock)
    assert states(database) == [("2026-H2", "done")]
    assert ask(database, "2026-H2")


def test_job_that_fails_is_noted_with_its_error_and_the_next_is_done(
    database: Database, settings: Settings, office: SmallOffice, clock: Clock
) -> None:
    answered(database, office, date(2026, 6, 20))
    ask(database, "2026-H3")
    ask(database, "2026-H2")
    assert do_next(database, settings, clock)
    assert do_next(database, settings, clock)
    assert states(database) == [("2026-H3", "failed"), ("2026-H2", "done")]
    with database.reading() as connection:
        failed = jobs.latest(connection, SNAPSHOT, "2026-H3")
    assert failed is not None
    assert failed.error.startswith("ValueError: period '2026-H3'")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), datetime(2026, 6, 30, 19, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 18, 59, tzinfo=UTC), datetime(2026, 6, 30, 19, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 19, 0, tzinfo=UTC), datetime(2026, 7, 1, 19, 0, tzinfo=UTC)),
    ],
)
def test_nightly_snapshot_is_due_at_two_in_the_morning_local_time(now: datetime, due: datetime) -> None:
    assert last_due(Settings(), now) == due


def test_nightly_snapshot_is_asked_for_once_a_night_if_there_are_responses(
    database: Database, settings: Settings, office: SmallOffice
) -> None:
    def asked(now: datetime) -> list[str]:
        with database.writing() as connection:
            return ask_for_due(connection, settings, now)

    assert asked(NOW) == []
    answered(database, office, date(2026, 6, 20), "4")
    assert asked(NOW) == ["2026-H2"]
    assert asked(NOW + LATER) == []
    with database.writing() as connection:
        connection.execute(Job.__table__.delete())
        made = {
            "period": "2026-H2",
            "made_at": NOW + LATER,
            "last_response": 1,
            "responses": 1,
            "demo": False,
        }
        connection.execute(insert(Evaluation).values(made))
    assert asked(NOW + 2 * LATER) == []
    assert asked(NOW + timedelta(days=1)) == ["2026-H2"]


def test_night_after_the_end_of_a_half_year_takes_its_last_day_too(
    database: Database, settings: Settings, office: SmallOffice
) -> None:
    answered(database, office, date(2026, 6, 14), "4")
    answered(database, office, date(2026, 6, 15), "4")
    for now, periods in (
        (datetime(2026, 6, 14, 19, 30, tzinfo=UTC), ["2026-H1", "2026-H2"]),
        (datetime(2026, 6, 15, 19, 30, tzinfo=UTC), ["2026-H2"]),
    ):
        with database.writing() as connection:
            connection.execute(Job.__table__.delete())
            assert ask_for_due(connection, settings, now) == periods


def run(database: Database, settings: Settings, clock: Clock, until: Callable[[], bool]) -> None:
    """Let a worker work until something is so."""
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(database, settings, clock, stop))
    worker.start()
    waited = threading.Event()
    for _ in range(300):
        if until():
            break
        waited.wait(0.1)
    stop.set()
    worker.join()
    assert until()


def test_worker_takes_up_what_another_left_undone_and_the_nightly_snapshot(
    database: Database, settings: Settings, office: SmallOffice, clock: Clock
) -> None:
    answered(database, office, date(2026, 6, 20), "4")
    answered(database, office, date(2026, 6, 1), "4")
    ask(database, "2026-H1")
    with database.writing() as connection:
        waiting = jobs.next_waiting(connection)
        assert waiting is not None
        jobs.start(connection, waiting.id, NOW)
    run(database, settings, clock, lambda: states(database) == [("2026-H1", "done"), ("2026-H2", "done")])


def test_of_two_workers_one_works_and_the_other_takes_over(
    database: Database, settings: Settings, office: SmallOffice, clock: Clock
) -> None:
    stops = [threading.Event(), threading.Event()]
    workers = [threading.Thread(target=work, args=(database, settings, clock, stop)) for stop in stops]
    for worker in workers:
        worker.start()
    ask(database, "2026-H1")
    run(database, settings, clock, lambda: states(database) == [("2026-H1", "done")])
    stops[0].set()
    workers[0].join()
    ask(database, "2026-H2")
    run(database, settings, clock, lambda: states(database)[-1] == ("2026-H2", "done"))
    stops[1].set()
    workers[1].join()
