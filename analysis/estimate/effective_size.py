"""Effective sizes: from a standard error to as many independent answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.proportion import checked_level


class EffectiveSizeError(ValueError):
    """A size, rate or number of degrees of freedom that gives no effective size."""


def t_quantile(df: Array, confidence_level: float) -> Array:
    """Give the two-sided quantile of Student's t; of equal degrees of freedom it is worked out once."""
    distinct, place = np.unique(df, return_inverse=True)
    return np.asarray(special.stdtrit(distinct, (1 + confidence_level) / 2)[place])


def adjusted(n: Array, effective_n: Array, df: Array, confidence_level: float, *, cut: bool = True) -> Array:
    """Give what `adjusted_effective_n` gives of arrays of one shape that are known to be right."""
    found = n.copy()
    several = np.flatnonzero(n > 1)
    size = n[several]
    factor = t_quantile(size - 1, confidence_level) / t_quantile(df[several], confidence_level)
    found[several] = effective_n[several] * factor**2
    return np.minimum(n, found) if cut else found


def adjusted_effective_n(
    n: ArrayLike, effective_n: ArrayLike, df: ArrayLike, *, confidence_level: float = 0.95, cut: bool = True
) -> Array:
    """Give the effective size that pays for the few degrees of freedom of its standard error.

    n* = effective_n (t[n - 1] / t[df])² with quantiles of Student's t [1]_, at most n; one answer stays one.

    Parameters
    ----------
    n
        Answers, 0 or more. With fewer than df + 1 of them the factor exceeds 1, and is kept.
    effective_n
        Answers / design effect, above 0; NaN where there is none, which gives NaN.
    df
        Degrees of freedom of the standard error, above 0: clusters - strata.
    confidence_level
        Between 0 and 1.
    cut
        False leaves out the cut at n.

    Returns
    -------
    Array
        Of the shape that n, effective_n and df broadcast to.

    Raises
    ------
    EffectiveSizeError
        If a number is out of its range or shapes do not fit.

    References
    ----------
    .. [1] Korn and Graubard 1998, Surv Methodol 24:193-201.

    Examples
    --------
    >>> print(adjusted_effective_n(200, [80.0, 80.0, 190.0], [5, 40, 500]).round(1))
    [ 47.1  76.2 191.4]
    """
    size, effective, freedom = broadcast(EffectiveSizeError, n=n, effective_n=effective_n, df=df)
    refuse(EffectiveSizeError, "n", size, ~(np.isfinite(size) & (size >= 0)), "a finite number, 0 or more")
    refuse(
        EffectiveSizeError,
        "effective_n",
        effective,
        effective <= 0,
        "a number above 0, or NaN where there is none",
    )
    refuse(
        EffectiveSizeError,
        "df",
        freedom,
        ~(freedom > 0),
        "a number above 0; without it no standard error is known",
    )
    level = checked_level(confidence_level)
    flat = adjusted(size.ravel(), effective.ravel(), freedom.ravel(), level, cut=cut)
    return np.where(np.isnan(effective), np.nan, flat.reshape(size.shape))[()]


def finite_population(effective_n: ArrayLike, responses: ArrayLike, transactions: ArrayLike) -> Array:
    """Give the effective size of a rate that speaks of this period's transactions only.

    effective_n / (1 - responses / transactions); infinite where every transaction was answered: the rate is
    then a complete count, and its interval the rate itself. A rate that speaks of how the service works,
    with the days of the period as a sample, has no such correction.

    Parameters
    ----------
    effective_n
        Above 0, after the factor for degrees of freedom.
    responses, transactions
        How many answered, and how many could: 0 <= responses <= transactions, transactions above 0.

    Raises
    ------
    EffectiveSizeError
        If a number is out of its range or not known, or shapes do not fit.

    References
    ----------
    Cochran 1977, Sampling Techniques, section 2.6.

    Examples
    --------
    >>> print(finite_population(150.0, [0, 250, 1000], 1000))
    [150. 200.  inf]
    """
    size, given, served = broadcast(
        EffectiveSizeError, effective_n=effective_n, responses=responses, transactions=transactions
    )
    refuse(EffectiveSizeError, "effective_n", size, ~(size > 0), "a number above 0")
    refuse(
        EffectiveSizeError,
        "transactions",
        served,
        ~(np.isfinite(served) & (served > 0)),
        "a known number above 0",
    )
    refuse(
        EffectiveSizeError,
        "responses",
        given,
        ~((given >= 0) & (given <= served)),
        "0 or more, and no more than transactions",
    )
    with np.errstate(divide="ignore"):
        return (size / (1 - given / served))[()]


def sampling_design_effect(
    standard_error: ArrayLike, spread: ArrayLike, n: ArrayLike, *, population: ArrayLike | None = None
) -> Array:
    """Give the design effect as textbooks have it: against s² / n (1 - n / N), s² = spread n / (n - 1).

    That of `linearised` is against p (1 - p) / n, so that n / design effect is the effective size.

    Parameters
    ----------
    standard_error
        0 or more.
    spread
        Mean squared deviation, weighted where the estimate is; of a rate p (1 - p). Above 0.
    n
        Answers, more than 1.
    population
        N, how many could answer (with weights: their sum), n or more; None: no such correction. NaN comes
        of N = n, where a random sample would have no error.

    Raises
    ------
    EffectiveSizeError
        If a number is out of its range or shapes do not fit.

    References
    ----------
    Kish 1965, Survey Sampling, section 8.2.

    Examples
    --------
    >>> print(sampling_design_effect(0.04, 0.16, 101, population=[202, float("inf")]).round(6))
    [2. 1.]
    """
    whole = np.inf if population is None else population
    error, square, size, all_of_them = broadcast(
        EffectiveSizeError, standard_error=standard_error, spread=spread, n=n, population=whole
    )
    refuse(EffectiveSizeError, "standard_error", error, ~(error >= 0), "0 or more")
    refuse(EffectiveSizeError, "spread", square, ~(square > 0), "a number above 0")
    refuse(EffectiveSizeError, "n", size, ~(size > 1), "a number above 1")
    refuse(EffectiveSizeError, "population", all_of_them, ~(all_of_them >= size), "n or more")
    left = 1 - size / all_of_them
    random = square / (size - 1) * np.where(left > 0, left, np.nan)
    return np.asarray(error**2 / random)[()]
