"""Columns: the numbers that a chart is given, and what it refuses to draw."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]


class ChartError(ValueError):
    """Columns that no chart can show."""


def same_length(chart: str, **columns: Sized) -> int:
    """Give the number of rows of columns that must be as long as each other.

    Raises
    ------
    ChartError
        If there is no row, or the columns differ in length.
    """
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or 0 in lengths:
        found = ", ".join(f"{len(column)} {name}" for name, column in columns.items())
        raise ChartError(f"{chart}: {found}; give at least one row and as many of each")
    return lengths.pop()


def numbers(
    chart: str,
    *,
    within: tuple[float, float] = (0.0, 1.0),
    gaps: bool = False,
    **columns: ArrayLike,
) -> tuple[Array, ...]:
    """Give columns as arrays, each number ``within`` two ends, and no ``lows`` above its ``highs``.

    With ``gaps`` a row may be NaN, in all columns or in none.

    Raises
    ------
    ChartError
        If a column is not one row of numbers, or a number is none, or not in its place.

    Examples
    --------
    >>> numbers("trend", lows=[0.2], highs=[0.4])
    (array([0.2]), array([0.4]))
    """
    arrays = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
    for name, array in arrays.items():
        if array.ndim != 1:
            raise ChartError(f"{chart}: {name} has the shape {array.shape}; give one number a row")
    same_length(chart, **arrays)
    table = np.stack(list(arrays.values()))
    missing = np.isnan(table).all(axis=0) if gaps else np.zeros(table.shape[1], dtype=np.bool_)
    bad = ~((table >= within[0]) & (table <= within[1])) & ~missing
    for column, row in np.argwhere(bad)[:1]:
        name = tuple(arrays)[column]
        raise ChartError(
            f"{chart}: row {row + 1}: {name} is {table[column, row]}; "
            f"give a number from {within[0]:g} to {within[1]:g}"
            + (", or nan in every column of the row" if gaps else "")
        )
    if "lows" in arrays and "highs" in arrays:
        for row in np.flatnonzero(arrays["lows"] > arrays["highs"])[:1]:
            raise ChartError(
                f"{chart}: row {row + 1}: low {arrays['lows'][row]} is above high {arrays['highs'][row]}; "
                "exchange them"
            )
    return tuple(arrays.values())
