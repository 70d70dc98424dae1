"""Postings: which officer serves at which counter, from when to when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import Entries, Imported, entries, named, stored_rows
from survey_app.exchange.spans import Span, label, refuse_overlaps
from survey_app.store.organisation import Counter, Officer, Posting

Key = tuple[int, int, datetime]
"""Ids of officer and counter, and the moment the posting starts."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A row of the file; ``ends_at`` is None for an open posting."""

    row: Row
    key: Key
    ends_at: datetime | None


def import_postings(connection: Connection, sheet: Sheet, *, zone: ZoneInfo) -> Imported:
    """Store the postings of a file; one that is stored with the same start gets the file's end.

    Raises ImportFaults.
    """
    officers = entries(stored_rows(connection, Officer))
    counters = entries(stored_rows(connection, Counter))
    drafts: dict[Key, Draft] = {}
    for row in sheet.rows:
        draft = _draft(row, officers, counters, zone)
        if draft is not None and (first := drafts.setdefault(draft.key, draft)) is not draft:
            row.fault("from", f"the posting stands in row {first.row.number}", "keep one of the two rows")
    query = select(Posting.officer_id, Posting.counter_id, Posting.starts_at, Posting.id, Posting.ends_at)
    stored = {
        (row.officer_id, row.counter_id, row.starts_at): (row.id, row.ends_at)
        for row in connection.execute(query)
    }
    _check_pairs(drafts, {key: end for key, (_, end) in stored.items()}, zone)
    sheet.faults.refuse()
    new = changed = 0
    for key, draft in drafts.items():
        officer, counter, starts = key
        if key not in stored:
            values = {"officer_id": officer, "counter_id": counter, "starts_at": starts}
            connection.execute(insert(Posting), {**values, "ends_at": draft.ends_at})
            new += 1
        elif stored[key][1] != draft.ends_at:
            same = Posting.id == stored[key][0]
            connection.execute(update(Posting).where(same).values(ends_at=draft.ends_at))
            changed += 1
    return Imported(new, changed, len(drafts) - new - changed)


def _draft(row: Row, officers: Entries, counters: Entries, zone: ZoneInfo) -> Draft | None:
    for column in ("officer_code", "counter_code", "from"):
        cells.given(row, column)
    starts = cells.moment(row, "from", zone)
    ends = cells.moment(row, "to", zone, ends=True)
    if starts is None or (ends is None and row.cells.get("to")):
        return None
    if ends is not None and ends <= starts:
        row.fault("to", f"{row.cells['to']!r} is not after {row.cells['from']!r}", "write a later one")
        return None
    first, last = _days(starts, ends, zone)
    officer = _posted(row, "officer_code", officers, first, last, "officer")
    counter = _posted(row, "counter_code", counters, first, last, "counter")
    if officer is None or counter is None:
        return None
    return Draft(row, (officer, counter, starts), ends)


def _days(starts: datetime, ends: datetime | None, zone: ZoneInfo) -> tuple[date, date | None]:
    """Give the local days of a posting, the last included."""
    last = (ends - timedelta(microseconds=1)).astimezone(zone).date() if ends else None
    return starts.astimezone(zone).date(), last


def _posted(row: Row, column: str, known: Entries, first: date, last: date | None, what: str) -> int | None:
    entry = named(row, column, known, first, last, what)
    if entry is not None and last is None and entry.valid_to is not None:
        found = f"the {what} {row.cells[column]!r} ends on {entry.valid_to}, the posting is open"
        row.fault("to", found, f"write {entry.valid_to} or a day before")
    return entry.id if entry else None


def _check_pairs(drafts: dict[Key, Draft], stored: dict[Key, datetime | None], zone: ZoneInfo) -> None:
    """Note every posting during which the same officer is posted at the same counter already."""
    pairs: dict[tuple[int, int], list[Span]] = defaultdict(list)
    posted = {(officer, counter) for officer, counter, _ in drafts}
    ends = stored | {key: draft.ends_at for key, draft in drafts.items()}
    for key, end in ends.items():
        officer, counter, starts = key
        if (officer, counter) in posted:
            row = drafts[key].row if key in drafts else None
            last = end.astimezone(zone) if end else None
            stretch = label(starts.astimezone(zone), last)
            pairs[officer, counter].append(Span(starts, end, row, stretch))
    for spans in pairs.values():
        refuse_overlaps(spans, "from", "end the earlier posting first, or leave one of the two out")
