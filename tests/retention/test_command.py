from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, insert, select

from survey_app.access.audit import entries
from survey_app.commands import retention
from survey_app.commands.office import Office
from survey_app.store.accounts import FailedSignIn
from survey_app.store.engine import Database


@pytest.fixture
def office(tmp_path: Path, database: Database, database_url: str) -> Iterator[Office]:
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n', encoding="utf-8")
    with database.writing() as connection:
        old = datetime.now(UTC) - timedelta(hours=2)
        connection.execute(insert(FailedSignIn).values(source=b"s" * 32, at=old))
    made = Office(tmp_path)
    yield made
    made.database.engine.dispose()


def run(office: Office, *words: str) -> Result:
    return CliRunner().invoke(retention.commands, ["run", *words], obj=office)


def left(database: Database) -> tuple[int, list[str]]:
    with database.reading() as connection:
        rows = connection.scalar(select(func.count()).select_from(FailedSignIn)) or 0
        return rows, [row.action for row in entries(connection)]


def test_dry_run__prints_what_how_many_from_when_and_why__erases_nothing(office: Office) -> None:
    done = run(office, "--dry-run")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["what", "rows", "from", "before", "why"]
    line = next(line for line in lines if line.startswith("failed sign-ins"))
    assert line.removeprefix("failed sign-ins").split()[0] == "1"
    assert line.endswith("kept an hour")
    assert left(office.database) == (1, [])


def test_run__prints_and_erases_and_records_once_a_run(office: Office) -> None:
    dry = run(office, "--dry-run").stdout.splitlines()
    done = run(office).stdout.splitlines()
    assert [line.split()[:3] for line in done[:-1]] == [line.split()[:3] for line in dry]
    assert done[-1] == "1 rows erased"
    assert run(office).stdout.splitlines()[-1] == "0 rows erased"
    assert left(office.database) == (0, ["retention.run", "retention.run"])
