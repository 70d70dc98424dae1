"""Summary: the one object that every output prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from analysis.period import Period


class Row(NamedTuple):
    """The figures of one domain, role and measure, in the order of the columns of ``summary.csv``.

    Fractions (rates, bounds, coverage, shares) lie in 0..1, mean scores in 1..5. None = not available.
    ``responses`` counts the responses that answered at least one question of the measure, ``answers`` their
    answers, ``satisfied`` the satisfied ones. ``very_satisfied``, ``dissatisfied`` are shares of the answers.
    ``versions`` are pooled questionnaire versions such as ``counter-service.v1``.
    """

    period: str
    revision: int
    kind: str
    role: str
    code: str
    valid_from: str | None
    name: str
    parent_code: str | None
    questionnaire: str
    versions: tuple[str, ...]
    measure: str
    served: int | None = None
    offered: int | None = None
    responses: int | None = None
    answers: int | None = None
    satisfied: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    confidence_level: float | None = None
    method: str | None = None
    clusters: int | None = None
    design_effect: float | None = None
    effective_n: float | None = None
    coverage: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    mean_score: float | None = None
    mean_low: float | None = None
    mean_high: float | None = None
    very_satisfied: float | None = None
    dissatisfied: float | None = None
    target: float | None = None
    against_target: str | None = None
    verdict: str | None = None
    peer_group: str | None = None
    rank_best: int | None = None
    rank_worst: int | None = None
    grade: str | None = None
    certainty: str | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    flagged: int | None = None
    rate_without_flagged: float | None = None
    status: tuple[str, ...] = ()


COLUMNS: tuple[str, ...] = Row._fields
"""Columns of ``summary.csv`` and keys of ``summary.json``, in their order."""

IDENTITY: int = COLUMNS.index("measure") + 1
"""The first columns say what a row is about; a suppressed row keeps only these and its status."""


class AnswerRow(NamedTuple):
    """How often one choice was taken, in the order of the columns of ``answers.csv``.

    ``choice`` is a choice code or ``skipped``, ``not_applicable``, ``refused``, ``unmapped``. ``share`` is
    of the answers to the question (0..1) and empty for those four.
    """

    period: str
    revision: int
    kind: str
    role: str
    code: str
    valid_from: str | None
    question: str
    choice: str
    count: int | None = None  # type: ignore[assignment]  # the column is named so; nobody counts in a row
    share: float | None = None
    low: float | None = None
    high: float | None = None


class WeightedRow(NamedTuple):
    """The rate of a unit if each field of service had answered in its share of the citizens served.

    In the order of the columns of ``weighted.csv``. ``kish`` is the part of ``design_effect`` that the
    weights make. The published rate is the unweighted one of `Row`; this stands beside it. With the status
    ``not_weighted`` the fields allowed no weights, and the figures are the unweighted ones.
    """

    period: str
    revision: int
    kind: str
    role: str
    code: str
    valid_from: str | None
    measure: str
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    kish: float | None = None
    design_effect: float | None = None
    effective_n: float | None = None
    status: tuple[str, ...] = ()


class Month(NamedTuple):
    """The headline rate of a unit in one month, 0..1, with its interval; None where nobody answered."""

    month: str
    first_day: date
    last_day: date
    kind: str
    code: str
    responses: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Pool:
    """What one level and measure lent to its design effects: ``phi``, ``rho``, how many units made them."""

    level: str
    measure: str
    phi: float
    rho: float
    usable: int
    clusters: int
    default: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a period: rows of units, then counters, then officers; and the answers behind them.

    ``audience`` is whom the rows were cut for (``internal``, ``head``, ``officer``, ``public``). ``demo``
    says that made-up responses are among them; every page and report then says so. ``responses`` counts all.
    Rows stand in tuples or in tables (``analysis.table``). ``weighted`` has rows where the citizens served
    are known by field of service.
    """

    period: Period
    rows: Sequence[Row]
    answers: Sequence[AnswerRow]
    pools: tuple[Pool, ...] = ()
    revision: int = 0
    audience: str = "internal"
    demo: bool = False
    responses: int = 0
    weighted: Sequence[WeightedRow] = ()
