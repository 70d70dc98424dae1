from __future__ import annotations

import json

import pytest
from flask import Flask

from survey_app.access import audit
from survey_app.store.engine import Database
from tests.evaluate.closed import filled
from tests.evaluate.desks import keep_desk, months, office, somebody
from tests.pages import Clock, PageClient, parsed


@pytest.fixture
def desk(app: Flask, database: Database, clock: Clock) -> PageClient:
    filled(database, days=1)
    keep_desk(database, office(), trend=months("01"))
    client = somebody(app, database, clock, "inspector")
    client.get("/evaluations?lang=en")
    return client


def words(client: PageClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(" ".join(parsed(answer).find("body").itertext()).split())


def looks(database: Database) -> list[dict[str, object]]:
    with database.reading() as connection:
        return [json.loads(each.details) for each in audit.entries(connection, action="officer.looked")]


def test_unit_page__figures__are_said_in_words(desk: PageClient) -> None:
    text = words(desk, "/evaluations/2026-H1/units/01")
    for told in (
        "84.0% 95% uncertainty interval: 80.0 – 88.0, from 400 responses",
        "Xã Mẫu 01: 84.0% of answers were satisfied or very satisfied (95% uncertainty interval 80.0% to "
        "88.0%; 400 answers).",
        "Satisfaction band: High (moderate certainty).",
        "400 of 2,960 visits answered (13.5%)",
        "27 responses are flagged. Without them the rate is 82.0%; with them, 84.0%.",
        "If all who did not answer were dissatisfied the rate is 11.7%; if all were satisfied, 97.8%.",
        "Compared with the rest of its group: cannot be told apart.",
        "Compared with the second half of 2025, no clear difference: +4.8 points, interval −0.6 to +10.2.",
        "Question by question: lowest is",
        "hidden (small number)",
    ):
        assert told in text


def test_unit_page__charts__have_a_label_and_their_numbers_behind_them(desk: PageClient) -> None:
    tree = parsed(desk.get("/evaluations/2026-H1/units/01"))
    drawn = tree.findall(".//{*}svg[@role='img']")
    assert drawn
    assert all(each.get("aria-label") for each in drawn)
    months_shown = [each.text for each in tree.findall(".//details//tbody/tr/th") if each.text]
    assert months_shown[:6] == [f"2026-0{n}" for n in range(1, 7)]
    bars = tree.find(".//{*}svg[@class='spread']").get("aria-label")
    assert bars.startswith("Very dissatisfied: 2.0%; Dissatisfied: 3.0%")


def test_unit_page__officers__shown_when_asked_for_and_the_look_is_recorded(
    desk: PageClient, database: Database
) -> None:
    assert "Cán bộ Mẫu 01" not in "".join(
        parsed(desk.get("/evaluations/2026-H1/units/01")).find(".//main").itertext()
    )
    assert looks(database) == []
    text = words(desk, "/evaluations/2026-H1/units/01?officers=1")
    assert "Cán bộ Mẫu 01 84.0 80.0 – 88.0" in text
    assert "Cán bộ Mẫu 02 hidden (small number)" in text
    assert looks(database) == [{"officers": 2, "period": "2026-H1", "unit": "01"}]


def test_unit_page__deciding_role_without_figures__falls_back_to_serving(desk: PageClient) -> None:
    assert "Xã Mẫu 01" in words(desk, "/evaluations/2026-H1/units/01?role=deciding")
    assert "Xã Mẫu 01" in words(desk, "/evaluations/2026-H1/units/01?role=both")


@pytest.mark.parametrize("path", ["2026-H1/units/99", "2026-H1/units/01-1", "2025-H2/units/01", "x/units/01"])
def test_unit_page__unit_that_is_not_there__not_found(desk: PageClient, path: str) -> None:
    assert desk.get(f"/evaluations/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("units/01", 200),
        ("units/02", 404),
        ("units/40", 404),
        ("officers/C1", 200),
        ("summary.csv?unit=01", 200),
        ("summary.csv?unit=02", 404),
        ("summary.csv", 404),
        ("answers.csv", 404),
        ("package.zip?unit=40", 404),
        ("summary.pdf", 404),
    ],
)
def test_pages__for_somebody_of_one_unit__others_are_not_found(
    app: Flask, database: Database, clock: Clock, path: str, status: int
) -> None:
    filled(database, days=1)
    keep_desk(database, office())
    client = somebody(app, database, clock, "auditor", "01")
    assert client.get(f"/evaluations/2026-H1/{path}").status_code == status


def test_officer_page__rates_and_verdict__never_a_band_or_rank(desk: PageClient, database: Database) -> None:
    text = words(desk, "/evaluations/2026-H1/officers/C1")
    for told in (
        "84.0% 95% uncertainty interval: 80.0 – 88.0, from 400 responses",
        "Against the peer group cannot be told apart",
        "Not compared with the second half of 2025: no earlier period.",
        "Officer's attitude",
        "This look is recorded.",
    ):
        assert told in text
    assert "rank 3" not in text
    assert "High" not in text
    assert looks(database) == [{"officer": "C1", "period": "2026-H1"}]


def test_officer_page__hidden_figures__says_why_and_records_the_look(
    desk: PageClient, database: Database
) -> None:
    text = words(desk, "/evaluations/2026-H1/officers/C2")
    assert "hidden (small number)" in text
    assert "fewer than 10 responses, or together with others would reveal such a result" in text
    assert len(looks(database)) == 1


def test_officer_page__officer_of_another_unit__not_found_and_not_recorded(
    app: Flask, database: Database, clock: Clock
) -> None:
    filled(database, days=1)
    keep_desk(database, office())
    client = somebody(app, database, clock, "inspector", "S1")
    assert client.get("/evaluations/2026-H1/officers/C1").status_code == 404
    assert client.get("/evaluations/2026-H1/officers/C9").status_code == 404
    assert looks(database) == []
