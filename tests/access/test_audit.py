from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from survey_app.access.audit import BEGINNING, ERASED, Broken, entries, erase, head, record, verify
from survey_app.commands import audit
from survey_app.commands.office import Office
from survey_app.store.accounts import Account, AuditEntry
from survey_app.store.backup import back_up, restore
from survey_app.store.engine import Database, open_database
from tests.pages import NOW


@pytest.fixture
def office(tmp_path: Path, database: Database, database_url: str) -> Iterator[Office]:
    (tmp_path / "config.toml").write_text(f'database_url = "{database_url}"\n', encoding="utf-8")
    made = Office(tmp_path)
    yield made
    made.database.engine.dispose()


def run(office: Office, *words: str) -> Result:
    command: click.Command = audit.commands
    return CliRunner().invoke(command, words, obj=office)


def recorded(database: Database, count: int = 6) -> str:
    """Append entries, a minute apart; give the head after them."""
    with database.writing() as connection:
        for number in range(count):
            record(
                connection, "unit.imported", NOW + timedelta(minutes=number), file=f"xã {number}.csv", rows=3
            )
        return head(connection)


def broken(database: Database, noted: str | None = None) -> Broken | None:
    with database.reading() as connection:
        return verify(connection, noted)


def tampered(database: Database, *statements: str) -> None:
    """Write into the audit as somebody does who owns the database."""
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_unchanged"))
            connection.execute(text("DROP TRIGGER audit_entry_kept"))
        for statement in statements:
            connection.execute(text(statement))


def test_chain__nothing_recorded__whole_with_the_beginning_as_head(database: Database) -> None:
    assert broken(database, BEGINNING.hex()) is None
    assert broken(database, "00ff") == Broken(0, "head")


def list_actions(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row.action for row in entries(connection)]


def test_chain__recorded__whole_and_holds_every_head(database: Database) -> None:
    with database.writing() as connection:
        person = {"login": "kiemtra01", "name": "Cán bộ Mẫu 01", "session_stamp": "0", "created_at": NOW}
        account = connection.execute(insert(Account).values(person).returning(Account.id)).scalar_one()
        record(connection, "period.closed", NOW, account, period="2026-H1", revision=0, first=True, note=None)
        first = head(connection)
    last = recorded(database)
    assert broken(database) is None
    assert broken(database, first) is None
    assert broken(database, last.upper() + "\n") is None
    with database.reading() as connection:
        shown = [(row.id, row.login, row.action, row.details) for row in entries(connection, action="period")]
    details = '{"first":true,"note":null,"period":"2026-H1","revision":0}'
    assert shown == [(1, "kiemtra01", "period.closed", details)]


def test_record__transaction_undone__leaves_neither_entry_nor_gap(database: Database) -> None:
    def undone() -> None:
        with database.writing() as connection:
            record(connection, "unit.imported", NOW)
            raise RuntimeError("stop")

    recorded(database, 1)
    with pytest.raises(RuntimeError, match="stop"):
        undone()
    recorded(database, 1)
    with database.reading() as connection:
        assert connection.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all() == [1, 2]
    assert broken(database) is None


def test_record__many_threads__one_chain(database: Database) -> None:
    def write(number: int) -> None:
        for step in range(5):
            with database.writing() as connection:
                record(connection, "unit.imported", NOW, thread=number, step=step)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert [row.id for row in entries(connection)] == list(range(1, 81))
    assert broken(database) is None


SWAP = """
    UPDATE audit_entry SET id = -{0} WHERE id = {0};
    UPDATE audit_entry SET id = {0} WHERE id = {1};
    UPDATE audit_entry SET id = {1} WHERE id = -{0}
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_entry SET details = '{}' WHERE id = 3", Broken(3, "changed")),
        ("UPDATE audit_entry SET action = 'unit.seen' WHERE id = 1", Broken(1, "changed")),
        ("UPDATE audit_entry SET at = (SELECT at FROM audit_entry WHERE id = 5) WHERE id = 6",
         Broken(6, "changed")),
        ("UPDATE audit_entry SET hash = (SELECT hash FROM audit_entry WHERE id = 5) WHERE id = 4",
         Broken(4, "changed")),
        ("DELETE FROM audit_entry WHERE id = 4", Broken(4, "missing")),
        ("DELETE FROM audit_entry WHERE id = 1", Broken(1, "missing")),
        (SWAP.format(3, 4), Broken(3, "reordered")),
        (SWAP.format(2, 5), Broken(2, "reordered")),
        (SWAP.format(5, 6), Broken(5, "reordered")),
    ],
)  # fmt: skip
def test_verify__entry_tampered_with__is_named(database: Database, change: str, told: Broken) -> None:
    recorded(database)
    tampered(database, *change.split(";"))
    assert broken(database) == told


def shifted(after: int) -> list[str]:
    return [f"UPDATE audit_entry SET id = id + 1 WHERE id = {number}" for number in range(6, after - 1, -1)]


def test_verify__entry_put_in__is_named(database: Database) -> None:
    recorded(database)
    copied = (
        "INSERT INTO audit_entry (id, at, action, details, hash) "
        "SELECT 3, at, action, details, hash FROM audit_entry WHERE id = 2"
    )
    tampered(database, *shifted(3), copied)
    assert broken(database) == Broken(3, "inserted")


def test_verify__entry_put_in_with_a_fitting_hash__is_named(database: Database) -> None:
    recorded(database)
    with database.reading() as connection:
        kept = connection.execute(select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.id > 2)).all()
    tampered(database, "DELETE FROM audit_entry WHERE id > 2")
    with database.writing() as connection:
        record(connection, "unit.imported", NOW)
        for row in kept:
            connection.execute(
                insert(AuditEntry).values(
                    id=row.id + 1,
                    at=NOW + timedelta(minutes=row.id - 1),
                    action="unit.imported",
                    details=f'{{"file":"xã {row.id - 1}.csv","rows":3}}',
                    hash=row.hash,
                )
            )
    assert broken(database) == Broken(3, "inserted")


def test_verify__last_entries_removed__only_the_noted_head_tells(database: Database) -> None:
    noted = recorded(database)
    tampered(database, "DELETE FROM audit_entry WHERE id > 4")
    assert broken(database) is None
    assert broken(database, noted) == Broken(4, "head")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET details = '{}' WHERE id = 2",
        "DELETE FROM audit_entry WHERE id = 1",
        "DELETE FROM audit_entry",
    ],
)
def test_database__entry_changed_or_deleted__refuses(database: Database, statement: str) -> None:
    recorded(database)
    with pytest.raises(DBAPIError, match="never changed"), database.writing() as connection:
        connection.execute(text(statement))
    assert broken(database) is None
    assert len(list_actions(database)) == 6


# Erasure of what is older than ten years

OLD = datetime(2016, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC)
"""The last moment of 2016 in Viet Nam."""
YEAR_2017 = OLD + timedelta(microseconds=1)
NEW_YEAR_2027 = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


def decade(connection: Connection) -> str:
    """Record two entries of 2016, one of 2017 and one of 2026; give the head."""
    for at in (OLD - timedelta(days=200), OLD, YEAR_2017, NOW):
        record(connection, "unit.imported", at)
    return head(connection)


def erased(
    database: Database, before: datetime = YEAR_2017, now: datetime = NEW_YEAR_2027, most: int = 9
) -> int:
    with database.writing() as connection:
        return erase(connection, before, now, most)


def test_erase__oldest_year__chain_begins_with_what_the_erasure_names(database: Database) -> None:
    with database.writing() as connection:
        noted = decade(connection)
    assert erased(database) == 2
    assert erased(database) == 0
    with database.reading() as connection:
        assert [(row.id, row.action) for row in entries(connection)] == [
            (3, "unit.imported"), (4, "unit.imported"), (5, ERASED),
        ]  # fmt: skip
    assert broken(database, noted) is None


def test_erase__in_small_steps__the_newest_erasure_counts(database: Database) -> None:
    with database.writing() as connection:
        noted = decade(connection)
    assert [erased(database, most=1) for _ in range(3)] == [1, 1, 0]
    assert broken(database, noted) is None
    tampered(database, "DELETE FROM audit_entry WHERE id = 3")
    assert broken(database) == Broken(1, "missing")


def test_erase__younger_than_ten_years__the_database_refuses(database: Database) -> None:
    with database.writing() as connection:
        decade(connection)
    with pytest.raises(DBAPIError, match="never changed"):
        erased(database, before=NOW, now=NEW_YEAR_2027 - timedelta(seconds=1))
    assert len(list_actions(database)) == 4


def test_erase__erasure_changed_to_hide_more__is_named(database: Database) -> None:
    with database.writing() as connection:
        decade(connection)
    erased(database)
    with database.reading() as connection:
        third = connection.execute(select(AuditEntry.hash).where(AuditEntry.id == 3)).scalar_one().hex()
    details = f'{{"entries"\\:3,"hash"\\:"{third}","through"\\:3}}'
    written = f"UPDATE audit_entry SET details = '{details}' WHERE id = 5"
    tampered(database, "DELETE FROM audit_entry WHERE id = 3", written)
    assert broken(database) == Broken(5, "changed")


def test_restore__into_the_other_kind__chain_still_whole(database: Database, tmp_path: Path) -> None:
    noted = recorded(database)
    back_up(database, tmp_path / "backup.sqlite3")
    other = open_database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    restore(other, tmp_path / "backup.sqlite3")
    assert broken(other, noted) is None
    recorded(other)
    assert broken(other, noted) is None
    other.engine.dispose()


# Commands


def test_verify_command__whole__prints_the_head_that_proves_it_later(office: Office) -> None:
    noted = recorded(office.database)
    done = run(office, "verify")
    assert (done.exit_code, done.stdout) == (0, f"audit: whole\nhead: {noted}\n")
    recorded(office.database)
    assert run(office, "verify", "--head", noted).exit_code == 0


def test_verify_command__broken__says_where_and_ends_with_1(office: Office) -> None:
    recorded(office.database)
    tampered(office.database, "UPDATE audit_entry SET details = '{}' WHERE id = 3")
    done = run(office, "verify")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("audit: entry 3 does not follow from the entry before it")
    unknown = run(office, "verify", "--head", "12ab")
    assert unknown.exit_code == 1


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ((), ["1", "2", "3", "4"]),
        (("--since", "2017-01-01"), ["3", "4"]),
        (("--since", "2016-12-31"), ["2", "3", "4"]),
        (("--action", "unit."), ["1", "2", "3", "4"]),
        (("--action", "unit_"), []),
    ],
)
def test_show_command__since_a_local_day_and_action__lists_those(
    office: Office, words: tuple[str, ...], numbers: list[str]
) -> None:
    with office.database.writing() as connection:
        decade(connection)
    done = run(office, "show", *words)
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == numbers


def test_show_command__line__has_local_time_login_action_and_details(office: Office) -> None:
    recorded(office.database, 1)
    local = NOW.astimezone(office.settings.zone).strftime("%Y-%m-%d %H:%M:%S")
    expected = f'1  {local}  -  unit.imported  {{"file":"xã 0.csv","rows":3}}\n'
    assert run(office, "show").stdout == expected
