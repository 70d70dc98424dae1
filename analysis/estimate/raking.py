"""Weights by several sets of categories, each met in turn until all are: raking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array
from analysis.estimate.categories import (
    CAP,
    MINIMUM,
    NOT_WEIGHTED,
    Label,
    Population,
    WeightingError,
    column_of,
    kish,
)
from analysis.estimate.design import Grouped, grouped, ratios
from analysis.estimate.margins import Plan, fitted, planned
from analysis.estimate.weighting import WeightedRate, Weights, respondents_of, weighted_rate

Method = Literal["jackknife", "calibration_residuals"]

DIVERGED = "margins do not agree after the last round"
BEYOND = "no weights within the cap meet the margins"


def rake(
    margins: Sequence[ArrayLike],
    populations: Sequence[Population],
    *,
    n: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    tolerance: float = 1e-8,
    rounds: int = 200,
    cap: tuple[float, float] | None = CAP,
    minimum: float | None = MINIMUM,
    merge_into: Sequence[Mapping[Label, Label] | None] | None = None,
) -> Weights:
    """Give weights that let every category of every margin count as much as its population.

    Each margin in turn has its categories' weights multiplied by N_h / sum(w of category h), until all agree
    [1]_ [2]_.

    Parameters
    ----------
    margins
        Columns of categories, one element a row.
    populations
        Of each margin, as in `post_stratify`; all add up to the same total.
    n, weight, minimum
        As of `post_stratify`; categories are merged within their margin. A margin of which one group is left
        is left out.
    tolerance, rounds
        Largest relative disagreement of a category, and most rounds through all margins.
    cap
        Lowest and highest weight over the mean: what lies beyond is put there, and all is raked again.
        None: no limit.
    merge_into
        Of each margin, from category to nearest category.

    Returns
    -------
    Weights
        ``not_weighted`` for the reasons of `post_stratify`, or if margins do not agree after the last round,
        or no weights within the cap were found.

    Raises
    ------
    WeightingError
        If columns differ in length or are empty, a number is impossible, a category has no population, or
        totals of populations differ.

    References
    ----------
    .. [1] Deming and Stephan 1940, Ann Math Stat 11:427-444.
    .. [2] Deville, Särndal and Sautory 1993, J Am Stat Assoc 88:1013-1020.

    Examples
    --------
    >>> made = rake(
    ...     [["land", "land", "civil", "civil"], ["kiosk", "poster", "kiosk", "poster"]],
    ...     [{"land": 60, "civil": 40}, {"kiosk": 30, "poster": 70}],
    ...     n=[20, 10, 15, 15],
    ... )
    >>> made.weight.round(3).tolist(), round(made.kish, 3)
    ([1.067, 3.865, 0.577, 2.09], 1.456)
    """
    people, w = respondents_of(len(np.asarray(margins[0])) if len(margins) else 0, n, weight)
    plan = planned(margins, populations, people, w, tolerance, rounds, cap, minimum, merge_into)
    return _weights(plan, people, w)


def raked(
    satisfied: ArrayLike,
    n: ArrayLike,
    cluster: ArrayLike,
    margins: Sequence[ArrayLike],
    populations: Sequence[Population],
    *,
    respondents: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: Method = "jackknife",
    tolerance: float = 1e-8,
    rounds: int = 200,
    cap: tuple[float, float] | None = CAP,
    minimum: float | None = MINIMUM,
    merge_into: Sequence[Mapping[Label, Label] | None] | None = None,
) -> WeightedRate:
    """Give a raked rate with the standard error that leaves one cluster out and rakes again.

    v = sum over strata of (m - 1) / m times the squares of the rates without a cluster about their mean [1]_.
    Where that leaves a category with nobody, or margins that do not agree, the standard error is that of
    `linearised` with the residuals of a weighted regression of u = x - rate n on the categories of all
    margins [2]_.

    Parameters
    ----------
    satisfied, n, cluster, stratum, respondents, weight, clusters
        As of `post_stratified`.
    margins, populations, tolerance, rounds, cap, minimum, merge_into
        As of `rake`. Categories are merged once, for all clusters together.
    method
        ``calibration_residuals`` leaves out the jackknife.

    Returns
    -------
    WeightedRate
        Its ``method`` says which standard error it has. That of the weights handed in, ``linearised``, if
        these rows are ``not_weighted``.

    Raises
    ------
    WeightingError
        As `rake`, or if the method is unknown.
    DesignError
        If clusters or strata are impossible.

    References
    ----------
    .. [1] Wolter 2007, Introduction to Variance Estimation, chapter 4.
    .. [2] Deville and Särndal 1992, J Am Stat Assoc 87:376-382.

    Examples
    --------
    >>> found = raked(
    ...     [18, 7, 12, 9, 17, 8, 13, 11], [20, 10, 15, 15] * 2, ["Mon"] * 4 + ["Tue"] * 4,
    ...     [["land", "land", "civil", "civil"] * 2, ["kiosk", "poster"] * 4],
    ...     [{"land": 120, "civil": 80}, {"kiosk": 60, "poster": 140}],
    ... )
    >>> f"{found.rate:.3f} {found.standard_error:.4f} {found.method}"
    '0.758 0.0378 jackknife'
    """
    if method not in ("jackknife", "calibration_residuals"):
        raise WeightingError(f"method {method!r}: choose jackknife or calibration_residuals")
    x = column_of("satisfied", satisfied, len(np.asarray(satisfied)), lowest=-np.inf)
    size = column_of("n", n, len(x))
    people, w = respondents_of(len(x), size if respondents is None else respondents, weight)
    if not (size * w).sum() > 0:
        raise WeightingError("n: no answers at all, so there is no rate")
    plan = planned(margins, populations, people, w, tolerance, rounds, cap, minimum, merge_into)
    sampled, made = grouped(cluster, stratum, clusters, len(x)), _weights(plan, people, w)
    rate = float((made.weight * x).sum() / (made.weight * size).sum())
    used, variance = "", None
    if not made.status and method == "jackknife":
        used, variance = "jackknife", _jackknife(plan, sampled, x, size, people)
    df = len(sampled.stratum) - len(np.unique(sampled.stratum))
    if variance is None:
        u = made.weight * (x - rate * size)
        if not made.status:
            u = _residuals(plan, u, made.weight * people)
        used = "linearised" if made.status else "calibration_residuals"
        variance = _linearised(sampled, u, made.weight * size)
    return weighted_rate(rate, variance, df, float(size.sum()), used, made)


def _weights(plan: Plan, people: Array, w: Array) -> Weights:
    reason, made, capped = plan.reason, w, False
    if not reason:
        whole = np.bincount(plan.table.of, people, len(plan.table.weight)).astype(np.float64)[None]
        found = fitted(plan, whole)
        reason = DIVERGED if not found.agreed[0] else "" if found.within[0] else BEYOND
        if not reason:
            made, capped = found.weight[0][plan.table.of], bool(found.capped[0])
    share = float(kish(made, people, np.zeros(len(people), np.intp), 1)[0])
    together = () if reason else tuple(group for margin in plan.margins for group in margin.merged)
    return Weights(made, share, together, capped, NOT_WEIGHTED if reason else "", reason)


def _jackknife(plan: Plan, sampled: Grouped, x: Array, size: Array, people: Array) -> float | None:
    """Give the variance of rates without one cluster; None if one of them cannot be raked."""
    count, width = len(sampled.stratum), len(plan.table.weight)
    m = np.bincount(sampled.stratum)[sampled.stratum]
    if (m < 2).any():
        return None

    def without(column: Array) -> Array:
        """Sum up all but each cluster; others of its stratum stand in for it."""
        flat = np.bincount(sampled.of * width + plan.table.of, column, count * width).astype(np.float64)
        flat = flat.reshape(count, width)
        strata = np.zeros((int(sampled.stratum.max()) + 1, width))
        np.add.at(strata, sampled.stratum, flat)
        rest = strata[sampled.stratum] - flat
        return np.asarray(flat.sum(axis=0) - flat + rest / (m - 1)[:, None])

    left = np.maximum(without(people), 0.0)
    left[left < 1e-9] = 0.0
    for margin, of in zip(plan.margins, plan.table.groups, strict=True):
        if ((left @ np.eye(len(margin.population))[of] == 0) & (margin.population > 0)).any():
            return None
    made = fitted(plan, left)
    if not (made.agreed & made.within).all():
        return None
    rate = (made.weight * without(x)).sum(axis=1) / (made.weight * without(size)).sum(axis=1)
    mean = np.bincount(sampled.stratum, rate) / np.bincount(sampled.stratum)
    squares = (rate - mean[sampled.stratum]) ** 2 * (m - 1) / m
    if sampled.population is not None:
        squares = squares * (1 - m / sampled.population)
    return float(squares.sum())


def _residuals(plan: Plan, u: Array, people: Array) -> Array:
    of = [np.eye(len(margin.population))[margin.of] for margin in plan.margins]
    columns, some = np.concatenate(of, axis=1), people > 0
    root = np.sqrt(people[some])
    slope = np.linalg.lstsq(columns[some] * root[:, None], u[some] / root, rcond=None)[0]
    return np.asarray(u - people * (columns @ slope))


def _linearised(sampled: Grouped, u: Array, size: Array) -> float:
    e, n = (np.bincount(sampled.of, column, len(sampled.stratum)).astype(np.float64) for column in (u, size))
    rate_of_nothing = np.zeros(len(e), np.intp)
    found = ratios(
        e + n, n.astype(np.float64), rate_of_nothing, sampled.stratum, 1, population=sampled.population
    )
    return float(found.variance[0])
