"""What tests stand on: both databases for real, a clock that is told, pages that are checked."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from survey_app import create_app
from survey_app.access.accounts import add_account
from survey_app.config import Settings, create_keys
from survey_app.store.engine import Database, open_database
from survey_app.store.upgrade import upgrade
from tests.pages import Clock, PageClient, come_in
from tests.postgresql import postgresql_server

# A slow machine is no fault: no example has a deadline. The same examples are drawn each time, so that nobody
# pays for what another one broke; `pytest --hypothesis-profile=explore` draws anew.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("same")

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = PROJECT.parent / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path | None:
    """Give the folder of reference data, None where it does not stand beside the project."""
    return REFERENCE if REFERENCE.is_dir() else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Give the address of a PostgreSQL server of our own."""
    with postgresql_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Say which database: every test that asks runs on both."""
    return str(request.param)


@pytest.fixture
def empty_database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with nothing in it, not even tables."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with _database_on(request.getfixturevalue("postgresql"), "template0") as url:
        yield url


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with this version's tables, to be copied."""
    path = tmp_path_factory.mktemp("upgraded") / "survey.sqlite3"
    opened = open_database(f"sqlite:///{path}")
    upgrade(opened)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    opened.engine.dispose()
    return path


@pytest.fixture(scope="session")
def upgraded_template(postgresql: str) -> Iterator[str]:
    """Give the name of a PostgreSQL database with this version's tables, to be copied."""
    with _database_on(postgresql, "template0", "upgraded") as url:
        opened = open_database(url)
        upgrade(opened)
        opened.engine.dispose()
        yield "upgraded"


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with this version's tables and no rows."""
    if kind == "sqlite":
        path = tmp_path / "survey.sqlite3"
        shutil.copyfile(request.getfixturevalue("upgraded_file"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("upgraded_template")
    with _database_on(request.getfixturevalue("postgresql"), template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give an opened database with this version's tables and no rows."""
    opened = open_database(database_url, pool_size=60)
    yield opened
    opened.engine.dispose()


@contextmanager
def _database_on(server: str, template: str, name: str | None = None) -> Iterator[str]:
    name = name or f"t{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    yield server.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


# Pages: the application on either database, its clock in the test's hand, clients that look at each page.


@pytest.fixture
def clock() -> Clock:
    """Give the clock of the application."""
    return Clock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give settings for the database of the test."""
    return Settings(database_url=database_url)


@pytest.fixture
def app(database: Database, settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """Give the application on an upgraded database."""
    create_keys(tmp_path)
    made = create_app(tmp_path, settings, clock)
    made.testing = True
    made.test_client_class = PageClient
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Give a visitor whose every page is looked at."""
    visitor = app.test_client()
    assert isinstance(visitor, PageClient)
    return visitor


@pytest.fixture
def inspector(client: PageClient, database: Database, clock: Clock) -> PageClient:
    """Give a signed-in inspector."""
    with database.writing() as connection:
        password = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    come_in(client, "kiemtra01", password, clock())
    return client
