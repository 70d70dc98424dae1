"""Officers: who serves at counters, and for which unit."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from survey_app.exchange import cells
from survey_app.exchange.belonging import Belongings, check_postings, ending, load_belongings
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import Draft, Imported, check_keys, check_spans, imported, store
from survey_app.store.organisation import Officer


def import_officers(connection: Connection, sheet: Sheet, *, today: date, zone: ZoneInfo) -> Imported:
    """Store the officers of a file.

    Raises ImportFaults.
    """
    belongings = load_belongings(connection, Officer, today)
    drafts = [draft for row in sheet.rows if (draft := _draft(row, sheet, belongings))]
    check_keys(drafts)
    check_spans(drafts, belongings.stored)
    check_postings(connection, "officer_id", drafts, belongings.stored, zone)
    sheet.faults.refuse()
    for draft in drafts:
        store(connection, Officer, draft, belongings.stored.get(draft.key))
    return imported(drafts, belongings.stored)


def _draft(row: Row, sheet: Sheet, belongings: Belongings) -> Draft | None:
    for column in ("code", "name", "unit_code"):
        cells.given(row, column)
    code, name = cells.code(row, "code"), cells.line(row, "name", 200)
    first = belongings.first_day(row)
    if code is None or name is None or first is None:
        return None
    key = code, first
    values = {
        "code": code,
        "valid_from": first,
        "name": name,
        "unit_id": belongings.unit(row, "unit_code", key),
        "valid_to": ending(row, sheet, key, belongings.stored),
    }
    return Draft(row, values)
