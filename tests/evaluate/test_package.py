from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey_app.cli import main
from survey_app.config import create_keys
from survey_app.evaluate.lifecycle import StepFault
from survey_app.evaluate.package import Wanted, make_package, member, verify_package
from survey_app.evaluate.snapshots import make_snapshot, read_file
from survey_app.store.engine import Database
from tests.evaluate.closed import SETTINGS, add, closed, filled

NOW = datetime(2026, 6, 16, 2, tzinfo=UTC)


def made(database: Database, instance: Path, **wanted: str) -> bytes:
    asked = Wanted("2026-H1", **wanted)
    number = make_package(database, SETTINGS, instance, asked)
    with database.reading() as connection:
        content = read_file(connection, number, asked.name)
    assert content is not None
    return content


def manifest(package: bytes) -> dict[str, object]:
    return dict(json.loads(member(package, "manifest.json") or b"{}"))


def altered(package: bytes, name: str, content: bytes | None) -> bytes:
    """Change, add or (None) leave out one file of a package."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        if content is not None:
            new.writestr(name, content)
    return file.getvalue()


def test_package__open_period__figures_of_the_snapshot_though_more_arrived(
    database: Database, tmp_path: Path
) -> None:
    office = filled(database)
    create_keys(tmp_path)
    number = make_snapshot(database, SETTINGS, "2026-H1", NOW)
    with database.writing() as connection:
        add(connection, office, "late", 2, 3, date(2026, 4, 1))
    package = made(database, tmp_path)
    with database.reading() as connection:
        assert member(package, "summary.json") == read_file(connection, number, "summary.json")
    assert {"summary.csv", "answers.csv", "summary.pdf", "summary.en.pdf", "README.txt"} <= set(
        zipfile.ZipFile(io.BytesIO(package)).namelist()
    )
    assert manifest(package)["revision"] is None
    assert verify_package(tmp_path, package) == []


def test_package__closed_period__same_bytes_again_and_names_its_revision(
    database: Database, tmp_path: Path
) -> None:
    filled(database)
    closed(database, tmp_path)
    package = made(database, tmp_path)
    assert made(database, tmp_path) == package
    assert (manifest(package)["revision"], manifest(package)["reason"]) == (0, "first closing")
    assert verify_package(tmp_path, package) == []


def test_package__unit_and_head__its_rows_and_no_findings(database: Database, tmp_path: Path) -> None:
    filled(database)
    closed(database, tmp_path)
    package = made(database, tmp_path, unit="01", audience="head")
    rows = json.loads(member(package, "summary.json") or b"")["rows"]
    assert {row["code"] for row in rows if row["kind"] == "commune"} == {"01"}
    assert not any(row["code"] in ("40", "S1") for row in rows)
    assert member(package, "findings.csv") is None
    assert manifest(package)["audience"] == "head"


def test_package__no_snapshot_or_open_for_a_head_or_unknown_unit__refused(
    database: Database, tmp_path: Path
) -> None:
    filled(database, days=3)
    create_keys(tmp_path)
    with pytest.raises(StepFault, match="has no snapshot"):
        made(database, tmp_path)
    make_snapshot(database, SETTINGS, "2026-H1", NOW)
    with pytest.raises(StepFault, match="is open"):
        made(database, tmp_path, unit="01", audience="head")
    with pytest.raises(ValueError, match="not among the figures"):
        made(database, tmp_path, unit="99")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("answers.csv", b"other", "answers.csv: is not the file that was signed"),
        ("answers.csv", None, "answers.csv: is missing"),
        ("more.txt", b"more", "more.txt: is not in the manifest"),
    ],
)
def test_verify_package__one_file_changed_missing_or_added__named(
    database: Database, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    assert verify_package(tmp_path, altered(made(database, tmp_path), name, content)) == [message]


def test_verify_package__changed_manifest_and_other_file(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    package = made(database, tmp_path)
    text = (member(package, "manifest.json") or b"").replace(b"first closing", b"other closing")
    (wrong,) = verify_package(tmp_path, altered(package, "manifest.json", text))
    assert wrong.startswith("manifest.json: the signature of key")
    with pytest.raises(StepFault, match="is no package of ours"):
        verify_package(tmp_path, b"PK no zip")


def test_command__verify_package__exit_code_tells(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(made(database, tmp_path))
    bad.write_bytes(altered(good.read_bytes(), "summary.csv", b""))

    def run(file: Path) -> tuple[int, str]:
        result = CliRunner().invoke(
            main, ["--instance", str(tmp_path), "period", "verify", "--package", str(file)]
        )
        return result.exit_code, result.output

    assert run(good) == (0, f"{good}: is as it was signed\n")
    assert run(bad) == (1, f"{bad}: summary.csv: is not the file that was signed\n")
