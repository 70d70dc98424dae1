import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey_app.cli import main
from survey_app.config import create_keys
from survey_app.store.engine import Database
from tests.evaluate.raw.exports import Stored, add_account

REASON = "Kiểm tra phương pháp"


@pytest.fixture
def instance(database_url: str, stored: Stored, tmp_path: Path) -> Path:
    create_keys(tmp_path)
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n')
    (tmp_path / "out").mkdir()
    return tmp_path


def run(instance: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--instance", str(instance), "export", "responses", *arguments])


def test_export__officers_named__file_and_manifest(instance: Path) -> None:
    file = instance / "out" / "h1.parquet"
    named = ("--with-officers", "--reason", REASON, "--login", "ThongKe")
    result = run(instance, "2026-H1", "--out", str(file), "--format", "parquet", *named)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("6 responses; ")
    made = json.loads((instance / "out" / "h1.parquet.manifest.json").read_bytes())
    assert (made["made_by"], made["officers"]["reason"]) == ("thongke", REASON)
    assert sorted(path.name for path in (instance / "out").iterdir()) == [
        "h1.parquet",
        "h1.parquet.manifest.json",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("2026-H3",), 1, "not a period"),
        (("2026-H1", "--unit", "99"), 1, "99"),
        (("2026-H1", "--login", "nobody"), 1, "no such account"),
        (("2026-H1", "--with-officers", "--reason", REASON, "--login", "khac"), 1, "statistician"),
        (("2026-H1", "--with-officers", "--reason", REASON), 2, "--login"),
        (("2026-H1", "--reason", REASON), 2, "--with-officers"),
        (("2026-H1", "--format", "ods"), 2, "ods"),
    ],
)
def test_export__wrong_input__says_so_and_writes_nothing(
    instance: Path, database: Database, arguments: tuple[str, ...], code: int, words: str
) -> None:
    add_account(database, "khac", role="inspector")
    result = run(instance, *arguments, "--out", str(instance / "out" / "h1.csv"))
    assert (result.exit_code, words in result.output) == (code, True), result.output
    assert list((instance / "out").iterdir()) == []
