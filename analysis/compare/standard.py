"""Standard: the mix of groups that rates are compared at, its thin groups merged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index


class StandardisationError(ValueError):
    """Cells or a standard that give no standardised rate."""


def merged_groups(
    respondents: ArrayLike, standard: ArrayLike, minimum: float, coarser: Sequence[ArrayLike] = ()
) -> Index:
    """Give the cell of each group after thin ones were merged, as `standardised_difference` does it.

    Cells are numbered from 0 by their first group; groups the standard is 0 of have none, -1.

    Examples
    --------
    Groups 1 and 2 are thin, and of the field "b"; together they are enough.

    >>> merged_groups([40, 4, 7, 30], [90, 9, 9, 9], 10, [["a", "b", "b", "b"]]).tolist()
    [0, 1, 1, 2]
    """
    size, weight = np.asarray(respondents, np.float64), np.asarray(standard, np.float64)
    cell = np.where(weight > 0, np.arange(len(weight)), -1).astype(np.intp)
    for level in (*coarser, np.zeros(len(weight))):
        labels = np.asarray(level)
        if labels.shape != weight.shape:
            raise StandardisationError(
                f"{len(weight)} groups with coarser labels of the shape {labels.shape}: give each group one"
            )
        for label in np.unique(labels):
            _join(cell, size, (labels == label) & (cell >= 0), minimum)
    present = cell >= 0
    cell[present] = np.unique(cell[present], return_inverse=True)[1]
    return cell


def _join(cell: Index, size: Array, members: NDArray[np.bool_], minimum: float) -> None:
    """Join thin cells of the members, and the smallest others while these are too few together."""
    total = np.bincount(cell[members], size[members], len(cell))
    present = np.unique(cell[members])
    order = present[np.argsort(total[present], kind="stable")]
    thin = int((total[order] < minimum).sum())
    if not thin:
        return
    while thin < len(order) and total[order[:thin]].sum() < minimum:
        thin += 1
    joined = order[:thin]
    # Of a cell of an earlier, crossing level all groups come along.
    cell[np.isin(cell, joined)] = joined.min()


def checked_standard(standard: ArrayLike) -> Array:
    """Give the weight of each group, once it is known to be right."""
    weight = np.asarray(standard, np.float64)
    if weight.ndim != 1 or not (np.isfinite(weight) & (weight >= 0)).all() or not weight.sum() > 0:
        raise StandardisationError(
            f"standard {standard!r}: give one finite number a group, not negative, at least one above 0"
        )
    return weight
