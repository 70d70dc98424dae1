"""Belonging: the unit that a counter or an officer belongs to, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import (
    DAY,
    Draft,
    Entries,
    Key,
    Stored,
    entries,
    entry_on,
    last_day,
    named,
    stored_rows,
)
from survey_app.store.organisation import Posting, Succession, Unit
from survey_app.store.schema import Table


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is stored of a table whose rows belong to units, and the units with what followed them."""

    stored: Stored
    known: Entries
    units: Entries
    successors: Mapping[int, frozenset[int]]
    today: date

    def first_day(self, row: Row) -> date | None:
        """Give ``valid_from``; where it is empty, that of the stored row, else that of the unit.

        None if there is a fault.
        """
        if row.cells.get("valid_from"):
            return cells.day(row, "valid_from")
        same = self.known.get(row.cells["code"], ())
        if same:
            return same[-1].valid_from
        unit = named(row, "unit_code", self.units, self.today, None, "unit")
        return unit.valid_from if unit else None

    def unit(self, row: Row, column: str, key: Key) -> int | None:
        """Give the unit in a column, valid on the first day of the key.

        What is stored may also be given to a unit of today that stands where its own unit stood: a counter
        outlives its unit, and its printed code stays. None for an empty cell or a fault.
        """
        code, old = row.cells.get(column, ""), self.stored.get(key)
        before = old[column.replace("_code", "_id")] if old is not None else None
        if before is not None:
            then = entry_on(self.units, code, key[1])
            heir = entry_on(self.units, code, self.today)
            if then is not None and then.id == before:
                return then.id
            if heir is not None and (heir.id == before or heir.id in self.successors.get(before, ())):
                return heir.id
        unit = named(row, column, self.units, key[1], None, "unit")
        return unit.id if unit else None


def load_belongings(connection: Connection, table: type[Table], today: date) -> Belongings:
    """Give what the rows of a file are held against."""
    stored = stored_rows(connection, table)
    units = entries(stored_rows(connection, Unit))
    return Belongings(stored, entries(stored), units, _successors(connection), today)


def _successors(connection: Connection) -> Mapping[int, frozenset[int]]:
    """Give, for every unit, all units that stand where it stood, however many mergers later."""
    following: dict[int, set[int]] = defaultdict(set)
    for old, new in connection.execute(select(Succession.old_unit_id, Succession.new_unit_id)):
        following[old].add(new)
    found = {}
    for unit in list(following):
        reached: set[int] = set()
        open_ends = [unit]
        while open_ends:
            for new in following.get(open_ends.pop(), ()):
                if new not in reached:
                    reached.add(new)
                    open_ends.append(new)
        found[unit] = frozenset(reached)
    return found


def kept(sheet: Sheet, column: str, value: Any, stored: Any) -> Any:
    """Give a value of the file, or what is stored where the file lacks the column."""
    return value if column in sheet.columns else stored


def ending(row: Row, sheet: Sheet, key: Key, stored: Stored) -> date | None:
    """Give ``valid_to``, as the file or, where it lacks the column, the store has it."""
    old = stored.get(key)
    last: date | None = kept(sheet, "valid_to", last_day(row, key[1]), old and old["valid_to"])
    return last


def check_postings(
    connection: Connection, column: str, drafts: Sequence[Draft], stored: Stored, zone: ZoneInfo
) -> None:
    """Note every row that ends before one of its postings, which ``column`` ties to it."""
    posted = defaultdict(list)
    for id, end in connection.execute(select(Posting.__table__.c[column], Posting.ends_at)):
        posted[id].append(end)
    for draft in drafts:
        old, last = stored.get(draft.key), draft.values["valid_to"]
        if old is None or last is None:
            continue
        midnight = datetime.combine(last + DAY, time(), zone)
        if any(end is None or end > midnight for end in posted[old["id"]]):
            remedy = f"first import that posting with a 'to' of {last} or before"
            draft.row.fault("valid_to", f"a posting goes on after {last}", remedy)
