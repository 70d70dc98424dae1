"""Readings: several factors read as one figure, from the responses that tell of enough of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.ratings import SKIPPED, Question, Ratings
from analysis.tallies import Measure, measures

INDEX = "index:"
"""What the name of a measure that reads several factors as one begins with."""


class Reading(NamedTuple):
    """A measure over several factors: ``groups`` of questions whose rates it is the weighted mean of.

    Without groups it is the rate of all answers together.
    """

    measure: Measure
    groups: tuple[tuple[str, ...], ...] = ()
    weights: tuple[float, ...] = ()


class ReadingError(ValueError):
    """Weights of factors that give no mean."""


def with_readings(
    ratings: Ratings, factor_weights: Mapping[str, float] | None = None
) -> tuple[Ratings, tuple[Reading, ...]]:
    """Add the answers that count in an index, and say how they can be read.

    The questions are those of the factors. A response counts if it answered at least half of those that its
    version asks, in a version that asks about two factors or more: a tap on one face weighs neither less nor
    more than that answer. There are three readings of such responses, the first two of them the ways in which
    the share of satisfied and very satisfied answers is published: ``index:pooled`` = all satisfied answers /
    all answers; ``index:question_mean`` = mean of the rates of the questions; ``index:weighted_factors`` =
    sum of a_f p_f over the factors, with weights that add up to 1.

    Parameters
    ----------
    factor_weights
        Of every factor, above 0; equal if None.

    Returns
    -------
    tuple
        Ratings with a further question, named ``index:`` and its id, for every question of a factor; the
        readings, none where fewer than two factors are asked about.

    Raises
    ------
    ReadingError
        If a factor lacks a weight, or one is not above 0.
    """
    asked = [
        next(question for question in ratings.questions if question.id == measure.questions[0])
        for measure in measures(ratings.questions)
        if measure.name.startswith("question:") and measure.factor is not None
    ]
    factors = dict.fromkeys(question.factor for question in asked if question.factor is not None)
    if len(factors) < 2:
        return ratings, ()
    weights = _weights(tuple(factors), factor_weights)
    counts = _counting(ratings, asked)
    restricted = {
        INDEX + question.id: np.where(counts, ratings.answers[question.id], SKIPPED).astype(np.int8)
        for question in asked
    }
    more = tuple(replace(question, id=INDEX + question.id, factor=None) for question in asked)
    ids = tuple(question.id for question in more)
    by_factor = tuple(
        tuple(INDEX + question.id for question in asked if question.factor == factor) for factor in factors
    )
    return (
        replace(ratings, questions=(*ratings.questions, *more), answers={**ratings.answers, **restricted}),
        (
            Reading(Measure("index:pooled", ids)),
            Reading(
                Measure("index:question_mean", ids), tuple((id,) for id in ids), (1 / len(ids),) * len(ids)
            ),
            Reading(Measure("index:weighted_factors", ids), by_factor, weights),
        ),
    )


def _weights(factors: Sequence[str], given: Mapping[str, float] | None) -> tuple[float, ...]:
    if given is None:
        return (1 / len(factors),) * len(factors)
    faults = [
        f"factor {factor!r}: weight {given.get(factor, 'missing')}"
        for factor in factors
        if not given.get(factor, 0) > 0
    ]
    if faults:
        raise ReadingError("; ".join(faults) + ": give every factor that is asked about a weight above 0")
    total = sum(given[factor] for factor in factors)
    return tuple(given[factor] / total for factor in factors)


def _counting(ratings: Ratings, asked: Sequence[Question]) -> NDArray[np.bool_]:
    """Mark the responses that answered at least half of what their version asks about two factors or more."""
    versions = len(ratings.versions)
    answered = np.zeros(ratings.responses, np.int16)
    reached = np.zeros((len(asked), versions), np.bool_)
    for row, question in enumerate(asked):
        column = ratings.answers[question.id]
        answered += column >= 0
        reached[row, ratings.version[column != SKIPPED]] = True
    factors = [question.factor for question in asked]
    several = np.array(
        [len({factor for factor, asks in zip(factors, of, strict=True) if asks}) > 1 for of in reached.T],
        np.bool_,
    )
    enough: NDArray[np.bool_] = 2 * answered >= reached.sum(axis=0)[ratings.version]
    return several[ratings.version] & enough
