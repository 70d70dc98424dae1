"""Tallies: sums of answers by domain, day and measure, which are all that the estimates need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.ratings import Domain, Question, Workload

OFFICIALS = "officials"
"""The factor that rates officers; nothing else grades a person."""

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


class Component(NamedTuple):
    """One of the rates that a measure is a weighted mean of.

    ``answers`` and ``satisfied`` have one element a cluster; the flagged ones one a domain.
    """

    weight: float
    answers: Array
    satisfied: Array
    flagged_answers: Array
    flagged_satisfied: Array


class CellSums(NamedTuple):
    """Sums of a measure by day and field of service: one element a cell of the level."""

    respondents: Array
    answers: Array
    satisfied: Array


class Tally(NamedTuple):
    """The sums of one measure at one level.

    ``versions`` says by domain which versions answers came from. ``moments`` is false if the sums of q², qk
    and k² are not known. ``components`` are empty but for a measure that is a mean of rates. ``cells`` are
    there where the level has cells.
    """

    measure: Measure
    clusters: ClusterSums
    domains: DomainSums
    versions: NDArray[np.bool_]
    moments: bool = True
    components: tuple[Component, ...] = ()
    cells: CellSums | None = None


class Cells(NamedTuple):
    """What is told apart within the days of a level's domains: sorted by domain, day and field of service."""

    domain: Index
    day: Index
    field: Index


@dataclass(frozen=True, slots=True)
class Level:
    """Tallies of all domains of one kind in one role; they hold what each domain itself was given.

    ``domain`` and ``day`` have one element a cluster, sorted. ``responses`` counts by domain. ``answers`` has
    for each question a row a domain and a column for each of unmapped, refused, not applicable, skipped and
    every choice; ``answered`` counts the responses that took a choice. ``cells`` are known of serving units.
    """

    name: LevelName
    domains: tuple[Domain, ...]
    domain: Index
    day: Index
    tallies: tuple[Tally, ...]
    responses: Array
    answers: Mapping[str, Array]
    answered: Mapping[str, Array]
    cells: Cells | None = None


@dataclass(frozen=True, slots=True)
class Tallies:
    """All sums of a period; the levels stand in the order of LEVELS.

    ``fields`` are those that the cells and the workload tell apart.
    """

    levels: tuple[Level, ...]
    questions: tuple[Question, ...]
    versions: tuple[str, ...]
    workload: Workload | None
    responses: int
    fields: tuple[str, ...] = ()

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
