"""Planning: how many answers a period needs for an interval of a given width, or to see a change."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.arrays import Array
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.proportion import checked_level

Count = NDArray[np.int64]


class PlanningError(ValueError):
    """A wanted precision, rate or population that no number of answers can be worked out for."""


def sample_size(
    half_width: ArrayLike,
    rate: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    population: ArrayLike | None = None,
    method: Literal["wilson", "normal"] = "wilson",
    confidence_level: float = 0.95,
) -> Count:
    """Give how many answers make an interval of at most the given half width.

    ``wilson``: smallest n with z sqrt(p (1 - p) s + z² / 4) / (s + z²) <= half width at the effective size
    s = n / design effect / (1 - n / N), which is solved for s [1]_. ``normal``: n0 / (1 + (n0 - 1) / N) with
    n0 = design effect z² p (1 - p) / half width², rounded up [2]_.

    Parameters
    ----------
    half_width
        Above 0, as a fraction: 0.03 is 3 points.
    rate
        Expected fraction in 0..1; 0.5 asks for most.
    design_effect
        Above 0. Of a rate of several questions n counts answers: respondents are n / questions.
    population
        N, how many could answer, if the interval is to speak of them alone; None or inf: of a service that
        goes on.
    method
        ``wilson`` or ``normal``.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    Count
        Whole numbers, 1 or more.

    Raises
    ------
    PlanningError
        If a number is out of its range, shapes do not fit, or the method is unknown.

    References
    ----------
    .. [1] Wilson 1927, J Am Stat Assoc 22:209-212.
    .. [2] Cochran 1977, Sampling Techniques, section 4.4.

    Examples
    --------
    >>> print(sample_size([0.02, 0.03, 0.05, 0.10], 0.8))
    [1535  682  245   60]
    >>> print(sample_size(0.05, 0.5, population=400, method="normal"))
    197
    """
    z2 = float(special.ndtri((1 + checked_level(confidence_level)) / 2)) ** 2
    whole = np.inf if population is None else population
    e, p, effect, there_are = broadcast(
        PlanningError, half_width=half_width, rate=rate, design_effect=design_effect, population=whole
    )
    refuse(PlanningError, "half_width", e, ~(np.isfinite(e) & (e > 0)), "a fraction above 0, such as 0.03")
    refuse(PlanningError, "rate", p, ~((p >= 0) & (p <= 1)), "a fraction in 0..1")
    refuse(PlanningError, "design_effect", effect, ~(np.isfinite(effect) & (effect > 0)), "a number above 0")
    refuse(PlanningError, "population", there_are, ~(there_are >= 1), "1 or more")
    spread = p * (1 - p)
    if method == "normal":
        needed = effect * z2 * spread / e**2
        n = needed / (1 + (needed - 1) / there_are)
    elif method == "wilson":
        # e² (s + z²)² = z² (p (1 - p) s + z² / 4), of which the larger root counts.
        half = z2 * (spread / (2 * e**2) - 1)
        root = half + np.sqrt(np.maximum(half**2 + z2**2 * (1 / (4 * e**2) - 1), 0.0))
        needed = effect * np.where(e < 0.5, root, 0.0)
        n = needed / (1 + needed / there_are)
    else:
        raise PlanningError(f"method {method!r}: choose wilson or normal")
    return _rounded_up(np.minimum(n, there_are))


def familiar_sample_size(population: ArrayLike, margin: ArrayLike) -> Array:
    """Give N / (1 + N margin²), which administrations know; not rounded.

    It is the size for a rate of one half, with 2 for the quantile of a level of 95 %, of a simple random
    sample in which everybody answers: of answers given by choice it promises nothing.

    Raises
    ------
    PlanningError
        If a population is below 1, a margin not above 0 or shapes do not fit.

    References
    ----------
    Yamane 1967, Statistics: An Introductory Analysis, 2nd edition, p. 886.

    Examples
    --------
    >>> print(familiar_sample_size([500, 2000], 0.05).round(1))
    [222.2 333.3]
    """
    there_are, e = broadcast(PlanningError, population=population, margin=margin)
    refuse(PlanningError, "population", there_are, ~(np.isfinite(there_are) & (there_are >= 1)), "1 or more")
    refuse(PlanningError, "margin", e, ~(np.isfinite(e) & (e > 0)), "a fraction above 0, such as 0.05")
    return np.asarray(there_are / (1 + there_are * e**2))[()]


def sample_size_for_change(
    rate_1: ArrayLike,
    rate_2: ArrayLike,
    *,
    power: float = 0.8,
    design_effect: ArrayLike = 1.0,
    confidence_level: float = 0.95,
) -> Count:
    """Give how many answers each of two periods needs for their difference to be found.

    design effect (z sqrt(2 m (1 - m)) + z_power sqrt(p1 (1 - p1) + p2 (1 - p2)))² / (p2 - p1)² with m the
    mean of the two rates, rounded up: a two-sided test at 1 - confidence level then finds it with
    ``power``.

    Parameters
    ----------
    rate_1, rate_2
        Fractions in 0..1, not equal.
    power
        Chance to find the change, between 0 and 1.
    design_effect
        Above 0.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    PlanningError
        If a number is out of its range, rates are equal or shapes do not fit.

    References
    ----------
    Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 3rd edition, section 4.2.

    Examples
    --------
    >>> print(sample_size_for_change([0.85, 0.80, 0.85], [0.90, 0.90, 0.88]))
    [ 686  199 2036]
    """
    z = special.ndtri((1 + checked_level(confidence_level)) / 2)
    if not 0 < power < 1:
        raise PlanningError(f"power {power!r}: give a number between 0 and 1")
    p1, p2, effect = broadcast(PlanningError, rate_1=rate_1, rate_2=rate_2, design_effect=design_effect)
    for name, p in (("rate_1", p1), ("rate_2", p2)):
        refuse(PlanningError, name, p, ~((p >= 0) & (p <= 1)), "a fraction in 0..1")
    refuse(PlanningError, "design_effect", effect, ~(np.isfinite(effect) & (effect > 0)), "a number above 0")
    refuse(PlanningError, "rate_2", p2, p1 == p2, "a rate that differs from rate_1")
    mean = (p1 + p2) / 2
    null = z * np.sqrt(2 * mean * (1 - mean))
    other = special.ndtri(power) * np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return _rounded_up(effect * np.maximum(null + other, 0.0) ** 2 / (p2 - p1) ** 2)


def projected_half_width(
    rate: ArrayLike,
    n: ArrayLike,
    *,
    elapsed: ArrayLike = 1.0,
    design_effect: ArrayLike = 1.0,
    population: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Array:
    """Give the half width of the Wilson interval at the end of a period that goes on as it began.

    Of n / elapsed answers, z sqrt(p (1 - p) s + z² / 4) / (s + z²) with s = n / elapsed / design effect, over
    1 - n / elapsed / N where a population is given; 0 where all of it will have answered.

    Parameters
    ----------
    rate
        Fraction in 0..1.
    n
        Answers so far, 0 or more.
    elapsed
        Part of the period that is over, above 0 and at most 1.
    design_effect, population
        As of `sample_size`.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    PlanningError
        If a number is out of its range or shapes do not fit.

    References
    ----------
    Wilson 1927, J Am Stat Assoc 22:209-212.

    Examples
    --------
    >>> print(projected_half_width(0.8, 61, elapsed=[0.25, 0.5, 1]).round(3))
    [0.05  0.07  0.099]
    """
    z2 = float(special.ndtri((1 + checked_level(confidence_level)) / 2)) ** 2
    whole = np.inf if population is None else population
    p, size, over, effect, there_are = broadcast(
        PlanningError, rate=rate, n=n, elapsed=elapsed, design_effect=design_effect, population=whole
    )
    refuse(PlanningError, "rate", p, ~((p >= 0) & (p <= 1)), "a fraction in 0..1")
    refuse(PlanningError, "n", size, ~(np.isfinite(size) & (size >= 0)), "a finite number, 0 or more")
    refuse(PlanningError, "elapsed", over, ~((over > 0) & (over <= 1)), "a fraction above 0, at most 1")
    refuse(PlanningError, "design_effect", effect, ~(np.isfinite(effect) & (effect > 0)), "a number above 0")
    refuse(
        PlanningError, "population", there_are, ~(there_are >= np.maximum(size, 1)), "n or more, at least 1"
    )
    left = 1 - np.minimum(size / over / there_are, 1.0)
    s = size / over / effect / np.where(left > 0, left, 1.0)
    half = np.sqrt(z2 * (p * (1 - p) * s + z2 / 4)) / (s + z2)
    return np.where(left > 0, half, 0.0)[()]


def _rounded_up(n: Array) -> Count:
    # What exceeds a whole number by rounding alone is that number.
    return np.asarray(np.maximum(np.ceil(n * (1 - 1e-12)), 1.0), np.int64)[()]
