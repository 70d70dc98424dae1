"""Direct standardisation: two rates compared as if both had had one mix of procedures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Index
from analysis.compare.difference import Difference, difference_interval
from analysis.compare.standard import StandardisationError, checked_standard, merged_groups
from analysis.compare.standardised_rate import Cells, StandardisedRate, checked_sample, standardised_rate
from analysis.estimate.proportion import checked_level

MINIMUM_RESPONDENTS = 10
"""Fewest respondents of a group, in each of the two samples, that stand for themselves."""

MINIMUM_COVERAGE = 0.9
"""Least share of the standard in groups that both samples have respondents of."""

LOW_COVERAGE = "standard_not_covered"
"""Why a difference is not standardised."""


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
    weight = checked_standard(standard)
    level = checked_level(confidence_level)
    samples = [
        checked_sample(name, cells, len(weight)) for name, cells in (("first", first), ("second", second))
    ]
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
        standardised_rate(one, cell, weight, prior, level) for one, prior in zip(samples, priors, strict=True)
    )
    size1, size2 = rate1.effective_n, rate2.effective_n
    difference = difference_interval(
        rate1.rate * size1, size1, rate2.rate * size2, size2, confidence_level=level
    )
    return Standardised(rate1, rate2, difference, coverage, cell, reason)
