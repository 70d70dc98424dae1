"""Differences of two estimates with t intervals: of independent ones, or of the same respondents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.compare.difference import DifferenceError
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.design import DesignError, grouped, ratios
from analysis.estimate.proportion import checked_level

_NOISE = 1e-13


class TDifference(NamedTuple):
    """First minus second estimate with its standard error and t interval; NaN where there is none."""

    difference: Array
    standard_error: Array
    df: Array
    low: Array
    high: Array


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
