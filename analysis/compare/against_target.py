"""Against target: whether rates differ from a target by more than chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Words
from analysis.compare.false_discovery import benjamini_hochberg
from analysis.compare.verdict import VerdictError, tested_units, unit_columns, verdict_words


class AgainstTarget(NamedTuple):
    """Score, p-value and adjusted p-value of each unit against a target; NaN where not tested."""

    verdict: Words
    z: Array
    p: Array
    adjusted: Array


def against_target(
    rate: ArrayLike,
    effective_n: ArrayLike,
    target: ArrayLike,
    *,
    testable: ArrayLike | None = None,
    false_discovery_rate: float = 0.05,
) -> AgainstTarget:
    """Say which rates lie above or below a target.

    Score test z = (rate - target) / sqrt(target (1 - target) / effective n) with two-sided normal p-values,
    adjusted over the testable units so that at most ``false_discovery_rate`` of the units named are named
    wrongly [1]_.

    Parameters
    ----------
    rate, effective_n
        One element a unit; fractions in 0..1, and numbers above 0 where the unit is testable.
    target
        Fraction between 0 and 1, both excluded; one, or one a unit.
    testable
        True for units with enough data, which alone are tested; None: those with a rate and an effective n.
    false_discovery_rate
        Between 0 and 1.

    Raises
    ------
    VerdictError
        If columns differ in length, or a rate, size, target or level is impossible.

    References
    ----------
    .. [1] Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300.

    Examples
    --------
    >>> against_target([0.80, 0.91, 0.97], [150, 80, 400], 0.90).verdict.tolist()
    ['below', 'not_distinguishable', 'above']
    """
    p, size = unit_columns(rate=rate, effective_n=effective_n)
    goal = np.broadcast_to(np.asarray(target, np.float64), p.shape)
    if not ((goal > 0) & (goal < 1)).all():
        raise VerdictError(f"target {target!r}: give a fraction between 0 and 1")
    tested = tested_units(testable, p, size, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(tested, (p - goal) / np.sqrt(goal * (1 - goal) / size), np.nan)
    chance = 2 * special.ndtr(-np.abs(z))
    adjusted = benjamini_hochberg(chance)
    return AgainstTarget(verdict_words(z, adjusted, false_discovery_rate), z, chance, adjusted)
