"""Check: whether the database is whole."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app.store.engine import Database
from survey_app.store.tables import METADATA
from survey_app.store.upgrade import current, newest


def check(database: Database) -> list[str]:
    """Give lines that say what was looked at.

    Raises ValueError with every fault found.
    """
    with database.reading() as connection:
        found = current(connection)
        if found != newest():
            raise ValueError(
                f"schema: is {found or 'empty'}, this version needs {newest()}; run 'survey db upgrade'"
            )
        faults = []
        if connection.dialect.name == "sqlite":
            damage = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            faults += [f"damage: {line}; restore a backup" for line in damage if line != "ok"]
            for table, row, other, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                faults.append(f"reference: row {row} of {table} names a row of {other} that is not there")
        if faults:
            raise ValueError("\n".join(faults))
        counts = [
            f"{table.name}: {connection.scalar(select(func.count()).select_from(table))} rows"
            for table in METADATA.sorted_tables
        ]
    return [f"schema: {found}", "damage: none found", *counts]
