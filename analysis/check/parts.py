"""Parts: figures as the rules of hiding see them, and the unit's figure that counts each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks

UNIT = 0
"""The group of units; other numbers are kinds of people."""

NEVER = np.inf
"""The minimum of a figure that may not be shown however many responses it rests on."""


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
    return figures.responses - total(figures.responses, parts.figure[units], parts.whole[units])


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


def total(values: Array | Marks, figure: Index, whole: Index) -> Array:
    """Add up over the parts of each whole what the figures have."""
    return np.bincount(whole, values[figure], len(values)).astype(np.float64, copy=False)
