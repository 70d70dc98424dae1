"""Posterior ranks: the law of each unit's rank, rank 1 the highest rate, under the law of its peers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Index
from analysis.compare.empirical_bayes import BetaBinomial
from analysis.compare.ranking import ranked_units
from analysis.estimate.proportion import checked_level

_NODES = 4
"""Nodes of the quadrature to a standard deviation of the most certain unit's logit."""

_CELLS = 2_000_000
"""Most numbers of one array of the rank distribution: 16 MB."""


class ExpectedRanks(NamedTuple):
    """Expected ranks, limits of the rank, and probabilities of the first rank and of the top quarter."""

    expected: Array
    low: Index
    high: Index
    prob_best: Array
    prob_in_top_quarter: Array


def mean_ranks(fit: BetaBinomial, satisfied: ArrayLike, n: ArrayLike) -> Array:
    """Give each unit's posterior expected rank, 1 + the sum over the others of P(their rate is higher).

    `expected_ranks` has the same and more; here time grows only in proportion to the number of units.

    Parameters
    ----------
    fit
        Law of the peers; its draws are not used.
    satisfied, n
        Effective counts, not necessarily whole, one element a unit.

    Raises
    ------
    RankingError
        If a unit has no answers.
    ProportionError
        If counts are impossible.

    References
    ----------
    Laird and Louis 1989, J Educ Stat 14:29-46.

    Examples
    --------
    >>> mean_ranks(BetaBinomial(1, 1), [9, 5, 5], [10, 10, 10]).round(2).tolist()
    [1.06, 2.47, 2.47]
    """
    x, size = ranked_units(satisfied, n)
    a, b = fit.alpha + x, fit.beta + (size - x)
    total, mass = np.zeros(len(x)), np.zeros(len(x))
    for weight, above in _quadrature(a, b):
        total += (weight * (above.sum(axis=1, keepdims=True) - above)).sum(axis=0)
        mass += weight.sum(axis=0)
    return 1 + total / mass


def expected_ranks(
    fit: BetaBinomial, satisfied: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95
) -> ExpectedRanks:
    """Give the posterior distribution of each unit's rank, exactly.

    Given the unit's own rate the number of units above it is Poisson-binomial; the law is averaged over the
    unit's posterior [1]_ [2]_. Time grows with the square of the number of units.

    Parameters
    ----------
    fit
        Law of the peers; its draws are not used.
    satisfied, n
        Effective counts, not necessarily whole, one element a unit.
    confidence_level
        Of the equal-tailed limits ``low`` and ``high``: the smallest ranks whose cumulative probability
        reaches either tail, such as 0.025 and 0.975.

    Returns
    -------
    ExpectedRanks
        The top quarter are the ranks up to K/4, rounded up.

    Raises
    ------
    RankingError
        If a unit has no answers.
    ProportionError
        If counts or level are impossible.

    References
    ----------
    .. [1] Goldstein and Spiegelhalter 1996, J R Stat Soc A 159:385-443.
    .. [2] Laird and Louis 1989, J Educ Stat 14:29-46.

    Examples
    --------
    >>> ranks = expected_ranks(BetaBinomial(1, 1), [9, 5], [10, 10])
    >>> ranks.expected.round(3).tolist(), ranks.prob_best.round(3).tolist()
    ([1.032, 1.968], [0.968, 0.032])
    """
    x, size = ranked_units(satisfied, n)
    tail = (1 - checked_level(confidence_level)) / 2
    k = len(x)
    law = np.zeros((k, k))
    for weight, above in _quadrature(fit.alpha + x, fit.beta + (size - x)):
        law += _rank_law(weight, above)
    law = np.maximum(law, 0.0)  # rounding leaves some a hair below
    law /= law.sum(axis=0)
    cumulative = np.cumsum(law, axis=0)
    return ExpectedRanks(
        expected=np.arange(1, k + 1) @ law,
        low=1 + (cumulative[:-1] < tail).sum(axis=0),
        high=1 + (cumulative[:-1] < 1 - tail).sum(axis=0),
        prob_best=cumulative[0],
        prob_in_top_quarter=cumulative[math.ceil(k / 4) - 1],
    )


def _quadrature(a: Array, b: Array) -> Iterator[tuple[Array, Array]]:
    """Give, in blocks of nodes, each unit's probability of the node and of a rate above it: (nodes, units).

    The nodes are those of the trapezoidal rule for the logit of the rate, whose error falls exponentially
    with their number; all units share them.
    """
    spread = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b)).min()
    ends = special.betaincinv(a, b, 1e-12).min(), special.betaincinv(b, a, 1e-12).min()
    first, last = (float(special.logit(max(end, 1e-300))) for end in ends)
    nodes = np.linspace(first, -last, math.ceil((-last - first) / spread * _NODES) + 1)
    rows = max(1, _CELLS // len(a))
    for start in range(0, len(nodes), rows):
        logit = nodes[start : start + rows, None]
        rate, rest = special.expit(logit), special.expit(-logit)
        density = np.exp(a * special.log_expit(logit) + b * special.log_expit(-logit) - special.betaln(a, b))
        # Near 1 the distance from 1 has digits that the rate itself has lost.
        half = int(np.searchsorted(logit[:, 0], 0.0))
        above = np.concatenate([special.betaincc(a, b, rate[:half]), special.betainc(b, a, rest[half:])])
        yield density * (nodes[1] - nodes[0]), above


def _rank_law(weight: Array, above: Array) -> Array:
    """Give P(rank) by rank and unit, summed over the nodes.

    The law of the number of all units above a node is made once; each unit is then divided out of it, from
    the end where the division does not amplify errors.
    """
    nodes, k = above.shape
    law = np.zeros((nodes, k + 1))
    law[:, 0] = 1.0
    for unit in range(k):
        q = above[:, unit, None]
        law[:, 1 : unit + 2] += q * (law[:, : unit + 1] - law[:, 1 : unit + 2])
        law[:, 0] *= 1 - q[:, 0]
    turned = above > 0.5
    q = np.where(turned, 1 - above, above)
    ratio = 1 / (1 - q)
    forward, backward = np.where(turned, 0.0, weight), np.where(turned, weight, 0.0)
    ranks = np.zeros((k, k))
    without = np.zeros_like(above)
    for r in range(k):
        without = (np.where(turned, law[:, k - r, None], law[:, r, None]) - q * without) * ratio
        ranks[r] += (forward * without).sum(axis=0)
        ranks[k - 1 - r] += (backward * without).sum(axis=0)
    return ranks
