"""Hierarchy: which domains a unit is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Index
from analysis.estimate.design import starts
from analysis.ratings import Domain


class HierarchyError(ValueError):
    """Units that stand above each other in a circle."""


class Members(NamedTuple):
    """Pairs of a whole and a part of it, sorted; every domain is a part of itself."""

    whole: Index
    part: Index

    def total(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up, over the parts of each whole, what the parts themselves have (rows of a table)."""
        if not len(own):
            return own
        return np.asarray(np.add.reduceat(own[self.part], starts(self.whole), axis=0))

    def any(self, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say for each whole whether any part is marked."""
        if not len(own):
            return own
        return np.asarray(np.logical_or.reduceat(own[self.part], starts(self.whole), axis=0))


def alone(domains: int) -> Members:
    """Give the pairs of domains that consist of themselves only: counters and officers."""
    return Members(np.arange(domains), np.arange(domains))


def members(units: Sequence[Domain]) -> Members:
    """Give every unit with itself and all units below it.

    Raises
    ------
    HierarchyError
        If a unit stands above itself.

    Examples
    --------
    >>> found = members([Domain("province", "P", "P"), Domain("ward", "W", "W", parent=0)])
    >>> list(zip(found.whole.tolist(), found.part.tolist()))
    [(0, 0), (0, 1), (1, 1)]
    """
    pairs = []
    for part, unit in enumerate(units):
        whole: int | None = part
        for _ in range(len(units)):
            if whole is None:
                break
            pairs.append((whole, part))
            whole = units[whole].parent
        if whole is not None:
            raise HierarchyError(
                f"unit {unit.code!r}: stands above itself; mend the parents of the units above"
            )
    whole_part = np.array(sorted(pairs), np.intp).reshape(-1, 2)
    return Members(whole_part[:, 0], whole_part[:, 1])
