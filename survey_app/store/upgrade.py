"""Upgrade: brings a database to the schema of this version, and tells how far it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from survey_app.store.engine import Database


def _migrations(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Give the schema revision of this version."""
    head = ScriptDirectory.from_config(_migrations()).get_current_head()
    assert head is not None  # there is a first revision
    return head


def current(connection: Connection) -> str | None:
    """Give the schema revision of the database, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the database to this version's schema; give the revisions before and after."""
    with database.writing() as connection:
        before = current(connection)
        command.upgrade(_migrations(connection), "head")
    return before, newest()
