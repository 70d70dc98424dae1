"""Consequence: for which officers the figures could bear one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Marks
from analysis.compare.verdict import BELOW


def consequence_supported(
    verdict: ArrayLike,
    probability_below: ArrayLike,
    review_closed: ArrayLike,
    adjusted_rate: ArrayLike,
    threshold: float,
    *,
    minimum_probability: float = 0.95,
) -> Marks:
    """Say for which officers the figures could bear a consequence; a person decides whether there is one.

    All of: the verdict is ``below``, the posterior probability of a rate under ``threshold`` reaches
    ``minimum_probability``, the review of data quality is closed, and the rate adjusted for the mix of
    procedures lies under the threshold as well (NaN, unknown, does not).

    Examples
    --------
    >>> consequence_supported(["below", "below"], [0.97, 0.97], [True, True], [0.7, 0.82], 0.8).tolist()
    [True, False]
    """
    return np.asarray(
        (np.asarray(verdict) == BELOW)
        & (np.asarray(probability_below, np.float64) >= minimum_probability)
        & np.asarray(review_closed, np.bool_)
        & (np.asarray(adjusted_rate, np.float64) < threshold)
    )
