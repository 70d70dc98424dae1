"""Categories that rates are weighted by: merged where too few answered, weights held within limits."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index

Label = Hashable
Population = Mapping[Label, float] | ArrayLike
"""How many could have answered in each category: by label, or by number of the category."""

CAP = (1 / 5, 5.0)
MINIMUM = 10

NOT_WEIGHTED = "not_weighted"

UNKNOWN = "population not known"
TOO_MANY = "more respondents than population"
NOBODY_LEFT = "nobody left to represent a category"
TOO_FEW = "too few respondents to tell categories apart"


class WeightingError(ValueError):
    """Rows, categories or populations that no weights can be made of."""


class Coded(NamedTuple):
    """A row's category as number, the categories' labels in that order, and their populations."""

    of: Index
    labels: tuple[Label, ...]
    population: Array


def coded(cell: ArrayLike, population: Population) -> Coded:
    """Give the categories of rows as numbers in the order of ``population``.

    Raises
    ------
    WeightingError
        If a row's category has no population, or a population is negative or infinite.
    """
    labels: tuple[Label, ...]
    if isinstance(population, Mapping):
        labels = tuple(population)
        counts = np.array([population[label] for label in labels], np.float64)
    else:
        counts = np.asarray(population, np.float64)
        labels = tuple(range(counts.size))
    if counts.ndim != 1 or not len(counts):
        raise WeightingError(f"population has the shape {counts.shape}: give one number a category")
    bad = np.flatnonzero((counts < 0) | np.isinf(counts))
    if len(bad):
        raise WeightingError(f"population {counts[bad[0]]:g} of {labels[bad[0]]!r}: give 0 or more, or NaN")
    values, place = np.unique(np.asarray(cell), return_inverse=True)
    number = {label: at for at, label in enumerate(labels)}
    strange = [value for value in values.tolist() if value not in number]
    if strange:
        raise WeightingError(f"category {strange[0]!r} has no population: give one for every category")
    found = np.array([number[value] for value in values.tolist()], np.intp)
    return Coded(found[place.ravel()], labels, counts)


def nearest_of(labels: Sequence[Label], merge_into: Mapping[Label, Label] | None) -> Index:
    """Give the number of the category that each one joins if it is thin; -1 where none is named."""
    number = {label: at for at, label in enumerate(labels)}
    joins = dict(merge_into or {})
    strange = [label for pair in joins.items() for label in pair if label not in number]
    if strange:
        raise WeightingError(f"merge_into names {strange[0]!r}: it is no category")
    return np.array([number[joins[label]] if label in joins else -1 for label in labels], np.intp)


def merged(respondents: Array, population: Array, nearest: Index, minimum: float) -> Index:
    """Merge the categories of each domain until each has ``minimum`` respondents or one is left.

    The thinnest goes first, into the group of the category that ``nearest`` names for it, else into the
    one with most respondents. A category with respondents and no population is thin too; one with neither
    stays alone.

    Parameters
    ----------
    respondents, population
        A row a domain, a column a category.
    nearest
        Of each category; -1 for none.

    Returns
    -------
    Index
        Of each domain and category its group: the number of one of its categories.
    """
    domains, categories = respondents.shape
    group = np.broadcast_to(np.arange(categories), (domains, categories)).copy()
    people, there_are = respondents.copy(), population.copy()
    for _ in range(categories - 1):
        alive = (people > 0) | (there_are > 0)
        thin = alive & ((people < minimum) | (there_are == 0))
        rows = np.flatnonzero(thin.any(axis=1) & (alive.sum(axis=1) > 1))
        if not len(rows):
            break
        here, at = np.arange(len(rows)), np.where(thin[rows], people[rows], np.inf).argmin(axis=1)
        others = np.where(alive[rows], people[rows], -1.0)
        others[here, at] = -1.0
        target = _named(group[rows], at, nearest)
        fallback = (target < 0) | ~(others[here, np.maximum(target, 0)] >= 0)
        target = np.where(fallback, others.argmax(axis=1), target)
        for sums in (people, there_are):
            sums[rows, target] += sums[rows, at]
            sums[rows, at] = 0.0
        group[rows] = np.where(group[rows] == at[:, None], target[:, None], group[rows])
    return group


def _named(group: Index, at: Index, nearest: Index) -> Index:
    """Give the group that the first member of ``at`` names outside it; -1 for none."""
    rows = np.arange(len(group))[:, None]
    goal = np.where(nearest >= 0, group[rows, np.maximum(nearest, 0)], -1)
    useful = (group == at[:, None]) & (goal >= 0) & (goal != at[:, None])
    # The category that the group is named for speaks before those that joined it.
    useful_first = np.where(useful[rows[:, 0], at], at, useful.argmax(axis=1))
    return np.where(useful.any(axis=1), goal[rows[:, 0], useful_first], -1)


def held(
    weight: Array, respondents: Array, domain: Index, domains: int, cap: tuple[float, float]
) -> tuple[Array, NDArray[np.bool_]]:
    """Hold weights within ``cap`` times their mean; the others make up for it, so that the total stays.

    Gives the weights, and which domains had one beyond.
    """
    total = np.bincount(domain, weight * respondents, domains)
    people = np.bincount(domain, respondents, domains)
    mean = np.divide(total, people, out=np.zeros(domains), where=people > 0)
    low, high = cap[0] * mean[domain], cap[1] * mean[domain]
    beyond = np.zeros(domains, np.bool_)
    beyond[domain[(respondents > 0) & ((weight < low) | (weight > high))]] = True
    if not beyond.any():
        return weight, beyond
    # The total grows with the multiplier, from cap[0] to cap[1] times what it should be.
    lowest, highest = np.full(domains, -60.0), np.full(domains, 60.0)
    for _ in range(80):
        middle = (lowest + highest) / 2
        made = np.bincount(domain, np.clip(weight * np.exp(middle)[domain], low, high) * respondents, domains)
        lowest, highest = np.where(made < total, middle, lowest), np.where(made < total, highest, middle)
    capped = np.clip(weight * np.exp((lowest + highest) / 2)[domain], low, high)
    return np.where(beyond[domain], capped, weight), beyond


def kish(weight: Array, respondents: Array, domain: Index, domains: int) -> Array:
    """Give R sum(w²) / sum(w)² of each domain [1]_; NaN where there is no weight.

    References
    ----------
    .. [1] Kish 1965, Survey Sampling, section 11.7.
    """
    people, total, squares = (
        np.bincount(domain, column * respondents, domains)
        for column in (np.ones_like(weight), weight, weight**2)
    )
    found = np.full(domains, np.nan)
    np.divide(people * squares, total**2, out=found, where=total > 0)
    return found


def checked_cap(cap: tuple[float, float] | None) -> tuple[float, float] | None:
    """Give the limits of weights back; raise WeightingError unless 0 <= low <= 1 <= high."""
    if cap is not None and not (0 <= cap[0] <= 1 <= cap[1]):
        raise WeightingError(f"cap {cap}: give a pair such as (1/5, 5), low at most 1, high at least 1")
    return cap


def groups_of(labels: tuple[Label, ...], group: Index) -> tuple[tuple[Label, ...], ...]:
    """Give the labels of categories that share a group."""
    together = ([labels[at] for at in np.flatnonzero(group == number)] for number in np.unique(group))
    return tuple(tuple(each) for each in together if len(each) > 1)


def column_of(name: str, values: ArrayLike, rows: int, lowest: float = 0.0) -> Array:
    """Give a column with a finite number a row; raise WeightingError if it is none."""
    column = np.asarray(values, np.float64)
    if column.ndim == 0:
        column = np.full(rows, column)
    if column.shape != (rows,) or not rows:
        raise WeightingError(f"{name} has the shape {column.shape}: give {rows or 'some'}, one a row")
    bad = np.flatnonzero(~(np.isfinite(column) & (column >= lowest)))
    if len(bad):
        raise WeightingError(f"{name} {column[bad[0]]:g} of row {bad[0]}: give a finite number, not negative")
    return column
