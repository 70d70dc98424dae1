"""Standing: where each domain stands by its leading measure: target, verdict, ranks, grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Marks
from analysis.compare.against_peers import verdicts
from analysis.compare.against_target import against_target
from analysis.compare.grading import GRADES, enough, grade, prior_of
from analysis.compare.ranking import rank_sets
from analysis.figures import Figures
from analysis.rules import Rules
from analysis.tallies import LevelName

SEED = 1
"""Of the bootstrap that widens the law of few peers."""

Labels = NDArray[np.str_]


class Standing(NamedTuple):
    """Columns of ``summary.csv`` by domain, NaN or an empty word where there is none, and three marks.

    ``no_pool``: the certainty of the grade rests on no peers, who are too few; ``not_distinguishable``: the
    units cannot be told apart, so none is ranked; ``review``: the grade without the flagged answers is
    another.
    """

    target: Array
    against_target: Labels
    verdict: Labels
    peer_group: Labels
    rank_best: Array
    rank_worst: Array
    grade: Labels
    certainty: Labels
    no_pool: Marks
    not_distinguishable: Marks
    review: Marks


def standing(
    name: LevelName, figures: Figures, groups: Sequence[str], questions: int, rules: Rules
) -> Standing:
    """Say where each domain of a level stands by the figures of its leading measure.

    Units have a verdict against the rest of their peers, a rank set among those with enough data, and a
    grade: the class of the published rate. Officers have the verdict only: no grade, no rank, no target.

    Parameters
    ----------
    groups
        Of each domain, as ``peer_groups`` gives them; nobody of the empty one is compared.
    questions
        Of the measure. The moderated size of several questions a respondent moves with the rate itself: the
        size under the peers' design effect then bounds that of a verdict.
    """
    domains = len(figures.rate)
    labels = np.array(groups, np.str_)
    width = figures.high - figures.low
    told = enough(figures.responses, figures.clusters, figures.effective_n, width, rules.minimum)
    told &= (figures.answers > 0) & (labels != "")
    compared = _verdicts(figures, labels, told, questions, rules)
    found = Standing(
        target=np.full(domains, np.nan),
        against_target=np.full(domains, "", np.str_),
        verdict=compared,
        peer_group=np.where(compared != "", labels, ""),
        rank_best=np.full(domains, np.nan),
        rank_worst=np.full(domains, np.nan),
        grade=np.full(domains, "", np.str_),
        certainty=np.full(domains, "", np.str_),
        no_pool=np.zeros(domains, np.bool_),
        not_distinguishable=np.zeros(domains, np.bool_),
        review=np.zeros(domains, np.bool_),
    )
    return _of_units(found, figures, labels, told, rules) if name in ("unit", "deciding") else found


def _verdicts(figures: Figures, labels: Labels, told: Marks, questions: int, rules: Rules) -> Labels:
    grouped = np.flatnonzero((figures.answers > 0) & (labels != ""))
    words = np.full(len(labels), "", "<U24")
    if len(grouped):
        n, size = figures.answers[grouped], figures.effective_n[grouped]
        if questions > 1:
            size = np.minimum(size, n / np.maximum(1.0, figures.prior[grouped]))
        words[grouped] = verdicts(
            figures.rate[grouped],
            n,
            size,
            group=labels[grouped],
            testable=told[grouped],
            false_discovery_rate=rules.false_discovery_rate,
        ).verdict
    return words


def _of_units(found: Standing, figures: Figures, labels: Labels, told: Marks, rules: Rules) -> Standing:
    size = np.where(told, figures.effective_n, 0.0)
    satisfied = np.where(told, figures.rate * size, 0.0)
    best, worst = found.rank_best.copy(), found.rank_worst.copy()
    grades, certainty = np.full(len(told), "", "<U16"), np.full(len(told), "", "<U16")
    no_pool, alike = found.no_pool.copy(), found.not_distinguishable.copy()
    for group in np.unique(labels[told]):
        own = told & (labels == group)
        fit, few = prior_of(satisfied[own], size[own], seed=SEED)
        graded = grade(figures.rate[own], satisfied[own], size[own], fit, bounds=rules.bounds)
        grades[own], certainty[own], no_pool[own] = graded.grade, graded.certainty, few
        alike[own] = not few and fit.indistinct
        if own.sum() > 1 and not alike[own].any():
            sets = rank_sets(satisfied[own], size[own], confidence_level=rules.confidence_level)
            best[own], worst[own] = sets.best, sets.worst
    columns = found._replace(
        rank_best=best,
        rank_worst=worst,
        grade=grades,
        certainty=certainty,
        no_pool=no_pool,
        not_distinguishable=alike,
        review=(grades != "") & (grades != _classes(figures.rate_without_flagged, rules)),
    )
    return columns if rules.target is None else _held_against(columns, figures, told, rules, rules.target)


def _held_against(found: Standing, figures: Figures, told: Marks, rules: Rules, target: float) -> Standing:
    held = np.flatnonzero(figures.answers > 0)
    words = np.full(len(told), "", "<U24")
    if len(held):
        words[held] = against_target(
            figures.rate[held],
            figures.effective_n[held],
            target,
            testable=told[held],
            false_discovery_rate=rules.false_discovery_rate,
        ).verdict
    return found._replace(target=np.full(len(told), target), against_target=words)


def _classes(rate: Array, rules: Rules) -> Labels:
    """Give the class of each rate; the empty word where there is none."""
    place = np.searchsorted(rules.bounds, np.nan_to_num(rate), side="right")
    return np.where(np.isnan(rate), "", np.array(GRADES)[place])
