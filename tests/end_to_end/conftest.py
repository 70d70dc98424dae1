"""A real browser and a real server: both as people meet them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as local_time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import update

from survey_app.access.accounts import add_account
from survey_app.config import create_keys
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter
from tests.offices import SmallOffice, small_office


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser; the sandbox of chromium does not start for root."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("The browser tests need chromium: 'make test' installs it, or see README.")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=quiet)
        yield opened
        opened.close()


@dataclass(frozen=True)
class Served:
    """An installation that is being served."""

    address: str
    instance: Path
    database: Database
    office: SmallOffice
    password: str


@pytest.fixture
def served(database: Database, database_url: str, tmp_path: Path) -> Iterator[Served]:
    """Give a small office that is served, for one test."""
    with serving(database, database_url, tmp_path) as found:
        yield found


@contextmanager
def serving(database: Database, database_url: str, folder: Path) -> Iterator[Served]:
    """Serve a small office that is open around the clock, web and worker, as `survey run` does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    create_keys(folder)
    (folder / "config.toml").write_text(
        f'base_url = "{address}"\nlisten = "127.0.0.1:{port}"\nprocesses = 1\n'
        f'database_url = "{database_url}"\n'
    )
    with database.writing() as connection:
        office = small_office(connection)
        connection.execute(
            update(Counter).values(opens=local_time(0, 0), closes=local_time(23, 59, 59, 999_999))
        )
        password = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", datetime.now(UTC))
    with _running(folder, address):
        yield Served(address, folder, database, office, password)


@contextmanager
def _running(instance: Path, address: str) -> Iterator[None]:
    command = [sys.executable, "-m", "survey_app", "--instance", str(instance), "run"]
    log = (instance / "log").open("w+")
    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": "."})
    try:
        for _ in range(300):
            with suppress(OSError), urllib.request.urlopen(f"{address}/health/ready", timeout=2):
                break
            time.sleep(0.2)
        else:
            log.seek(0)
            pytest.fail(f"the server did not start: {log.read()}")
        yield
    finally:
        process.terminate()
        process.wait(70)
        log.close()
