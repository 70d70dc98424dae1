"""Columns: numbers that a caller hands in, brought to one shape, refused where they are impossible."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def broadcast(error: type[ValueError], **columns: ArrayLike) -> list[NDArray[np.float64]]:
    """Give columns as arrays of one shape; raise ``error`` if shapes do not fit or there is no element."""
    try:
        made = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in columns.values()))
    except ValueError as unfit:
        shapes = ", ".join(f"{name} {np.shape(column)}" for name, column in columns.items())
        raise error(f"shapes {shapes} do not fit: give one of each, or as many") from unfit
    if not made[0].size:
        raise error(f"{', '.join(columns)}: nothing given; give at least one of each")
    return [np.asarray(column) for column in made]


def refuse(
    error: type[ValueError],
    name: str,
    values: NDArray[np.float64],
    faulty: NDArray[np.bool_],
    wanted: str,
) -> None:
    """Raise ``error`` with the first faulty value, if there is one."""
    if faulty.any():
        raise error(f"{name} {values[faulty].flat[0]:g}: give {wanted}")
