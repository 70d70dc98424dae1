"""Ranks of units by rate, rank 1 the highest, with the sets of ranks that their intervals leave open."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Index
from analysis.estimate.proportion import checked_counts, checked_level, limits

Adjustment = Literal["sidak", "bonferroni", "none"]


class RankingError(ValueError):
    """Units that cannot be ranked."""


class RankSets(NamedTuple):
    """Point ranks with the sets ``best`` to ``worst``, and the intervals ``low`` to ``high`` behind them."""

    point: Index
    best: Index
    worst: Index
    low: Array
    high: Array


def rank_sets(
    satisfied: ArrayLike,
    n: ArrayLike,
    *,
    confidence_level: float = 0.95,
    adjustment: Adjustment = "sidak",
) -> RankSets:
    """Give each unit's rank by rate and the joint set of ranks that its peers' intervals leave open.

    best = 1 + the number of units whose whole interval lies above the unit's, worst = K - the number of those
    whose whole interval lies below it, of K Wilson intervals that hold together [1]_.

    Parameters
    ----------
    satisfied, n
        Effective counts, not necessarily whole, one element a unit, in any order.
    confidence_level
        With which all sets hold at once; between 0 and 1.
    adjustment
        How each interval's level follows from it: ``sidak`` level^(1/K); ``bonferroni`` 1 - (1 - level)/K;
        ``none`` the level itself: the sets then hold one by one only.

    Returns
    -------
    RankSets
        Units whose rates agree to 12 decimals share the best of their point ranks.

    Raises
    ------
    RankingError
        If a unit has no answers or the adjustment is unknown.
    ProportionError
        If counts or level are impossible.

    References
    ----------
    .. [1] Klein, Wright and Wieczorek 2020, J R Stat Soc A 183:589-606.

    Examples
    --------
    >>> sets = rank_sets([97, 80, 79], [100, 100, 100])
    >>> sets.point.tolist(), sets.best.tolist(), sets.worst.tolist()
    ([1, 2, 3], [1, 2, 2], [1, 3, 3])
    """
    x, size = ranked_units(satisfied, n)
    k = len(x)
    level = checked_level(confidence_level)
    levels = {"sidak": level ** (1 / k), "bonferroni": 1 - (1 - level) / k, "none": level}
    if adjustment not in levels:
        raise RankingError(f"adjustment {adjustment!r}: choose one of {', '.join(get_args(Adjustment))}")
    low, high = limits(x, size, "wilson", levels[adjustment])
    # Rounded, because rate times effective n over effective n is not always the rate to the last digit.
    rate = np.round(x / size, 12)
    return RankSets(
        point=1 + k - np.searchsorted(np.sort(rate), rate, side="right"),
        best=1 + k - np.searchsorted(np.sort(low), high, side="right"),
        worst=k - np.searchsorted(np.sort(high), low, side="left"),
        low=low,
        high=high,
    )


def ranked_units(satisfied: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    """Give the counts as one element a unit, once all units are known to have answers."""
    x, size = (column.ravel() for column in checked_counts(satisfied, n))
    empty = np.flatnonzero(size == 0)
    if len(empty):
        raise RankingError(f"n of unit {empty[0]} is 0: leave units without answers out, they have no rank")
    return x, size
