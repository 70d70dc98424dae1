import threading
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from survey_app.store.engine import Database, open_database
from survey_app.store.jobs import Job
from survey_app.store.organisation import Counter
from survey_app.store.tables import METADATA
from survey_app.store.upgrade import current, newest, upgrade

NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
JOB = {"kind": "snapshot", "argument": "2026-H1", "state": "waiting", "asked_at": NOW}


def test_upgrade__empty_database__matches_the_tables(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    assert upgrade(database) == (None, newest())
    with database.reading() as connection:
        assert current(connection) == newest()
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.engine.dispose()


def test_upgrade__twice__changes_nothing(database: Database) -> None:
    assert upgrade(database) == (newest(), newest())


def test_writing__error_in_the_middle__leaves_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.writing() as connection:
            connection.execute(insert(Job), JOB)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    with database.reading() as connection:
        assert connection.execute(select(Job.id)).all() == []


def test_foreign_key__unknown_unit__refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(
            insert(Counter), {"code": "C1", "name": "Quầy 1", "unit_id": 99, "valid_from": NOW.date()}
        )


def test_instant__naive__refused(database: Database) -> None:
    with pytest.raises(StatementError, match="has no time zone"), database.writing() as connection:
        connection.execute(insert(Job), JOB | {"asked_at": datetime(2026, 3, 2)})


def test_instant__stored_and_read__same_moment_in_utc(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(insert(Job), JOB)
    with database.reading() as connection:
        assert connection.execute(select(Job.asked_at)).scalar_one() == NOW


def test_reading__while_another_writes__sees_one_state(database: Database) -> None:
    with database.reading() as reader:
        assert reader.execute(select(Job.id)).all() == []
        with database.writing() as connection:
            connection.execute(insert(Job), JOB)
        assert reader.execute(select(Job.id)).all() == []


def test_writing__fifty_threads__all_kept(database: Database) -> None:
    def write() -> None:
        with database.writing() as connection:
            connection.execute(insert(Job), JOB)

    threads = [threading.Thread(target=write) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert len(connection.execute(select(Job.id)).all()) == 50


def test_sqlite__opened__safe_settings(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with database.reading() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://"])
def test_open_database__unsupported_address__says_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        open_database(url)
