"""Ratings: columns of answers, one row a response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SKIPPED, NOT_APPLICABLE, REFUSED, UNMAPPED = -1, -2, -3, -4
"""Codes of an answer that is none of the question's choices; never counted as an answer."""

NOBODY = -1
"""Index of no counter or no officer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the figures need to know of one question.

    ``choices`` are the choice codes in their fixed order; an answer column holds indices into it.
    ``satisfied``, ``very_satisfied`` and ``dissatisfied`` are choice codes of a scale; a question is
    *rated* if it has satisfied choices. ``scores`` gives each choice its number (1 to 5), where it has one.
    ``factor`` is the id of the factor that a rated question belongs to; the headline belongs to none.
    """

    id: str
    kind: Literal["scale", "choice", "multiple", "number"]
    choices: tuple[str, ...] = ()
    factor: str | None = None
    headline: bool = False
    satisfied: frozenset[str] = frozenset()
    very_satisfied: frozenset[str] = frozenset()
    dissatisfied: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def rated(self) -> bool:
        """Whether the question has choices that count as satisfied."""
        return bool(self.satisfied)


@dataclass(frozen=True, slots=True)
class Domain:
    """A unit, counter or officer that gets a figure.

    ``kind`` is ``counter``, ``officer`` or the kind of the unit (``province``, ``department``, ``commune``,
    ``ward``, ``centre``, ...). ``parent`` is the index of a unit in ``Ratings.units``: the unit above, or the
    unit that a counter or an officer belongs to; None at the top. ``statuses`` stand in every row of the
    domain: ``merged_in_period``, and ``single_officer`` for a unit or counter at which one officer alone was
    posted (it *is* that officer, whatever the responses name). ``peers`` names the group that it is compared
    with, of officers the field of service they work in; without it the group is the kind.
    """

    kind: str
    code: str
    name: str
    valid_from: date | None = None
    parent: int | None = None
    statuses: tuple[str, ...] = ()
    peers: str | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """Citizens served, and invited to answer, in the whole period; NaN where that is not known.

    Arrays run parallel to ``Ratings.units``, ``Ratings.counters`` and ``Ratings.officers`` and count what the
    domain itself served (a parent's figure is the sum of its own and its descendants'). ``field_served`` has
    a row a unit and a column for each of ``Ratings.fields``.
    """

    unit_served: NDArray[np.float64]
    unit_offered: NDArray[np.float64]
    counter_served: NDArray[np.float64]
    officer_served: NDArray[np.float64]
    field_served: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Ratings:
    """Columns of answers; every array but those of ``workload`` has one element a response.

    ``day`` holds proleptic Gregorian ordinals of the local service day. ``unit``, ``deciding_unit``,
    ``counter`` and ``officer`` index the tuples of domains (NOBODY where there is none). ``version`` indexes
    ``versions``, pairs of questionnaire id and version. ``answers[question id]`` holds int8 indices into the
    question's choices, or a negative code (SKIPPED, NOT_APPLICABLE, REFUSED, UNMAPPED); of a question of kind
    ``multiple`` an int64 mask (bit i = choice i) or a negative code; of a ``number`` its value as float64
    with the negative codes kept in NaN-free form (numbers are not negative). ``field`` indexes ``fields``,
    the fields of service (or procedures) that rates can be post-stratified by (NOBODY where not known); None
    where nothing is known of them.
    """

    units: tuple[Domain, ...]
    counters: tuple[Domain, ...]
    officers: tuple[Domain, ...]
    questions: tuple[Question, ...]
    versions: tuple[tuple[str, int], ...]
    day: NDArray[np.int32]
    unit: NDArray[np.int32]
    deciding_unit: NDArray[np.int32]
    counter: NDArray[np.int32]
    officer: NDArray[np.int32]
    version: NDArray[np.int16]
    flagged: NDArray[np.bool_]
    answers: Mapping[str, NDArray[np.int8] | NDArray[np.int64] | NDArray[np.float64]]
    workload: Workload | None = None
    fields: tuple[str, ...] = ()
    field: NDArray[np.int32] | None = None

    @property
    def responses(self) -> int:
        """How many responses there are."""
        return len(self.day)
