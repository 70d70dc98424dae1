import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import func, select

from survey_app.collect.attribution import Place
from survey_app.collect.intake import Arrival, OtherContent, Recorded, TooLate, record_response
from survey_app.store.engine import Database, open_database
from survey_app.store.responses import Comment, Part, Receipt, Response
from tests.offices import MONDAY_9, SmallOffice, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


@pytest.fixture
def arrival(office: SmallOffice) -> Arrival:
    return Arrival(
        id="visit-1",
        release_id=office.release_id,
        place=Place(office.commune, office.commune, office.counter, office.officers[0]),
        attribution="poster_now",
        channel="poster",
        language="vi",
        answers={"overall": "5", "access": "4"},
        comments={"comment": "Chờ hơi lâu."},
        service_day=date(2026, 3, 2),
        answered_at=MONDAY_9,
        received_at=MONDAY_9 + timedelta(minutes=2),
        timing="now",
        receipt="A" * 12,
    )


def record(database: Database, arrival: Arrival) -> Recorded:
    with database.writing() as connection:
        return record_response(connection, arrival)


def count(database: Database, table: type) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_record__first_time__stores_response_part_comment_and_receipt(
    database: Database, arrival: Arrival
) -> None:
    assert record(database, arrival) == Recorded(1, stored=True)
    assert [count(database, table) for table in (Response, Part, Comment, Receipt)] == [1, 1, 1, 1]
    with database.reading() as connection:
        row = connection.execute(select(*Response.__table__.columns)).one()
        assert (row.answered_at, row.service_day, row.attribution) == (
            MONDAY_9,
            date(2026, 3, 2),
            "poster_now",
        )
        assert connection.execute(select(Part.answers)).scalar_one() == '{"overall":"5","access":"4"}'


def test_record__same_again__stores_nothing_more(database: Database, arrival: Arrival) -> None:
    record(database, arrival)
    later = replace(arrival, received_at=arrival.received_at + timedelta(hours=1))
    assert record(database, later) == Recorded(1, stored=False)
    assert [count(database, table) for table in (Response, Part, Comment, Receipt)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "other",
    [{"answers": {"overall": "1", "access": "4"}}, {"comments": {"comment": "Khác."}}, {"timing": "earlier"}],
    ids=["answers", "comment", "timing"],
)
def test_record__other_content_under_the_key__refused_and_first_kept(
    database: Database, arrival: Arrival, other: dict[str, object]
) -> None:
    record(database, arrival)
    with pytest.raises(OtherContent):
        record(database, replace(arrival, **other))
    with database.reading() as connection:
        assert connection.execute(select(Part.answers)).scalar_one() == '{"overall":"5","access":"4"}'


def test_record__second_part__kept_beside_the_first(database: Database, arrival: Arrival) -> None:
    record(database, arrival)
    second = replace(arrival, part=2, answers={"overall": "2"}, comments={}, timing=None)
    assert record(database, second) == Recorded(1, stored=True)
    with database.reading() as connection:
        assert connection.execute(select(Part.answers).order_by(Part.part)).scalars().all() == [
            '{"overall":"5","access":"4"}',
            '{"overall":"2"}',
        ]


def test_record__second_part_says_when_the_visit_was__attribution_follows(
    database: Database, office: SmallOffice, arrival: Arrival
) -> None:
    unsaid = replace(arrival, timing=None, attribution="none", place=replace(arrival.place, officer_id=None))
    record(database, unsaid)
    record(database, replace(arrival, part=2, answers={}, comments={}))
    with database.reading() as connection:
        row = connection.execute(select(Response.officer_id, Response.attribution)).one()
    assert tuple(row) == (office.officers[0], "poster_now")


def test_record__second_part_after_31_minutes__refused(database: Database, arrival: Arrival) -> None:
    record(database, arrival)
    late = arrival.received_at + timedelta(minutes=31)
    with pytest.raises(TooLate):
        record(database, replace(arrival, part=2, received_at=late))
    assert count(database, Part) == 1


def test_record__second_part_arrives_first__both_kept(database: Database, arrival: Arrival) -> None:
    record(database, replace(arrival, part=2))
    record(database, arrival)
    assert count(database, Part) == 2


def in_fifty_threads(work: Callable[[int], object]) -> list[object]:
    outcomes: list[object] = []
    start = threading.Barrier(50)

    def run(number: int) -> None:
        start.wait()
        try:
            outcomes.append(work(number))
        except OtherContent as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_record__fifty_threads_send_the_same__one_stored(database: Database, arrival: Arrival) -> None:
    outcomes = in_fifty_threads(lambda _: record(database, arrival))
    assert len(outcomes) == 50
    assert sum(outcome.stored for outcome in outcomes) == 1  # type: ignore[attr-defined]
    assert [count(database, table) for table in (Response, Part, Comment, Receipt)] == [1, 1, 1, 1]


def test_record__fifty_threads_send_different__first_counts_others_refused(
    database: Database, arrival: Arrival
) -> None:
    outcomes = in_fifty_threads(lambda n: record(database, replace(arrival, answers={"overall": str(n)})))
    assert sum(isinstance(outcome, Recorded) and outcome.stored for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OtherContent) for outcome in outcomes) == 49


def send_from_another_process(url: str, arrivals: list[Arrival]) -> int:
    database = open_database(url)
    stored = sum(record(database, arrival).stored for arrival in arrivals)
    database.engine.dispose()
    return stored


def test_record__two_processes_send_the_same_hundred__each_stored_once(
    database: Database, database_url: str, arrival: Arrival
) -> None:
    arrivals = [replace(arrival, id=f"visit-{n}", receipt=f"R{n}") for n in range(100)]
    with get_context("spawn").Pool(2) as pool:
        stored = pool.starmap(
            send_from_another_process, [(database_url, arrivals), (database_url, arrivals[::-1])]
        )
    assert sum(stored) == 100
    assert count(database, Response) == count(database, Part) == count(database, Receipt) == 100


def test_record__unknown_unit__nothing_stored(database: Database, arrival: Arrival) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        record(database, replace(arrival, place=Place(99, 99)))
    assert count(database, Response) == 0


def test_digest__without_the_receipt__cannot_be_told(arrival: Arrival) -> None:
    assert arrival.digest != replace(arrival, receipt="B" * 12).digest


def test_arrival__naive_moment__refused(database: Database, arrival: Arrival) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        record(database, replace(arrival, received_at=datetime(2026, 3, 2)))
