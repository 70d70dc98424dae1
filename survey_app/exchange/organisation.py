"""Organisation: a file of units, mergers, counters, officers, postings, procedures or workload, stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from survey_app.access.audit import record
from survey_app.config import Settings
from survey_app.exchange.counters import import_counters
from survey_app.exchange.csvfile import Sheet, read_sheet
from survey_app.exchange.dated import Imported
from survey_app.exchange.mergers import import_mergers
from survey_app.exchange.officers import import_officers
from survey_app.exchange.postings import import_postings
from survey_app.exchange.procedures import import_procedures
from survey_app.exchange.units import import_units
from survey_app.exchange.workload import import_workload
from survey_app.store.engine import Database

TURN = 7_216_054
"""The number of PostgreSQL's lock that imports queue at; any, so long as nothing else uses it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The columns of a kind of file, and what stores its rows."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    store: Callable[[Connection, Sheet, Settings, datetime], Imported]


KINDS: Mapping[str, Kind] = {
    "units": Kind(
        ("code", "name", "kind", "parent_code", "valid_from"),
        ("valid_to", "name_en"),
        lambda connection, sheet, settings, now: import_units(connection, sheet),
    ),
    "mergers": Kind(
        ("old_code", "new_code", "date", "kind"),
        (),
        lambda connection, sheet, settings, now: import_mergers(connection, sheet),
    ),
    "counters": Kind(
        ("code", "unit_code", "name"),
        ("deciding_unit_code", "field", "opens", "closes", "valid_from", "valid_to"),
        lambda connection, sheet, settings, now: import_counters(
            connection, sheet, today=now.astimezone(settings.zone).date(), zone=settings.zone, now=now
        ),
    ),
    "officers": Kind(
        ("code", "name", "unit_code"),
        ("valid_from", "valid_to"),
        lambda connection, sheet, settings, now: import_officers(
            connection, sheet, today=now.astimezone(settings.zone).date(), zone=settings.zone
        ),
    ),
    "postings": Kind(
        ("officer_code", "counter_code", "from"),
        ("to",),
        lambda connection, sheet, settings, now: import_postings(connection, sheet, zone=settings.zone),
    ),
    "procedures": Kind(
        ("code", "name"),
        ("field",),
        lambda connection, sheet, settings, now: import_procedures(connection, sheet),
    ),
    "workload": Kind(
        ("unit_code", "from", "to", "served", "source"),
        ("officer_code", "counter_code", "procedure_code", "field", "channel", "offered"),
        lambda connection, sheet, settings, now: import_workload(
            connection, sheet, scheme=settings.period_scheme, now=now
        ),
    ),
}


def import_file(
    database: Database,
    kind: str,
    content: bytes,
    file: str,
    settings: Settings,
    now: datetime,
    account_id: int | None = None,
) -> Imported:
    """Store a file of one of the KINDS whole; on any fault nothing of it.

    Raises ImportFaults with all faults.
    """
    sheet = read_sheet(content, file, KINDS[kind].needed, KINDS[kind].optional)
    return import_sheet(database, kind, sheet, settings, now, account_id)


def import_sheet(
    database: Database,
    kind: str,
    sheet: Sheet,
    settings: Settings,
    now: datetime,
    account_id: int | None = None,
) -> Imported:
    """Store the rows of a sheet whole, as ``import_file`` does."""
    with database.writing() as connection:
        take_turn(connection)
        done = KINDS[kind].store(connection, sheet, settings, now)
        record(
            connection,
            f"{kind}.imported",
            now,
            account_id,
            file=sheet.file,
            rows=len(sheet.rows),
            new=done.new,
            changed=done.changed,
        )
        return done


def take_turn(connection: Connection) -> None:
    """Wait until no other import is under way, so that none is checked against what another changes.

    Writers of SQLite stand in line already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
