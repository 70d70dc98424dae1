"""Workload: how many citizens were served, as counted or taken from other programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from analysis.period import Scheme, half_year_of
from survey_app.collect.kiosk_flags import doubts_over_served, raise_doubts
from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import DAY, Entries, Imported, entries, named, stored_rows
from survey_app.exchange.spans import Span, label, refuse_overlaps
from survey_app.store.organisation import Counter, Officer, Procedure, Unit, Workload
from survey_app.store.responses import CHANNELS, Response

SOURCES = ("system", "counted", "estimated")
SUBJECT = ("unit_id", "officer_id", "counter_id", "procedure_id", "field", "channel")
"""Columns that say whose workload a row is."""

Key = tuple[Any, ...]
"""The subject, the first and the last day."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A row of the file."""

    row: Row
    key: Key
    numbers: tuple[int, int | None, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the codes of a file are held against."""

    units: Entries
    officers: Entries
    counters: Entries
    procedures: dict[str, int]


def import_workload(connection: Connection, sheet: Sheet, *, scheme: Scheme, now: datetime) -> Imported:
    """Store the workload of a file; a row for the same subject and days replaces the numbers stored.

    What a kiosk sent beyond the visits that the file now counts is doubted, as if the file had come first.
    Raises ImportFaults.
    """
    known = Known(
        units=entries(stored_rows(connection, Unit)),
        officers=entries(stored_rows(connection, Officer)),
        counters=entries(stored_rows(connection, Counter)),
        procedures=dict(connection.execute(select(Procedure.code, Procedure.id)).all()),
    )
    drafts: dict[Key, Draft] = {}
    for row in sheet.rows:
        draft = _draft(row, known, scheme)
        if draft is not None and (first := drafts.setdefault(draft.key, draft)) is not draft:
            row.fault("from", f"the same stands in row {first.row.number}", "keep one of the two rows")
    stored = _stored(connection, drafts)
    _check_days(drafts, stored)
    sheet.faults.refuse()
    new = changed = 0
    for key, draft in drafts.items():
        numbers = dict(zip(("served", "offered", "source"), draft.numbers, strict=True))
        if key not in stored:
            days = {"first_day": key[-2], "last_day": key[-1]}
            connection.execute(insert(Workload), dict(zip(SUBJECT, key[:-2], strict=True)) | days | numbers)
            new += 1
        elif stored[key][1] != draft.numbers:
            connection.execute(update(Workload).where(Workload.id == stored[key][0]).values(numbers))
            changed += 1
    _doubt(connection, drafts, now)
    return Imported(new, changed, len(drafts) - new - changed)


def _doubt(connection: Connection, drafts: Iterable[Key], now: datetime) -> None:
    """Doubt the answers of kiosks beyond the visits at their counters, by days that stand alone."""
    places = {
        (counter_id, first)
        for _, _, counter_id, _, _, _, first, last in drafts
        if counter_id is not None and first == last
    }
    if not places:
        return
    days = [day for _, day in places]
    answered = connection.execute(
        select(Response.counter_id, Response.service_day)
        .where(Response.channel == "kiosk", Response.service_day.between(min(days), max(days)))
        .distinct()
    )
    doubted = places & {(row.counter_id, row.service_day) for row in answered}
    doubts = [doubt for place in sorted(doubted) for doubt in doubts_over_served(connection, *place)]
    raise_doubts(connection, doubts, now)


def _draft(row: Row, known: Known, scheme: Scheme) -> Draft | None:
    for column in ("unit_code", "from", "to", "served", "source"):
        cells.given(row, column)
    first, last = cells.day(row, "from"), cells.day(row, "to")
    served, offered = cells.count(row, "served"), cells.count(row, "offered")
    source, field = cells.one_of(row, "source", SOURCES), cells.line(row, "field", 100)
    channel = cells.one_of(row, "channel", CHANNELS)
    if first is None or last is None:
        return None
    if last < first:
        row.fault("to", f"{last} is before {first}", "write a day on or after it")
        return None
    _check_half_year(row, first, last, scheme)
    unit = named(row, "unit_code", known.units, first, last, "unit")
    officer = named(row, "officer_code", known.officers, first, last, "officer")
    counter = named(row, "counter_code", known.counters, first, last, "counter")
    procedure = _procedure(row, known)
    if unit is None or served is None or source is None:
        return None
    subject = (unit.id, officer and officer.id, counter and counter.id, procedure, field, channel)
    return Draft(row, (*subject, first, last), (served, offered, source))


def _procedure(row: Row, known: Known) -> int | None:
    code = cells.code(row, "procedure_code")
    if code is not None and code not in known.procedures:
        row.fault("procedure_code", f"{code!r} is no procedure", "import it first, or mend the code")
    return known.procedures.get(code) if code else None


def _check_half_year(row: Row, first: date, last: date, scheme: Scheme) -> None:
    """Note a row that crosses the edge of a half-year, with the ranges to split it into."""
    pieces = []
    start = first
    while start <= last:
        end = min(half_year_of(start, scheme).last_day, last)
        pieces.append(f"{start} to {end}")
        start = end + DAY
    if len(pieces) > 1:
        found = f"{first} to {last} crosses the edge of a half-year"
        row.fault("to", found, f"split it into {', '.join(pieces)}, each with its own count")


def _stored(
    connection: Connection, drafts: dict[Key, Draft]
) -> dict[Key, tuple[int, tuple[int, int | None, str]]]:
    """Give the stored rows on the days of the file: their id and numbers by key."""
    if not drafts:
        return {}
    first, last = min(key[-2] for key in drafts), max(key[-1] for key in drafts)
    table = Workload.__table__
    columns = [table.c[name] for name in (*SUBJECT, "first_day", "last_day")]
    query = select(*columns, Workload.id, Workload.served, Workload.offered, Workload.source).where(
        Workload.first_day <= last, Workload.last_day >= first
    )
    return {tuple(row[:8]): (row[8], tuple(row[9:])) for row in connection.execute(query)}


def _check_days(drafts: dict[Key, Draft], stored: dict[Key, Any]) -> None:
    """Note every row of whose days some are counted already for the same subject."""
    spans: dict[Key, list[Span]] = defaultdict(list)
    subjects = {key[:-2] for key in drafts}
    for key in {**stored, **drafts}:
        *subject, first, last = key
        if tuple(subject) in subjects:
            row = drafts[key].row if key in drafts else None
            spans[tuple(subject)].append(Span(first, last + DAY, row, label(first, last)))
    for found in spans.values():
        refuse_overlaps(found, "from", "count every day once: mend the days, or leave one of the rows out")
