from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from survey_app.collect.kiosk_time import Contact, Corrected, Reading, correct

NINE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = 3_600_000
WALL = int(NINE.timestamp() * 1000)


def contact(hours: float, start: str = "a", mono: int | None = None, wall: int | None = None) -> Contact:
    at = NINE + timedelta(hours=hours)
    steady = int(hours * HOUR) if mono is None else mono
    return Contact(at, Reading(start, steady, WALL + int(hours * HOUR) if wall is None else wall))


def corrected(
    record: Reading,
    acknowledged: Contact | None,
    arrival: Contact,
    after: datetime | None = None,
    before: datetime | None = None,
) -> Corrected:
    return correct(
        record, acknowledged, arrival, not_before=NINE, not_after=arrival.at, after=after, before=before
    )


def test_time__same_start_as_the_last_contact__exact() -> None:
    found = corrected(Reading("a", HOUR, WALL + HOUR), contact(0), contact(50, "b", 0))
    assert found.at == NINE + timedelta(hours=1)
    assert found.latest - found.earliest < timedelta(seconds=12)


def test_time__same_start_as_the_arrival__exact_without_an_earlier_contact() -> None:
    found = corrected(Reading("a", HOUR, WALL + HOUR), None, contact(5))
    assert found.at == NINE + timedelta(hours=1)
    assert found.latest - found.earliest < timedelta(seconds=20)


def test_time__wall_clock_wrong_but_steady__corrected_by_the_contact() -> None:
    years = 5 * 8766 * HOUR
    wrong = contact(0, wall=WALL + years)
    found = corrected(
        Reading("a", HOUR, WALL + years + HOUR), wrong, contact(9, wall=WALL + years + 9 * HOUR)
    )
    assert found.at == NINE + timedelta(hours=1)


def test_time__wall_clock_moved_since_the_contact__bounds_are_the_contacts() -> None:
    found = corrected(Reading("a", HOUR, WALL - 24 * HOUR), contact(0), contact(9, "b"))
    assert (found.earliest, found.latest) == (NINE, NINE + timedelta(hours=9))
    assert found.earliest <= found.at <= found.latest


def test_time__start_of_which_no_contact_is_known__wall_clock_between_the_bounds() -> None:
    found = corrected(Reading("x", 5, WALL + 2 * HOUR), contact(0), contact(9, "b"))
    assert found.at == NINE + timedelta(hours=2)
    assert (found.earliest, found.latest) == (NINE, NINE + timedelta(hours=9))
    assert found.straddles([NINE + timedelta(hours=8)])
    assert not found.straddles([NINE, NINE + timedelta(hours=10)])


clocks = st.builds(Reading, st.sampled_from("abc"), st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1))


@given(clocks, st.none() | clocks, clocks, st.floats(0, 1000), st.floats(0, 1000))
def test_time__whatever_the_clocks_show__between_contact_and_arrival(
    record: Reading, known: Reading | None, arriving: Reading, first: float, further: float
) -> None:
    acknowledged = Contact(NINE + timedelta(hours=first), known) if known else None
    arrival = Contact(NINE + timedelta(hours=first + further), arriving)
    found = corrected(record, acknowledged, arrival)
    assert (
        (acknowledged.at if acknowledged else NINE)
        <= found.earliest
        <= found.at
        <= found.latest
        <= arrival.at
    )


@given(st.lists(clocks, min_size=2, max_size=6), clocks)
def test_time__along_the_numbers__never_runs_backwards(records: list[Reading], arriving: Reading) -> None:
    arrival = Contact(NINE + timedelta(days=3), arriving)
    moments: list[datetime] = []
    for record in records:
        moments.append(corrected(record, None, arrival, after=moments[-1] if moments else None).at)
    assert moments == sorted(moments)
