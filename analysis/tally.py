"""Tally: ratings to tallies, in one pass over the answers and one over the days of each place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.counting import (
    CODES,
    Array,
    Counts,
    Index,
    Moments,
    added,
    by_cluster,
    by_domain,
    counts,
    pairs,
    respondents,
)
from analysis.ratings import NOBODY, UNMAPPED, Domain, Question, Ratings
from analysis.tallies import (
    LEVELS,
    OFFICIALS,
    ClusterSums,
    DomainSums,
    Level,
    LevelName,
    Measure,
    Tallies,
    Tally,
    measures,
)


class TallyError(ValueError):
    """Columns that cannot be counted."""


def tally(ratings: Ratings) -> Tallies:
    """Count all answers by unit, deciding unit, counter and officer.

    An officer is counted by the factor OFFICIALS and its questions only. A skipped question counts where some
    response to the same questionnaire version did not skip it: else it was not asked.

    Raises
    ------
    TallyError
        If a question has no column, or a column holds a code that its question does not have; all are listed.
    """
    _check(ratings)
    columns = (ratings.unit, ratings.deciding_unit, ratings.counter, ratings.officer)
    of_level = dict(zip(LEVELS, columns, strict=True))
    counted = _counted(ratings, of_level)
    domains = (ratings.units, ratings.units, ratings.counters, ratings.officers)
    return Tallies(
        levels=tuple(
            _level(name, own, ratings, counted) for name, own in zip(of_level, domains, strict=True)
        ),
        questions=ratings.questions,
        versions=tuple(f"{questionnaire}.v{version}" for questionnaire, version in ratings.versions),
        workload=ratings.workload,
        responses=ratings.responses,
    )


class _Counted(NamedTuple):
    """What every level adds up: counts by place, and sums by day of a place.

    A place is a distinct (unit, deciding unit, counter, officer), whose parts ``domain`` gives by level.
    ``place`` and ``day`` have one element a day of a place, as have ``sums`` and ``respondents``.
    """

    domain: Mapping[LevelName, Index]
    responses: Array
    counts: Mapping[str, Counts]
    moments: Mapping[Measure, Moments]
    place: Index
    day: Index
    sums: Mapping[str, Array]
    respondents: Mapping[Measure, Array]


def _counted(ratings: Ratings, of_level: Mapping[LevelName, NDArray[np.int32]]) -> _Counted:
    place, domain = _places(ratings, of_level)
    places, versions = len(domain["officer"]), len(ratings.versions)
    first_day = int(ratings.day.min()) if ratings.responses else 0
    days = pairs(place, ratings.day - first_day)
    flagged = place * 2 + ratings.flagged
    group = flagged * versions + ratings.version
    by_id = {question.id: question for question in ratings.questions}
    used = measures(ratings.questions)
    several = {
        measure: respondents(
            [by_id[id] for id in measure.questions],
            [ratings.answers[id] for id in measure.questions],
            flagged,
            2 * places,
        )
        for measure in used
        if len(measure.questions) > 1
    }
    size = len(days.left)
    return _Counted(
        domain,
        np.bincount(place, minlength=places).astype(np.float64),
        {id: counts(each, ratings.answers[id], group, (places, 2, versions)) for id, each in by_id.items()},
        {measure: moments for measure, (_, moments) in several.items()},
        days.left,
        days.right + first_day,
        {
            id: by_cluster(by_id[id], ratings.answers[id], days.of, size)
            for id in {id for measure in used for id in measure.questions}
        },
        {measure: added(anyone[None], days.of, size)[0] for measure, (anyone, _) in several.items()},
    )


def _places(
    ratings: Ratings, of_level: Mapping[LevelName, NDArray[np.int32]]
) -> tuple[Index, dict[LevelName, Index]]:
    """Give the place of each response, and the domain of each place by level."""
    place: Index = np.zeros(ratings.responses, np.intp)
    domain: dict[LevelName, Index] = {}
    for name, column in of_level.items():
        found = pairs(place, column.astype(np.intp) - NOBODY)
        domain = {known: labels[found.left] for known, labels in domain.items()}
        domain[name] = found.right + NOBODY
        place = found.of
    return place, domain


def _level(name: LevelName, domains: tuple[Domain, ...], ratings: Ratings, counted: _Counted) -> Level:
    place_domain = counted.domain[name]
    first_day = int(counted.day.min()) if len(counted.day) else 0
    found = pairs(place_domain[counted.place] - NOBODY, counted.day - first_day)
    nobody = int(np.searchsorted(found.left, 1))
    used = tuple(m for m in measures(ratings.questions) if name != "officer" or m.factor == OFFICIALS)
    asked = {id for measure in used for id in measure.questions}
    questions = [question for question in ratings.questions if name != "officer" or question.id in asked]

    def by_day(sums: Array) -> Array:
        return added(sums, found.of, len(found.left))[:, nobody:]

    none = np.zeros((4, len(found.left) - nobody))
    by_question = {id: by_day(counted.sums[id]) for id in asked}
    tables = {
        question.id: by_domain(counted.counts[question.id].table, place_domain, len(domains))
        for question in questions
    }

    def one(measure: Measure) -> Tally:
        sums = reduce(np.add, (by_question[id] for id in measure.questions)) if measure.questions else none
        moments = counted.moments.get(measure)
        if moments is None:
            return _tally(measure, ratings, len(domains), tables, sums, sums[0], None)
        (anyone,) = by_day(counted.respondents[measure][None])
        own = Moments(*(by_domain(column, place_domain, len(domains)) for column in moments))
        return _tally(measure, ratings, len(domains), tables, sums, anyone, own)

    return Level(
        name=name,
        domains=domains,
        domain=found.left[nobody:] + NOBODY,
        day=found.right[nobody:] + first_day,
        tallies=tuple(one(measure) for measure in used),
        responses=by_domain(counted.responses, place_domain, len(domains)),
        answers={id: table.sum(axis=(1, 2)) for id, table in tables.items()},
        answered={
            question.id: by_domain(counted.counts[question.id].answered, place_domain, len(domains)).sum(
                axis=(1, 2)
            )
            for question in questions
        },
    )


def _tally(
    measure: Measure,
    ratings: Ratings,
    domains: int,
    tables: Mapping[str, Array],
    sums: Array,
    anyone: Array,
    moments: Moments | None,
) -> Tally:
    """Put together the sums by cluster and, over the tables of the questions, those by domain."""
    answers, satisfied = np.zeros((domains, 2)), np.zeros((domains, 2))
    very, not_satisfied = np.zeros(domains), np.zeros(domains)
    versions = np.zeros((domains, len(ratings.versions)), np.bool_)
    for question in ratings.questions:
        if question.id not in measure.questions:
            continue
        chosen = tables[question.id][..., CODES:]
        versions |= chosen.any(axis=(1, 3))
        by_flag = chosen.sum(axis=2)
        answers += by_flag.sum(axis=2)
        satisfied += by_flag @ _marks(question, question.satisfied)
        very += by_flag.sum(axis=1) @ _marks(question, question.very_satisfied)
        not_satisfied += by_flag.sum(axis=1) @ _marks(question, question.dissatisfied)
    if moments is None:
        moments = Moments(answers, answers, satisfied, satisfied)
    by_domain_sums = DomainSums(
        sum_q2=moments.sum_q2.sum(axis=1),
        sum_qk=moments.sum_qk.sum(axis=1),
        sum_k2=moments.sum_k2.sum(axis=1),
        very_satisfied=very,
        dissatisfied=not_satisfied,
        flagged=moments.respondents[:, 1],
        flagged_answers=answers[:, 1],
        flagged_satisfied=satisfied[:, 1],
    )
    return Tally(measure, ClusterSums(anyone, *sums), by_domain_sums, versions)


def _marks(question: Question, codes: frozenset[str]) -> Array:
    return np.array([code in codes for code in question.choices], np.float64)


def _check(ratings: Ratings) -> None:
    faults = []
    for question in ratings.questions:
        column = ratings.answers.get(question.id)
        if column is None or len(column) != ratings.responses:
            held = "no column" if column is None else f"{len(column)} answers"
            faults.append(f"question {question.id!r}: {held} for {ratings.responses} responses")
        elif len(column) and (column.min() < UNMAPPED or column.max() > _highest(question)):
            faults.append(
                f"question {question.id!r}: answers from {column.min()} to {column.max()}, "
                f"but codes go from {UNMAPPED} to {_highest(question):g}"
            )
    if faults:
        raise TallyError("; ".join(faults) + ": read the responses again with the questions they belong to")


def _highest(question: Question) -> float:
    if question.kind == "number":
        return np.inf
    return 2.0 ** len(question.choices) - 1 if question.kind == "multiple" else len(question.choices) - 1
