from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from survey_app.access.audit import entries
from survey_app.commands import accounts, work
from survey_app.commands.office import Office
from survey_app.store.engine import Database


@pytest.fixture
def office(tmp_path: Path, database: Database, database_url: str) -> Iterator[Office]:
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n', encoding="utf-8")
    made = Office(tmp_path)
    yield made
    made.database.engine.dispose()


def run(office: Office, command: click.Command, *words: str) -> Result:
    return CliRunner().invoke(command, words, obj=office)


def test_accounts_are_added_reset_and_disabled(office: Office) -> None:
    added = run(office, accounts.commands, "add", "KiemTra01", "--name", "Cán bộ Mẫu 01")
    assert added.exit_code == 0
    assert added.stdout.startswith("kiemtra01: one-time password ")
    again = run(office, accounts.commands, "add", "kiemtra01", "--name", "Cán bộ Mẫu 01")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "exists already" in again.stderr
    assert run(office, accounts.commands, "reset", "kiemtra01").exit_code == 0
    assert run(office, accounts.commands, "disable", "kiemtra01").stdout == "kiemtra01: disabled\n"
    assert run(office, accounts.commands, "disable", "kiemtra02").exit_code == 1
    assert run(office, accounts.commands, "add", "kiemtra02").exit_code == 2
    assert run(office, accounts.commands, "grant", "kiemtra01", "--role", "king").exit_code == 2


def test_accounts_are_granted_roles_and_listed_and_all_of_it_is_recorded(office: Office) -> None:
    added = run(office, accounts.commands, "add", "a01", "--name", "Cán bộ Mẫu 01", "--email", "A@b.example")
    assert added.exit_code == 0
    granted = run(office, accounts.commands, "grant", "a01", "--role", "auditor")
    assert granted.stdout == "a01: auditor granted\n"
    listed = run(office, accounts.commands, "list").stdout
    assert listed == "a01  Cán bộ Mẫu 01  a@b.example  inspector, auditor  password alone\n"
    assert run(office, accounts.commands, "grant", "a01", "--role", "auditor").exit_code == 1
    assert run(office, accounts.commands, "grant", "a01", "--role", "head", "--unit", "S9").exit_code == 1
    assert run(office, accounts.commands, "revoke", "a01", "--role", "inspector").exit_code == 0
    assert run(office, accounts.commands, "reset", "a01").exit_code == 0
    assert run(office, accounts.commands, "disable", "a01").exit_code == 0
    assert run(office, accounts.commands, "list").stdout.endswith("  auditor  disabled\n")
    with office.database.reading() as connection:
        actions = [row.action for row in entries(connection)]
    assert actions == [f"account.{done}" for done in ("added", "granted", "revoked", "reset", "disabled")]


def test_account__address_set_changed_and_emptied__is_listed_and_recorded_without_it(office: Office) -> None:
    run(office, accounts.commands, "add", "a01", "--name", "Cán bộ Mẫu 01")
    changed = run(office, accounts.commands, "email", "A01", "A@b.example")
    assert (changed.exit_code, changed.stdout) == (0, "a01: mail address changed\n")
    assert "  a@b.example  " in run(office, accounts.commands, "list").stdout
    assert run(office, accounts.commands, "email", "a01", "--none").stdout == "a01: no mail address\n"
    assert "@" not in run(office, accounts.commands, "list").stdout
    refused = run(office, accounts.commands, "email", "a01", "nowhere")
    assert (refused.exit_code, "is no address" in refused.stderr) == (1, True)
    for words in ((), (" ",), ("a@b.example", "--none")):
        assert run(office, accounts.commands, "email", "a01", *words).exit_code == 2
    with office.database.reading() as connection:
        noted = [(row.action, row.details) for row in entries(connection)][1:]
    assert noted == [("account.email", '{"login":"a01"}')] * 2


def test_snapshot_of_no_period_is_a_fault(office: Office) -> None:
    done = run(office, work.snapshot_command, "2026-H3")
    assert done.exit_code == 1
    assert "not a period" in done.stderr
