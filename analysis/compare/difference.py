"""Differences of two rates: of independent samples, or of two questions to the same respondents."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.design import Array, DesignError, grouped, ratios
from analysis.estimate.proportion import checked_counts, checked_level, limits

Method = Literal["newcombe", "agresti-caffo"]
Words = NDArray[np.str_]

HIGHER, LOWER, NO_CLEAR_DIFFERENCE = "higher", "lower", "no_clear_difference"
"""The words for an interval above 0, below 0, and one that holds 0."""

_ROUNDING = 1e-9
_NOISE = 1e-13


class DifferenceError(ValueError):
    """Rates, intervals or errors that cannot be compared."""


class Difference(NamedTuple):
    """First minus second rate with both ends of its interval; numpy floats, or arrays of one shape."""

    difference: Array
    low: Array
    high: Array


class TDifference(NamedTuple):
    """First minus second estimate with its standard error and t interval; NaN where there is none."""

    difference: Array
    standard_error: Array
    df: Array
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
    rate1, rate2 = _rate(x1, size1), _rate(x2, size2)
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


def linearised_difference(
    satisfied_1: ArrayLike,
    n_1: ArrayLike,
    satisfied_2: ArrayLike,
    n_2: ArrayLike,
    cluster: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> TDifference:
    """Give the difference of two rates that stem from the same respondents or the same days.

    With p = sum(x) / sum(n) of each, the residual of a cluster is

        e = (x1 - p1 n1) / sum(n1) - (x2 - p2 n2) / sum(n2),

    so the covariance of both rates is in its square [1]_. The variance is that of `linearised`, m / (m - 1)
    times the sum of squares of e about the mean of its stratum; the interval is the difference ± t[df]
    standard errors, not cut.

    Parameters
    ----------
    satisfied_1, n_1, satisfied_2, n_2
        One element a cell: satisfied answers and answers of both questions, or sums of any two ratios.
    cluster, stratum
        Labels of each cell, as of `linearised`; every cluster handed in counts, one without answers too.
    confidence_level
        Between 0 and 1, both excluded.

    Returns
    -------
    TDifference
        numpy floats, df = clusters - strata. The standard error is NaN without a degree of freedom; the
        interval is NaN then, and where the standard error is 0: clusters all alike do not tell it.

    Raises
    ------
    DifferenceError
        If columns differ in length, are empty, have no answers, or hold impossible numbers.
    ProportionError
        If the level is impossible.

    References
    ----------
    .. [1] Woodruff 1971, J Am Stat Assoc 66:411-414.

    Examples
    --------
    >>> found = linearised_difference([8, 9, 4], [10, 10, 10], [7, 9, 2], [10, 10, 10], ["Mon", "Tue", "Wed"])
    >>> f"{found.difference:.2f} {found.standard_error:.4f} {found.df:g}"
    '0.10 0.0577 2'
    """
    columns = [np.asarray(column, np.float64) for column in (satisfied_1, n_1, satisfied_2, n_2)]
    shapes = {column.shape for column in columns}
    if len(shapes) > 1 or columns[0].ndim != 1 or not columns[0].size:
        raise DifferenceError(
            f"columns have the shapes {', '.join(str(column.shape) for column in columns)}: "
            "give columns of one length, at least one cell"
        )
    x1, size1, x2, size2 = columns
    if not all(np.isfinite(column).all() for column in columns) or (size1 < 0).any() or (size2 < 0).any():
        raise DifferenceError("a count is negative or not finite: give finite numbers, n not negative")
    if not (size1.sum() > 0 and size2.sum() > 0):
        raise DifferenceError(
            f"n_1 adds up to {size1.sum():g}, n_2 to {size2.sum():g}: both rates need answers"
        )
    rate1, rate2 = x1.sum() / size1.sum(), x2.sum() / size2.sum()
    residual = (x1 - rate1 * size1) / size1.sum() - (x2 - rate2 * size2) / size2.sum()
    variance, df = residual_variance(residual, cluster, stratum)
    return t_difference(rate1 - rate2, np.sqrt(variance), df, confidence_level)


def welch(
    estimate_1: ArrayLike,
    standard_error_1: ArrayLike,
    df_1: ArrayLike,
    estimate_2: ArrayLike,
    standard_error_2: ArrayLike,
    df_2: ArrayLike,
    *,
    confidence_level: float = 0.95,
) -> TDifference:
    """Give the difference of two independent estimates with Welch's t interval.

    Variances v add up; the degrees of freedom are (v1 + v2)² / (v1² / df1 + v2² / df2) [1]_ [2]_. The
    interval is not cut.

    Parameters
    ----------
    estimate_1, standard_error_1, df_1, estimate_2, standard_error_2, df_2
        Numbers or arrays that broadcast against each other: rates, mean scores, or other estimates.
    confidence_level
        Between 0 and 1, both excluded.

    Returns
    -------
    TDifference
        NaN where a standard error is NaN or has no degree of freedom. Where both standard errors are 0 the
        degrees of freedom and the interval are NaN: clusters all alike do not tell it.

    Raises
    ------
    DifferenceError
        If shapes do not fit or a standard error or df is negative.
    ProportionError
        If the level is impossible.

    References
    ----------
    .. [1] Satterthwaite 1946, Biom Bull 2:110-114.
    .. [2] Welch 1947, Biometrika 34:28-35.

    Examples
    --------
    >>> found = welch(0.84, 0.02, 30, 0.79, 0.01, 60)
    >>> f"{found.difference:.2f} {found.standard_error:.4f} {found.df:.2f} {found.low:.4f} {found.high:.4f}"
    '0.05 0.0224 45.45 0.0050 0.0950'
    """
    value1, error1, own1, value2, error2, own2 = broadcast(
        DifferenceError,
        estimate_1=estimate_1,
        standard_error_1=standard_error_1,
        df_1=df_1,
        estimate_2=estimate_2,
        standard_error_2=standard_error_2,
        df_2=df_2,
    )
    for name, column in (
        ("standard_error_1", error1),
        ("standard_error_2", error2),
        ("df_1", own1),
        ("df_2", own2),
    ):
        refuse(DifferenceError, name, column, column < 0, "a number that is not negative")
    v1, v2 = error1**2, error2**2
    with np.errstate(invalid="ignore", divide="ignore"):
        known = (own1 > 0) & (own2 > 0)
        variance = np.where(known, v1 + v2, np.nan)
        df = np.where(known, variance**2 / (v1**2 / own1 + v2**2 / own2), np.nan)
    return t_difference(value1 - value2, np.sqrt(variance), df, confidence_level)


def t_difference(
    difference: ArrayLike, standard_error: ArrayLike, df: ArrayLike, confidence_level: float = 0.95
) -> TDifference:
    """Give a difference ± t[df] standard errors; no interval (NaN) where the standard error is 0 or unknown.

    Examples
    --------
    >>> f"{t_difference(0.05, 0.01, 10).low:.4f}"
    '0.0277'
    """
    d, error, free = broadcast(DifferenceError, difference=difference, standard_error=standard_error, df=df)
    known = (error > 0) & (free > 0)
    reach = special.stdtrit(np.where(known, free, 1.0), (1 + checked_level(confidence_level)) / 2) * error
    reach = np.where(known, reach, np.nan)
    return TDifference(d[()], error[()], free[()], (d - reach)[()], (d + reach)[()])


def residual_variance(
    residual: Array, cluster: ArrayLike, stratum: ArrayLike | None = None
) -> tuple[float, float]:
    """Give variance and df of an estimate from the linearised residuals of its cells, which add up to 0.

    m / (m - 1) times the squares of the totals of clusters about the mean of their stratum; NaN without a
    degree of freedom, as `analysis.estimate.design.ratios` gives it.

    Raises
    ------
    DifferenceError
        If there is not one cluster and one stratum a cell.

    Examples
    --------
    >>> variance, df = residual_variance(np.array([0.1, -0.3, 0.2]), ["Mon", "Tue", "Wed"])
    >>> f"{variance:.2f} {df:g}"
    '0.21 2'
    """
    try:
        clusters = grouped(cluster, stratum, None, len(residual))
    except DesignError as error:
        raise DifferenceError(str(error)) from error
    m = len(clusters.stratum)
    total = np.bincount(clusters.of, residual, m).astype(np.float64)
    found = ratios(total, np.full(m, 1 / m), np.zeros(m, np.intp), clusters.stratum, 1)
    variance = float(found.variance[0])
    return (0.0 if variance <= _NOISE**2 else variance), float(found.df[0])


def _rate(satisfied: Array, n: Array) -> Array:
    return np.asarray(np.divide(satisfied, n, out=np.full(n.shape, np.nan), where=n > 0))


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
