from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import insert, update

from survey_app.evaluate.basis import FOUND
from survey_app.evaluate.doubts import Case
from survey_app.evaluate.evidence import bars, day_of, of_finding
from survey_app.evaluate.findings import Finding
from survey_app.evaluate.snapshots import add_file, make_snapshot
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter
from survey_app.store.responses import Flag
from tests.evaluate.closed import SETTINGS
from tests.evaluate.people import answered_office, signed_in, text_of
from tests.pages import Clock, PageClient, parsed

REVIEW = "/evaluations/2026-H1/review"


def flag(database: Database, rule: int, *seen: object) -> None:
    """Flag the first responses by a rule, each with what it saw."""
    with database.writing() as connection:
        for number, each in enumerate(seen, start=1):
            connection.execute(
                insert(Flag).values(
                    response_number=number,
                    rule=rule,
                    evidence=each if isinstance(each, str) else json.dumps(each),
                    raised_at=datetime(2026, 3, 2, tzinfo=UTC),
                )
            )


@pytest.fixture
def reader(app: Flask, database: Database) -> PageClient:
    answered_office(database)
    return signed_in(app, "kiemtra01", "inspector")


def drawn(client: PageClient, case: str) -> list[tuple[str, list[str]]]:
    """Give what each chart of a case says, and the widths of its bars."""
    tree = parsed(client.get(f"{REVIEW}?lang=en&case={case}"))
    charts = tree.findall(".//figure[@class='evidence']/{*}svg[@role='img']")
    return [
        (each.get("aria-label"), [bar.get("width") for bar in each.findall("{*}rect")]) for each in charts
    ]


def told(client: PageClient, case: str) -> str:
    return text_of(client, f"{REVIEW}?lang=en&case={case}")


@pytest.mark.parametrize(
    ("rule", "seen", "sentence", "chart", "notes"),
    [
        (
            1,
            [{"responses": 61, "minutes": 10}, {"responses": 75, "minutes": 10}],
            "Up to 75 answers came from one connection within 10 minutes; this is noted from 60 on.",
            [("Answers from one connection: 75; Noted from: 60", ["100.0%", "80.0%"])],
            ["61 answers in 10 minutes", "75 answers in 10 minutes"],
        ),
        (
            2,
            [{"letters": 8}, {"letters": 1200}],
            "Up to 1,200 characters stood in a field that people do not see.",
            [],
            ["8 characters", "1,200 characters"],
        ),
        (
            3,
            [{"answers": 8, "seconds": 3.0}, {"answers": 2, "seconds": 0.5}],
            "The fastest was sent 0.5 seconds after it was opened, with 2 answers; nobody reads and answers "
            "so many in less than 2 seconds.",
            [("The fastest: 0.5 seconds; Least for 2 answers: 2 seconds", ["25.0%", "100.0%"])],
            ["8 answers in 3 seconds", "2 answers in 0.5 seconds"],
        ),
        (
            20,
            [{"number": 17}, {"number": 17}],
            "Came twice from the kiosk, with different contents: number 17.",
            [],
            ["number 17 came twice"],
        ),
        (
            21,
            [{"seconds": 4.0}, {"seconds": 2.5}],
            "The shortest time after the answer before was 2.5 seconds; as the desk is set now, less than 5 "
            "seconds is noted.",
            [("The shortest: 2.5 seconds; Noted below: 5 seconds", ["50.0%", "100.0%"])],
            ["4 seconds after the one before", "2.5 seconds after the one before"],
        ),
        (
            22,
            [{"run": 3}, {"run": 6}],
            "The longest row has 6 answers, each given less than 60 seconds after the one before",
            [("Longest row: 6; Noted from: 3", ["100.0%", "50.0%"])],
            ["row of 3", "row of 6"],
        ),
        (
            24,
            [{"answers": 30, "served": 12}, {"answers": 30, "served": 12}],
            "On 02/03/2026 the kiosk took 30 answers, and 12 visits were counted at the counter.",
            [("Answers: 30; Visits: 12", ["100.0%", "40.0%"])],
            ["30 answers, 12 visits"],
        ),
        (
            25,
            [{"seconds": 90}, {"seconds": 150}],
            "The officer on duty was changed 90 seconds before the answer that came soonest after; less than "
            "300 seconds is noted.",
            [("The shortest: 90 seconds; Noted below: 300 seconds", ["30.0%", "100.0%"])],
            ["90 seconds after the change"],
        ),
        (
            26,
            [
                {"earliest": "2026-03-02T01:00:00Z", "latest": "2026-03-02T02:00:00Z"},
                {"earliest": "2026-03-01T01:00:00Z", "latest": "2026-03-02T02:00:00Z"},
            ],
            "The least certain answer was given between 01/03/2026 08:00 and 02/03/2026 09:00.",
            [],
            ["02/03/2026 08:00 to 02/03/2026 09:00"],
        ),
    ],
)
def test_flag__what_the_rule_saw__is_told_drawn_and_noted_of_each_response(
    reader: PageClient,
    database: Database,
    rule: int,
    seen: list[dict[str, object]],
    sentence: str,
    chart: list[tuple[str, list[str]]],
    notes: list[str],
) -> None:
    flag(database, rule, *seen)
    case = f"flag.{rule}.commune.01"
    page = told(reader, case)
    assert sentence in page
    assert drawn(reader, case) == chart
    for note in notes:
        assert f"· {note}" in page


def test_flag__outside_hours__is_drawn_along_the_day_with_the_hours_of_the_counter(
    reader: PageClient, database: Database
) -> None:
    flag(database, 23, {"time": "18:00"}, {"time": "06:00"})
    page = told(reader, "flag.23.commune.01")
    assert "The earliest answer was given at 06:00, the latest at 18:00." in page
    assert "The counter is open from 07:30 to 16:30." in page
    assert "Grey: the counter is open." in page
    tree = parsed(reader.get(f"{REVIEW}?case=flag.23.commune.01"))
    strokes = tree.findall(".//figure[@class='evidence']/{*}svg/{*}line[@class='stroke']")
    assert [each.get("x1") for each in strokes] == ["25.0%", "75.0%"]


def test_flag__outside_hours_that_are_not_known__has_strokes_alone(
    reader: PageClient, database: Database
) -> None:
    flag(database, 23, {"time": "18:00"})
    with database.writing() as connection:
        connection.execute(update(Counter).values(opens=None, closes=None))
    page = told(reader, "flag.23.commune.01")
    assert "the latest at 18:00." in page
    assert "The counter is open" not in page


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (1, "{}"),
        (1, "no json"),
        (3, '{"answers": null, "seconds": "soon"}'),
        (23, '{"time": "late"}'),
        (26, '{"earliest": "2026-03-02", "latest": "2026-03-02"}'),
        (27, "{}"),
        (99, '{"letters": 3}'),
    ],
)
def test_flag__nothing_that_this_version_knows__tells_only_the_rule(
    reader: PageClient, database: Database, rule: int, seen: str
) -> None:
    flag(database, rule, seen)
    assert drawn(reader, f"flag.{rule}.commune.01") == []
    assert "Xã Mẫu: 1 response" in told(reader, f"flag.{rule}.commune.01")


def finding(indicator: str, **given: Any) -> Finding:
    plain = {
        "level": "unit", "kind": "commune", "code": "01", "name": "Xã Mẫu", "parent_code": "40", "n": 60,
        "value": 0.4, "expected": 0.1, "q": 0.0004, "rate": 0.8, "rate_without": 0.7, "responses": (1, 2),
    }  # fmt: skip
    return Finding(indicator=indicator, **(plain | given))


@pytest.mark.parametrize(
    ("found", "words", "chart"),
    [
        (
            finding("in_a_row"),
            "Found 40.0%, where what is usual makes us expect 10.0%; from 60 responses. Of signs as strong "
            "as this, over all that was looked at, at most 1 in 1,000 is expected to come from chance alone.",
            [("Found: 40.0%; Expected: 10.0%", ["100.0%", "25.0%"])],
        ),
        (
            finding("presses", value=20.0, expected=5.0, q=None),
            "Found 20, where at most 5 can be; from 60 responses. Chance does not explain this.",
            [("Found: 20; At most: 5", ["100.0%", "25.0%"])],
        ),
        (finding("best_run", value=20.0, expected=None), "Found 20, from 60 responses.", []),
        (
            finding("speed", value=1.5, expected=6.0, q=0.00001),
            "at most 1 in 10,000 is expected to come from chance alone.",
            [("Found: 1.5 seconds; Expected: 6.0 seconds", ["25.0%", "100.0%"])],
        ),
    ],
)
def test_finding__what_was_found__is_told_and_drawn_beside_what_is_usual(
    reader: PageClient,
    database: Database,
    clock: Clock,
    found: Finding,
    words: str,
    chart: list[tuple[str, list[str]]],
) -> None:
    number = make_snapshot(database, SETTINGS, "2026-H1", clock())
    with database.writing() as connection:
        add_file(connection, number, FOUND, msgspec.json.encode([found]))
    case = f"finding.{found.indicator}.commune.01"
    assert words in told(reader, case)
    assert drawn(reader, case) == chart


def test_finding__no_value__tells_nothing() -> None:
    case = Case("finding", "fast", "commune", "01", "Xã", "40", 9, None, None, None, None, ())
    assert of_finding(case).sentences == ()


def test_bars__nothing_on_both_sides__are_none() -> None:
    assert bars("a", 0.0, "b", 0.0) == ()
    assert [bar.width for bar in bars("a", 0.0, "b", 2.0)] == [0.0, 100.0]


def test_day__hours__stand_in_percent_of_the_day() -> None:
    day = day_of([time(12, 0)], time(6, 0), time(18, 0))
    assert (day.strokes, day.open_from, day.open_for) == ((50.0,), 25.0, 50.0)
