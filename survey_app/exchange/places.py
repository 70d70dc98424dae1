"""Places: whose service a row of responses is about, by the codes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from survey_app.collect.attribution import Place, unit_on
from survey_app.exchange.csvfile import Row, folded
from survey_app.exchange.dated import Entries, entries, entry_on, stored_rows
from survey_app.exchange.mapping import Source
from survey_app.exchange.spans import label
from survey_app.store.organisation import Counter, Officer, Procedure, Unit


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of a file are held against; ``found`` keeps the places met so far."""

    connection: Connection
    units: Entries
    counters: Entries
    officers: Entries
    procedures: Mapping[str, int]
    counter_units: Mapping[int, tuple[int, int | None]]
    found: dict[Any, Place] = field(default_factory=dict)


def load_codes(connection: Connection) -> Codes:
    """Give what is stored of units, counters, officers and procedures."""
    counters = stored_rows(connection, Counter)
    return Codes(
        connection,
        entries(stored_rows(connection, Unit)),
        entries(counters),
        entries(stored_rows(connection, Officer)),
        dict(connection.execute(select(Procedure.code, Procedure.id)).all()),
        {row["id"]: (row["unit_id"], row["deciding_unit_id"]) for row in counters.values()},
    )


def value_of(row: Row, source: Source) -> str:
    """Give what a row says in a source, in our words; the empty text for nothing or a fault."""
    if source.column is None:
        return source.constant
    cell = row.cells.get(source.column, "")
    if not cell or source.values is None:
        return cell
    value = source.values.get(folded(cell))
    if value is None:
        row.fault(source.column, f"{cell[:80]!r} is not in the values of the map", "add it there")
    return value or ""


def find_place(row: Row, sources: Mapping[str, Source], day: date, codes: Codes) -> Place | None:
    """Give the place of a row on a day; None with a fault if it names none."""
    before = len(row.faults.found)
    said = {name: value_of(row, source) for name, source in sources.items()}
    if len(row.faults.found) > before:
        return None
    key = (day, *said.values())
    if key in codes.found:
        return codes.found[key]
    columns = {name: sources[name].column or name for name in sources}
    place = _place(row, said, columns, day, codes)
    if len(row.faults.found) > before or place is None:
        return None
    codes.found[key] = place
    return place


def _place(
    row: Row, said: Mapping[str, str], columns: Mapping[str, str], day: date, codes: Codes
) -> Place | None:
    def find(name: str, known: Entries) -> int | None:
        entry = entry_on(known, said[name], day) if said[name] else None
        if said[name] and entry is None:
            spans = ", ".join(label(e.valid_from, e.valid_to) for e in known.get(said[name], ()))
            remedy = f"it is valid {spans}" if spans else "import it first, or mend the code"
            row.fault(columns[name], f"{said[name]!r} is no {name.replace('_', ' ')} on {day}", remedy)
        return entry.id if entry else None

    unit, deciding = find("unit", codes.units), find("deciding_unit", codes.units)
    counter, officer = find("counter", codes.counters), find("officer", codes.officers)
    procedure = codes.procedures.get(said["procedure"])
    if said["procedure"] and procedure is None:
        remedy = "import it first, or mend the code"
        row.fault(columns["procedure"], f"{said['procedure']!r} is no procedure", remedy)
    if counter is not None:
        own, own_deciding = codes.counter_units[counter]
        runs = unit_on(codes.connection, own, day).id
        if unit is not None and unit != runs:
            found = f"the counter {said['counter']!r} is not of the unit {said['unit']!r} on {day}"
            row.fault(columns["counter"], found, "mend one of the two, or leave the unit empty")
        unit = runs
        if deciding is None and own_deciding is not None:
            deciding = unit_on(codes.connection, own_deciding, day).id
    if unit is None:
        if not said["unit"] and not said["counter"]:
            row.fault(columns["unit"], "the row names no unit and no counter", "name one of them")
        return None
    return Place(unit, deciding or unit, counter, officer, procedure)
