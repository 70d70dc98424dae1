"""Differences of two rates, from their counts or their intervals, and the word for what they show."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Words
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.proportion import checked_counts, checked_level, limits, rates

Method = Literal["newcombe", "agresti-caffo"]

HIGHER, LOWER, NO_CLEAR_DIFFERENCE = "higher", "lower", "no_clear_difference"
"""The words for an interval above 0, below 0, and one that holds 0."""

_ROUNDING = 1e-9


class DifferenceError(ValueError):
    """Rates, intervals or errors that cannot be compared."""


class Difference(NamedTuple):
    """First minus second rate with both ends of its interval; numpy floats, or arrays of one shape."""

    difference: Array
    low: Array
    high: Array


def difference_interval(
    satisfied_1: ArrayLike,
    n_1: ArrayLike,
    satisfied_2: ArrayLike,
    n_2: ArrayLike,
    *,
    method: Method = "newcombe",
    confidence_level: float = 0.95,
) -> Difference:
    """Give the two-sided interval of satisfied_1 / n_1 - satisfied_2 / n_2 of two independent samples.

    Two halves of a unit share no day, so they are independent; so are a unit and the rest of its province,
    but not a unit and the whole of it.

    Parameters
    ----------
    satisfied_1, n_1, satisfied_2, n_2
        Counts, or arrays of counts that broadcast against each other. They need not be whole numbers: of
        clustered answers give effective sizes, and the rates times these.
    method
        ``newcombe``: hybrid of the two Wilson intervals, method 10 of [1]_, see `difference_of_intervals`;
        ``agresti-caffo``: normal interval after one satisfied and one other answer were added to each
        sample, cut to -1..1 [2]_; it is not centred on the difference.
    confidence_level
        Between 0 and 1, both excluded.

    Returns
    -------
    Difference
        Fractions in -1..1. Where a sample has no answers the difference is NaN and the interval -1..1.

    Raises
    ------
    ProportionError
        If there is no count, shapes do not fit, a count is impossible, or the level is.
    DifferenceError
        If the two samples do not broadcast, or the method is unknown.

    References
    ----------
    .. [1] Newcombe 1998, Stat Med 17:873-890.
    .. [2] Agresti and Caffo 2000, Am Stat 54:280-288.

    Examples
    --------
    >>> found = difference_interval(56, 70, 48, 80)
    >>> f"{found.difference:.4f} {found.low:.4f} {found.high:.4f}"
    '0.2000 0.0524 0.3339'
    """
    x1, size1 = checked_counts(satisfied_1, n_1)
    x2, size2 = checked_counts(satisfied_2, n_2)
    level = checked_level(confidence_level)
    if method not in get_args(Method):
        raise DifferenceError(f"method {method!r}: unknown; choose one of {', '.join(get_args(Method))}")
    x1, size1, x2, size2 = broadcast(DifferenceError, satisfied_1=x1, n_1=size1, satisfied_2=x2, n_2=size2)
    rate1, rate2 = rates(x1, size1), rates(x2, size2)
    if method == "newcombe":
        low1, high1 = limits(x1, size1, "wilson", level)
        low2, high2 = limits(x2, size2, "wilson", level)
        return _recovered(rate1, low1, high1, rate2, low2, high2, np.float64(0.0))
    added1, added2 = (x1 + 1) / (size1 + 2), (x2 + 1) / (size2 + 2)
    spread = np.sqrt(added1 * (1 - added1) / (size1 + 2) + added2 * (1 - added2) / (size2 + 2))
    reach = special.ndtri((1 + level) / 2) * spread
    return _bounded(rate1 - rate2, added1 - added2 - reach, added1 - added2 + reach)


def difference_of_intervals(
    rate_1: ArrayLike,
    low_1: ArrayLike,
    high_1: ArrayLike,
    rate_2: ArrayLike,
    low_2: ArrayLike,
    high_2: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
) -> Difference:
    """Give the interval of rate_1 - rate_2 from the intervals of both: variance estimates recovered.

        low  = d - sqrt((p1 - l1)² + (u2 - p2)² - 2 r (p1 - l1) (u2 - p2)),
        high = d + sqrt((u1 - p1)² + (p2 - l2)² - 2 r (u1 - p1) (p2 - l2))

    with the correlation r of both rates, 0 for independent samples [1]_ [2]_. For two questions to the same
    respondents it is that of the residual totals of their clusters.

    Parameters
    ----------
    rate_1, low_1, high_1, rate_2, low_2, high_2
        Fractions that broadcast against each other, low <= rate <= high; intervals of one confidence level,
        which is that of the result. A rate may be NaN, of no answers.
    correlation
        In -1..1.

    Returns
    -------
    Difference
        Fractions in -1..1; where a rate is NaN the difference is NaN and the interval -1..1.

    Raises
    ------
    DifferenceError
        If shapes do not fit, a rate lies outside its interval or 0..1, or the correlation outside -1..1.

    References
    ----------
    .. [1] Newcombe 1998, Stat Med 17:873-890.
    .. [2] Zou and Donner 2008, Stat Med 27:1693-1702.

    Examples
    --------
    >>> found = difference_of_intervals(0.84, 0.80, 0.88, 0.79, 0.75, 0.82)
    >>> f"{found.difference:.2f} {found.low:.2f} {found.high:.3f}"
    '0.05 0.00 0.107'
    >>> related = difference_of_intervals(0.84, 0.80, 0.88, 0.79, 0.75, 0.82, correlation=0.5)
    >>> f"{related.low:.3f} {related.high:.3f}"
    '0.014 0.090'
    """
    rate1, low1, high1, rate2, low2, high2, r = broadcast(
        DifferenceError,
        rate_1=rate_1,
        low_1=low_1,
        high_1=high_1,
        rate_2=rate_2,
        low_2=low_2,
        high_2=high_2,
        correlation=correlation,
    )
    for name, rate, low, high in (("first", rate1, low1, high1), ("second", rate2, low2, high2)):
        known = ~np.isnan(rate)
        within = (low >= -_ROUNDING) & (low <= rate + _ROUNDING) & (rate <= high + _ROUNDING)
        faulty = np.flatnonzero(known & ~(within & (high <= 1 + _ROUNDING)))
        if len(faulty):
            at = faulty[0]
            raise DifferenceError(
                f"{name} rate {rate.flat[at]:g} with the interval {low.flat[at]:g} to {high.flat[at]:g}: "
                "give fractions with 0 <= low <= rate <= high <= 1"
            )
    refuse(DifferenceError, "correlation", r, ~(np.abs(r) <= 1), "a number from -1 to 1")
    return _recovered(rate1, low1, high1, rate2, low2, high2, r)


def direction(low: ArrayLike, high: ArrayLike) -> Words:
    """Say what an interval of a difference shows: ``higher``, ``lower`` or ``no_clear_difference``.

    An interval that ends at 0 shows no clear difference; one that is not known (NaN) gives the empty word.

    Raises
    ------
    DifferenceError
        If shapes do not fit or a low end lies above its high end.

    Examples
    --------
    >>> direction([0.01, -0.2, -0.1], [0.09, -0.1, 0.1]).tolist()
    ['higher', 'lower', 'no_clear_difference']
    """
    start, end = broadcast(DifferenceError, low=low, high=high)
    if (start > end).any():
        at = np.flatnonzero(start > end)[0]
        raise DifferenceError(f"interval {start.flat[at]:g} to {end.flat[at]:g}: give the low end first")
    words = np.where(start > 0, HIGHER, np.where(end < 0, LOWER, NO_CLEAR_DIFFERENCE))
    named: Words = np.where(np.isnan(start) | np.isnan(end), "", words)[()]
    return named


def _recovered(
    rate1: Array, low1: Array, high1: Array, rate2: Array, low2: Array, high2: Array, r: ArrayLike
) -> Difference:
    gaps = (rate1 - low1, high2 - rate2, high1 - rate1, rate2 - low2)
    down1, up2, up1, down2 = (np.maximum(gap, 0.0) for gap in gaps)
    # Rounding can take the sum of squares below 0 where both are equal and r is 1.
    below = np.sqrt(np.maximum(down1**2 + up2**2 - 2 * np.asarray(r) * down1 * up2, 0.0))
    above = np.sqrt(np.maximum(up1**2 + down2**2 - 2 * np.asarray(r) * up1 * down2, 0.0))
    d = rate1 - rate2
    return _bounded(d, d - below, d + above)


def _bounded(difference: Array, low: Array, high: Array) -> Difference:
    known = ~np.isnan(difference)
    return Difference(
        difference[()],
        np.where(known, np.clip(low, -1.0, 1.0), -1.0)[()],
        np.where(known, np.clip(high, -1.0, 1.0), 1.0)[()],
    )
