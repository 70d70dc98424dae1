"""Every kind of question on the page: asked, checked and told apart from what was skipped or refused."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import select

from survey_app.collect.releases import release
from survey_app.config import Settings
from survey_app.evaluate.evaluation import evaluate
from survey_app.evaluate.outputs import outputs
from survey_app.store.engine import Database
from survey_app.store.responses import Part
from tests.load.fuzz import all_kinds
from tests.offices import MONDAY_9, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        office = small_office(connection)
        release(connection, all_kinds(), MONDAY_9)
        return office


def visit(client: PageClient, office: SmallOffice) -> str:
    found: str = parsed(client.get(f"/q/{office.code}")).find(".//input[@name='visit']").get("value")
    return found


def test_form__each_kind__has_its_field_and_follow_ups_stand_behind_a_disclosure(
    client: PageClient, office: SmallOffice
) -> None:
    tree = parsed(client.get(f"/q/{office.code}?lang=en"))
    number = tree.find(".//input[@id='minutes-f']")
    assert (number.get("name"), number.get("inputmode"), number.get("value")) == ("minutes", "numeric", "")
    follow_ups = {each.find("fieldset").get("id"): each for each in tree.iter("details")}
    assert list(follow_ups) == ["reasons", "praise"]
    assert not any("open" in each.attrib for each in follow_ups.values())
    assert follow_ups["reasons"].findtext("summary") == "If dissatisfied: why?"
    assert follow_ups["praise"].findtext("summary") == "What was best?"
    assert (follow_ups["praise"].get("data-of"), follow_ups["praise"].get("data-is")) == ("overall", "5")
    assert follow_ups["reasons"].get("data-of").split()[:2] == ["overall", "access"]
    assert {field.get("type") for field in follow_ups["reasons"].iter("input")} == {"checkbox"}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("vi", "600"),
        ("en", "Error: Please write a whole number from 1 to 600."),
    ],
)
def test_number__out_of_its_range__said_beside_the_field(
    client: PageClient, office: SmallOffice, language: str, message: str
) -> None:
    data = {"visit": visit(client, office), "overall": "4", "minutes": "601"}
    answer = client.post(f"/q/{office.code}?lang={language}", data=data)
    assert answer.status_code == 422
    field = parsed(answer).find(".//input[@id='minutes-f']")
    assert (field.get("value"), field.get("aria-invalid")) == ("601", "true")
    assert field.get("aria-describedby") == "minutes-e"
    assert message in parsed(answer).findtext(".//p[@id='minutes-e']")


def test_answers__of_every_kind__stored_by_code_and_without_what_was_not_asked(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    given = {
        "overall": "5",
        "access": "na",
        "trips": "2",
        "extra_payment": "refused",
        "minutes": "15",
        "praise": "people",
        "reasons": ["wait"],  # nobody is dissatisfied
    }
    client.post(f"/q/{office.code}", data={"visit": visit(client, office)} | given)
    with database.reading() as connection:
        document = json.loads(connection.execute(select(Part.answers)).scalar_one())
    assert document == {name: code for name, code in given.items() if name != "reasons"} | {"minutes": 15}


def test_skipped_not_applicable_and_refused__three_rows_of_the_table_of_answers(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    for given in (
        {"overall": "4", "access": "na", "extra_payment": "refused"},
        {"overall": "4", "access": "5", "extra_payment": "no"},
        {"overall": "4", "extra_payment": "no"},
        {"overall": "4"},
    ):
        client.post(f"/q/{office.code}", data={"visit": visit(client, office)} | given)
    settings = Settings(database_url="unused")
    files = outputs(evaluate(database, settings, "2026-H1"), settings, formats=("csv",))
    rows = csv.DictReader(io.StringIO(files["answers.csv"].decode("utf-8-sig")))
    counts = {
        (row["question"], row["choice"]): row["count"]
        for row in rows
        if (row["code"], row["role"]) == ("01", "serving")
    }
    ways = ("skipped", "not_applicable", "refused")
    assert [counts["access", way] for way in ways] == ["2", "1", "0"]
    assert [counts["extra_payment", way] for way in ways] == ["1", "0", "1"]
    assert counts["access", "5"] == "1"
