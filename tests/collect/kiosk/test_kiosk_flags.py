from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from survey_app.collect.rules import (
    KIOSK_MORE_THAN_SERVED,
    KIOSK_OFFICER_CHANGED,
    KIOSK_OUTSIDE_HOURS,
    KIOSK_QUICK,
    KIOSK_RUN,
    RULES,
    TIME_UNCERTAIN,
)
from survey_app.config import Settings
from survey_app.exchange.organisation import import_file
from survey_app.store.organisation import Workload
from survey_app.store.responses import Flag
from tests.collect.kiosk.conftest import Hall
from tests.collect.kiosk.tablet import Clocks


def test_answers__minutes_apart__no_doubt(hall: Hall) -> None:
    for _ in range(6):
        hall.go(120)
        hall.tablet.keep()
    hall.tablet.send()
    assert hall.flags() == []


def test_answers__seconds_apart__the_later_one_doubted(hall: Hall) -> None:
    hall.tablet.keep()
    hall.go(3)
    hall.tablet.keep()
    hall.go(20)
    hall.tablet.send()
    assert hall.flags() == [(2, KIOSK_QUICK)]


def test_answers__three_in_a_row_without_time_for_a_visit__all_doubted_also_across_batches(
    hall: Hall,
) -> None:
    for _ in range(2):
        hall.tablet.keep()
        hall.go(30)
    hall.tablet.send()
    assert hall.flags() == []
    for _ in range(2):
        hall.tablet.keep()
        hall.go(30)
    hall.tablet.send()
    assert hall.flags() == [(number, KIOSK_RUN) for number in (1, 2, 3, 4)]


def test_answer__after_closing__doubted(hall: Hall) -> None:
    hall.go(9 * 3600)
    hall.tablet.send([])
    hall.tablet.keep()
    hall.tablet.send()
    assert hall.flags() == [(1, KIOSK_OUTSIDE_HOURS)]


def test_answers__more_than_visits_counted_at_the_counter__the_later_ones_doubted(hall: Hall) -> None:
    day = date(2026, 3, 2)
    with hall.database.writing() as connection:
        connection.execute(
            insert(Workload).values(
                unit_id=hall.office.commune,
                counter_id=hall.office.counter,
                first_day=day,
                last_day=day,
                served=2,
                source="system",
            )
        )
    for _ in range(3):
        hall.go(120)
        hall.tablet.keep()
    hall.tablet.send()
    assert hall.flags() == [(3, KIOSK_MORE_THAN_SERVED)]


def test_answers__visits_counted_after_they_came__doubted_by_the_import_as_if_before(hall: Hall) -> None:
    for _ in range(3):
        hall.go(120)
        hall.tablet.keep()
    hall.tablet.send()
    assert hall.flags() == []

    def count(first: str, last: str, served: int) -> None:
        text = f"unit_code,counter_code,from,to,served,source\n01,Q1,{first},{last},{served},system\n"
        import_file(hall.database, "workload", text.encode(), "workload.csv", Settings(), hall.clock())

    count("2026-03-01", "2026-03-01", 0)
    count("2026-03-03", "2026-03-31", 1)
    assert hall.flags() == []
    count("2026-03-02", "2026-03-02", 2)
    assert hall.flags() == [(3, KIOSK_MORE_THAN_SERVED)]
    count("2026-03-02", "2026-03-02", 1)
    count("2026-03-02", "2026-03-02", 1)
    assert hall.flags() == [(2, KIOSK_MORE_THAN_SERVED), (3, KIOSK_MORE_THAN_SERVED)]
    evidence = [row[0] for row in hall.rows(select(Flag.evidence).order_by(Flag.response_number))]
    assert evidence == ['{"answers": 3, "served": 1}', '{"answers": 3, "served": 2}']


@pytest.mark.parametrize(("seconds", "doubted"), [(299, True), (301, False)])
def test_answer__soon_after_the_officer_was_changed__doubted(hall: Hall, seconds: int, doubted: bool) -> None:
    hall.tablet.keep(officer=[hall.office.officers[0], seconds * 1000])
    hall.tablet.send()
    assert hall.flags() == ([(1, KIOSK_OFFICER_CHANGED)] if doubted else [])


def test_time__bounds_straddle_a_posting__officer_empty_and_listed(hall: Hall) -> None:
    """Officer A is followed by B at ten; the kiosk was restarted without a line and comes back at eleven."""
    hall.tablet.clocks = Clocks(wall=hall.tablet.clocks.wall)
    hall.tablet.keep()
    hall.go(7200)
    hall.tablet.clocks = Clocks(wall=hall.tablet.clocks.wall)
    hall.tablet.send()
    [response] = hall.responses()
    assert (response.attribution, response.officer_id) == ("ambiguous", None)
    assert response.counter_id == hall.office.counter
    assert hall.flags() == [(1, TIME_UNCERTAIN)]
    [evidence] = hall.rows(select(Flag.evidence))
    assert evidence[0] == '{"earliest": "2026-03-02T02:10:00Z", "latest": "2026-03-02T04:10:00Z"}'


def test_time__bounds_straddle_the_end_of_a_half_year__counts_in_the_later(hall: Hall) -> None:
    hall.go((date(2026, 6, 14) - date(2026, 3, 2)).days * 86_400)
    hall.tablet.send([])
    hall.tablet.clocks = Clocks(wall=hall.tablet.clocks.wall)
    hall.tablet.keep()
    hall.go(86_400)
    hall.tablet.clocks = Clocks(wall=hall.tablet.clocks.wall)
    hall.tablet.send()
    [response] = hall.responses()
    assert response.service_day == date(2026, 6, 15)
    assert response.answered_at - hall.clock() == -timedelta(days=1)
    assert hall.flags() == [(1, TIME_UNCERTAIN)]


def test_time__days_without_a_line_in_one_start__exact_and_officer_named(hall: Hall) -> None:
    hall.tablet.keep()
    hall.go(3600)
    second = hall.tablet.keep()
    hall.go(4 * 86_400)
    hall.tablet.send()
    first_one, second_one = hall.responses()
    assert second == 2
    officers = hall.office.officers
    assert (first_one.officer_id, second_one.officer_id) == (officers[0], officers[1])
    assert second_one.answered_at - first_one.answered_at == timedelta(hours=1)
    assert hall.flags() == []


def test_rules__numbers_and_names__each_once() -> None:
    assert len({rule.number for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.number for rule in RULES if 20 <= rule.number < 40} == set(range(20, 28))
