"""Mergers: which units stand where others stood, and the end of those others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import DAY, Entries, Imported, entries, named, stored_rows
from survey_app.store.organisation import Succession, Unit

KINDS = ("merge", "split", "rename", "transfer")

Key = tuple[int, int, date]
"""Ids of the old and the new unit, and the day from which the new one stands."""


@dataclass(frozen=True, slots=True)
class Merger:
    """A row of the file."""

    row: Row
    key: Key
    kind: str


def import_mergers(connection: Connection, sheet: Sheet) -> Imported:
    """Store the mergers of a file, and end each old unit the day before where it is still open.

    Raises ImportFaults.
    """
    units = entries(stored_rows(connection, Unit))
    stored = _stored(connection)
    ends: dict[int, date] = {}
    mergers: dict[Key, Merger] = {}
    for row in sorted(sheet.rows, key=lambda row: row.cells["date"]):
        merger = _merger(row, units, ends)
        if merger is not None and mergers.setdefault(merger.key, merger) is not merger:
            row.fault("new_code", "the two units stand in the file already", "keep one of the two rows")
    for merger in mergers.values():
        _check_new_unit(merger, ends)
    _check_kinds(mergers, {*stored, *mergers})
    sheet.faults.refuse()
    for unit, end in ends.items():
        connection.execute(update(Unit).where(Unit.id == unit).values(valid_to=end))
    return _store(connection, mergers, stored)


def _stored(connection: Connection) -> dict[Key, str]:
    query = select(Succession.old_unit_id, Succession.new_unit_id, Succession.date, Succession.kind)
    return {(row.old_unit_id, row.new_unit_id, row.date): row.kind for row in connection.execute(query).all()}


def _merger(row: Row, units: Entries, ends: dict[int, date]) -> Merger | None:
    for column in row.cells:
        cells.given(row, column)
    day, kind = cells.day(row, "date"), cells.one_of(row, "kind", KINDS)
    if day is None or kind is None:
        return None
    old = named(row, "old_code", units, day - DAY, None, "unit")
    new = named(row, "new_code", units, day, None, "unit")
    if old is None or new is None:
        return None
    if old.id == new.id:
        row.fault("new_code", f"it is the unit that stood before {day} too", "leave the row out")
        return None
    end = ends.get(old.id, old.valid_to)
    if end is None:
        ends[old.id] = day - DAY
    elif end != day - DAY:
        found = f"the unit {row.cells['old_code']!r} ends on {end}, not on the day before {day}"
        row.fault("date", found, f"write {end + DAY}, or mend the unit's valid_to")
        return None
    return Merger(row, (old.id, new.id, day), kind)


def _check_new_unit(merger: Merger, ends: Mapping[int, date]) -> None:
    _, new, day = merger.key
    if new in ends and ends[new] < day:
        code = merger.row.cells["new_code"]
        found = f"the unit {code!r} ends on {ends[new]} by another row of the file"
        merger.row.fault("new_code", found, f"name a unit that stands on {day}")


def _check_kinds(mergers: Mapping[Key, Merger], all_keys: set[Key]) -> None:
    """Hold the kind of each row against how many units it joins, in the file and in what is stored."""
    successors, predecessors = defaultdict(set), defaultdict(set)
    for old, new, day in all_keys:
        successors[old].add(new)
        predecessors[new, day].add(old)
    for merger in mergers.values():
        old, new, day = merger.key
        following, preceding = len(successors[old]), len(predecessors[new, day])
        code = merger.row.cells["old_code"]
        if merger.kind == "split" and following < 2:
            found = f"{code!r} has one new unit"
            merger.row.fault("kind", found, "add the rows of its other parts, or write merge or rename")
        elif merger.kind != "split" and following > 1:
            found = f"{code!r} has {following} new units"
            merger.row.fault("kind", found, "write split in each of its rows, or keep one row")
        elif merger.kind in ("rename", "transfer") and preceding > 1:
            found = f"{preceding} units become {merger.row.cells['new_code']!r}"
            merger.row.fault("kind", found, "write merge in each of their rows")


def _store(connection: Connection, mergers: Mapping[Key, Merger], stored: Mapping[Key, str]) -> Imported:
    new = changed = 0
    for key, merger in mergers.items():
        old_id, new_id, day = key
        if key not in stored:
            values = {"old_unit_id": old_id, "new_unit_id": new_id, "date": day, "kind": merger.kind}
            connection.execute(insert(Succession), values)
            new += 1
        elif stored[key] != merger.kind:
            same = (
                Succession.old_unit_id == old_id,
                Succession.new_unit_id == new_id,
                Succession.date == day,
            )
            connection.execute(update(Succession).where(*same).values(kind=merger.kind))
            changed += 1
    return Imported(new, changed, len(mergers) - new - changed)
