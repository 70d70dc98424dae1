"""SPSS: rows as a .sav file with the words of variables and values; its writer holds all rows in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from survey_app.evaluate.raw.columns import Column
from survey_app.evaluate.raw.rows import Block, Cells

MISSING_RANGE: Any = {"lo": -4, "hi": -1}
VARIABLE_LABEL, VALUE_LABEL = 255, 120
"""Most bytes of a label."""


def missing_library() -> str | None:
    """Give the library that is needed to write such files and is not installed."""
    return None if find_spec("pandas") is not None else "pandas"


def write_sav(path: Path, columns: Sequence[Column], blocks: Iterable[Block]) -> int:
    """Write rows: numbers for the codes of single choices, with Vietnamese words; give how many rows."""
    # Not at the top: web processes import this package and write nothing.
    import pandas  # type: ignore[import-untyped]  # carries no type information
    import pyreadstat

    chunks: dict[str, list[Any]] = {column.name: [] for column in columns}
    rows = 0
    for block in blocks:
        chunks[columns[0].name].append(np.arange(block.first, block.first + block.rows))
        for column, cells in zip(columns[1:], block.cells, strict=True):
            chunks[column.name].append(_values(column, cells))
        rows += block.rows
    frame = pandas.DataFrame(
        {column.name: _joined(column, chunks.pop(column.name)) for column in columns}, copy=False
    )
    pyreadstat.write_sav(
        frame,
        path,
        row_compress=True,
        column_labels={column.name: _cut(column.meaning["vi"], VARIABLE_LABEL) for column in columns},
        variable_value_labels={c.name: labels for c in columns if (labels := _labels(c))},
        missing_ranges={c.name: [MISSING_RANGE] for c in columns if c.kind == "code" and numeric(c)},
        variable_measure={column.name: _measure(column) for column in columns},
        variable_format={column.name: "F8.0" for column in columns if numeric(column)},
    )
    return rows


def numeric(column: Column) -> bool:
    """Tell whether numbers stand in a column of a .sav file."""
    if column.question is not None:
        return column.question.kind != "multiple"
    return column.kind == "number"


def _values(column: Column, cells: Cells) -> Any:
    if column.kind == "day":
        values: Any = np.array([date.fromisoformat(text) for text in cells.texts], object)
    elif not numeric(column):
        values = np.fromiter(cells.texts, object, len(cells.texts))
    else:
        numbers = {code.code: code.number for code in column.codes if code.number is not None}
        values = np.array([numbers.get(text, text) for text in cells.texts]).astype(np.float64)
    return values[cells.place]


def _joined(column: Column, chunks: Sequence[Any]) -> Any:
    return np.concatenate(chunks) if chunks else np.empty(0, np.float64 if numeric(column) else object)


def _labels(column: Column) -> dict[int | float, str]:
    if numeric(column) and column.question is not None:
        return {c.number: _cut(c.meaning["vi"], VALUE_LABEL) for c in column.codes if c.number is not None}
    if column.question is not None:
        return {}
    made: Any = {
        float(code.code) if numeric(column) else code.code: _cut(code.meaning["vi"], VALUE_LABEL)
        for code in column.codes
    }
    return made  # type: ignore[no-any-return]


def _measure(column: Column) -> str:
    if column.question is not None and column.question.kind == "scale":
        return "ordinal"
    if column.name == "row" or (column.question is not None and column.question.kind == "number"):
        return "scale"
    return "nominal"


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
