"""Tally: ratings to tallies, in one pass over the answers and one over the days of each place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.counting import CODES, Moments, added, by_domain, pairs
from analysis.places import Dimension, Places, counted
from analysis.ratings import NOBODY, UNMAPPED, Domain, Question, Ratings
from analysis.readings import Reading, with_readings
from analysis.tallies import (
    LEVELS,
    OFFICIALS,
    Cells,
    CellSums,
    ClusterSums,
    Component,
    DomainSums,
    Level,
    LevelName,
    Tallies,
    Tally,
    measures,
)


class TallyError(ValueError):
    """Columns that cannot be counted."""


def tally(ratings: Ratings, *, factor_weights: Mapping[str, float] | None = None) -> Tallies:
    """Count all answers by unit, deciding unit, counter and officer.

    An officer is counted by the factor OFFICIALS and its questions only. A skipped question counts where some
    response to the same questionnaire version did not skip it: else it was not asked. Units and counters are
    counted by the readings of several factors too (`with_readings`).

    Parameters
    ----------
    factor_weights
        Weights of the factors in ``index:weighted_factors``; equal if None.

    Raises
    ------
    TallyError
        If a question has no column, or a column holds a code that its question does not have; all are listed.
    ReadingError
        If the weights do not fit the factors.
    """
    _check(ratings)
    columns = (ratings.unit, ratings.deciding_unit, ratings.counter, ratings.officer)
    dimensions: dict[Dimension, NDArray[np.int32]] = {}
    dimensions.update(zip(LEVELS, columns, strict=True))
    whole, readings = with_readings(ratings, factor_weights)
    used = (*(Reading(measure) for measure in measures(ratings.questions)), *readings)
    if ratings.field is not None:
        dimensions["field"] = ratings.field
    found = counted(whole, dimensions, [reading.measure for reading in used])
    domains = (ratings.units, ratings.units, ratings.counters, ratings.officers)
    return Tallies(
        levels=tuple(
            _level(name, own, whole, used, found) for name, own in zip(LEVELS, domains, strict=True)
        ),
        questions=ratings.questions,
        versions=tuple(f"{questionnaire}.v{version}" for questionnaire, version in ratings.versions),
        workload=ratings.workload,
        responses=ratings.responses,
        fields=ratings.fields,
    )


class _Days(NamedTuple):
    """How the days of places make up something: the number of each, where the first one is that counts."""

    of: Index
    first: int
    size: int

    def total(self, sums: Array) -> Array:
        """Add up rows of sums."""
        return added(sums, self.of, self.size)[:, self.first :]


class _ByQuestion(NamedTuple):
    """What a level holds of each question: ``tables`` by domain, ``sums`` by day of a domain.

    ``domain`` is that of each place, of which there are ``domains``.
    """

    domains: int
    domain: Index
    days: _Days
    tables: Mapping[str, Array]
    sums: Mapping[str, Array]


def _level(
    name: LevelName,
    domains: tuple[Domain, ...],
    ratings: Ratings,
    used: tuple[Reading, ...],
    places: Places,
) -> Level:
    place_domain = places.domain[name]
    first_day = int(places.day.min(initial=0)) if len(places.day) else 0
    found = pairs(place_domain[places.place] - NOBODY, places.day - first_day)
    nobody = int(np.searchsorted(found.left, 1))
    days = _Days(found.of, nobody, len(found.left))
    if name == "officer":
        used = tuple(each for each in used if each.measure.factor == OFFICIALS)
    asked = {id for each in used for id in each.measure.questions}
    tables = {
        question.id: by_domain(places.counts[question.id].table, place_domain, len(domains))
        for question in ratings.questions
        if name != "officer" or question.id in asked
    }
    sums = {id: days.total(places.sums[id]) for id in asked}
    held = _ByQuestion(len(domains), place_domain, days, tables, sums)
    cells, within = _cells(places, first_day) if name == "unit" and "field" in places.domain else (None, None)
    return Level(
        name=name,
        domains=domains,
        domain=found.left[nobody:] + NOBODY,
        day=found.right[nobody:] + first_day,
        tallies=tuple(
            _tally(each, ratings, places, held)._replace(cells=within and _cell_sums(each, places, within))
            for each in used
        ),
        responses=by_domain(places.responses, place_domain, len(domains)),
        answers={id: table.sum(axis=(1, 2)) for id, table in tables.items()},
        answered={
            id: by_domain(places.counts[id].answered, place_domain, len(domains)).sum(axis=(1, 2))
            for id in tables
        },
        cells=cells,
    )


def _cells(places: Places, first_day: int) -> tuple[Cells, _Days]:
    """Tell apart the fields of service within the days of units; what has no field is its own cell."""
    days = pairs(places.domain["unit"][places.place] - NOBODY, places.day - first_day)
    found = pairs(days.of, places.domain["field"][places.place] - NOBODY)
    domain = days.left[found.left] + NOBODY
    nobody = int(np.searchsorted(domain, 0))
    cells = Cells(domain[nobody:], days.right[found.left][nobody:] + first_day, found.right[nobody:] + NOBODY)
    return cells, _Days(found.of, nobody, len(found.left))


def _cell_sums(reading: Reading, places: Places, within: _Days) -> CellSums:
    ids = reading.measure.questions
    none = np.zeros((4, len(places.place)))
    sums = within.total(reduce(np.add, (places.sums[id] for id in ids), none))
    anyone = within.total(places.respondents[ids][None])[0] if len(ids) > 1 else sums[0]
    return CellSums(anyone, sums[0], sums[1])


def _tally(reading: Reading, ratings: Ratings, places: Places, held: _ByQuestion) -> Tally:
    """Put together the sums of one measure by cluster and, over the tables of its questions, by domain."""
    measure = reading.measure
    own = [question for question in ratings.questions if question.id in measure.questions]
    none = np.zeros((4, held.days.size - held.days.first))
    total = reduce(np.add, (held.sums[id] for id in measure.questions), none)
    answers, satisfied, very, dissatisfied = _given(own, held)
    versions = np.zeros((held.domains, len(ratings.versions)), np.bool_)
    for question in own:
        versions |= held.tables[question.id][..., CODES:].any(axis=(1, 3))
    anyone, moments = total[0], Moments(answers, answers, satisfied, satisfied)
    if len(measure.questions) > 1:
        anyone = held.days.total(places.respondents[measure.questions][None])[0]
        moments = Moments(
            *(by_domain(each, held.domain, held.domains) for each in places.moments[measure.questions])
        )
    return Tally(
        measure,
        ClusterSums(anyone, *total),
        DomainSums(
            sum_q2=moments.sum_q2.sum(axis=1),
            sum_qk=moments.sum_qk.sum(axis=1),
            sum_k2=moments.sum_k2.sum(axis=1),
            very_satisfied=very.sum(axis=1),
            dissatisfied=dissatisfied.sum(axis=1),
            flagged=moments.respondents[:, 1],
            flagged_answers=answers[:, 1],
            flagged_satisfied=satisfied[:, 1],
        ),
        versions,
        components=tuple(
            _component(weight, [question for question in own if question.id in group], held)
            for weight, group in zip(reading.weights, reading.groups, strict=True)
        ),
    )


def _component(weight: float, own: list[Question], held: _ByQuestion) -> Component:
    answers, satisfied, *_ = _given(own, held)
    total = reduce(np.add, (held.sums[question.id] for question in own))
    return Component(weight, total[0], total[1], answers[:, 1], satisfied[:, 1])


def _given(own: list[Question], held: _ByQuestion) -> Array:
    """Count answers, satisfied, very satisfied and dissatisfied ones by domain and flagged or not."""
    given = np.zeros((4, held.domains, 2))
    for question in own:
        by_flag = held.tables[question.id][..., CODES:].sum(axis=2)
        given[0] += by_flag.sum(axis=2)
        for row, codes in enumerate((question.satisfied, question.very_satisfied, question.dissatisfied), 1):
            given[row] += by_flag @ np.array([code in codes for code in question.choices], np.float64)
    return given


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
