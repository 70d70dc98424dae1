"""Workload: which share of its responses a day or an hour should have, by the citizens served."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Array


def expected_by_workload(served: Array | None, counts: Array, usual: Array) -> Array:
    """Give shares of each row by the citizens served; where these are unknown, by what is usual.

    ``counts`` are the responses; rows of which neither is known are NaN.

    Examples
    --------
    >>> served, usual = np.array([[30.0, 10.0], [np.nan, np.nan]]), np.array([[1.0, 1.0], [1.0, 1.0]])
    >>> expected_by_workload(served, np.array([[3.0, 1.0], [2.0, 2.0]]), usual).tolist()
    [[0.75, 0.25], [0.5, 0.5]]
    """
    shape = usual.copy()
    if served is not None:
        known = np.isfinite(served).all(axis=1) & (served.sum(axis=1) > 0)
        # Where there are responses and nobody was served is a matter of other checks.
        shape[known] = np.maximum(served[known], 0.25 * (counts[known] > 0))
    total = shape.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shape, total, out=np.full(shape.shape, np.nan), where=total > 0))
