import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.period import period
from survey_app.cli import main
from survey_app.collect.intake import record_response
from survey_app.config import create_keys
from survey_app.store.engine import Database
from tests.evaluate.test_reading import arrival
from tests.offices import small_office

H1 = period("2026-H1")
FORMATS = (
    "findings.csv",
    "summary.csv",
    "summary.json",
    "answers.csv",
    "summary.pdf",
    "summary.en.pdf",
    "summary.xlsx",
    "summary.en.xlsx",
    "summary.docx",
    "summary.en.docx",
    "manifest.json",
)


@pytest.fixture
def instance(database: Database, database_url: str, tmp_path: Path) -> Path:
    create_keys(tmp_path)
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n')
    with database.writing() as connection:
        office = small_office(connection)
        for number in range(120):
            code = str(number % 5 + 1)
            day = H1.first_day + timedelta(days=number)
            one = arrival(office, number, day, overall=code, officer_attitude=code)
            place = replace(
                one.place, officer_id=office.officers[number % 2], deciding_unit_id=office.department
            )
            record_response(connection, replace(one, place=place))
    return tmp_path


def run(instance: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--instance", str(instance), "evaluate", *arguments])


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8-sig"))))


def test_evaluate__twice__same_bytes_in_every_format(instance: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        result = run(instance, "2026-H1", "--out", str(tmp_path / folder))
        assert result.exit_code == 0, result.output
    for name in FORMATS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(FORMATS)


def test_evaluate__one_unit__same_rows_as_the_whole(instance: Path, tmp_path: Path) -> None:
    formats = ("--format", "csv", "--format", "json")
    run(instance, "2026-H1", "--out", str(tmp_path / "whole"), *formats)
    run(instance, "2026-H1", "--out", str(tmp_path / "part"), *formats, "--unit", "01")
    for name in ("summary.csv", "answers.csv"):
        whole, part = table(tmp_path / "whole", name), table(tmp_path / "part", name)
        assert part
        assert [row for row in whole if row in part] == part
    kinds = {row["kind"] for row in table(tmp_path / "part", "summary.csv")}
    assert kinds == {"commune", "counter", "officer"}
    summary = json.loads((tmp_path / "part" / "summary.json").read_text(encoding="utf-8"))
    assert {row["code"] for row in summary["rows"] if row["kind"] == "commune"} == {"01"}


@pytest.mark.parametrize(
    ("audience", "kinds"),
    [
        ("internal", {"province", "commune", "department", "counter", "officer"}),
        ("officer", {"officer"}),
        ("public", {"province", "commune", "department"}),
    ],
)
def test_evaluate__for_an_audience__rows_it_may_see(
    instance: Path, tmp_path: Path, audience: str, kinds: set[str]
) -> None:
    run(instance, "2026-H1", "--out", str(tmp_path / "out"), "--format", "csv", "--audience", audience)
    assert {row["kind"] for row in table(tmp_path / "out", "summary.csv")} == kinds


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("2026-H3", "--out", "out"), 1, "not a period"),
        (("2026-H1", "--out", "out", "--unit", "99"), 1, "99"),
        (("2026-H1",), 2, "--out"),
        (("2026-H1", "--out", "out", "--format", "xml"), 2, "xml"),
    ],
)
def test_evaluate__wrong_input__says_so_and_writes_nothing(
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(instance, *arguments)
    assert result.exit_code == code
    assert words in result.output
    assert not (tmp_path / "out").exists()


def test_evaluate__schema_behind__names_the_command(tmp_path: Path) -> None:
    result = run(tmp_path, "2026-H1", "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "survey db upgrade" in result.output


def test_evaluate__nothing_stored_yet__empty_files_in_every_format(database_url: str, tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n')
    for audience in ("internal", "public"):
        result = run(tmp_path, "2026-H1", "--out", str(tmp_path / audience), "--audience", audience)
        assert result.exit_code == 0, result.output
        assert result.output.startswith("0 responses")
        assert table(tmp_path / audience, "summary.csv") == []
        assert (tmp_path / audience / "summary.pdf").read_bytes().startswith(b"%PDF-")
