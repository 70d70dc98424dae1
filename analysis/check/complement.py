"""Complement: what must hide so that no one can subtract a small figure from the figures shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.counting import Array, Index

UNIT = 0
"""The group of units; other numbers are kinds of people."""

NEVER = np.inf
"""The minimum of a figure that may not be shown however many responses it rests on."""

Marks = NDArray[np.bool_]


class Figures(NamedTuple):
    """What the rules need of figures, one element a figure.

    ``group`` says which parts of a unit a figure is one of: its units (UNIT) or a kind of people. ``own`` is
    a number for its code, role and measure, and ``above`` that of the unit it belongs to; ``version`` marks
    the versions it pools. ``minimum`` is the fewest ``responses`` with which it may be shown, or NEVER;
    ``alone`` that of what a unit was given itself, besides the units below it (0 but where that is one
    officer). ``order`` ranks the codes: of parts with the same responses the first one hides first.
    """

    group: Index
    own: Index
    above: Index
    version: Marks
    responses: Array
    minimum: Array
    alone: Array
    order: Index


class Parts(NamedTuple):
    """Pairs: a figure, and the unit's figure that counts it; ``of`` gives each figure's, -1 for none."""

    figure: Index
    whole: Index
    of: Index


class _Rest(NamedTuple):
    """What is left of each figure besides its shown parts, one element a figure.

    ``size`` counts its responses, ``parts`` the hidden parts in it. ``minimum`` is the fewest it may be, and
    ``never`` the largest part of it that may never be shown: the others alone must reach the minimum.
    """

    size: Array
    parts: Array
    minimum: Array
    never: Array

    def short(self, at: Index, more: Array | float = 0.0, parts: Array | float = 0.0) -> Marks:
        """Say whether the rest of some figures tells of too few, were so many ``more`` in it."""
        size, minimum = self.size[at] + more, self.minimum[at]
        few = size < minimum + self.never[at]
        few |= size - self.parts[at] - parts < slack(minimum)
        return np.asarray(few & (size > 0))


def slack(minimum: Array) -> Array:
    """Give how uncertain a number below a minimum must stay: 5, or 20 % of the minimum if that is more.

    Examples
    --------
    >>> slack(np.array([0.0, 10.0, 30.0])).tolist()
    [0.0, 5.0, 6.0]
    """
    return np.where(minimum > 0, np.maximum(5.0, np.where(np.isinf(minimum), 0.0, 0.2 * minimum)), 0.0)


def unsafe(figures: Figures, units: int | None) -> Marks:
    """Mark the figures to hide: the small ones, and those that would give them away.

    ``units`` is the minimum of units. Of a figure that is shown, what is left besides its shown parts (the
    units below it; the units below it and its counters; these and its officers) is nobody, or reaches the
    minimum of each hidden part without any part that may never be shown, and leaves each of its parts
    uncertain by ``slack``, unless all its parts hide. What is below a hidden figure is hidden.

    Examples
    --------
    >>> ward = [0, 1, 1, 1]  # and its three counters
    >>> marks = unsafe(
    ...     Figures(
    ...         group=np.array(ward),
    ...         own=np.array([1, 2, 3, 4]),
    ...         above=np.array([0, 1, 1, 1]),
    ...         version=np.ones((4, 1), np.bool_),
    ...         responses=np.array([100.0, 60.0, 36.0, 4.0]),
    ...         minimum=np.array([0.0, 10.0, 10.0, 10.0]),
    ...         alone=np.zeros(4),
    ...         order=np.arange(4),
    ...     ),
    ...     0,
    ... )
    >>> marks.tolist()
    [False, False, True, True]
    """
    parts = parts_of(figures)
    figures = settled(figures, parts, units)
    return complemented(figures, parts, units, figures.responses < figures.minimum)


def parts_of(figures: Figures) -> Parts:
    """Give the figures that are parts, and the unit's figure that counts each.

    Of several headlines of the unit that is the one of the part's version, else the first.
    """
    units = np.flatnonzero(figures.group == UNIT)
    units = units[np.argsort(figures.own[units], kind="stable")]
    own = figures.own[units]
    first, last = (np.searchsorted(own, figures.above, side) for side in ("left", "right"))
    figure = np.flatnonzero(first < last)
    whole = units[first[figure]]
    for several in np.flatnonzero(last[figure] - first[figure] > 1):
        part = figure[several]
        above = units[first[part] : last[part]]
        common = (figures.version[above] & figures.version[part]).any(axis=1)
        whole[several] = above[np.argmax(common)]
    of = np.full(len(figures.group), -1)
    of[figure] = whole
    return Parts(figure, whole, of)


def given_itself(figures: Figures, parts: Parts) -> Array:
    """Give how many responses each figure has besides the units below it."""
    units = figures.group[parts.figure] == UNIT
    return figures.responses - _total(figures.responses, parts.figure[units], parts.whole[units])


def settled(figures: Figures, parts: Parts, units: int | None) -> Figures:
    """Give the minimum of a unit that is one officer: the officer's.

    That is a unit which one officer served, unless the units below it have enough responses of their own.
    """
    others = figures.responses - given_itself(figures, parts)
    enough = np.where(np.isinf(figures.alone), float(units or 0), figures.alone)
    officer = (figures.alone > 0) & (others < np.maximum(enough, 1.0))
    return figures._replace(
        minimum=np.where(officer, np.maximum(figures.minimum, figures.alone), figures.minimum)
    )


def complemented(
    figures: Figures, parts: Parts, units: int | None, hidden: Marks, among: Marks | None = None
) -> Marks:
    """Mark also what must hide with the hidden figures; ``among`` marks the figures that are looked at."""
    if among is not None:
        here = among[parts.figure]
        parts = parts._replace(figure=parts.figure[here], whole=parts.whole[here])
    hidden = hidden.copy()
    own = given_itself(figures, parts)
    before = -1
    while before != (before := int(np.count_nonzero(hidden))):
        hidden[parts.figure] |= hidden[parts.whole]
        for figure, whole, rest in _rests(figures, parts, own, units, hidden):
            _hide_smallest(figures, figure, whole, rest, hidden)
    return hidden


def unsafe_cells(figures: Figures, parts: Parts, cells: Array, least: float, hidden: Marks) -> Marks:
    """Mark the hidden figures, those with a cell of fewer than ``least``, and those that would give one away.

    ``cells`` has a row a figure. Of a figure that is not marked, each cell of what is left besides its parts
    that are not marked is empty or reaches the least.
    """
    marked = hidden | _few(cells, least)
    before = -1
    while before != (before := int(np.count_nonzero(marked))):
        marked[parts.figure] |= marked[parts.whole]
        rest = cells
        for group in np.unique(figures.group[parts.figure]):
            live = (figures.group[parts.figure] == group) & ~marked[parts.whole]
            live &= ~marked[parts.figure] & (figures.responses[parts.figure] > 0)
            figure, whole = parts.figure[live], parts.whole[live]
            left = rest.copy()
            np.subtract.at(left, whole, cells[figure])
            if group == UNIT:
                rest = left
            at_risk = _few(left, least)[whole]
            figure, whole = figure[at_risk], whole[at_risk]
            order = np.lexsort((figures.order[figure], figures.responses[figure], whole))
            _, smallest = np.unique(whole[order], return_index=True)
            marked[figure[order][smallest]] = True
    return marked


def _few(cells: Array, least: float) -> Marks:
    return np.asarray(((cells > 0) & (cells < least)).any(axis=1))


def _total(values: Array | Marks, figure: Index, whole: Index) -> Array:
    """Add up over the parts of each whole what the figures have."""
    return np.bincount(whole, values[figure], len(values)).astype(np.float64, copy=False)


def _rests(
    figures: Figures, parts: Parts, own: Array, units: int | None, hidden: Marks
) -> Iterator[tuple[Index, Index, _Rest]]:
    """Give the parts of each group, units first, with what is left of their wholes; ``hidden`` may change."""
    alone = (figures.alone > 0) & (own > 0)
    never = alone & np.isinf(figures.alone)
    rest = _Rest(
        figures.responses,
        np.zeros(len(hidden)),
        np.maximum(float(units or 0), np.where(alone & ~never, figures.alone, 0.0)),
        np.where(never, own, 0.0),
    )
    group = figures.group[parts.figure]
    for each in np.unique(group):
        live = (group == each) & ~hidden[parts.whole]
        figure, whole = parts.figure[live], parts.whole[live]
        if each == UNIT:
            yield figure, whole, _without(figures, figure, whole, rest, hidden)
            rest = _without(figures, figure, whole, rest, hidden)
        else:
            minimum = rest.minimum.copy()
            never_shown = np.isinf(figures.minimum[figure])
            np.maximum.at(minimum, whole, np.where(never_shown, 0.0, figures.minimum[figure]))
            yield figure, whole, _without(figures, figure, whole, rest._replace(minimum=minimum), hidden)


def _without(figures: Figures, figure: Index, whole: Index, rest: _Rest, hidden: Marks) -> _Rest:
    """Take the shown ones of some parts away."""
    inside = hidden & (figures.responses > 0)
    minimum, never = rest.minimum.copy(), rest.never.copy()
    left = inside[figure]
    of_never = np.isinf(figures.minimum[figure])
    some, larger = left & ~of_never, left & of_never
    np.maximum.at(minimum, whole[some], figures.minimum[figure[some]])
    np.maximum.at(never, whole[larger], figures.responses[figure[larger]])
    return _Rest(
        rest.size - _total(figures.responses * ~hidden, figure, whole),
        rest.parts + _total(inside, figure, whole),
        minimum,
        never,
    )


def _hide_smallest(figures: Figures, figure: Index, whole: Index, rest: _Rest, hidden: Marks) -> None:
    """Hide the smallest shown parts of each whole until the rest is empty or too large to tell a part."""
    size = figures.responses[figure]
    shown = ~hidden[figure] & (size > 0) & rest.short(whole)
    figure, whole, size = figure[shown], whole[shown], size[shown]
    order = np.lexsort((figures.order[figure], size, whole))
    figure, whole, size = figure[order], whole[order], size[order]
    _, first, parts = np.unique(whole, return_index=True, return_counts=True)
    place = np.arange(len(whole)) - np.repeat(first, parts)
    before = np.cumsum(size) - size
    before -= np.repeat(before[first], parts)
    hidden[figure[rest.short(whole, before, place.astype(np.float64))]] = True
