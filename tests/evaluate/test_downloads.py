from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from analysis.report.tables import summary_csv, summary_json
from analysis.summary import COLUMNS
from survey_app.store.engine import Database
from tests.pages import PageClient
from tests.provinces import keep, province


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep(database, province(), datetime(2026, 6, 14, 19, 0, tzinfo=UTC))
    return inspector


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_whole_files_are_those_that_were_made(desk: PageClient) -> None:
    for name, content, kind in (
        ("summary.csv", summary_csv(province()), "text/csv"),
        ("summary.json", summary_json(province()), "application/json"),
        ("summary.pdf", b"%PDF vi", "application/pdf"),
        ("summary.pdf?lang=en", b"%PDF en", "application/pdf"),
    ):
        answer = desk.get(f"/evaluations/2026-H1/{name}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.data == content
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="2026-H1-summary')


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


@pytest.mark.parametrize(
    "name",
    [
        "2026-H1/summary.csv?unit=X999",
        "2026-H1/summary.json?unit=X001-1",
        "2026-H1/summary.pdf?unit=X001",
        "2026-H1/summary.docx",
        "2025-H2/summary.csv",
        "nonsense/answers.csv",
    ],
)
def test_file_that_was_not_made_is_not_found(desk: PageClient, name: str) -> None:
    assert desk.get(f"/evaluations/{name}").status_code == 404
