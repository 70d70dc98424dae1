"""Standardised rate: the rate of one sample at the mix of a standard, with its effective size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index
from analysis.compare.standard import StandardisationError
from analysis.compare.t_difference import residual_variance
from analysis.estimate.effective_size import adjusted
from analysis.estimate.proportion import checked_counts

_PRIOR_DF = 10.0


class Cells(NamedTuple):
    """One sample, one element a cell: counts, group (0 to groups - 1), cluster label, respondents.

    ``respondents`` None: those are the answers, as of a single question. Weights are per respondent, so of
    a rate of several questions give respondents of their own.
    """

    satisfied: ArrayLike
    n: ArrayLike
    group: ArrayLike
    cluster: ArrayLike
    respondents: ArrayLike | None = None


class StandardisedRate(NamedTuple):
    """A rate at the mix of the standard: linearised standard error, df, Kish's effect, effective size."""

    rate: float
    standard_error: float
    df: float
    kish: float
    effective_n: float


class Sample(NamedTuple):
    """The cells of one sample that have answers, known to be right."""

    satisfied: Array
    n: Array
    group: Index
    cluster: NDArray[np.generic]
    respondents: Array


def checked_sample(name: str, cells: Cells, groups: int) -> Sample:
    """Give the cells with answers; ``name`` says in errors which sample they are of."""
    x, n = checked_counts(cells.satisfied, cells.n)
    group, cluster = np.asarray(cells.group), np.asarray(cells.cluster)
    people = n if cells.respondents is None else np.asarray(cells.respondents, np.float64)
    if x.ndim != 1 or not x.shape == group.shape == cluster.shape == people.shape:
        raise StandardisationError(
            f"{name} sample: shapes {x.shape}, {group.shape}, {cluster.shape}, {people.shape} of counts, "
            "groups, clusters, respondents: give columns of one length"
        )
    if group.dtype.kind not in "iu" or group.min() < 0 or group.max() >= groups:
        raise StandardisationError(
            f"{name} sample: groups {group.min()} to {group.max()}: give whole numbers from 0 to {groups - 1}"
        )
    if not (np.isfinite(people) & (people >= 0) & ((people > 0) | (n == 0))).all():
        raise StandardisationError(
            f"{name} sample: respondents: give finite numbers, above 0 where there are answers"
        )
    kept = n > 0
    if not kept.any():
        raise StandardisationError(f"{name} sample: no answers at all, so there is no rate; leave it out")
    return Sample(x[kept], n[kept], group[kept].astype(np.intp), cluster[kept], people[kept])


def standardised_rate(
    sample: Sample, cell: Index, weight: Array, prior: float, level: float
) -> StandardisedRate:
    """Give the rate of a sample at the weights of the groups; ``cell`` gives the cell of each, -1 for none.

    ``prior`` is a design effect, NaN for none; see `standardised_difference`.
    """
    at = cell[sample.group]
    # The plain rate is that of one cell with all groups, those the standard is 0 of too.
    kept = at >= 0
    x, n, at = sample.satisfied[kept], sample.n[kept], at[kept]
    cells = int(cell.max()) + 1
    answers, satisfied = (np.bincount(at, column, cells) for column in (n, x))
    mass = np.bincount(cell[cell >= 0], weight[cell >= 0], cells)
    share = mass / mass.sum()
    rates = np.divide(satisfied, answers, out=np.zeros(cells), where=answers > 0)
    rate = min(1.0, float(share @ rates))
    per_answer = np.divide(share, answers, out=np.zeros(cells), where=answers > 0)
    residual = per_answer[at] * (x - rates[at] * n)
    variance, df = residual_variance(residual, sample.cluster[kept])
    total = float(answers.sum())
    kish = float(total * (share * per_answer).sum())
    effective = _effective_n(rate, variance, df, total, kish, prior, level)
    return StandardisedRate(rate, float(np.sqrt(variance)), df, kish, effective)


def _effective_n(
    rate: float, variance: float, df: float, n: float, kish: float, prior: float, level: float
) -> float:
    spread = rate * (1 - rate)
    told = variance > 0 and spread > 0
    direct = variance * n / spread if told else np.nan
    if np.isnan(prior):
        effect, free = (direct, df) if told else (kish, n - 1)
    else:
        own = df if told else 0.0
        pooled = _PRIOR_DF * prior * kish + (own * direct if told else 0.0)
        effect, free = max(1.0, pooled / (_PRIOR_DF + own)), _PRIOR_DF + own
    found = adjusted(np.array([n]), np.array([n / effect]), np.array([max(free, 1.0)]), level)
    return float(found[0])
