"""Cells: rows of a file of counts, to the tallies of a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.counting import CODES, Pairs, pairs
from analysis.ratings import NOBODY, Domain, Question
from analysis.tallies import OFFICIALS, ClusterSums, DomainSums, Level, LevelName, Measure, Tally

SUMS = ("respondents", "sum_q", "sum_k", "sum_q2", "sum_qk", "sum_k2")
"""Columns of numbers in a file of moments."""


class Cells(NamedTuple):
    """Columns of a file: one element a row."""

    day: Index
    places: dict[LevelName, Index]
    keys: Sequence[str]
    numbers: Mapping[str, Array]


def rows_of(cells: Cells, key: str) -> NDArray[np.bool_]:
    """Mark the rows of a question or measure."""
    return np.array([each == key for each in cells.keys], np.bool_)


class _Sums(NamedTuple):
    """Sums at one level: n answers, x satisfied and score by cluster and question.

    ``by_answer`` counts by domain, question and answer.
    """

    found: Pairs
    n: Array
    x: Array
    score: Array
    by_answer: Array


def level_of(
    name: LevelName,
    domains: tuple[Domain, ...],
    questions: Sequence[Question],
    used: Sequence[Measure],
    cells: Cells,
    answer: Index,
    extra: Cells | None,
) -> Level:
    """Add up a level: answers by question, and respondents from ``extra`` for measures it has moments of."""
    place = cells.places[name]
    sums = _sums(place, len(domains), questions, cells, answer)
    tallies = tuple(
        _tally(measure, sums, questions, _moments(name, measure.name, sums.found, extra, len(domains)))
        for measure in used
    )
    answers = {
        each.id: np.concatenate((np.zeros((len(domains), CODES)), sums.by_answer[:, index]), axis=1)
        for index, each in enumerate(questions)
        if name != "officer" or each.factor == OFFICIALS
    }
    responses = np.bincount(sums.found.left, tallies[0].clusters.respondents, len(domains))
    return Level(
        name=name,
        domains=domains,
        domain=sums.found.left,
        day=sums.found.right,
        tallies=tallies,
        responses=responses.astype(np.float64),
        answers=answers,
        answered={id: table.sum(axis=1) for id, table in answers.items()},
    )


def _sums(place: Index, domains: int, questions: Sequence[Question], cells: Cells, answer: Index) -> _Sums:
    here = np.flatnonzero(place != NOBODY)
    found = pairs(place[here], cells.day[here])
    count, chosen = cells.numbers["count"][here], answer[here]
    number = {question.id: index for index, question in enumerate(questions)}
    question = np.array([number[key] for key in cells.keys], np.intp)[here]

    def total(weights: Array, rows: Index, size: int) -> Array:
        flat = np.bincount(rows * len(questions) + question, weights, size * len(questions))
        return flat.reshape(size, len(questions)).astype(np.float64)

    clusters = len(found.left)
    return _Sums(
        found,
        total(count, found.of, clusters),
        total(count * (chosen >= 4), found.of, clusters),
        total(count * chosen, found.of, clusters),
        np.stack([total(count * (chosen == each), place[here], domains) for each in range(1, 6)], axis=2),
    )


def _moments(
    name: LevelName, measure: str, found: Pairs, extra: Cells | None, domains: int
) -> tuple[Array, tuple[Array, Array, Array]] | None:
    """Give the respondents by cluster and the sums of q², qk and k² by domain, if a file has them."""
    if extra is None or measure not in extra.keys:
        return None
    place = extra.places[name]
    here = np.flatnonzero(rows_of(extra, measure) & (place != NOBODY))
    keys = found.left * (int(extra.day.max()) + 1) + found.right
    cluster = np.searchsorted(keys, place[here] * (int(extra.day.max()) + 1) + extra.day[here])

    def total(column: str, index: Index, size: int) -> Array:
        return np.bincount(index, extra.numbers[column][here], size).astype(np.float64)

    sum_q2, sum_qk, sum_k2 = (total(column, place[here], domains) for column in SUMS[3:])
    return total("respondents", cluster, len(keys)), (sum_q2, sum_qk, sum_k2)


def _tally(
    measure: Measure,
    sums: _Sums,
    questions: Sequence[Question],
    several: tuple[Array, tuple[Array, Array, Array]] | None,
) -> Tally:
    columns = [index for index, question in enumerate(questions) if question.id in measure.questions]
    n, x, score = (table[:, columns].sum(axis=1) for table in (sums.n, sums.x, sums.score))
    given = sums.by_answer[:, columns].sum(axis=1)
    answers, satisfied, none = given.sum(axis=1), given[:, 3:].sum(axis=1), np.zeros(len(given))
    known = several is not None or len(columns) == 1
    largest = sums.n[:, columns].max(axis=1, initial=0.0)
    respondents, own = several or (largest, (answers, satisfied, satisfied))
    return Tally(
        measure,
        ClusterSums(respondents, n, x, n, score),
        DomainSums(
            sum_q2=own[0],
            sum_qk=own[1],
            sum_k2=own[2],
            very_satisfied=given[:, 4],
            dissatisfied=given[:, :2].sum(axis=1),
            flagged=none,
            flagged_answers=none,
            flagged_satisfied=none,
        ),
        np.zeros((len(given), 0), np.bool_),
        known,
    )
