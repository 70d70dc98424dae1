"""Comparison: two rates side by side: their difference with its interval, or why they are not compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from analysis.period import Period
from analysis.summary import Row

Reason = Literal[
    "same", "missing", "suppressed", "no_data", "insufficient", "within", "days", "questions", "level"
]


INSTEAD: tuple[Reason, ...] = ("suppressed", "no_data", "insufficient")
"""Statuses of rows that are not compared, the strongest first."""


@dataclass(frozen=True)
class Difference:
    """First less second rate with both ends of its interval, in -1..1."""

    value: float
    low: float
    high: float

    @property
    def direction(self) -> Literal["higher", "lower", "no_clear_difference"]:
        """Say what the interval shows; one that ends at 0 shows no clear difference."""
        if self.low > 0:
            return "higher"
        return "lower" if self.high < 0 else "no_clear_difference"


@dataclass(frozen=True)
class Side:
    """One of two that are compared: a unit of a period, with the units above it."""

    period: Period
    row: Row | None
    above: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Compared:
    """What a comparison gave: a difference, or the reason for none; ``versions``: not all are the same."""

    difference: Difference | None
    reason: Reason | None = None
    versions: bool = False


def compare(left: Side, right: Side) -> Compared:
    """Compare two units of a period, or one unit in two periods."""
    if left.row is None or right.row is None:
        return Compared(None, "missing")
    if reason := _reason(left, right, left.row, right.row):
        return Compared(None, reason)
    found = difference_of(left.row, right.row)
    return Compared(found, None, left.row.versions != right.row.versions)


def difference_of(left: Row, right: Row) -> Difference:
    """Give the interval of a difference of two independent rates from the intervals of both.

        low  = d - sqrt((p1 - l1)² + (u2 - p2)²),  high = d + sqrt((u1 - p1)² + (p2 - l2)²)

    The intervals are Wilson's at effective sizes, so that this is Newcombe's method 10 at these (Newcombe
    1998, Stat Med 17:873-890). Raises ValueError if a rate is not known.
    """
    p1, l1, u1 = _figures(left)
    p2, l2, u2 = _figures(right)
    d = p1 - p2
    low = d - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = d + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return Difference(d, max(low, -1.0), min(high, 1.0))


def above_of(code: str, parents: Mapping[str, str | None]) -> frozenset[str]:
    """Give the codes of all units above one."""
    found: set[str] = set()
    parent = parents.get(code)
    while parent is not None and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return frozenset(found)


def _reason(left: Side, right: Side, first: Row, second: Row) -> Reason | None:
    """Give why two rows are not compared; None if they are."""
    for status in INSTEAD:
        if any(status in row.status for row in (first, second)):
            return status
    if first.rate is None or second.rate is None:
        return "no_data"
    same_unit = first.code == second.code
    if left.period == right.period:
        if same_unit:
            return "same"
        if first.code in right.above or second.code in left.above:
            return "within"
    elif left.period.first_day <= right.period.last_day and right.period.first_day <= left.period.last_day:
        return "days"
    if set(_questionnaires(first)).isdisjoint(_questionnaires(second)):
        return "questions"
    return "level" if first.confidence_level != second.confidence_level else None


def _questionnaires(row: Row) -> list[str]:
    return row.questionnaire.split(";")


def _figures(row: Row) -> tuple[float, float, float]:
    if row.rate is None or row.low is None or row.high is None:
        raise ValueError(f"{row.code}: has no rate with an interval; compare units that have")
    return row.rate, row.low, row.high
