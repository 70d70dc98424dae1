"""Moderated design effects: a domain's own clustering, steadied by that of its peers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index
from analysis.estimate.design import DesignError, ratios, starts
from analysis.estimate.effective_size import adjusted
from analysis.estimate.proportion import limits

DEFAULT_RHO = 0.05
"""Correlation of two respondents of a day where too few peers tell it."""

MINIMUM_CLUSTERS = 100
"""Fewest clusters of a pool that may be estimated."""


class Clusters(NamedTuple):
    """Sums of one measure by cluster, sorted by stratum and strata by domain; clusters have answers.

    ``respondents`` gave at least one of the ``answers``, of which ``satisfied`` are satisfied.
    """

    domain: Index
    stratum: Index
    respondents: Array
    answers: Array
    satisfied: Array


class Moments(NamedTuple):
    """Sums over the respondents of each domain, who gave q answers, k of them satisfied."""

    sum_q2: Array
    sum_qk: Array
    sum_k2: Array

    def residual(self, rate: Array) -> Array:
        """Give the sum of (k - rate q)² by domain."""
        return self.sum_k2 - 2 * rate * self.sum_qk + rate * rate * self.sum_q2


class Pooled(NamedTuple):
    """What peers lend: ``phi``, the inflation by several answers a respondent, and ``rho``, by shared days.

    ``usable`` domains with a rate between 0 and 1 made them, with ``clusters``. ``default``: these were too
    few; ``rho`` is then DEFAULT_RHO, and a domain takes the phi of its own respondents (where their moments
    are known).
    """

    phi: float
    rho: float
    usable: int
    clusters: int
    default: bool


class Moderated(NamedTuple):
    """Estimates of many domains: arrays of one element a domain, NaN where not defined.

    ``direct`` and ``prior`` design effects make ``design_effect``; ``df`` are those of both together, and
    ``own_df`` = clusters - strata.
    """

    rate: Array
    answers: Array
    clusters: Array
    prior: Array
    direct: Array
    design_effect: Array
    df: Array
    own_df: Array
    effective_n: Array
    low: Array
    high: Array


def pooled(
    clusters: Clusters, moments: Moments | None, *, questions: int = 1, minimum_pool: int | None = 5
) -> Pooled:
    """Estimate phi and rho from all domains with a rate between 0 and 1.

    phi = sum (k - p q)² / sum n p (1 - p) over respondents; rho = one-way analysis-of-variance correlation
    of k - p q within clusters, sums of squares and degrees of freedom added over domains, not below 0.

    Parameters
    ----------
    clusters
        Each domain's own clusters, one stratum a domain.
    moments
        Of the same domains; None if not known: phi is then ``questions`` and the pool is a default.
    questions
        How many questions the measure has.
    minimum_pool
        Fewest usable domains; below, or with fewer than MINIMUM_CLUSTERS clusters in them, the pool is a
        default. None leaves both rules out.
    """
    first = starts(clusters.domain)
    present = clusters.domain[first]
    m = np.diff(first, append=len(clusters.domain))
    _, x, respondents, squares, rate = _sums(clusters, first)
    usable = (rate > 0) & (rate < 1)
    count, own = int(usable.sum()), int(m[usable].sum())
    if moments is None:
        return Pooled(float(questions), DEFAULT_RHO, count, own, default=True)
    if not count:
        return Pooled(1.0, DEFAULT_RHO, 0, 0, default=True)
    e = clusters.satisfied - np.repeat(rate, m) * clusters.answers
    between = np.add.reduceat(e * e / clusters.respondents, first)[usable].sum()
    total = Moments(*(column[present] for column in moments)).residual(rate)[usable].sum()
    phi = float(total / (x * (1 - rate))[usable].sum())
    short = minimum_pool is not None and (count < minimum_pool or own < MINIMUM_CLUSTERS)
    df_between = own - count
    df_within = respondents[usable].sum() - own
    if short or not df_between or not df_within:
        return Pooled(phi, DEFAULT_RHO, count, own, default=True)
    ms_between, ms_within = between / df_between, max(0.0, total - between) / df_within
    size = (respondents - squares / respondents)[usable].sum() / df_between
    spread = ms_between + (size - 1) * ms_within
    rho = max(0.0, (ms_between - ms_within) / spread) if spread > 0 else 0.0
    return Pooled(phi, float(rho), count, own, default=False)


def moderated(
    clusters: Clusters,
    moments: Moments | None,
    pool: Pooled,
    domains: int,
    *,
    prior_df: float = 10,
    confidence_level: float = 0.95,
) -> Moderated:
    """Give rates with Wilson intervals at the effective size of a moderated design effect.

    The prior design effect phi (1 + (R_w - 1) rho), where R_w is the mean number of respondents in a
    respondent's own cluster, counts ``prior_df`` degrees of freedom against the domain's own [1]_ [2]_;
    the result is not below 1. The effective size n / design effect is multiplied by (t[n-1] / t[df])² [3]_
    and cut at n. Where the own design effect is undefined (one cluster, rate 0 or 1, no variation) the prior
    stands alone.

    Parameters
    ----------
    clusters
        One or more strata a domain.
    moments
        Of the ``domains`` domains, or None if not known.
    pool
        What peers lend.
    domains
        How many domains there are; those without a cluster get NaN, 0 answers and the interval 0..1.
    prior_df
        Weight of the prior, above 0.
    confidence_level
        Between 0 and 1.

    References
    ----------
    .. [1] Smyth 2004, Stat Appl Genet Mol Biol 3:3.
    .. [2] Franco, Little, Louis and Slud 2019, J Surv Stat Methodol 7:334-364.
    .. [3] Korn and Graubard 1998, Surv Methodol 24:193-201.
    """
    if not prior_df > 0:
        raise DesignError(f"prior_df {prior_df!r}: must be above 0, such as 10")
    found = ratios(clusters.satisfied, clusters.answers, clusters.domain, clusters.stratum, domains)
    rate, n = found.rate, found.size
    prior = np.full(domains, np.nan)
    first = starts(clusters.domain)
    present = clusters.domain[first]
    _, _, respondents, squares, own_rate = _sums(clusters, first)
    phi = np.full(len(present), pool.phi)
    if pool.default and moments is not None:
        phi = _own_phi(Moments(*(column[present] for column in moments)), own_rate, n[present])
    prior[present] = phi * (1 + (squares / respondents - 1) * pool.rho)

    direct, effect, df = moderate(n, rate, found.variance, found.df, prior, prior_df)
    effective = adjusted(n, n / effect, df, confidence_level)
    satisfied = np.nan_to_num(rate) * effective
    low, high = limits(satisfied, effective, "wilson", confidence_level)
    return Moderated(rate, n, found.clusters, prior, direct, effect, df, found.df, effective, low, high)


def moderate(
    n: Array, rate: Array, variance: Array, own_df: Array, prior: Array, prior_df: float
) -> tuple[Array, Array, Array]:
    """Give the direct and the moderated design effects, and the degrees of freedom of the latter."""
    with np.errstate(invalid="ignore", divide="ignore"):
        direct = np.where(variance > 0, variance * n / (rate * (1 - rate)), np.nan)
        direct[(rate <= 0) | (rate >= 1)] = np.nan
        df = np.where(np.isnan(direct), 0.0, own_df)
        effect = (prior_df * prior + df * np.nan_to_num(direct)) / (prior_df + df)
        return direct, np.maximum(1.0, effect), prior_df + df


def _sums(clusters: Clusters, first: Index) -> tuple[Array, Array, Array, Array, Array]:
    n, x, respondents, squares = (
        np.add.reduceat(column, first)
        for column in (
            clusters.answers,
            clusters.satisfied,
            clusters.respondents,
            clusters.respondents**2,
        )
    )
    return n, x, respondents, squares, x / n


def _own_phi(moments: Moments, rate: Array, n: Array) -> Array:
    spread = n * rate * (1 - rate)
    own = moments.residual(rate) / np.where(spread > 0, spread, 1.0)
    return np.where(spread > 0, own, moments.sum_q2 / n)
