"""Those who did not answer: what they could change, which no weight can mend."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import elementwise

from analysis.arrays import Array
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.proportion import checked_counts, checked_level


class NonresponseError(ValueError):
    """Counts or rates that say nothing about those who did not answer."""


class Bounds(NamedTuple):
    """Worst-case bounds, ``low`` and ``high``, and the interval around them that holds the rate.

    ``critical`` standard errors lie between the bounds and ``interval_low``, ``interval_high``, which are not
    cut to 0..1; the three are NaN where the standard error is 0.
    """

    low: Array
    high: Array
    critical: Array
    interval_low: Array
    interval_high: Array


def nonresponse_bounds(
    satisfied: ArrayLike,
    n: ArrayLike,
    transactions: ArrayLike,
    *,
    effective_n: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Bounds:
    """Give the rate among all transactions if all that are silent were unsatisfied, or all satisfied.

    low = x / N, high = (x + N - n) / N [1]_. With se = n / N sqrt(p (1 - p) / effective n) the interval is
    low - C se .. high + C se, where Phi(C + (high - low) / se) - Phi(-C) = confidence level [2]_: it
    holds the rate, wherever that lies between the bounds.

    Parameters
    ----------
    satisfied, n
        Satisfied respondents and respondents: one answer each.
    transactions
        How many could have answered, n or more and above 0.
    effective_n
        Above 0, of the respondents' rate; None: n.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    NonresponseError
        If there are more respondents than transactions, a number is impossible or shapes do not fit.
    ProportionError
        If satisfied or n is impossible.

    References
    ----------
    .. [1] Manski 1990, Am Econ Rev 80:319-323.
    .. [2] Imbens and Manski 2004, Econometrica 72:1845-1857.

    Examples
    --------
    >>> found = nonresponse_bounds(88, 100, 120)
    >>> f"{found.low:.3f} {found.high:.3f} {found.interval_low:.3f} {found.interval_high:.3f}"
    '0.733 0.900 0.689 0.945'
    """
    level = checked_level(confidence_level)
    x, n = checked_counts(satisfied, n)
    size = n if effective_n is None else effective_n
    x, n, served, size = broadcast(
        NonresponseError, satisfied=x, n=n, transactions=transactions, effective_n=size
    )
    refuse(
        NonresponseError, "transactions", served, ~(np.isfinite(served) & (served > 0)), "a number above 0"
    )
    refuse(NonresponseError, "n", n, n > served, "no more respondents than transactions, or correct these")
    faulty = ~(np.isfinite(size) & (size > 0)) & (n > 0)
    refuse(NonresponseError, "effective_n", size, faulty, "a finite number above 0")
    low, high = x / served, (x + served - n) / served
    with np.errstate(invalid="ignore", divide="ignore"):
        error = n / served * np.sqrt(x / n * (1 - x / n) / size)
    error = np.where(error > 0, error, np.nan)
    critical = np.full(error.shape, np.nan)
    known = ~np.isnan(error)
    if known.any():
        critical[known] = _critical((high - low)[known] / error[known], level)
    return Bounds(
        low[()], high[()], critical[()], (low - critical * error)[()], (high + critical * error)[()]
    )


def tipping_point(rate: ArrayLike, coverage: ArrayLike, threshold: ArrayLike) -> Array:
    """Give how much less satisfied the silent must be for the rate of all to reach a threshold.

    With rate of all = c p + (1 - c) (p - d), d = (p - threshold) / (1 - c). Below 0: more satisfied. A d
    above p, or below p - 1, cannot be: the silent alone then cannot bring the rate there.

    Parameters
    ----------
    rate, threshold
        Fractions in 0..1.
    coverage
        Responses / transactions, in 0..1; NaN is given where it is 1, with nobody silent.

    Raises
    ------
    NonresponseError
        If a fraction lies outside 0..1 or shapes do not fit.

    References
    ----------
    Rubin 1977, J Am Stat Assoc 72:538-543.

    Examples
    --------
    >>> f"{tipping_point(0.841, 0.139, 0.80):.3f}"
    '0.048'
    """
    p, c, bound = broadcast(NonresponseError, rate=rate, coverage=coverage, threshold=threshold)
    for name, column in (("rate", p), ("coverage", c), ("threshold", bound)):
        refuse(NonresponseError, name, column, ~((column >= 0) & (column <= 1)), "a fraction in 0..1")
    silent = np.where(c < 1, 1 - c, np.nan)
    return np.asarray((p - bound) / silent)[()]


def odds_sensitivity(rate: ArrayLike, ratio: ArrayLike) -> Array:
    """Give the rate of all if the satisfied are ``ratio`` times as likely to answer: p / (p + G (1 - p)).

    The odds of being satisfied are the observed ones divided by G.

    Raises
    ------
    NonresponseError
        If a rate lies outside 0..1, a ratio is not above 0 or shapes do not fit.

    References
    ----------
    Rosenbaum 2002, Observational Studies, chapter 4.

    Examples
    --------
    >>> print(odds_sensitivity(0.9, [1, 1.5, 2, 3]).round(3))
    [0.9   0.857 0.818 0.75 ]
    """
    p, g = broadcast(NonresponseError, rate=rate, ratio=ratio)
    refuse(NonresponseError, "rate", p, ~((p >= 0) & (p <= 1)), "a fraction in 0..1")
    refuse(NonresponseError, "ratio", g, ~(np.isfinite(g) & (g > 0)), "a finite number above 0")
    return np.asarray(p / (p + g * (1 - p)))[()]


def r_indicator(coverage: ArrayLike, transactions: ArrayLike) -> Array:
    """Give how alike the categories answered: 1 - 2 SD(coverage), weighted by transactions.

    1 where all answered equally often; below 0.8 the respondents differ from those who could answer.

    Parameters
    ----------
    coverage, transactions
        Of each category, along the last axis; categories without transactions say nothing.

    Raises
    ------
    NonresponseError
        If a coverage lies outside 0..1, a number is impossible, or there are no transactions.

    References
    ----------
    Schouten, Cobben and Bethlehem 2009, Surv Methodol 35:101-113.

    Examples
    --------
    >>> f"{r_indicator([0.1, 0.3], [600, 200]):.3f}"
    '0.827'
    """
    c, served = broadcast(NonresponseError, coverage=coverage, transactions=transactions)
    refuse(NonresponseError, "transactions", served, ~(np.isfinite(served) & (served >= 0)), "0 or more")
    outside = ~((c >= 0) & (c <= 1)) & (served > 0)
    refuse(NonresponseError, "coverage", c, outside, "a fraction in 0..1")
    c, served = np.atleast_1d(np.where(served > 0, c, 0.0)), np.atleast_1d(served)
    total = served.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise NonresponseError("transactions: none in any category, so nobody could answer")
    share = served / total
    mean = (share * c).sum(axis=-1, keepdims=True)
    return np.asarray(1 - 2 * np.sqrt((share * (c - mean) ** 2).sum(axis=-1)))[()]


def _critical(widths: Array, level: float) -> Array:
    """Solve for C, which lies between the one-sided quantile and the two-sided one."""
    low, high = special.ndtri(level), special.ndtri((1 + level) / 2)

    def excess(c: Array, width: Array) -> Array:
        return np.asarray(special.ndtr(c + width) - special.ndtr(-c) - level)

    found = elementwise.find_root(
        excess, (np.full(widths.shape, low - 0.01), np.full(widths.shape, high + 0.01)), args=(widths,)
    )
    return np.asarray(found.x, np.float64)
