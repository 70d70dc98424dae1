"""Tallies: sums of answers by domain, day and measure, which are all that the estimates need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.counting import CODES, Counts, Moments, by_cluster, by_domain, counts, pairs, respondents
from analysis.ratings import NOBODY, UNMAPPED, Domain, Question, Ratings, Workload

Array = NDArray[np.float64]
Index = NDArray[np.intp]

OFFICIALS = "officials"
"""The factor that rates officers; nothing else grades a person."""


class TallyError(ValueError):
    """Columns that cannot be counted."""


LevelName = Literal["unit", "deciding", "counter", "officer"]
LEVELS: tuple[LevelName, ...] = get_args(LevelName)


class Measure(NamedTuple):
    """What a rate is made of: ``overall`` (one headline question), a factor or a single question."""

    name: str
    questions: tuple[str, ...]
    factor: str | None = None


class ClusterSums(NamedTuple):
    """Sums of a measure by cluster: one element a cluster of the level."""

    respondents: Array
    answers: Array
    satisfied: Array
    scored: Array
    score: Array


class DomainSums(NamedTuple):
    """Sums of a measure by domain; q and k are a respondent's answers and satisfied ones."""

    sum_q2: Array
    sum_qk: Array
    sum_k2: Array
    very_satisfied: Array
    dissatisfied: Array
    flagged: Array
    flagged_answers: Array
    flagged_satisfied: Array


class Tally(NamedTuple):
    """The sums of one measure at one level.

    ``versions`` says by domain which versions answers came from. ``moments`` is false if the sums of q², qk
    and k² are not known.
    """

    measure: Measure
    clusters: ClusterSums
    domains: DomainSums
    versions: NDArray[np.bool_]
    moments: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """Tallies of all domains of one kind in one role; they hold what each domain itself was given.

    ``domain`` and ``day`` have one element a cluster, sorted. ``responses`` counts by domain. ``officers``
    are the pairs (domain, officer) that responses name. ``answers[question id]`` has a row a domain and a
    column for each of unmapped, refused, not applicable, skipped and every choice; ``answered`` counts the
    responses that took a choice.
    """

    name: LevelName
    domains: tuple[Domain, ...]
    domain: Index
    day: Index
    tallies: tuple[Tally, ...]
    responses: Array
    officers: NDArray[np.intp]
    answers: Mapping[str, Array]
    answered: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Tallies:
    """All sums of a period; the levels stand in the order of LEVELS."""

    levels: tuple[Level, ...]
    questions: tuple[Question, ...]
    versions: tuple[str, ...]
    workload: Workload | None
    responses: int

    @property
    def units(self) -> tuple[Domain, ...]:
        """The units, which ``parent`` of every domain counts in."""
        return self.levels[0].domains

    @property
    def counters(self) -> tuple[Domain, ...]:
        """The counters."""
        return self.levels[2].domains


def measures(questions: Sequence[Question]) -> tuple[Measure, ...]:
    """Give the measures of a questionnaire: headlines, then factors, then rated questions, each in order.

    Examples
    --------
    >>> satisfied = frozenset({"good"})
    >>> [measure.name for measure in measures([
    ...     Question("overall", "scale", ("bad", "good"), headline=True, satisfied=satisfied),
    ...     Question("polite", "scale", ("bad", "good"), factor="officials", satisfied=satisfied),
    ... ])]
    ['overall', 'factor:officials', 'question:polite']
    """
    rated = [question for question in questions if question.rated and question.kind in ("scale", "choice")]
    headlines = [Measure("overall", (question.id,)) for question in rated if question.headline]
    single = [question for question in rated if not question.headline]
    factors: dict[str, list[str]] = {}
    for question in single:
        if question.factor is not None:
            factors.setdefault(question.factor, []).append(question.id)
    return (
        *(headlines or [Measure("overall", ())]),
        *(Measure(f"factor:{factor}", tuple(ids), factor) for factor, ids in factors.items()),
        *(Measure(f"question:{question.id}", (question.id,), question.factor) for question in single),
    )


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
            _level(name, own, ratings, of_level[name], counted)
            for name, own in zip(of_level, domains, strict=True)
        ),
        questions=ratings.questions,
        versions=tuple(f"{questionnaire}.v{version}" for questionnaire, version in ratings.versions),
        workload=ratings.workload,
        responses=ratings.responses,
    )


class _Counted(NamedTuple):
    """What does not depend on days, by place: the distinct (unit, deciding unit, counter, officer)."""

    domain: Mapping[LevelName, Index]
    responses: Array
    counts: Mapping[str, Counts]
    moments: Mapping[Measure, tuple[NDArray[np.bool_], Moments]]


def _counted(ratings: Ratings, of_level: Mapping[LevelName, NDArray[np.int32]]) -> _Counted:
    place: Index = np.zeros(ratings.responses, np.intp)
    domain: dict[LevelName, Index] = {}
    for name, column in of_level.items():
        found = pairs(place, column.astype(np.intp) - NOBODY)
        domain = {known: labels[found.left] for known, labels in domain.items()}
        domain[name] = found.right + NOBODY
        place = found.of
    places = len(domain["officer"])
    flagged = place * 2 + ratings.flagged
    group = flagged * len(ratings.versions) + ratings.version
    shape = (places, 2, len(ratings.versions))
    by_id = {question.id: question for question in ratings.questions}
    return _Counted(
        domain,
        np.bincount(place, minlength=places).astype(np.float64),
        {id: counts(question, ratings.answers[id], group, shape) for id, question in by_id.items()},
        {
            measure: respondents(
                [by_id[id] for id in measure.questions],
                [ratings.answers[id] for id in measure.questions],
                flagged,
                2 * places,
            )
            for measure in measures(ratings.questions)
            if len(measure.questions) > 1
        },
    )


def _level(
    name: LevelName,
    domains: tuple[Domain, ...],
    ratings: Ratings,
    of_response: NDArray[np.int32],
    counted: _Counted,
) -> Level:
    first_day = int(ratings.day.min()) if ratings.responses else 0
    found = pairs(of_response.astype(np.intp) - NOBODY, ratings.day - first_day)
    nobody = int(np.searchsorted(found.left, 1))
    place_domain = counted.domain[name]
    used = tuple(m for m in measures(ratings.questions) if name != "officer" or m.factor == OFFICIALS)
    asked = {id for measure in used for id in measure.questions}
    questions = [question for question in ratings.questions if name != "officer" or question.id in asked]
    by_question = {
        question.id: by_cluster(question, ratings.answers[question.id], found.of, len(found.left))[:, nobody:]
        for question in questions
        if question.id in asked
    }
    tables = {
        question.id: by_domain(counted.counts[question.id].table, place_domain, len(domains))
        for question in questions
    }

    def one(measure: Measure) -> Tally:
        sums = np.zeros((4, len(found.left) - nobody))
        for id in measure.questions:
            sums += by_question[id]
        moments = counted.moments.get(measure)
        if moments is None:
            return _tally(measure, ratings, len(domains), tables, sums, sums[0], None)
        anyone = np.bincount(found.of, moments[0], len(found.left))[nobody:].astype(np.float64)
        own = Moments(*(by_domain(column, place_domain, len(domains)) for column in moments[1]))
        return _tally(measure, ratings, len(domains), tables, sums, anyone, own)

    return Level(
        name=name,
        domains=domains,
        domain=found.left[nobody:] + NOBODY,
        day=found.right[nobody:] + first_day,
        tallies=tuple(one(measure) for measure in used),
        responses=by_domain(counted.responses, place_domain, len(domains)),
        officers=_named(place_domain, counted.domain["officer"]),
        answers={id: table.sum(axis=(1, 2)) for id, table in tables.items()},
        answered={
            question.id: by_domain(counted.counts[question.id].answered, place_domain, len(domains)).sum(
                axis=(1, 2)
            )
            for question in questions
        },
    )


def _named(domain: Index, officer: Index) -> NDArray[np.intp]:
    """Give the pairs (domain, officer) that stand in responses."""
    both = np.stack((domain, officer), axis=1)
    return np.asarray(both[(domain != NOBODY) & (officer != NOBODY)])


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
