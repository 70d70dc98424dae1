"""Dated rows: units, counters, officers, each told apart by its code and its first day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row
from survey_app.exchange.spans import Span, label, refuse_overlaps
from survey_app.store.schema import Table

DAY = timedelta(days=1)

Key = tuple[str, date]
Stored = Mapping[Key, Mapping[str, Any]]
"""What is stored, as columns by code and first day."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        changed = f"{self.changed} changed, " if self.changed else ""
        return f"{self.new} new, {changed}{self.unchanged} unchanged"


@dataclass(frozen=True, slots=True)
class Draft:
    """A row of the file as the columns of its table."""

    row: Row
    values: dict[str, Any]

    @property
    def key(self) -> Key:
        """Give code and first day."""
        return self.values["code"], self.values["valid_from"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored row while its code holds."""

    id: int
    valid_from: date
    valid_to: date | None

    def holds(self, day: date) -> bool:
        """Whether the code names this row on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


Entries = Mapping[str, Sequence[Entry]]
"""Stored rows by code."""


def stored_rows(connection: Connection, table: type[Table]) -> Stored:
    """Give all rows of a table."""
    rows = connection.execute(select(*table.__table__.columns)).mappings()
    return {(row["code"], row["valid_from"]): dict(row) for row in rows}


def entries(stored: Stored) -> Entries:
    """Give stored rows by code, the earliest first."""
    found = defaultdict(list)
    for (code, first), row in sorted(stored.items()):
        found[code].append(Entry(row["id"], first, row["valid_to"]))
    return found


def entry_on(known: Entries, code: str, day: date) -> Entry | None:
    """Give what a code names on a day."""
    return next((entry for entry in known.get(code, ()) if entry.holds(day)), None)


def named(row: Row, column: str, known: Entries, first: date, last: date | None, what: str) -> Entry | None:
    """Give what the code in a cell names from the first to the last day (``None``: the first alone).

    None for an empty cell or a fault.
    """
    code = cells.code(row, column)
    if code is None:
        return None
    entry = entry_on(known, code, first)
    if entry is None:
        spans = ", ".join(label(entry.valid_from, entry.valid_to) for entry in known.get(code, ()))
        remedy = f"{code} is valid {spans}" if spans else f"import the {what} first, or mend the code"
        row.fault(column, f"{code!r} is no {what} on {first}", remedy)
    elif last is not None and not entry.holds(last):
        found = f"the {what} {code!r} ends on {entry.valid_to}, before {last}"
        row.fault(column, found, f"end on {entry.valid_to}, and begin another row after it")
        return None
    return entry


def last_day(row: Row, first: date | None) -> date | None:
    """Give ``valid_to``; None, with a fault, if it lies before the first day."""
    last = cells.day(row, "valid_to")
    if first is not None and last is not None and last < first:
        row.fault("valid_to", f"{last} is before {first}", "write a day on or after valid_from")
        return None
    return last


def check_keys(drafts: Iterable[Draft]) -> None:
    """Note every row whose code and first day stand in an earlier row."""
    seen: dict[Key, Row] = {}
    for draft in drafts:
        first = seen.setdefault(draft.key, draft.row)
        if first is not draft.row:
            found = f"{draft.key[0]!r} from {draft.key[1]} stands in row {first.number} already"
            draft.row.fault("code", found, "keep one of the two rows")


def check_spans(drafts: Sequence[Draft], stored: Stored) -> None:
    """Note every row during which its code names something else, in the file or in what is stored."""
    spans: dict[str, dict[Key, Span]] = defaultdict(dict)
    codes = {draft.values["code"] for draft in drafts}
    for (code, first), row in stored.items():
        if code in codes:
            spans[code][code, first] = _span(code, first, row["valid_to"], None)
    for draft in drafts:
        code, first = draft.key
        spans[code][code, first] = _span(code, first, draft.values["valid_to"], draft.row)
    for found in spans.values():
        refuse_overlaps(found.values(), "code", "end the earlier one (valid_to), or use another code")


def _span(code: str, first: date, last: date | None, row: Row | None) -> Span:
    return Span(first, last + DAY if last else None, row, f"{code} {label(first, last)}")


def store(connection: Connection, table: type[Table], draft: Draft, old: Mapping[str, Any] | None) -> int:
    """Insert a row, or update what differs from the old one; give its id."""
    if old is None:
        query = insert(table).values(draft.values).returning(table.__table__.c.id)
        return int(connection.execute(query).scalar_one())
    if differs(draft, old):
        connection.execute(update(table).where(table.__table__.c.id == old["id"]).values(draft.values))
    return int(old["id"])


def differs(draft: Draft, old: Mapping[str, Any]) -> bool:
    """Whether a row of the file says other than what is stored."""
    return any(old[column] != value for column, value in draft.values.items())


def imported(drafts: Iterable[Draft], stored: Stored) -> Imported:
    """Count what becomes of the rows, held against what is stored."""
    new = changed = unchanged = 0
    for draft in drafts:
        old = stored.get(draft.key)
        new += old is None
        changed += old is not None and differs(draft, old)
        unchanged += old is not None and not differs(draft, old)
    return Imported(new, changed, unchanged)
