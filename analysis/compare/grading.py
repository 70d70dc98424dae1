"""Grades: the class of a published rate, and how certain the answers make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Marks, Words
from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.bootstrap import FEW_UNITS, widened
from analysis.compare.empirical_bayes import BetaBinomial
from analysis.estimate.proportion import checked_counts

GRADES = ("low", "medium", "high", "very_high")
"""From the lowest class of rates to the highest."""

BOUNDS = (0.65, 0.80, 0.90)
"""Lowest rates of medium, high and very high; no regulation fixes them."""

CERTAIN, LIKELY = 0.90, 0.70
"""Least posterior probabilities of a class that is called certain, likely; below, it is borderline."""

MINIMUM_POOL = 8
"""Fewest units whose rates can be pooled into a prior."""

NO_POOL = BetaBinomial(0.5, 0.5)
"""The prior where peers lend none: Jeffreys'."""


class GradingError(ValueError):
    """Rates or bounds that give no grade."""


class Grades(NamedTuple):
    """Grade, its posterior probability, the word for that, and the more probable class beside it."""

    grade: Words
    probability: Array
    certainty: Words
    neighbour: Words


class Prior(NamedTuple):
    """The law that steadies the units; ``no_pool``: not from peers, who were too few or too much alike."""

    fit: BetaBinomial
    no_pool: bool


@dataclass(frozen=True)
class Minimum:
    """Least data for ranks and grades, after the presentation standards of the NCHS [1]_.

    References
    ----------
    .. [1] Parker et al. 2017, Vital Health Stat 2(175).
    """

    responses: float = 30
    clusters: float = 8
    effective_n: float = 30
    width: float = 0.30


MINIMUM = Minimum()


def prior_of(
    satisfied: ArrayLike, n: ArrayLike, testable: ArrayLike | None = None, *, seed: int | None = None
) -> Prior:
    """Give the law of the rates of a peer group, or Beta(1/2, 1/2) where the group tells none.

    Parameters
    ----------
    satisfied, n
        Effective counts, one element a unit.
    testable
        True for units with enough data, which alone make the law; None: all with answers.
    seed
        Where given, the law of fewer than FEW_UNITS units is widened by its bootstrap.

    Returns
    -------
    Prior
        ``no_pool`` if fewer than MINIMUM_POOL units make it or all their rates are 0 or 1.

    Raises
    ------
    ProportionError
        If counts are impossible.
    GradingError
        If ``testable`` has not one element a unit.

    Examples
    --------
    >>> prior_of([9, 10], [10, 10])
    Prior(fit=BetaBinomial(alpha=0.5, beta=0.5, draws=(), seed=None), no_pool=True)
    """
    x, size = (column.ravel() for column in checked_counts(satisfied, n))
    mask = np.ones(x.shape, np.bool_) if testable is None else np.asarray(testable, np.bool_)
    if mask.shape != x.shape:
        raise GradingError(f"{len(x)} units with testable of the shape {mask.shape}: give each unit one")
    mask = mask & (size > 0)
    x, size = x[mask], size[mask]
    if len(x) < MINIMUM_POOL or ((x == 0) | (x == size)).all():
        return Prior(NO_POOL, no_pool=True)
    fit = beta_binomial(x, size)
    if seed is not None and len(x) < FEW_UNITS:
        fit = widened(fit, size, seed=seed)
    return Prior(fit, no_pool=False)


def class_probabilities(
    satisfied: ArrayLike, n: ArrayLike, fit: BetaBinomial, *, bounds: tuple[float, float, float] = BOUNDS
) -> Array:
    """Give the posterior probability of each class: one row a unit, columns as in GRADES; rows sum to 1.

    Raises
    ------
    GradingError
        If the bounds are not three rising fractions.
    ProportionError
        If counts are impossible.

    Examples
    --------
    >>> class_probabilities([90], [100], BetaBinomial(9, 1)).round(3).tolist()
    [[0.0, 0.002, 0.464, 0.534]]
    """
    x, size = checked_counts(satisfied, n)
    at_least = fit.probability_at_least(_checked(bounds), x[..., None], size[..., None])
    ends = np.ones((*x.shape, 1)), np.zeros((*x.shape, 1))
    return np.asarray(-np.diff(np.concatenate([ends[0], at_least, ends[1]], axis=-1)))


def grade(
    rate: ArrayLike,
    satisfied: ArrayLike,
    n: ArrayLike,
    fit: BetaBinomial,
    *,
    bounds: tuple[float, float, float] = BOUNDS,
) -> Grades:
    """Give the class of each published rate and the certainty of that class.

    A rate that reaches a bound belongs to the class above it; rates are compared as they are, unrounded. The
    class is ``certain`` where its posterior probability is at least 0.90, ``likely`` from 0.70 on, else
    ``borderline``.

    Parameters
    ----------
    rate
        Published rates in 0..1, one a unit; NaN, no answers, gives empty words and probability NaN.
    satisfied, n
        Effective counts for the posterior: x* = rate times n*, and n*; both 0 where there are no answers.
    fit
        Law of the peers, see `prior_of`.
    bounds
        Lowest rates of medium, high and very high.

    Raises
    ------
    GradingError
        If a rate is impossible, the columns differ in length or the bounds are not three rising fractions.
    ProportionError
        If counts are impossible.

    Examples
    --------
    >>> found = grade([0.90, 0.84], [90, 84], [100, 100], BetaBinomial(9, 1))
    >>> found.grade.tolist(), found.certainty.tolist()
    (['very_high', 'high'], ['borderline', 'likely'])
    """
    published = np.asarray(rate, np.float64)
    chances = class_probabilities(satisfied, n, fit, bounds=bounds)
    if published.ndim != 1 or chances.shape[:-1] != published.shape:
        raise GradingError(
            f"rates of the shape {published.shape}, counts {chances.shape[:-1]}: give columns of one length"
        )
    known = ~np.isnan(published)
    faulty = np.flatnonzero(known & ~((published >= 0) & (published <= 1)))
    if len(faulty):
        raise GradingError(f"rate of unit {faulty[0]} is {published[faulty[0]]:g}: give a fraction in 0..1")
    place = np.searchsorted(_checked(bounds), published, side="right")
    units, last = np.arange(len(published)), len(GRADES) - 1
    probability = np.where(known, chances[units, place.clip(0, last)], np.nan)
    under = np.where(place > 0, chances[units, (place - 1).clip(0)], -1.0)
    over = np.where(place < last, chances[units, (place + 1).clip(0, last)], -1.0)
    neighbour = np.where(over > under, place + 1, place - 1)
    certainty = np.where(
        probability >= CERTAIN, "certain", np.where(probability >= LIKELY, "likely", "borderline")
    )
    words = np.array(GRADES)
    return Grades(
        np.where(known, words[place.clip(0, last)], ""),
        probability,
        np.where(known, certainty, ""),
        np.where(known, words[neighbour.clip(0, last)], ""),
    )


def enough(
    responses: ArrayLike,
    clusters: ArrayLike,
    effective_n: ArrayLike,
    width: ArrayLike,
    minimum: Minimum = MINIMUM,
) -> Marks:
    """Say which units have enough data for ranks and grades.

    Parameters
    ----------
    responses, clusters, effective_n
        At least those of ``minimum``: responses, days, effective answers.
    width
        high - low of the interval, less than that of ``minimum``.
    minimum
        By default 30 responses, 8 days, 30 effective answers, width below 0.30.

    Examples
    --------
    >>> enough([30, 29], [8, 90], [30.0, 40.0], [0.29, 0.1]).tolist()
    [True, False]
    """
    return np.asarray(
        (np.asarray(responses) >= minimum.responses)
        & (np.asarray(clusters) >= minimum.clusters)
        & (np.asarray(effective_n) >= minimum.effective_n)
        & (np.asarray(width) < minimum.width)
    )


def _checked(bounds: tuple[float, float, float]) -> Array:
    ends = np.asarray(bounds, np.float64)
    if ends.shape != (3,) or not (0 < ends[0] < ends[1] < ends[2] < 1):
        raise GradingError(
            f"bounds {bounds!r}: give three rising fractions between 0 and 1, such as {BOUNDS}"
        )
    return ends
