"""Office: what every command stands on: the instance folder, its settings and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import click

from survey_app.config import Settings, load_settings
from survey_app.store.engine import Database, open_database
from survey_app.store.upgrade import current, newest


@dataclass(frozen=True)
class Office:
    """The installation that a command works on."""

    instance: Path

    @cached_property
    def settings(self) -> Settings:
        """Give the settings of the instance folder."""
        return load_settings(self.instance)

    @cached_property
    def unchecked_database(self) -> Database:
        """Give the database whatever its schema; for upgrade, check and restore."""
        self.instance.mkdir(parents=True, exist_ok=True)
        return open_database(self.settings.database_url)

    @cached_property
    def database(self) -> Database:
        """Give the database, which must have this version's schema."""
        with self.unchecked_database.reading() as connection:
            found = current(connection)
        if found != newest():
            raise ValueError(
                f"database: its schema is {found or 'empty'}, this version needs {newest()}; "
                "run 'survey db upgrade' first"
            )
        return self.unchecked_database

    def close(self) -> None:
        """Close the database if it was opened."""
        if "unchecked_database" in self.__dict__:
            self.unchecked_database.engine.dispose()

    @property
    def now(self) -> datetime:
        """Give the present moment: the one place where commands read the clock."""
        return datetime.now(UTC)


@contextmanager
def faults_listed() -> Iterator[None]:
    """End a command whose input has faults with all of them on standard error and exit code 1."""
    try:
        yield
    except (ValueError, OSError) as fault:
        click.echo(str(fault), err=True)
        raise SystemExit(1) from None


pass_office = click.make_pass_decorator(Office)
