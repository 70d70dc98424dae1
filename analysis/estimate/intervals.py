"""Intervals of estimates, from their effective size or from their standard error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.effective_size import EffectiveSizeError, adjusted_effective_n
from analysis.estimate.proportion import Interval, checked_level, limits


def korn_graubard_interval(
    rate: ArrayLike,
    effective_n: ArrayLike,
    *,
    n: ArrayLike | None = None,
    df: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Interval:
    """Give the conservative interval of a rate: Clopper-Pearson at its effective size.

    With x = rate times size, BetaInv(a / 2; x, size - x + 1) and BetaInv(1 - a / 2; x + 1, size - x) at
    a = 1 - confidence level [1]_; 0 at a rate of 0, 1 at a rate of 1.

    Parameters
    ----------
    rate
        Fraction in 0..1.
    effective_n
        Above 0: answers / design effect.
    n, df
        With both, the size is first multiplied by (t[n - 1] / t[df])², and not cut at n.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    EffectiveSizeError
        If a number is out of its range, shapes do not fit, or one of n and df is missing.

    References
    ----------
    .. [1] Korn and Graubard 1998, Surv Methodol 24:193-201.

    Examples
    --------
    >>> low, high = korn_graubard_interval(0.8, 60.5)
    >>> f"{low:.4f} {high:.4f}"
    '0.6773 0.8918'
    """
    if (n is None) != (df is None):
        raise EffectiveSizeError("one of n and df is missing: give both, or none")
    size = np.asarray(effective_n, np.float64)
    if n is not None and df is not None:
        size = adjusted_effective_n(n, size, df, confidence_level=confidence_level, cut=False)
    share, size = broadcast(EffectiveSizeError, rate=rate, effective_n=size)
    refuse(EffectiveSizeError, "rate", share, ~((share >= 0) & (share <= 1)), "a fraction in 0..1")
    refuse(
        EffectiveSizeError, "effective_n", size, ~(np.isfinite(size) & (size > 0)), "a finite number above 0"
    )
    return limits(share * size, size, "clopper-pearson", checked_level(confidence_level))


def t_interval(
    rate: ArrayLike, standard_error: ArrayLike, df: ArrayLike, *, confidence_level: float = 0.95
) -> Interval:
    """Give rate ± t[df] standard errors, not cut: the interval of a mean, and for contrast of a rate.

    Raises
    ------
    EffectiveSizeError
        If a standard error is negative, a df is not above 0, or shapes do not fit.

    Examples
    --------
    >>> low, high = t_interval(4.2, 0.1, 14)
    >>> f"{low:.4f} {high:.4f}"
    '3.9855 4.4145'
    """
    mean, error, freedom = broadcast(EffectiveSizeError, rate=rate, standard_error=standard_error, df=df)
    refuse(EffectiveSizeError, "standard_error", error, error < 0, "0 or more")
    refuse(EffectiveSizeError, "df", freedom, ~(freedom > 0), "a number above 0")
    margin = special.stdtrit(freedom, (1 + checked_level(confidence_level)) / 2) * error
    return Interval((mean - margin)[()], (mean + margin)[()])
