"""Workbook: rows as one sheet of an XLSX file, written a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.report.tables import neutral
from survey_app.evaluate.raw.columns import Column
from survey_app.evaluate.raw.rows import Block

SHEET = "responses"


def write_xlsx(path: Path, columns: Sequence[Column], blocks: Iterable[Block]) -> int:
    """Write rows, whole numbers of numbers and codes as numbers, all else as text; give how many rows."""
    # Not at the top: web processes import this package and write nothing.
    import xlsxwriter

    rows = 0
    # What it keeps beside the file while it writes goes where the file goes, and away with it.
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.use_zip64()
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name)
        numeric = [column.kind in ("number", "code") for column in columns[1:]]
        for block in blocks:
            tables = [_values(each.texts, n) for each, n in zip(block.cells, numeric, strict=True)]
            lines = zip(*(each.place.tolist() for each in block.cells), strict=True)
            for row, line in enumerate(lines, start=block.first):
                sheet.write_number(row, 0, row)
                for place, (values, found) in enumerate(zip(tables, line, strict=True), start=1):
                    value = values[found]
                    if isinstance(value, int):
                        sheet.write_number(row, place, value)
                    elif value:
                        sheet.write_string(row, place, value)
            rows += block.rows
    return rows


def _values(texts: Sequence[str], numeric: bool) -> list[str | int]:
    return [int(text) if numeric and _whole(text) else neutral(text) for text in texts]


def _whole(text: str) -> bool:
    """Tell whether a text is a whole number that reads the same when written as one."""
    return text.isascii() and text.isdecimal() and str(int(text)) == text
