from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from analysis.period import period
from survey_app.collect.kiosk_counts import Gap, gaps
from survey_app.store.responses import Flag, Part, Response
from tests.collect.kiosk.conftest import Hall

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def found(hall: Hall, label: str = "2026-H1") -> tuple[Gap, ...]:
    with hall.database.reading() as connection:
        return gaps(connection, period(label), ZONE)


def test_gaps__all_arrived__none(hall: Hall) -> None:
    for _ in range(3):
        hall.tablet.keep()
        hall.go(120)
    hall.tablet.send()
    assert found(hall) == ()
    assert (hall.device().made, hall.device().sent, hall.device().waiting) == (3, 3, 0)
    assert hall.device().last_contact_at == hall.clock()


def test_gaps__numbers_that_are_neither_here_nor_there__named_with_device_and_unit(hall: Hall) -> None:
    for _ in range(6):
        hall.tablet.keep()
        hall.go(120)
    for number in (2, 3, 6):
        del hall.tablet.held[number]
    hall.tablet.send()
    assert found(hall) == (Gap("Máy 1", "01", "Xã Mẫu", 2, 3), Gap("Máy 1", "01", "Xã Mẫu", 6, 6))
    assert [gap.missing for gap in found(hall)] == [2, 1]
    assert found(hall, "2025-H2") == ()


def test_gaps__what_waits_or_is_in_quarantine_on_the_device__late_and_not_missing(hall: Hall) -> None:
    for _ in range(4):
        hall.tablet.keep()
    hall.tablet.aside[3] = hall.tablet.held.pop(3)
    hall.tablet.send([1])
    assert (hall.device().waiting, hall.device().quarantined) == (2, 1)
    assert found(hall) == ()


def test_heartbeat__older_one_again__counts_stay(hall: Hall) -> None:
    hall.tablet.keep()
    hall.tablet.send()
    assert hall.tablet.send([], made=0).status_code == 200
    assert hall.device().made == 1


@pytest.mark.parametrize("ahead", [-90_000, 0, 3_600_000])
def test_heartbeat__clock_of_the_device__kept(hall: Hall, ahead: int) -> None:
    hall.tablet.send([], wall=hall.tablet.clocks.wall + ahead)
    assert hall.device().clock_error == ahead


def test_gaps__response_erased_after_its_time__number_is_not_missing(hall: Hall) -> None:
    hall.tablet.keep()
    hall.tablet.send()
    with hall.database.writing() as connection:
        for table in (Flag, Part, Response):
            connection.execute(delete(table))
    assert found(hall) == ()
    assert hall.records() == [(1, None)]
