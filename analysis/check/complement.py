"""Complement: what must hide so that no one can subtract a small figure from the figures shown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.counting import Array, Index

UNIT = 0
"""The group of units; other numbers are kinds of people."""

NEVER = np.inf
"""The minimum of a figure that may not be shown however many responses it rests on."""


class Figures(NamedTuple):
    """What the rules need of figures, one element a figure.

    ``group`` says which parts of a unit a figure is one of: its units (UNIT) or a kind of people. ``own`` is
    a number for its code, role and measure, and ``above`` that of the unit it belongs to; ``version`` marks
    the versions it pools. ``minimum`` is the fewest ``responses`` with which it may be shown, or NEVER.
    ``order`` ranks the codes: of parts with the same responses the first one hides first.
    """

    group: Index
    own: Index
    above: Index
    version: NDArray[np.bool_]
    responses: Array
    minimum: Array
    order: Index


class _Parts(NamedTuple):
    """Parts of wholes: the figures, and for each the number of its set (one group of one whole)."""

    figure: Index
    of: Index
    whole: Index


def unsafe(figures: Figures, units: int | None) -> NDArray[np.bool_]:
    """Mark the figures to hide: the small ones, and those that would give them away.

    ``units`` is the minimum of units.

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
    ...         order=np.arange(4),
    ...     ),
    ...     0,
    ... )
    >>> marks.tolist()
    [False, False, True, True]
    """
    hidden = figures.responses < figures.minimum
    figure, whole = _pairs(figures)
    of_units = figures.group[figure] == UNIT
    counted = figures.responses.copy()
    least = np.full(len(hidden), float(units or 0))
    _hide(figures, figure[of_units], whole[of_units], counted, least, hidden)
    # Counters and officers make up what the unit has besides the units below it.
    np.subtract.at(counted, whole[of_units], figures.responses[figure[of_units]])
    for group in np.unique(figures.group[figure[~of_units]]):
        here = (figures.group[figure] == group) & ~hidden[whole]
        first, at = np.unique(whole[here], return_index=True)
        least[first] = np.where(np.isinf(figures.minimum), 0.0, figures.minimum)[figure[here][at]]
        _hide(figures, figure[here], whole[here], counted, least, hidden)
    return hidden


def _pairs(figures: Figures) -> tuple[Index, Index]:
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
    return figure, whole


def _hide(
    figures: Figures, figure: Index, whole: Index, total: Array, least: Array, hidden: NDArray[np.bool_]
) -> None:
    """Hide the smallest shown parts of each whole until the rest is empty or too large to tell a part."""
    size = len(figures.responses)
    shown = ~hidden[figure]
    rest = total - np.bincount(whole, figures.responses[figure] * shown, size)
    never = np.isinf(figures.minimum[figure])
    minimum = least.copy()
    finite = ~shown & ~never
    np.maximum.at(minimum, whole[finite], figures.minimum[figure[finite]])
    has_never = np.bincount(whole[never], minlength=size) > 0
    at_risk = (np.bincount(whole, minlength=size) > 0) & (rest > 0) & ((rest < minimum) | has_never)
    for place in np.flatnonzero(at_risk):
        parts = figure[whole == place]
        _hide_rest(figures, parts, float(rest[place]), float(minimum[place]), hidden)


def _hide_rest(
    figures: Figures, parts: Index, rest: float, minimum: float, hidden: NDArray[np.bool_]
) -> None:
    never = figures.responses[parts[np.isinf(figures.minimum[parts])]]
    shown = parts[~hidden[parts] & (figures.responses[parts] > 0)]
    for smallest in shown[np.lexsort((figures.order[shown], figures.responses[shown]))]:
        if rest == 0 or (rest >= minimum and rest not in never):
            break
        hidden[smallest] = True
        rest += figures.responses[smallest]
