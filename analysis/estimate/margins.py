"""Margins: several sets of categories that weights have to meet, and the rounds that meet them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index
from analysis.estimate.categories import (
    NOBODY_LEFT,
    TOO_FEW,
    TOO_MANY,
    UNKNOWN,
    Label,
    Population,
    WeightingError,
    checked_cap,
    coded,
    groups_of,
    merged,
    nearest_of,
)

_TRIMS = 25
_SLACK = 1e-3
"""How far, relatively, a weight may lie beyond its limit after the last raking."""


class Margin(NamedTuple):
    """Groups of one set of categories: that of each row, their populations, and what was merged."""

    of: Index
    population: Array
    merged: tuple[tuple[Label, ...], ...]


class Table(NamedTuple):
    """Rows told apart by their groups and the weight they come with: ``of`` gives that of each row."""

    of: Index
    weight: Array
    groups: tuple[Index, ...]


class Fitted(NamedTuple):
    """Weights of raked tables, a row a table; which agree with the margins, keep the cap, were cut to it."""

    weight: Array
    agreed: NDArray[np.bool_]
    within: NDArray[np.bool_]
    capped: NDArray[np.bool_]


class Plan(NamedTuple):
    """What is raked, and how far: margins without those that say nothing."""

    margins: tuple[Margin, ...]
    table: Table
    tolerance: float
    rounds: int
    cap: tuple[float, float] | None
    reason: str


def planned(
    margins: Sequence[ArrayLike],
    populations: Sequence[Population],
    people: Array,
    w: Array,
    tolerance: float,
    rounds: int,
    cap: tuple[float, float] | None,
    minimum: float | None,
    merge_into: Sequence[Mapping[Label, Label] | None] | None,
) -> Plan:
    """Give the margins as they will be adjusted, categories merged and checked; or why not at all."""
    joins = [None] * len(margins) if merge_into is None else list(merge_into)
    if not len(margins) == len(populations) == len(joins) or not len(margins):
        raise WeightingError(
            f"{len(margins)} margins, {len(populations)} populations, {len(joins)} merge_into: "
            "give one of each"
        )
    if not (tolerance > 0 and rounds >= 1):
        raise WeightingError(f"tolerance {tolerance!r}, rounds {rounds!r}: give numbers above 0")
    made, reasons, totals = [], [], []
    for cells, population, nearest in zip(margins, populations, joins, strict=True):
        margin, reason, total = _margin(cells, population, people, minimum, nearest)
        made.append(margin)
        reasons.append(reason)
        totals.append(total)
    if not np.allclose(totals, totals[0], rtol=1e-6, equal_nan=True) and not np.isnan(totals).any():
        raise WeightingError(
            f"populations add up to {', '.join(f'{total:.10g}' for total in totals)}: "
            "count the same in each margin"
        )
    kept = tuple(
        margin._replace(population=margin.population * (totals[0] / total))
        for margin, total in zip(made, totals, strict=True)
        if len(margin.population) > 1
    )
    reason = next(filter(None, reasons), "")
    if not reason and not kept and any(margin.merged for margin in made):
        reason = TOO_FEW
    kept = kept or tuple(made[:1])
    return Plan(kept, _table(kept, w), tolerance, rounds, checked_cap(cap), reason)


def _margin(
    cells: ArrayLike,
    population: Population,
    people: Array,
    minimum: float | None,
    merge_into: Mapping[Label, Label] | None,
) -> tuple[Margin, str, float]:
    found = coded(cells, population)
    if len(found.of) != len(people):
        raise WeightingError(
            f"a margin has {len(found.of)} rows, others {len(people)}: give columns of one length"
        )
    there_are, total = np.nan_to_num(found.population), float(found.population.sum())
    count = len(there_are)
    respondents = np.bincount(found.of, people, count).astype(np.float64)
    group = np.arange(count)
    if minimum is not None:
        group = merged(respondents[None], there_are[None], nearest_of(found.labels, merge_into), minimum)[0]
    given, needed = (
        np.bincount(group, column, count).astype(np.float64) for column in (respondents, there_are)
    )
    alive = np.flatnonzero((given > 0) | (needed > 0))
    reason = ""
    if not total > 0:
        reason = UNKNOWN
    elif minimum is not None and people.sum() > total:
        reason = TOO_MANY
    elif ((needed > 0) & (given == 0)).any():
        reason = NOBODY_LEFT
    elif minimum is not None and (given[alive] < minimum).any():
        reason = TOO_FEW
    place = np.zeros(count, np.intp)
    place[alive] = np.arange(len(alive))
    return Margin(place[group[found.of]], needed[alive], groups_of(found.labels, group)), reason, total


def _table(margins: tuple[Margin, ...], w: Array) -> Table:
    key = np.unique(w, return_inverse=True)[1]
    for margin in margins:
        key = np.unique(key * len(margin.population) + margin.of, return_inverse=True)[1]
    first = np.unique(key, return_index=True)[1]
    return Table(key, w[first], tuple(margin.of[first] for margin in margins))


def fitted(plan: Plan, people: Array) -> Fitted:
    """Rake tables of respondents, one a row."""
    total = plan.margins[0].population.sum()
    made, agreed = _rounds(plan, people, np.broadcast_to(plan.table.weight, people.shape).copy())
    within, capped = np.ones(len(people), np.bool_), np.zeros(len(people), np.bool_)
    if plan.cap is None:
        return Fitted(made, agreed, within, capped)
    mean = total / people.sum(axis=1, keepdims=True)
    low, high = plan.cap[0] * mean, plan.cap[1] * mean
    for trim in range(_TRIMS + 1):
        beyond = (people > 0) & ((made < low * (1 - _SLACK)) | (made > high * (1 + _SLACK)))
        rows = np.flatnonzero(beyond.any(axis=1) & agreed)
        within[:] = True
        within[rows] = False
        if not len(rows) or trim == _TRIMS:
            break
        capped[rows] = True
        again, fits = _rounds(plan, people[rows], np.clip(made[rows], low[rows], high[rows]))
        made[rows], agreed[rows] = again, fits
    return Fitted(made, agreed, within, capped)


def _rounds(plan: Plan, people: Array, made: Array) -> tuple[Array, NDArray[np.bool_]]:
    into = [
        np.eye(len(margin.population))[of] for margin, of in zip(plan.margins, plan.table.groups, strict=True)
    ]
    agreed = np.zeros(len(people), np.bool_)
    for _ in range(plan.rounds):
        off = np.zeros(len(people))
        for margin, of, which in zip(plan.margins, plan.table.groups, into, strict=True):
            sums = (people * made) @ which
            empty = np.where(margin.population > 0, np.inf, 1.0)
            ratio = np.divide(
                margin.population, sums, out=np.broadcast_to(empty, sums.shape).copy(), where=sums > 0
            )
            off = np.maximum(off, np.abs(ratio - 1).max(axis=1))
            made = made * np.where(np.isfinite(ratio), ratio, 1.0)[:, of]
        agreed = off <= plan.tolerance
        if (agreed | np.isinf(off)).all():
            break
    return made, agreed
