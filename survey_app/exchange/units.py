"""Units: the tree of the organisation, as a file has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import (
    DAY,
    Draft,
    Imported,
    Key,
    Stored,
    check_keys,
    check_spans,
    imported,
    last_day,
    store,
    stored_rows,
)
from survey_app.exchange.spans import label
from survey_app.store.organisation import Succession, Unit

KINDS = (
    "province",
    "department",
    "district",
    "commune",
    "ward",
    "special_zone",
    "centre",
    "branch",
    "agency",
    "office",
    "other",
)

Parents = dict[Key, Key | None]


def import_units(connection: Connection, sheet: Sheet) -> Imported:
    """Store the units of a file; parents may stand in the same file, in any order.

    Raises ImportFaults.
    """
    stored = stored_rows(connection, Unit)
    merged = set(connection.execute(select(Succession.old_unit_id)).scalars())
    drafts = [draft for row in sheet.rows if (draft := _draft(row, sheet, stored, merged))]
    check_keys(drafts)
    check_spans(drafts, stored)
    by_key = {draft.key: draft for draft in drafts}
    unread = {row.cells["code"] for row in sheet.rows} - {draft.key[0] for draft in drafts}
    parents = _parents(drafts, stored, unread)
    _check_loops(by_key, parents)
    sheet.faults.refuse()
    ids = {key: row["id"] for key, row in stored.items()}
    for key in _parents_first(by_key, parents):
        parent = parents[key]
        by_key[key].values["parent_id"] = ids[parent] if parent else None
        ids[key] = store(connection, Unit, by_key[key], stored.get(key))
    return imported(drafts, stored)


def _draft(row: Row, sheet: Sheet, stored: Stored, merged: set[int]) -> Draft | None:
    for column in ("code", "name", "kind", "valid_from"):
        cells.given(row, column)
    code, first = cells.code(row, "code"), cells.day(row, "valid_from")
    name, kind = cells.line(row, "name", 200), cells.one_of(row, "kind", KINDS)
    name_en, last = cells.line(row, "name_en", 200), last_day(row, first)
    if code is None or first is None or name is None or kind is None:
        return None
    old = stored.get((code, first))
    if old is not None:
        name_en = name_en if "name_en" in sheet.columns else old["name_en"]
        last = _ending(row, sheet, last, old, merged)
    values = {"code": code, "valid_from": first, "name": name, "kind": kind}
    return Draft(row, {**values, "name_en": name_en, "valid_to": last})


def _ending(
    row: Row, sheet: Sheet, last: date | None, old: Mapping[str, Any], merged: set[int]
) -> date | None:
    """Give the last day of a unit that is stored: what a merger ended stays ended."""
    ended: date | None = old["valid_to"]
    if "valid_to" not in sheet.columns or (last is None and old["id"] in merged):
        return ended
    if old["id"] in merged and last != ended:
        remedy = f"write {ended}, or leave the cell empty"
        row.fault("valid_to", f"{last} is not the day before the unit was merged, {ended}", remedy)
    return last


def _parents(drafts: Sequence[Draft], stored: Stored, unread: set[str]) -> Parents:
    """Give the parent of every unit as it will be, by the codes of the file and what is stored.

    ``unread`` are the codes of rows with faults: their children are not at fault too.
    """
    by_id = {row["id"]: key for key, row in stored.items()}
    parents: Parents = {
        key: by_id[row["parent_id"]] if row["parent_id"] else None for key, row in stored.items()
    }
    ends: dict[Key, date | None] = {key: row["valid_to"] for key, row in stored.items()}
    ends |= {draft.key: draft.values["valid_to"] for draft in drafts}
    keys: dict[str, list[Key]] = {}
    for key in ends:
        keys.setdefault(key[0], []).append(key)
    for draft in drafts:
        code = cells.code(draft.row, "parent_code")
        if code is None or code in unread:
            parents[draft.key] = None
        else:
            parents[draft.key] = _parent(draft, code, keys.get(code, []), ends)
    return parents


def _parent(draft: Draft, code: str, keys: list[Key], ends: Mapping[Key, date | None]) -> Key | None:
    first, last = draft.values["valid_from"], draft.values["valid_to"]
    for key in keys:
        end = ends[key]
        if key[1] <= first and (end is None or first <= end):
            if end is not None and (last is None or last > end):
                found = f"the unit {code!r} ends on {end}, before this one"
                remedy = f"end this one on {end}, and add a row from {end + DAY} on with its new parent"
                draft.row.fault("parent_code", found, remedy)
            return key
    spans = ", ".join(label(key[1], ends[key]) for key in sorted(keys))
    remedy = f"{code} is valid {spans}" if spans else "add a row for it, or mend the code"
    draft.row.fault("parent_code", f"{code!r} is no unit on {first}", remedy)
    return None


def _check_loops(drafts: Mapping[Key, Draft], parents: Parents) -> None:
    for key, draft in drafts.items():
        seen = [key]
        while (parent := parents[seen[-1]]) is not None and parent not in seen:
            seen.append(parent)
        if parent == key:
            chain = " under ".join(code for code, _ in [*seen, key])
            draft.row.fault("parent_code", f"the units stand in a circle: {chain}", "mend one of the parents")


def _parents_first(drafts: Mapping[Key, Draft], parents: Parents) -> Iterator[Key]:
    done: set[Key] = set()
    for key in drafts:
        chain: list[Key] = []
        step: Key | None = key
        while step is not None and step in drafts and step not in done:
            chain.append(step)
            done.add(step)
            step = parents[step]
        yield from reversed(chain)
