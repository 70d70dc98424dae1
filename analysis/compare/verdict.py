"""Verdict: which units are tested, and the word for a rate that differs by more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Marks, Words

ABOVE, BELOW, NOT_DISTINGUISHABLE = "above", "below", "not_distinguishable"
"""The words; a unit that was not tested has the empty one."""


class VerdictError(ValueError):
    """Rates, sizes or levels that give no verdict."""


def unit_columns(**columns: ArrayLike) -> list[Array]:
    """Give columns of one length, of at least one unit, as numbers."""
    arrays = {name: np.asarray(column, np.float64) for name, column in columns.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1 or any(array.ndim != 1 or not len(array) for array in arrays.values()):
        said = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise VerdictError(f"shapes {said}: give columns of one length, at least one unit")
    return list(arrays.values())


def tested_units(testable: ArrayLike | None, rate: Array, n: Array, size: Array) -> Marks:
    """Give which units are tested, once all numbers that will be used are known to be right."""
    known = n > 0
    faulty = (
        (n < 0) | ~np.isfinite(n) | (known & ~((rate >= 0) & (rate <= 1) & (size > 0) & np.isfinite(size)))
    )
    if faulty.any():
        unit = int(np.flatnonzero(faulty)[0])
        raise VerdictError(
            f"unit {unit}: rate {rate[unit]:g}, n {n[unit]:g}, effective n {size[unit]:g}: "
            "give a rate in 0..1 and sizes above 0, or n 0 for no answers"
        )
    if testable is None:
        return known
    mask = np.asarray(testable, np.bool_)
    if mask.shape != rate.shape:
        raise VerdictError(f"{len(rate)} rates with testable of the shape {mask.shape}: give each rate one")
    return known & mask


def verdict_words(difference: Array, adjusted: Array, false_discovery_rate: float) -> Words:
    """Give the word for each difference whose adjusted p-value is known, by its sign; else the empty one."""
    if not 0 < false_discovery_rate < 1:
        raise VerdictError(f"false_discovery_rate {false_discovery_rate!r}: give a number between 0 and 1")
    named = np.where(difference > 0, ABOVE, BELOW)
    words = np.where((adjusted <= false_discovery_rate) & (difference != 0), named, NOT_DISTINGUISHABLE)
    return np.where(np.isnan(adjusted), "", words)
