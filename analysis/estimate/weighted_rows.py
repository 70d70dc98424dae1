"""Rows of answers weighted by category: their weights, and the variance of the weighted rate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.estimate.categories import NOBODY_LEFT, TOO_FEW, TOO_MANY, UNKNOWN, held, kish, merged
from analysis.estimate.design import ratios


class Rows(NamedTuple):
    """Sums by cluster and category, sorted by domain, stratum and cluster; ``cell`` -1 is not known."""

    satisfied: Array
    n: Array
    respondents: Array
    weight: Array
    domain: Index
    stratum: Index
    cluster: Index
    cell: Index

    def at(self, index: Index | NDArray[np.bool_]) -> Rows:
        """Give some of the rows, or all in another order."""
        return Rows(
            self.satisfied[index],
            self.n[index],
            self.respondents[index],
            self.weight[index],
            self.domain[index],
            self.stratum[index],
            self.cluster[index],
            self.cell[index],
        )


class RowWeights(NamedTuple):
    """Weights of the respondents of each row; per domain the groups of categories and what came of it.

    ``reason`` says why a domain was not weighted: its rows then keep the weights they came with.
    """

    weight: Array
    group: Index
    reason: NDArray[np.str_]
    capped: NDArray[np.bool_]
    kish: Array


class Weighted(NamedTuple):
    """Weighted rates and their linearised variance, by domain."""

    rate: Array
    variance: Array
    clusters: Array
    df: Array


def row_weights(
    rows: Rows,
    population: Array,
    nearest: Index | None,
    minimum: float | None,
    cap: tuple[float, float] | None,
) -> RowWeights:
    """Give the weights of rows, by the rules of `post_stratify`."""
    domains, categories = population.shape
    known = rows.cell >= 0
    place = rows.domain * categories + np.maximum(rows.cell, 0)

    def by_cell(column: Array, at: Index) -> Array:
        sums = np.bincount(at[known], column[known], domains * categories)
        return sums.astype(np.float64).reshape(domains, categories)

    people, there_are = by_cell(rows.respondents, place), np.nan_to_num(population)
    group = np.broadcast_to(np.arange(categories), (domains, categories))
    if minimum is not None:
        joins = np.full(categories, -1) if nearest is None else nearest
        group = merged(people, there_are, joins, minimum)
    every = (np.arange(domains)[:, None] * categories + group).ravel()
    groups = np.bincount(every, there_are.ravel(), domains * categories).astype(np.float64)
    groups = groups.reshape(domains, categories)
    grouped = every[place]
    base = by_cell(rows.weight * rows.respondents, grouped)
    reason = _reasons(rows, population, people, by_cell(rows.respondents, grouped), groups, minimum)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = there_are.sum(axis=1) / base.sum(axis=1)
        factor = np.where(known, (groups / base).ravel()[grouped], mean[rows.domain])
    weighted = (reason == "")[rows.domain]
    weight = np.where(weighted, rows.weight * np.where(weighted, factor, 1.0), rows.weight)
    capped = np.zeros(domains, np.bool_)
    if cap is not None:
        within, capped = held(weight, rows.respondents, rows.domain, domains, cap)
        weight = np.where(weighted, within, weight)
    capped &= reason == ""
    return RowWeights(weight, group, reason, capped, kish(weight, rows.respondents, rows.domain, domains))


def weighted(rows: Rows, made: RowWeights, domains: int, there_are: Array | None = None) -> Weighted:
    """Give weighted rates, with ``there_are`` clusters in the stratum of each row where that is known."""
    w, r = made.weight, rows.respondents
    total, size = (np.bincount(rows.domain, w * column, domains) for column in (rows.satisfied, rows.n))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = total / size
    u = w * (rows.satisfied - np.nan_to_num(rate)[rows.domain] * rows.n)
    known, centred = rows.cell >= 0, (made.reason == "")[rows.domain]
    place = (rows.domain * made.group.shape[1] + made.group[rows.domain, np.maximum(rows.cell, 0)])[known]
    sums = np.bincount(place, u[known], made.group.size)
    people = np.bincount(place, (w * r)[known], made.group.size)
    mean = np.zeros_like(u)
    mean[known] = np.divide(sums, people, out=np.zeros(len(sums)), where=people > 0)[place]
    # The mean weight that those without a category are given moves with the number of those with one.
    apart = np.bincount(rows.domain[~known], u[~known], domains)
    base = np.bincount(rows.domain[known], (rows.weight * r)[known], domains)
    moved = np.divide(apart, base, out=np.zeros(domains), where=base > 0)[rows.domain]
    residual = u - np.where(centred & known, w * r * mean + rows.weight * r * moved, 0.0)

    steps = np.ones(len(u), np.bool_)
    steps[1:] = (np.diff(rows.domain) != 0) | (np.diff(rows.stratum) != 0) | (np.diff(rows.cluster) != 0)
    first = np.flatnonzero(steps)
    e, n = (np.add.reduceat(column, first) for column in (residual, w * rows.n))
    of = rows.domain[first]
    found = ratios(
        e + np.nan_to_num(rate)[of] * n,
        n,
        of,
        rows.stratum[first],
        domains,
        population=None if there_are is None else there_are[first],
    )
    return Weighted(rate, found.variance, found.clusters, found.df)


def _reasons(
    rows: Rows, population: Array, people: Array, grouped: Array, groups: Array, minimum: float | None
) -> NDArray[np.str_]:
    domains = len(population)
    total = np.bincount(rows.domain, rows.respondents, domains)
    there_are = population.sum(axis=1)
    alive = (grouped > 0) | (groups > 0)
    lone = (alive.sum(axis=1) == 1) & (((people > 0) | (population > 0)).sum(axis=1) > 1)
    thin = ((grouped < minimum) & alive).any(axis=1) if minimum is not None else np.zeros(domains, np.bool_)
    return np.select(
        [
            ~(there_are > 0),
            (total > there_are) & (minimum is not None),
            ((groups > 0) & (grouped == 0)).any(axis=1) | (people.sum(axis=1) == 0),
            thin | (lone if minimum is not None else False),
        ],
        [UNKNOWN, TOO_MANY, NOBODY_LEFT, TOO_FEW],
        "",
    )
