"""Procedures: what citizens come for, and the field each belongs to."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row, Sheet
from survey_app.exchange.dated import Imported
from survey_app.store.organisation import Procedure


def import_procedures(connection: Connection, sheet: Sheet) -> Imported:
    """Store the procedures of a file.

    Raises ImportFaults.
    """
    query = select(Procedure.code, Procedure.name, Procedure.field)
    stored = {row.code: (row.name, row.field) for row in connection.execute(query)}
    found: dict[str, Row] = {}
    values: dict[str, tuple[str | None, str | None]] = {}
    for row in sheet.rows:
        cells.given(row, "code")
        cells.given(row, "name")
        code = cells.code(row, "code")
        name, field = cells.line(row, "name", 500), cells.line(row, "field", 100)
        if code is None:
            continue
        if (first := found.setdefault(code, row)) is not row:
            row.fault("code", f"{code!r} stands in row {first.number} already", "keep one of the two rows")
        if "field" not in sheet.columns and code in stored:
            field = stored[code][1]
        values[code] = name, field
    sheet.faults.refuse()
    new = changed = 0
    for code, (name, field) in values.items():
        if code not in stored:
            connection.execute(insert(Procedure), {"code": code, "name": name, "field": field})
            new += 1
        elif stored[code] != (name, field):
            query_ = update(Procedure).where(Procedure.code == code)
            connection.execute(query_.values(name=name, field=field))
            changed += 1
    return Imported(new, changed, len(values) - new - changed)
