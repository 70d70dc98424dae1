"""Post-stratified rates of many domains at once, from sums by cluster and category."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index
from analysis.estimate.categories import CAP, MINIMUM, WeightingError, checked_cap
from analysis.estimate.effective_size import adjusted
from analysis.estimate.moderated import moderate
from analysis.estimate.proportion import checked_level, limits
from analysis.estimate.weighted_rows import Rows, row_weights, weighted


class PostStratified(NamedTuple):
    """Estimates of many domains: arrays of one element a domain, NaN where not defined.

    Domains that are not ``weighted`` have the figures of their unweighted rate, and a ``reason``; those
    without an answer have neither. ``kish`` is the part of the design effect that the weights make.
    """

    rate: Array
    standard_error: Array
    df: Array
    kish: Array
    design_effect: Array
    effective_n: Array
    low: Array
    high: Array
    weighted: NDArray[np.bool_]
    reason: NDArray[np.str_]


def post_stratified_domains(
    satisfied: Array,
    n: Array,
    domain: Index,
    cluster: Index,
    cell: Index,
    population: Array,
    *,
    respondents: Array | None = None,
    stratum: Index | None = None,
    nearest: Index | None = None,
    minimum: float | None = MINIMUM,
    cap: tuple[float, float] | None = CAP,
    prior: Array | None = None,
    prior_df: float = 10,
    confidence_level: float = 0.95,
) -> PostStratified:
    """Give rates weighted to the population of each category, w = N_h / R_h, for many domains at once.

    rate = sum(w x) / sum(w n). Its variance is that of `linearised` with residuals u = x - rate n replaced by
    u - r mean(u of the respondents of the category) [1]_. Categories that fall short of ``minimum``
    respondents are merged and weights held within ``cap``, as in `post_stratify`.

    Parameters
    ----------
    satisfied, n, domain, cluster, cell
        Of each row: sums over a cluster and category, indices into ``population``, and a number of the
        cluster within its stratum. A ``cell`` of -1 is not known: its respondents keep the mean weight.
        Rows without answers are left out. Rows sorted by domain, stratum and cluster are dealt with faster.
    population
        A row a domain, a column a category; NaN where not known.
    respondents
        Who gave the answers of each row; None: everyone gave one.
    stratum
        Of each row, numbers that no two domains share; None: one a domain.
    nearest
        Of each category the one that it joins if it is thin, -1 for the one with most respondents.
    minimum, cap
        Fewest respondents of a category; lowest and highest weight over the mean. None leaves a rule out.
    prior
        Design effect of each domain that peers lend (of unweighted answers): it is multiplied by ``kish`` and
        counts ``prior_df`` degrees of freedom. None: the domain's own stands alone.

    Returns
    -------
    PostStratified
        With the effective size after the factor for degrees of freedom, cut at n, and its Wilson interval;
        0..1 where there is no effective size.

    Raises
    ------
    WeightingError
        If columns differ in length, or an index, count or limit is impossible.

    References
    ----------
    .. [1] Holt and Smith 1979, J R Stat Soc A 142:33-46.

    Examples
    --------
    Of 30 and 10 respondents of two categories 27 and 5 are satisfied; both have a population of 100.

    >>> found = post_stratified_domains(
    ...     np.array([14.0, 2, 13, 3]), np.array([15.0, 5, 15, 5]), np.zeros(4, int), np.array([1, 1, 2, 2]),
    ...     np.array([0, 1, 0, 1]), np.array([[100.0, 100.0]]),
    ... )
    >>> f"{found.rate[0]:.2f} {found.kish[0]:.3f} {found.standard_error[0]:.4f}"
    '0.70 1.333 0.0333'
    """
    who = n if respondents is None else respondents
    rows = _rows(satisfied, n, who, domain, domain if stratum is None else stratum, cluster, cell)
    _check(rows, population, nearest)
    checked_cap(cap)
    rows = _sorted(rows.at(rows.n > 0))
    domains = len(population)
    made = row_weights(rows, population, nearest, minimum, cap)
    found = weighted(rows, made, domains)
    answers = np.bincount(rows.domain, rows.n, domains).astype(np.float64)
    level = checked_level(confidence_level)
    lent = np.zeros(domains) if prior is None else prior * made.kish
    direct, effect, df = moderate(
        answers, found.rate, found.variance, found.df, lent, prior_df if prior is not None else 0.0
    )
    if prior is None:
        effect = direct
    effective = adjusted(answers, answers / effect, df, level)
    low, high = limits(np.nan_to_num(found.rate) * effective, effective, "wilson", level)
    return PostStratified(
        found.rate,
        np.sqrt(found.variance),
        found.df,
        made.kish,
        effect,
        effective,
        low,
        high,
        (made.reason == "") & (answers > 0),
        made.reason,
    )


def _rows(
    satisfied: ArrayLike,
    n: ArrayLike,
    respondents: ArrayLike,
    domain: ArrayLike,
    stratum: ArrayLike,
    cluster: ArrayLike,
    cell: ArrayLike,
) -> Rows:
    x, size, people = (np.asarray(column, np.float64) for column in (satisfied, n, respondents))
    labels = [np.asarray(column, np.intp) for column in (domain, stratum, cluster, cell)]
    if any(column.shape != x.shape or column.ndim != 1 for column in (size, people, *labels)):
        raise WeightingError(
            f"{x.shape} satisfied, {size.shape} n, {people.shape} respondents, "
            f"{', '.join(str(column.shape) for column in labels)} labels: give columns of one length"
        )
    return Rows(x, size, people, np.ones_like(x), *labels)


def _check(rows: Rows, population: Array, nearest: Index | None) -> None:
    if population.ndim != 2 or not population.size:
        raise WeightingError(f"population has the shape {population.shape}: give a row a domain")
    impossible = (population < 0) | np.isinf(population)
    if impossible.any():
        at = tuple(np.argwhere(impossible)[0])
        raise WeightingError(
            f"population {population[at]:g} of domain {at[0]}, category {at[1]}: give a number, 0 or more"
        )
    categories = population.shape[1]
    if nearest is not None and (
        nearest.shape != (categories,) or ((nearest < -1) | (nearest >= categories)).any()
    ):
        raise WeightingError(f"nearest {nearest.tolist()}: give each of {categories} categories one, or -1")
    for name, column, end in (("domain", rows.domain, 0), ("cell", rows.cell, 1)):
        bad = np.flatnonzero((column < -end) | (column >= population.shape[end]))
        if len(bad):
            raise WeightingError(f"{name} {column[bad[0]]} of row {bad[0]}: no index into population")
    for name, values in (("n", rows.n), ("respondents", rows.respondents), ("satisfied", rows.satisfied)):
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            raise WeightingError(f"{name} {values[wrong[0]]:g} of row {wrong[0]}: give a number, 0 or more")


def _sorted(rows: Rows) -> Rows:
    key = (rows.cluster, rows.stratum, rows.domain)
    domain, stratum, cluster = (np.diff(column) for column in reversed(key))
    behind = (stratum > 0) | ((stratum == 0) & (cluster >= 0))
    if bool(((domain > 0) | ((domain == 0) & behind)).all()):
        return rows
    return rows.at(np.lexsort(key))
