"""What commands and imports change is in the audit, and what they refuse is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey_app.access.audit import entries, verify
from survey_app.cli import main
from survey_app.config import create_keys
from survey_app.store.backup import back_up
from survey_app.store.engine import Database, open_database
from tests.offices import QUESTIONNAIRES

UNITS = (
    "code;name;kind;parent_code;valid_from\n40;Tỉnh Mẫu;province;;2020-01-01\nA;Xã An;commune;40;2020-01-01\n"
)
PLAN = 'source = "paper"\nquestionnaire = "counter-service"\nversion = 1\n'
Survey = Callable[..., Result]


@pytest.fixture
def survey(database: Database, database_url: str, tmp_path: Path) -> Survey:
    """Run `survey …` on an upgraded database."""
    create_keys(tmp_path)
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n')

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(main, ["--instance", str(tmp_path), *map(str, words)])

    return run


def told(database: Database) -> list[tuple[str, dict[str, Any]]]:
    with database.reading() as connection:
        assert verify(connection) is None
        return [(row.action, json.loads(row.details)) for row in entries(connection)]


def test_import__stored_or_refused__only_what_was_stored_is_recorded(
    survey: Survey, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    file.write_text(UNITS.replace("2020-01-01\n", "2020-02-30\n"), encoding="utf-8")
    assert survey("import", "units", file).exit_code == 1
    assert told(database) == []
    file.write_text(UNITS, encoding="utf-8")
    assert survey("import", "units", file).exit_code == 0
    stored = {"file": "units.csv", "rows": 2, "new": 2, "changed": 0}
    assert told(database) == [("units.imported", stored)]


def test_import_responses__stored__recorded_with_the_digest_of_the_file(
    survey: Survey, database: Database, tmp_path: Path
) -> None:
    units, answers, plan = (tmp_path / name for name in ("units.csv", "answers.csv", "map.toml"))
    units.write_text(UNITS, encoding="utf-8")
    survey("import", "units", units)
    survey("questionnaire", "release", QUESTIONNAIRES / "counter-service.v1.toml")
    answers.write_text("answered_at,unit_code,overall\n2025-07-01,A,5\n2025-07-01,A,4\n", encoding="utf-8")
    plan.write_text(PLAN, encoding="utf-8")
    done = survey("import", "responses", answers, "--map", plan)
    assert done.exit_code == 0, done.output
    action, details = told(database)[-1]
    assert action == "responses.imported"
    assert len(details.pop("digest")) == 64
    expected = {"file": "answers.csv", "source": "paper", "rows": 2, "stored": 2, "unmapped": 0}
    assert details == expected


def test_questionnaire__released_twice_and_retired__recorded_once_each(
    survey: Survey, database: Database
) -> None:
    file = QUESTIONNAIRES / "counter-service.v1.toml"
    for words in (("release", file), ("release", file), ("retire", "counter-service.v1")):
        assert survey("questionnaire", *words).exit_code == 0
    assert survey("questionnaire", "retire", "counter-service.v1").exit_code == 1
    assert [(action, details["name"]) for action, details in told(database)] == [
        ("questionnaire.released", "counter-service.v1"),
        ("questionnaire.retired", "counter-service.v1"),
    ]


def test_keys__rotated__recorded(survey: Survey, database: Database) -> None:
    assert survey("keys", "rotate").exit_code == 0
    assert told(database) == [("keys.rotated", {})]


def test_figures__made_and_exported__recorded(survey: Survey, database: Database, tmp_path: Path) -> None:
    assert survey("snapshot", "2026-H1").exit_code == 0
    out = tmp_path / "out"
    assert (
        survey("evaluate", "2026-H1", "--out", out, "--format", "csv", "--audience", "public").exit_code == 0
    )
    made, exported = told(database)
    assert made == ("snapshot.made", {"period": "2026-H1", "evaluation": 1})
    action, details = exported
    assert (action, details["audience"], details["unit"]) == ("evaluation.exported", "public", None)
    assert details["files"].split(", ") == sorted(path.name for path in out.iterdir())


def test_restore__filled__recorded_after_what_the_backup_holds(
    survey: Survey, database: Database, tmp_path: Path
) -> None:
    survey("keys", "rotate")
    back_up(database, tmp_path / "backup.sqlite3")
    other = tmp_path / "other"
    done = CliRunner().invoke(
        main, ["--instance", str(other), "db", "restore", str(tmp_path / "backup.sqlite3")]
    )
    assert done.exit_code == 0, done.output
    restored = open_database(f"sqlite:///{other / 'survey.sqlite3'}")
    actions = told(restored)
    restored.engine.dispose()
    assert actions == [("keys.rotated", {}), ("db.restored", {"file": "backup.sqlite3", "rows": 1})]
