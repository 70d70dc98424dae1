"""Weights by one set of categories: respondents stand for the population of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array
from analysis.estimate.categories import (
    CAP,
    MINIMUM,
    NOT_WEIGHTED,
    Coded,
    Label,
    Population,
    WeightingError,
    checked_cap,
    coded,
    column_of,
    groups_of,
    nearest_of,
)
from analysis.estimate.design import grouped
from analysis.estimate.weighted_rows import Rows, RowWeights, row_weights, weighted


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the respondents of each row.

    ``kish`` is R sum(w²) / sum(w)². ``merged`` holds the labels of categories that were taken together, for
    raking those of each margin one after the other. ``capped``: some weights lie at a limit. ``status`` is
    ``not_weighted``, with a ``reason``, where the rules leave no weights: ``weight`` is then as handed in.
    """

    weight: Array
    kish: float
    merged: tuple[tuple[Label, ...], ...] = ()
    capped: bool = False
    status: str = ""
    reason: str = ""


class WeightedRate(NamedTuple):
    """A weighted rate with its precision; effect and size are NaN unless 0 < rate < 1 and there is an error.

    ``method`` says what the standard error was made by.
    """

    rate: float
    standard_error: float
    df: int
    design_effect: float
    effective_n: float
    method: str
    weights: Weights


def post_stratify(
    cell: ArrayLike,
    population: Population,
    *,
    n: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    minimum: float | None = MINIMUM,
    cap: tuple[float, float] | None = CAP,
    merge_into: Mapping[Label, Label] | None = None,
) -> Weights:
    """Give weights that let each category count as much as its population: w N_h / sum(w of category h).

    Parameters
    ----------
    cell
        Category of each row.
    population
        How many could have answered, by category: a mapping from label, or an array if categories are its
        indices. NaN where not known.
    n
        Respondents of each row; None: one.
    weight
        Weight that each respondent comes with, above 0; None: 1.
    minimum
        Fewest respondents of a category. The thinnest below is merged with the category that ``merge_into``
        names for it, else with the one with most respondents, till none is left. So is one with respondents
        and no population. None leaves out merging, and the rule that respondents are not more than the
        population.
    cap
        Lowest and highest weight over the mean. What lies beyond is put there, and the others scaled till the
        total is that of the population again. None: no limit.
    merge_into
        From category to nearest category.

    Returns
    -------
    Weights
        ``not_weighted`` if a population is not known or nobody, respondents are more than the population, a
        category has a population and nobody to represent it, or all categories had to be merged.

    Raises
    ------
    WeightingError
        If columns differ in length or are empty, a number is impossible, or a category has no population.

    References
    ----------
    Holt and Smith 1979, J R Stat Soc A 142:33-46; Kish 1992, J Off Stat 8:183-200.

    Examples
    --------
    >>> made = post_stratify(["land"] * 30 + ["civil"] * 10, {"land": 100, "civil": 100})
    >>> made.weight[[0, -1]].round(3).tolist(), round(made.kish, 3), made.status
    ([3.333, 10.0], 1.333, '')
    >>> post_stratify(["land"] * 30 + ["civil"] * 4, {"land": 100, "civil": 100}).reason
    'too few respondents to tell categories apart'
    """
    found = coded(cell, population)
    people, w = respondents_of(len(found.of), n, weight)
    zero = np.zeros(len(people), np.intp)
    rows = Rows(people, people, people, w, zero, zero, zero, found.of)
    made = row_weights(
        rows, found.population[None], nearest_of(found.labels, merge_into), minimum, checked_cap(cap)
    )
    return _weights(made, found)


def post_stratified(
    satisfied: ArrayLike,
    n: ArrayLike,
    cluster: ArrayLike,
    cell: ArrayLike,
    population: Population,
    *,
    respondents: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    minimum: float | None = MINIMUM,
    cap: tuple[float, float] | None = CAP,
    merge_into: Mapping[Label, Label] | None = None,
) -> WeightedRate:
    """Give a post-stratified rate with its linearised standard error.

    rate = sum(w x) / sum(w n); each residual u = x - rate n is taken about the mean of its category [1]_
    [2]_. Rows are respondents, or counts by cluster and category: both give the same.

    Parameters
    ----------
    satisfied, n
        Satisfied answers and answers of each row. Any ratio will do: of a mean, give the sum of the scores.
    cluster, stratum
        Labels, as of `linearised`; every cluster handed in counts.
    cell, population, weight, minimum, cap, merge_into
        As of `post_stratify`.
    respondents
        Who gave the answers of each row; None: everyone gave one.
    clusters
        How many clusters there are in the stratum of each row, as ``population`` of `linearised`.

    Returns
    -------
    WeightedRate
        That of the weights handed in if these rows are ``not_weighted``. Design effect = variance /
        (p (1 - p) / n) with n the unweighted answers.

    Raises
    ------
    WeightingError
        If columns differ in length or are empty, a number is impossible, or a category has no population.
    DesignError
        If clusters or strata are impossible.

    References
    ----------
    .. [1] Holt and Smith 1979, J R Stat Soc A 142:33-46.
    .. [2] Valliant 1993, J Am Stat Assoc 88:89-96.

    Examples
    --------
    >>> found = post_stratified(
    ...     [14, 2, 13, 3], [15, 5, 15, 5], ["Mon", "Mon", "Tue", "Tue"], ["land", "civil"] * 2,
    ...     {"land": 100, "civil": 100},
    ... )
    >>> f"{found.rate:.2f} {found.standard_error:.4f} {found.weights.kish:.3f}"
    '0.70 0.0333 1.333'
    """
    found = coded(cell, population)
    size = column_of("n", n, len(found.of))
    people, w = respondents_of(len(found.of), size if respondents is None else respondents, weight)
    x = column_of("satisfied", satisfied, len(found.of), lowest=-np.inf)
    if not (size * w).sum() > 0:
        raise WeightingError("n: no answers at all, so there is no rate")
    sampled = grouped(cluster, stratum, clusters, len(x))
    order = np.argsort(sampled.of, kind="stable")
    zero = np.zeros(len(x), np.intp)
    rows = Rows(x, size, people, w, zero, sampled.stratum[sampled.of], sampled.of, found.of)
    made = row_weights(
        rows, found.population[None], nearest_of(found.labels, merge_into), minimum, checked_cap(cap)
    )
    there_are = None if sampled.population is None else sampled.population[sampled.of][order]
    rate = weighted(rows.at(order), made._replace(weight=made.weight[order]), 1, there_are)
    return weighted_rate(
        float(rate.rate[0]),
        float(rate.variance[0]),
        int(rate.df[0]),
        float(size.sum()),
        "linearised",
        _weights(made, found),
    )


def weighted_rate(
    rate: float, variance: float, df: int, answers: float, method: str, weights: Weights
) -> WeightedRate:
    """Give a rate with the design effect and effective size of its variance."""
    effect = variance * answers / (rate * (1 - rate)) if 0 < rate < 1 and variance > 0 else np.nan
    return WeightedRate(rate, float(np.sqrt(variance)), df, effect, answers / effect, method, weights)


def respondents_of(rows: int, n: ArrayLike | None, weight: ArrayLike | None) -> tuple[Array, Array]:
    """Give the respondents and the weight of each row; raise WeightingError if they are impossible."""
    people = column_of("respondents", 1.0 if n is None else n, rows)
    if not people.sum() > 0:
        raise WeightingError("respondents: none in any row")
    w = column_of("weight", 1.0 if weight is None else weight, rows)
    if not (w > 0).all():
        raise WeightingError("weight 0: leave out what has no weight")
    return people, w


def _weights(made: RowWeights, found: Coded) -> Weights:
    reason = str(made.reason[0])
    return Weights(
        made.weight,
        float(made.kish[0]),
        () if reason else groups_of(found.labels, made.group[0]),
        bool(made.capped[0]),
        NOT_WEIGHTED if reason else "",
        reason,
    )
