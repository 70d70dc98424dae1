from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from sqlalchemy import select, update

from analysis.report.tables import summary_csv, summary_json
from analysis.summary import COLUMNS
from survey_app.access import audit
from survey_app.evaluate.package import PACKAGE, Wanted, make_package, member
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from tests.evaluate.closed import SETTINGS, filled
from tests.evaluate.desks import keep_desk, somebody
from tests.pages import NOW, Clock, PageClient, parsed
from tests.provinces import province


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep_desk(database, province())
    return inspector


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def asked(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [
            (job.argument, job.state)
            for job in connection.execute(select(Job.argument, Job.state).where(Job.kind == PACKAGE))
        ]


def test_tables_are_those_of_the_snapshot_and_each_download_is_recorded(
    desk: PageClient, database: Database
) -> None:
    for name, content, kind in (
        ("summary.csv", summary_csv(province()), "text/csv"),
        ("summary.json", summary_json(province()), "application/json"),
    ):
        answer = desk.get(f"/evaluations/2026-H1/{name}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.data == content
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="2026-H1-{name}"'
    with database.reading() as connection:
        entries = [json.loads(each.details) for each in audit.entries(connection, action="file.downloaded")]
    assert [(each["file"], each["period"], each["unit"]) for each in entries] == [
        ("summary.csv", "2026-H1", None),
        ("summary.json", "2026-H1", None),
    ]


def test_files_of_a_unit_hold_it_and_what_is_below(desk: PageClient) -> None:
    rows = table(desk.get("/evaluations/2026-H1/summary.csv?unit=X001").data)
    assert tuple(rows[0]) == COLUMNS
    code, kind = rows[0].index("code"), rows[0].index("kind")
    assert [(row[kind], row[code]) for row in rows[1:]] == [
        ("commune", "X001"),
        *(("counter", f"X001-{n}") for n in range(1, 5)),
        ("officer", "CB01"),
    ]
    data = json.loads(desk.get("/evaluations/2026-H1/summary.json?unit=X001").data)
    assert data["head"]["demo"] is True
    assert [row["code"] for row in data["rows"]] == [row[code] for row in rows[1:]]


def test_answers_of_a_unit_keep_their_header(desk: PageClient) -> None:
    everything = table(desk.get("/evaluations/2026-H1/answers.csv").data)
    one = table(desk.get("/evaluations/2026-H1/answers.csv?unit=X002").data)
    none = table(desk.get("/evaluations/2026-H1/answers.csv?unit=X003").data)
    assert (len(everything), len(one), len(none)) == (11, 6, 1)
    assert everything[0] == one[0] == none[0]


def test_document_that_was_not_made_is_asked_for_once_and_a_page_says_so(
    desk: PageClient, database: Database
) -> None:
    for path in ("summary.pdf?unit=X001", "summary.xlsx?unit=X001&lang=en", "package.zip?unit=X001"):
        answer = desk.get(f"/evaluations/2026-H1/{path}")
        assert answer.status_code == 202
        assert parsed(answer).findtext(".//h1")
        wait, _, address = answer.headers["Refresh"].partition("; url=")
        assert (wait.isdigit(), "wait=1" in address) == (True, True)
    wanted = msgspec.json.encode(Wanted("2026-H1", "X001")).decode()
    assert asked(database) == [(wanted, "waiting")]


def test_document_whose_making_failed_can_be_asked_for_again(desk: PageClient, database: Database) -> None:
    desk.get("/evaluations/2026-H1/package.zip")
    with database.writing() as connection:
        connection.execute(update(Job).values(state="failed", error="ValueError: x"))
    answer = desk.get("/evaluations/2026-H1/package.zip?wait=1")
    assert (answer.status_code, "Refresh" in answer.headers) == (503, False)
    token = parsed(answer).find(".//main//input[@name='csrf_token']").get("value")
    again = desk.post("/evaluations/2026-H1/package", data={"csrf_token": token})
    assert (again.status_code, again.location) == (303, "/evaluations/2026-H1/package.zip")
    assert [state for _, state in asked(database)] == ["failed", "waiting"]


def test_documents_come_out_of_the_package_and_are_recorded(
    app: Flask, database: Database, clock: Clock, tmp_path: Path
) -> None:
    filled(database)
    inspector = somebody(app, database, clock, "inspector")
    make_snapshot(database, SETTINGS, "2026-H1", NOW)
    make_package(database, SETTINGS, tmp_path, Wanted("2026-H1", "01"))
    package = inspector.get("/evaluations/2026-H1/package.zip?unit=01").data
    for path, name in (
        ("summary.pdf?unit=01", "summary.pdf"),
        ("summary.pdf?unit=01&lang=en", "summary.en.pdf"),
        ("summary.csv?unit=01", None),
    ):
        answer = inspector.get(f"/evaluations/2026-H1/{path}")
        assert answer.status_code == 200
        assert name is None or answer.data == member(package, name)
    ready = inspector.get("/evaluations/2026-H1/summary.pdf?unit=01&lang=en&wait=1&label=x")
    assert ready.mimetype == "text/html"
    assert parsed(ready).findall(".//a[@href='/evaluations/2026-H1/summary.pdf?unit=01&lang=en']")
    with database.reading() as connection:
        files = [
            json.loads(each.details)["file"] for each in audit.entries(connection, action="file.downloaded")
        ]
    assert files == ["package.zip", "summary.pdf", "summary.en.pdf", "summary.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "2026-H1/summary.csv?unit=X999",
        "2026-H1/summary.json?unit=X001-1",
        "2026-H1/summary.pdf?unit=X999",
        "2026-H1/summary.txt",
        "2026-H1/weighted.csv",
        "2025-H2/summary.csv",
        "2025-H2/package.zip",
        "nonsense/answers.csv",
    ],
)
def test_file_that_was_not_made_is_not_found(desk: PageClient, name: str, database: Database) -> None:
    assert desk.get(f"/evaluations/{name}").status_code == 404
    assert asked(database) == []
