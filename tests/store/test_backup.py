from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from survey_app.store.backup import back_up, restore
from survey_app.store.check import check
from survey_app.store.engine import Database, open_database
from survey_app.store.organisation import Unit
from survey_app.store.tables import METADATA
from survey_app.store.upgrade import upgrade
from tests.offices import FOUNDED, small_office


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = open_database(empty_database_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def filled(database: Database) -> Database:
    with database.writing() as connection:
        small_office(connection)
        late = connection.execute(
            insert(Unit)
            .values(code="X", name="Xã Nghĩa Đàn", kind="commune", valid_from=FOUNDED)
            .returning(Unit.id)
        ).scalar_one()
        connection.execute(text("UPDATE unit SET parent_id = :late WHERE code = '40'"), {"late": late})
    return database


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in METADATA.sorted_tables
        }


def test_restore__into_an_empty_database__same_rows(
    filled: Database, empty: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    rows_written = back_up(filled, file)
    written = file.read_bytes()
    assert restore(empty, file) == rows_written > 10
    assert file.read_bytes() == written
    assert rows(empty) == rows(filled)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.sqlite3"]


def test_restore__into_the_other_kind_and_back__same_rows(
    filled: Database, empty: Database, tmp_path: Path
) -> None:
    other = open_database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    back_up(filled, tmp_path / "there.sqlite3")
    restore(other, tmp_path / "there.sqlite3")
    back_up(other, tmp_path / "back.sqlite3")
    restore(empty, tmp_path / "back.sqlite3")
    other.engine.dispose()
    assert rows(empty) == rows(filled)


def test_restore__counting_goes_on(filled: Database, empty: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup.sqlite3")
    restore(empty, tmp_path / "backup.sqlite3")
    with empty.writing() as connection:
        largest = max(connection.execute(select(Unit.id)).scalars())
        new = connection.execute(
            insert(Unit).values(code="Y", name="Xã Y", kind="commune", valid_from=FOUNDED).returning(Unit.id)
        ).scalar_one()
    assert new == largest + 1


def test_restore__database_holds_rows__refused(filled: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup.sqlite3")
    before = rows(filled)
    with pytest.raises(ValueError, match="holds rows already"):
        restore(filled, tmp_path / "backup.sqlite3")
    assert rows(filled) == before


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0 but broken"])
def test_restore__no_backup__refused(empty: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wrong").write_bytes(content)
    with pytest.raises(ValueError, match="wrong"):
        restore(empty, tmp_path / "wrong")


def test_back_up__file_is_there__refused(database: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(ValueError, match="exists already"):
        back_up(database, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"


def test_check__whole_database__says_so(filled: Database) -> None:
    assert "damage: none found" in check(filled)


def test_check__behind__names_the_command(empty: Database) -> None:
    with pytest.raises(ValueError, match="survey db upgrade"):
        check(empty)


def test_check__broken_reference__found(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    upgrade(database)
    with database.writing() as connection:
        small_office(connection)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM officer")
    with pytest.raises(ValueError, match="of posting names a row of officer that is not there"):
        check(database)
    database.engine.dispose()
