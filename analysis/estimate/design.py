"""Standard errors and effective sizes of ratios whose answers come in clusters.

A cluster is what was sampled as a whole: a day of a unit, of a counter or of an officer. A cluster belongs to
one stratum, and a stratum to one domain: the days of a unit are one stratum; those of a parent unit are
stratified by the units below it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index


class DesignError(ValueError):
    """Clusters from which no standard error can be made."""


class Linearised(NamedTuple):
    """A ratio with its precision; ``design_effect`` and ``effective_n`` are NaN where they mean nothing."""

    rate: float
    standard_error: float
    df: int
    design_effect: float
    effective_n: float


class Ratios(NamedTuple):
    """Ratios of many domains: arrays of one element a domain; NaN where not defined."""

    rate: Array
    variance: Array
    size: Array
    clusters: Array
    df: Array


def starts(labels: NDArray[np.integer]) -> Index:
    """Give where each run of equal labels begins, for ``np.add.reduceat``."""
    if not len(labels):
        return np.empty(0, np.intp)
    return np.concatenate(([0], np.flatnonzero(labels[1:] != labels[:-1]) + 1)).astype(np.intp)


def ratios(
    total: Array,
    size: Array,
    domain: Index,
    stratum: Index,
    domains: int,
    *,
    population: Array | None = None,
) -> Ratios:
    """Give sum(total) / sum(size) of every domain with its linearised variance.

    ``total``, ``size``, ``domain`` and ``stratum`` have one element a cluster, sorted by stratum, and strata
    by domain; every cluster counts, those of size 0 too. With residuals e = (total - rate size) / sum(size)
    the variance is the sum over strata of m / (m - 1) times the squares of e about the stratum's mean [1]_
    [2]_. A lone cluster of a stratum gives no degree of freedom; its e² is taken about 0, which errs upward.
    A domain without a degree of freedom has no variance (NaN). With ``population``, the number M of clusters
    that there are in the stratum of each, a stratum's term is multiplied by 1 - m / M [3]_.

    References
    ----------
    .. [1] Woodruff 1971, J Am Stat Assoc 66:411-414.
    .. [2] Binder 1983, Int Stat Rev 51:279-292.
    .. [3] Cochran 1977, Sampling Techniques, section 9.4.
    """
    stratum_starts = starts(stratum)
    stratum_domain = domain[stratum_starts]
    domain_starts = starts(stratum_domain)
    present = stratum_domain[domain_starts]
    in_stratum = np.diff(stratum_starts, append=len(stratum))
    in_domain = np.diff(stratum_starts[domain_starts], append=len(stratum))

    first = stratum_starts[domain_starts]
    sizes = np.add.reduceat(size, first)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.add.reduceat(total, first) / sizes
    residual = total - np.repeat(rate, in_domain) * size
    if len(stratum_starts) > len(domain_starts):
        mean = np.where(in_stratum > 1, np.add.reduceat(residual, stratum_starts) / in_stratum, 0.0)
        residual -= np.repeat(mean, in_stratum)
    squares = np.add.reduceat(residual * residual, stratum_starts)
    squares *= in_stratum / np.maximum(in_stratum - 1, 1)
    if population is not None:
        squares *= 1 - in_stratum / population[stratum_starts]
    df = np.add.reduceat(in_stratum - 1, domain_starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.add.reduceat(squares, domain_starts) / sizes**2
    variance[variance <= (1e-13 * rate) ** 2] = 0.0
    variance[df == 0] = np.nan

    def spread(values: NDArray[np.generic], empty: float) -> Array:
        whole = np.full(domains, empty)
        whole[present] = values
        return whole

    return Ratios(
        rate=spread(rate, np.nan),
        variance=spread(variance, np.nan),
        size=spread(sizes, 0.0),
        clusters=spread(in_domain, 0.0),
        df=spread(df, 0.0),
    )


def linearised(
    satisfied: ArrayLike,
    n: ArrayLike,
    cluster: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    population: ArrayLike | None = None,
) -> Linearised:
    """Give a rate with its Taylor-linearised standard error, design effect and effective size.

    Parameters
    ----------
    satisfied, n
        Satisfied answers and answers of each cell. Any ratio will do: of a mean, give the sum of the scores.
    cluster
        Label of each cell's cluster (several cells may share one). Every cluster handed in counts, one with
        n = 0 too: leave out the days without an answer where they should not.
    stratum
        Label of each cell's stratum; the same cluster label in two strata names two clusters.
    weight
        Weight of each cell, 0 or more.
    population
        How many clusters there are in the stratum of each cell, sampled or not; one number if all strata have
        as many. None: more than can be counted (the days of a service that goes on).

    Returns
    -------
    Linearised
        Rate; standard error (NaN if there is no degree of freedom); df = clusters - strata; design effect =
        variance / (p (1 - p) / n) with n the unweighted answers, and n / design effect: both NaN unless
        0 < rate < 1 and the standard error is positive. Neither has a correction for df or a cut at n.

    Raises
    ------
    DesignError
        If the columns differ in length, are empty, have no answers, or hold a negative n or weight or a
        number that is not finite, or if a population differs within a stratum or falls short of its clusters.

    References
    ----------
    Woodruff 1971, J Am Stat Assoc 66:411-414; Korn and Graubard 1999, Analysis of Health Surveys.

    Examples
    --------
    >>> estimate = linearised([8, 9, 4], [10, 10, 10], ["Mon", "Tue", "Wed"])
    >>> f"{estimate.rate:.2f} {estimate.standard_error:.4f} {estimate.df} {estimate.design_effect:.2f}"
    '0.70 0.1528 2 3.33'
    """
    columns = _columns(satisfied, n, weight)
    clusters = grouped(cluster, stratum, population, len(columns[0]))
    x, size = (
        np.bincount(clusters.of, column, len(clusters.stratum)).astype(np.float64) for column in columns
    )
    if not size.sum() > 0:
        raise DesignError("n: no answers at all, so there is no rate; leave the domain out")
    one = np.zeros(len(clusters.stratum), np.intp)
    found = ratios(x, size, one, clusters.stratum, 1, population=clusters.population)
    rate, variance = float(found.rate[0]), float(found.variance[0])
    answers = float(np.sum(np.asarray(n, np.float64)))
    effect = variance * answers / (rate * (1 - rate)) if 0 < rate < 1 and variance > 0 else np.nan
    return Linearised(rate, float(np.sqrt(variance)), int(found.df[0]), effect, answers / effect)


class Grouped(NamedTuple):
    """Clusters of cells, sorted by stratum: ``of`` gives each cell's, ``population`` each one's stratum's."""

    of: Index
    stratum: Index
    population: Array | None


def grouped(
    cluster: ArrayLike, stratum: ArrayLike | None, population: ArrayLike | None, cells: int
) -> Grouped:
    """Give numbers for labels of clusters and strata; check them, and how many clusters there are."""
    strata = np.unique(np.zeros(cells) if stratum is None else stratum, return_inverse=True)[1].ravel()
    labels = np.unique(cluster, return_inverse=True)[1].ravel()
    if len(labels) != cells or len(strata) != cells:
        raise DesignError(
            f"{cells} cells with {len(labels)} clusters and {len(strata)} strata: give each cell one of both"
        )
    keys, first, of = np.unique(strata * (labels.max() + 1) + labels, return_index=True, return_inverse=True)
    number = keys // (labels.max() + 1)
    if population is None:
        return Grouped(of, number, None)
    try:
        there_are = np.broadcast_to(np.asarray(population, np.float64), (cells,))
    except ValueError as error:
        raise DesignError(
            f"population has the shape {np.shape(population)}: give one number, or one a cell ({cells})"
        ) from error
    by_stratum = there_are[first][starts(number)]
    if not (there_are == by_stratum[strata]).all():
        cell = int(np.flatnonzero(there_are != by_stratum[strata])[0])
        raise DesignError(f"population {there_are[cell]:g} of cell {cell}: other cells of its stratum differ")
    short = np.flatnonzero(~(by_stratum >= np.bincount(number)))
    if len(short):
        raise DesignError(
            f"population {by_stratum[short[0]]:g} of a stratum with {np.bincount(number)[short[0]]} of them: "
            "count those not sampled too"
        )
    return Grouped(of, number, there_are[first])


def _columns(satisfied: ArrayLike, n: ArrayLike, weight: ArrayLike | None) -> tuple[Array, Array]:
    x, size = np.asarray(satisfied, np.float64), np.asarray(n, np.float64)
    w = np.ones_like(size) if weight is None else np.asarray(weight, np.float64)
    if not (x.ndim == size.ndim == w.ndim == 1 and len(x) == len(size) == len(w) and len(x)):
        raise DesignError(
            f"satisfied, n, weight have the shapes {x.shape}, {size.shape}, {w.shape}: "
            "give columns of the same length, at least one cell"
        )
    for name, column, floor in (("satisfied", x, -np.inf), ("n", size, 0.0), ("weight", w, 0.0)):
        faulty = ~(np.isfinite(column) & (column >= floor))
        if faulty.any():
            row = int(np.flatnonzero(faulty)[0])
            raise DesignError(f"{name} of cell {row} is {column[row]:g}: give a finite number, not negative")
    return x * w, size * w
