from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import insert, update

from analysis.period import period
from survey_app.collect.attribution import Place
from survey_app.collect.intake import Arrival, record_response
from survey_app.config import Settings
from survey_app.evaluate.findings import Finding, find, findings_csv
from survey_app.evaluate.reading import read_ratings
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter, Unit
from survey_app.store.responses import Response
from tests.offices import FOUNDED, SmallOffice, small_office

H1 = period("2026-H1")
SETTINGS = Settings(database_url="unused")
RATED = ("overall", "access", "officer_attitude", "officer_guidance")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def arrival(office: SmallOffice, id: str, opened: datetime, choice: str) -> Arrival:
    return Arrival(
        id=id,
        release_id=office.release_id,
        place=Place(office.commune, office.commune, office.counter, office.officers[0]),
        attribution="poster_now",
        channel="poster",
        language="vi",
        answered_at=opened,
        received_at=opened + timedelta(seconds=30),
        service_day=opened.astimezone(SETTINGS.zone).date(),
        answers=dict.fromkeys(RATED, choice),
        timing="now",
    )


def honest_and_pressed(office: SmallOffice, pressed: int) -> list[Arrival]:
    """Make forty quiet days with one evening of presses in a row at the end."""
    rng = random.Random(3)
    made = []
    for day in range(40):
        for number in range(5):
            opened = datetime(2026, 3, 2, 1, tzinfo=UTC) + timedelta(
                days=day, minutes=number * 90 + rng.randrange(60)
            )
            choice = rng.choice("54432")
            made.append(arrival(office, f"h{day}-{number}", opened, choice))
    start = datetime(2026, 4, 10, 9, 20, tzinfo=UTC)
    made += [
        arrival(office, f"p{number}", start + timedelta(seconds=8 * number), "5") for number in range(pressed)
    ]
    return made


def found(database: Database) -> tuple[Finding, ...]:
    with database.reading() as connection:
        return find(connection, read_ratings(connection, H1, SETTINGS.zone), SETTINGS.zone)


def store(database: Database, arrivals: list[Arrival]) -> None:
    with database.writing() as connection:
        for each in arrivals:
            record_response(connection, each)


def test_find__presses_in_a_row__named_with_their_responses_and_the_rate_without(
    database: Database, office: SmallOffice
) -> None:
    store(database, honest_and_pressed(office, pressed=25))
    findings = {(each.level, each.indicator): each for each in found(database)}
    row = findings["unit", "in_a_row"]
    assert (row.kind, row.code, row.parent_code) == ("commune", "01", "40")
    assert set(row.responses) <= set(range(201, 226))
    assert len(row.responses) >= 23
    assert row.rate is not None
    assert row.rate_without is not None
    assert row.rate_without < row.rate
    assert ("unit", "presses") in findings
    assert findings["officer", "in_a_row"].parent_code == "01"


def test_find__honest_days__nothing(database: Database, office: SmallOffice) -> None:
    store(database, honest_and_pressed(office, pressed=0))
    assert found(database) == ()


def test_find__no_responses__nothing(database: Database, office: SmallOffice) -> None:
    assert found(database) == ()


def test_find__times_erased__nothing_that_needs_them(database: Database, office: SmallOffice) -> None:
    store(database, honest_and_pressed(office, pressed=25))
    assert found(database)
    with database.writing() as connection:
        connection.execute(update(Response).values(answered_at=None, received_at=None))
    assert found(database) == ()


def test_find__answers_outside_the_counter_s_hours__seen_against_peers(
    database: Database, office: SmallOffice
) -> None:
    """Of six units with the same visits one says that its counter closes at noon."""
    made = honest_and_pressed(office, pressed=0)
    for number in range(6):
        with database.writing() as connection:
            unit = connection.execute(
                insert(Unit)
                .values(code=f"N{number}", name=f"Xã Mẫu {number}", kind="commune", valid_from=FOUNDED)
                .returning(Unit.id)
            ).scalar_one()
            counter = connection.execute(
                insert(Counter)
                .values(
                    code=f"N{number}-1",
                    name="Quầy",
                    unit_id=unit,
                    opens=time(7),
                    closes=time(11 if number == 0 else 18),
                    valid_from=FOUNDED,
                )
                .returning(Counter.id)
            ).scalar_one()
        place = Place(unit, unit, counter)
        store(database, [replace(each, id=f"{number}-{each.id}", place=place) for each in made])
    findings = [each for each in found(database) if each.indicator == "outside_hours"]
    assert [(each.level, each.code) for each in findings] == [("unit", "N0")]
    assert findings[0].value > 0.3


def test_findings_csv__counts_responses_and_names_none(database: Database, office: SmallOffice) -> None:
    store(database, honest_and_pressed(office, pressed=25))
    findings = found(database)
    rows = list(csv.DictReader(io.StringIO(findings_csv(findings).decode("utf-8-sig"))))
    assert len(rows) == len(findings)
    assert [int(row["responses"]) for row in rows] == [len(each.responses) for each in findings]
    assert "201" not in rows[0].values()
