"""Kiosks: a small office with devices that wait to be paired."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from survey_app.collect.devices import make_device
from survey_app.collect.releases import release
from survey_app.config import create_keys
from survey_app.store.engine import Database, open_database
from survey_app.store.upgrade import upgrade
from tests.offices import questionnaire, small_office


def office_with_kiosks(
    folder: Path, port: int, database_url: str, devices: int
) -> tuple[Database, list[str]]:
    """Make the instance of an office served at a port; give its database and the devices' pairing codes."""
    create_keys(folder)
    (folder / "config.toml").write_text(
        f'base_url = "http://127.0.0.1:{port}"\ndatabase_url = "{database_url}"\n'
    )
    database = open_database(database_url)
    upgrade(database)
    now = datetime.now(UTC)
    with database.writing() as connection:
        small_office(connection)
        release(connection, questionnaire("kiosk-quick.v1"), now)
        codes = [
            make_device(
                connection,
                name=f"Máy {number}",
                unit="01",
                counters=["Q1"],
                questionnaire="kiosk-quick",
                now=now,
                day=now.date(),
            ).code
            for number in range(1, devices + 1)
        ]
    return database, codes
