"""Counters: service points, each with a code that is printed there."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from survey_app.collect.codes import new_code
from survey_app.exchange import cells
from survey_app.exchange.belonging import Belongings, check_postings, ending, kept, load_belongings
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import Draft, Imported, check_keys, check_spans, imported, store
from survey_app.store.organisation import Counter, CounterCode


def import_counters(
    connection: Connection, sheet: Sheet, *, today: date, zone: ZoneInfo, now: datetime
) -> Imported:
    """Store the counters of a file, and make a code to print for each new one.

    Raises ImportFaults.
    """
    belongings = load_belongings(connection, Counter, today)
    drafts = [draft for row in sheet.rows if (draft := _draft(row, sheet, belongings))]
    check_keys(drafts)
    check_spans(drafts, belongings.stored)
    check_postings(connection, "counter_id", drafts, belongings.stored, zone)
    sheet.faults.refuse()
    for draft in drafts:
        old = belongings.stored.get(draft.key)
        counter = store(connection, Counter, draft, old)
        if old is None:
            code = {"code": new_code(), "counter_id": counter, "created_at": now}
            connection.execute(insert(CounterCode), code)
    return imported(drafts, belongings.stored)


def _draft(row: Row, sheet: Sheet, belongings: Belongings) -> Draft | None:
    for column in ("code", "unit_code", "name"):
        cells.given(row, column)
    code, name = cells.code(row, "code"), cells.line(row, "name", 200)
    first = belongings.first_day(row)
    if code is None or name is None or first is None:
        return None
    key = code, first
    old = belongings.stored.get(key)
    unit, deciding = belongings.unit(row, "unit_code", key), belongings.unit(row, "deciding_unit_code", key)
    opens, closes = _hours(row)
    values = {
        "code": code,
        "valid_from": first,
        "name": name,
        "unit_id": unit,
        "deciding_unit_id": kept(sheet, "deciding_unit_code", deciding, old and old["deciding_unit_id"]),
        "field": kept(sheet, "field", cells.line(row, "field", 100), old and old["field"]),
        "opens": kept(sheet, "opens", opens, old and old["opens"]),
        "closes": kept(sheet, "closes", closes, old and old["closes"]),
        "valid_to": ending(row, sheet, key, belongings.stored),
    }
    return Draft(row, values)


def _hours(row: Row) -> tuple[time | None, time | None]:
    opens, closes = cells.clock(row, "opens"), cells.clock(row, "closes")
    if bool(row.cells.get("opens")) != bool(row.cells.get("closes")):
        row.fault("opens", "only one of opens and closes is there", "write both, or neither")
    elif opens is not None and closes is not None and opens >= closes:
        row.fault("opens", f"{opens:%H:%M} is not before {closes:%H:%M}", "write opens before closes")
    return opens, closes
