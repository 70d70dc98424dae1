"""Complement: what must hide so that no one can subtract a small figure from the figures shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.check.parts import UNIT, Figures, Parts, given_itself, total


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


def complemented(
    figures: Figures, parts: Parts, units: int | None, hidden: Marks, among: Marks | None = None
) -> Marks:
    """Mark also what must hide with the hidden figures; ``among`` marks the figures that are looked at.

    ``units`` is the minimum of units. Of a figure that is shown, what is left besides its shown parts (the
    units below it; the units below it and its counters; these and its officers) is nobody, or reaches the
    minimum of each hidden part without any part that may never be shown, and leaves each of its parts
    uncertain by ``slack``, unless all its parts hide. What is below a hidden figure is hidden.

    Examples
    --------
    >>> from analysis.check.parts import parts_of
    >>> ward = [0, 1, 1, 1]  # and its three counters
    >>> figures = Figures(
    ...     group=np.array(ward),
    ...     own=np.array([1, 2, 3, 4]),
    ...     above=np.array([0, 1, 1, 1]),
    ...     version=np.ones((4, 1), np.bool_),
    ...     responses=np.array([100.0, 60.0, 36.0, 4.0]),
    ...     minimum=np.array([0.0, 10.0, 10.0, 10.0]),
    ...     alone=np.zeros(4),
    ...     order=np.arange(4),
    ... )
    >>> complemented(figures, parts_of(figures), 0, figures.responses < figures.minimum).tolist()
    [False, False, True, True]
    """
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
        rest.size - total(figures.responses * ~hidden, figure, whole),
        rest.parts + total(inside, figure, whole),
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
