"""Direct standardisation: two rates compared as if both had had one mix of procedures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.compare.difference import Difference, difference_interval, residual_variance
from analysis.estimate.design import Array, Index
from analysis.estimate.effective_size import adjusted
from analysis.estimate.proportion import checked_counts, checked_level

MINIMUM_RESPONDENTS = 10
"""Fewest respondents of a group, in each of the two samples, that stand for themselves."""

MINIMUM_COVERAGE = 0.9
"""Least share of the standard in groups that both samples have respondents of."""

LOW_COVERAGE = "standard_not_covered"
"""Why a difference is not standardised."""

_PRIOR_DF = 10.0


class StandardisationError(ValueError):
    """Cells or a standard that give no standardised rate."""


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


class Standardised(NamedTuple):
    """Both rates and their difference, the first minus the second.

    ``coverage``: share of the standard in groups both samples have respondents of. ``cell``: of each group
    the number of the cell it was merged into, -1 if it has no part. ``reason``: why the rates are *not*
    standardised, else empty.
    """

    first: StandardisedRate
    second: StandardisedRate
    difference: Difference
    coverage: float
    cell: Index
    reason: str


class _Sample(NamedTuple):
    satisfied: Array
    n: Array
    group: Index
    cluster: NDArray[np.generic]
    respondents: Array


def standardised_difference(
    first: Cells,
    second: Cells,
    standard: ArrayLike,
    *,
    coarser: Sequence[ArrayLike] = (),
    prior_design_effects: tuple[float, float] | None = None,
    minimum_respondents: float | None = MINIMUM_RESPONDENTS,
    minimum_coverage: float | None = MINIMUM_COVERAGE,
    confidence_level: float = 0.95,
) -> Standardised:
    """Give the difference of two rates at one mix of groups, such as procedures [1]_.

    rate = sum_g W_g p_g with the same shares W_g in both samples. Its residual by cluster i,
    e_i = sum_g W_g (x_gi - p_g n_gi) / n_g, goes over all groups, as they share their days; the variance is
    m / (m - 1) sum e_i². The interval of the difference is Newcombe's at the effective sizes
    p (1 - p) / v (t[n - 1] / t[df])², not above n.

    Parameters
    ----------
    first, second
        Two independent samples, such as both halves of a year; clusters without answers are left out.
    standard
        Transactions (of both halves together) of each group: finite, not negative, one above 0.
    coarser
        Labels of each group at coarser and coarser levels, such as its field: where a group has fewer than
        ``minimum_respondents`` in either sample, those of one label are joined, and where they are still too
        few, the smallest group of the label with them; what is then still thin goes on to the next level,
        and last of all to any group.
    prior_design_effects
        Of both samples, see `analysis.estimate.moderated`: counts, times Kish's effect n sum(W_g² / n_g)
        of the weights, 10 degrees of freedom against the direct one. None: the direct one alone, and Kish's
        effect where the variance is 0 or has no degree of freedom.
    minimum_respondents
        None merges nothing: a group that one sample has no answers of is left out of the standard.
    minimum_coverage
        Below this share, both rates are the plain ones, with the reason. None leaves the rule out.
    confidence_level
        Between 0 and 1, both excluded.

    Raises
    ------
    StandardisationError
        If a sample has no answers, columns differ in length, a group is unknown, or the standard is
        impossible, or, without the rules, no group is in both samples.
    ProportionError
        If counts or the level are impossible.

    References
    ----------
    .. [1] Cochran 1977, Sampling Techniques; Holt and Smith 1979, J R Stat Soc A 142:33-46.

    Examples
    --------
    The share of satisfied answers of both procedures stays as it was; only the mix changes.

    >>> first = Cells([18, 8, 18, 8], [20, 16, 20, 16], [0, 1, 0, 1], [1, 1, 2, 2])
    >>> second = Cells([9, 16, 9, 16], [10, 32, 10, 32], [0, 1, 0, 1], [3, 3, 4, 4])
    >>> found = standardised_difference(first, second, [300, 300])
    >>> f"{found.first.rate:.2f} {found.second.rate:.2f} {found.difference.difference:.2f}"
    '0.70 0.70 0.00'
    """
    weight = _checked_standard(standard)
    level = checked_level(confidence_level)
    samples = [_checked(name, cells, len(weight)) for name, cells in (("first", first), ("second", second))]
    held = np.array([np.bincount(one.group, one.respondents, len(weight)) for one in samples])
    covered = (held > 0).all(axis=0)
    coverage = float(weight[covered].sum() / weight.sum())
    if minimum_coverage is not None and coverage < minimum_coverage:
        cell, reason = np.zeros(len(weight), np.intp), LOW_COVERAGE
    elif minimum_respondents is None:
        cell, reason = np.where(covered & (weight > 0), np.arange(len(weight)), -1), ""
    else:
        cell, reason = merged_groups(held.min(axis=0), weight, minimum_respondents, coarser), ""
    empty = any(len(np.setdiff1d(cell[cell >= 0], cell[one.group])) for one in samples)
    if empty or (cell < 0).all():
        raise StandardisationError(
            "a cell of the standard has no answers in one of the samples: no common mix to compare at"
        )
    priors = prior_design_effects or (np.nan, np.nan)
    rate1, rate2 = (
        _standardised(one, cell, weight, prior, level) for one, prior in zip(samples, priors, strict=True)
    )
    size1, size2 = rate1.effective_n, rate2.effective_n
    difference = difference_interval(
        rate1.rate * size1, size1, rate2.rate * size2, size2, confidence_level=level
    )
    return Standardised(rate1, rate2, difference, coverage, cell, reason)


def merged_groups(
    respondents: ArrayLike, standard: ArrayLike, minimum: float, coarser: Sequence[ArrayLike] = ()
) -> Index:
    """Give the cell of each group after thin ones were merged, as `standardised_difference` does it.

    Cells are numbered from 0 by their first group; groups the standard is 0 of have none, -1.

    Examples
    --------
    Groups 1 and 2 are thin, and of the field "b"; together they are enough.

    >>> merged_groups([40, 4, 7, 30], [90, 9, 9, 9], 10, [["a", "b", "b", "b"]]).tolist()
    [0, 1, 1, 2]
    """
    size, weight = np.asarray(respondents, np.float64), np.asarray(standard, np.float64)
    cell = np.where(weight > 0, np.arange(len(weight)), -1).astype(np.intp)
    for level in (*coarser, np.zeros(len(weight))):
        labels = np.asarray(level)
        if labels.shape != weight.shape:
            raise StandardisationError(
                f"{len(weight)} groups with coarser labels of the shape {labels.shape}: give each group one"
            )
        for label in np.unique(labels):
            _join(cell, size, (labels == label) & (cell >= 0), minimum)
    present = cell >= 0
    cell[present] = np.unique(cell[present], return_inverse=True)[1]
    return cell


def _join(cell: Index, size: Array, members: NDArray[np.bool_], minimum: float) -> None:
    """Join thin cells of the members, and the smallest others while these are too few together."""
    total = np.bincount(cell[members], size[members], len(cell))
    present = np.unique(cell[members])
    order = present[np.argsort(total[present], kind="stable")]
    thin = int((total[order] < minimum).sum())
    if not thin:
        return
    while thin < len(order) and total[order[:thin]].sum() < minimum:
        thin += 1
    joined = order[:thin]
    # Of a cell of an earlier, crossing level all groups come along.
    cell[np.isin(cell, joined)] = joined.min()


def _checked_standard(standard: ArrayLike) -> Array:
    weight = np.asarray(standard, np.float64)
    if weight.ndim != 1 or not (np.isfinite(weight) & (weight >= 0)).all() or not weight.sum() > 0:
        raise StandardisationError(
            f"standard {standard!r}: give one finite number a group, not negative, at least one above 0"
        )
    return weight


def _checked(name: str, cells: Cells, groups: int) -> _Sample:
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
    return _Sample(x[kept], n[kept], group[kept].astype(np.intp), cluster[kept], people[kept])


def _standardised(
    sample: _Sample, cell: Index, weight: Array, prior: float, level: float
) -> StandardisedRate:
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
