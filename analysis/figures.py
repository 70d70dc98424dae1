"""Figures of one measure at one level: arrays with one element a domain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array
from analysis.composite import linear, without_flagged
from analysis.estimate.design import starts
from analysis.estimate.moderated import Clusters, Moments, Pooled, moderated, pooled
from analysis.estimate.score import mean_scores
from analysis.hierarchy import Members
from analysis.layout import Layout
from analysis.tallies import DomainSums, Level, Tally


class Figures(NamedTuple):
    """Counts and estimates, NaN where there is none; names as in the columns of ``summary.csv``.

    ``degenerate`` and ``single_day`` domains were given the design effect of their peers, ``prior``.
    """

    responses: Array
    answers: Array
    satisfied: Array
    rate: Array
    low: Array
    high: Array
    clusters: Array
    prior: Array
    design_effect: Array
    effective_n: Array
    mean_score: Array
    mean_low: Array
    mean_high: Array
    very_satisfied: Array
    dissatisfied: Array
    flagged: Array
    rate_without_flagged: Array
    versions: NDArray[np.bool_]
    degenerate: NDArray[np.bool_]
    single_day: NDArray[np.bool_]


def figures(
    level: Level,
    tally: Tally,
    members: Members,
    where: Layout,
    *,
    confidence_level: float,
    prior_df: float,
    minimum_pool: int | None,
) -> tuple[Figures, Pooled]:
    """Estimate one measure for all domains of a level, and say what their peers lent.

    The peers are the domains with what they themselves were given; units with units below them get the
    figures of all their parts.
    """
    sums, own, domains = tally.clusters, tally.domains, len(level.domains)
    alone = Layout(np.arange(len(level.domain)), level.domain, level.domain)
    peers = _answered(alone, sums.answers)
    clusters = _clusters(tally, peers)
    pool = pooled(
        clusters,
        Moments(own.sum_q2, own.sum_qk, own.sum_k2) if tally.moments else None,
        questions=max(1, len(tally.measure.questions)),
        minimum_pool=minimum_pool,
    )
    kept = peers
    if len(members.part) > domains:
        kept = _answered(where, sums.answers)
        clusters = _clusters(tally, kept)
    respondents, satisfied = _by_domain(clusters, domains)
    if tally.components:
        clusters = clusters._replace(satisfied=linear(tally.components, kept, clusters.answers, domains))
    total = DomainSums(*(members.total(column) for column in own))
    found = moderated(
        clusters,
        Moments(total.sum_q2, total.sum_qk, total.sum_k2) if tally.moments else None,
        pool,
        domains,
        prior_df=prior_df,
        confidence_level=confidence_level,
    )
    scored = _answered(kept, sums.scored)
    mean = mean_scores(
        sums.score[scored.cluster],
        sums.scored[scored.cluster],
        scored.domain,
        scored.stratum,
        found.effective_n,
        confidence_level=confidence_level,
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        unflagged = (satisfied - total.flagged_satisfied) / (found.answers - total.flagged_answers)
        if tally.components:
            unflagged = without_flagged(tally.components, kept, members, domains)
        very, dissatisfied = total.very_satisfied / found.answers, total.dissatisfied / found.answers
    return Figures(
        responses=respondents,
        answers=found.answers,
        satisfied=satisfied,
        rate=found.rate,
        low=found.low,
        high=found.high,
        clusters=found.clusters,
        prior=found.prior,
        design_effect=found.design_effect,
        effective_n=found.effective_n,
        mean_score=mean.mean,
        mean_low=mean.low,
        mean_high=mean.high,
        very_satisfied=very,
        dissatisfied=dissatisfied,
        flagged=total.flagged,
        rate_without_flagged=unflagged,
        versions=members.any(tally.versions),
        degenerate=np.isnan(found.direct) & (found.own_df > 0),
        single_day=(found.answers > 0) & (found.own_df == 0),
    ), pool


def _answered(where: Layout, answers: Array) -> Layout:
    """Leave out the clusters without an answer."""
    some = answers[where.cluster] > 0
    return where if some.all() else Layout(*(column[some] for column in where))


def _clusters(tally: Tally, where: Layout) -> Clusters:
    sums = tally.clusters
    return Clusters(
        where.domain,
        where.stratum,
        *(column[where.cluster] for column in (sums.respondents, sums.answers, sums.satisfied)),
    )


def _by_domain(clusters: Clusters, domains: int) -> Array:
    """Give the respondents and the satisfied answers of each domain."""
    whole = np.zeros((2, domains))
    first = starts(clusters.domain)
    for row, column in zip(whole, (clusters.respondents, clusters.satisfied), strict=True):
        row[clusters.domain[first]] = np.add.reduceat(column, first)
    return whole
