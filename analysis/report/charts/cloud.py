"""Cloud: the units of a funnel as points, and the names of those that must be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.report.charts.columns import Array
from analysis.report.charts.ground import Box, Ground, Point, around
from analysis.report.charts.marks import (
    GACH,
    INK,
    INK2,
    LAM,
    LEADING,
    SMALL,
    TEXT,
    text_width,
    wrapped,
    write,
)
from analysis.report.charts.placing import Place, along, place_names
from analysis.report.charts.points import draw_name, draw_point, name_size, triangle

NAMED = 10
"""So many names stand beside their points; of more, numbers do."""
_NAME = 120.0
_RADIUS, _CLEAR, _LEAD = 2.6, 6.0, 18.0
_GUTTER, _ABOVE = 14.0, 8.0
_CIRCLE, _TRIANGLE, _CHOSEN = 4.5, 7.0, 8.4


class Units(NamedTuple):
    """Units: names, rates, effective sizes, which lie outside the limits, and the one in question."""

    labels: Sequence[str]
    rate: Array
    size: Array
    outside: NDArray[np.bool_]
    chosen: int | None

    def named(self) -> list[int]:
        """Give the rows of the units outside but for the one in question, the smallest first."""
        rows = [int(row) for row in np.flatnonzero(self.outside) if row != self.chosen]
        return sorted(rows, key=lambda row: float(self.size[row]))


class Name(NamedTuple):
    """A text beside a point."""

    text: str
    row: int
    place: Place


def names_of(
    units: Units, places: Array, ground: Ground, lines: Sequence[Box]
) -> tuple[list[Name], list[int]]:
    """Give the names beside points, and the rows that bear numbers where there is no room for names.

    ``places`` are those of the units across the ground; names keep off ``lines`` where they can.
    """
    points = ground.points(places, units.rate)
    outside = units.named()
    marks = [around(points[row], _TRIANGLE / 2) for row in outside]
    rest = [around(point, _RADIUS) for row, point in enumerate(points) if row not in {*outside, units.chosen}]
    chosen = _chosen(units, points, ground, marks, rest, lines)
    for name in chosen:
        marks += [around(points[name.row], _CHOSEN / 2), name.place.box, *along(name.place.line)]
    for numbered in (True,) if len(outside) > NAMED else (False, True):
        texts = [
            str(number) if numbered else wrapped(units.labels[row], _NAME, SMALL)
            for number, row in enumerate(outside, start=1)
        ]
        found = place_names(
            [points[row] for row in outside],
            [name_size(text, SMALL, numbered) for text in texts],
            ground.room(),
            mark=_TRIANGLE / 2,
            clear=_CLEAR,
            hard=marks,
            soft=rest,
            lines=lines,
            insist=numbered,
        )
        if None not in found:
            break
    triples = zip(texts, outside, found, strict=True)
    beside = [Name(text, row, place) for text, row, place in triples if place is not None]
    return chosen + beside, outside if numbered and outside else []


def _chosen(
    units: Units,
    points: Sequence[Point],
    ground: Ground,
    marks: Sequence[Box],
    rest: Sequence[Box],
    lines: Sequence[Box],
) -> list[Name]:
    """Give the name of the unit in question, over other points rather than nowhere."""
    if units.chosen is None:
        return []
    text = wrapped(units.labels[units.chosen], _NAME, TEXT, True)
    (place,) = place_names(
        [points[units.chosen]],
        [name_size(text, TEXT, True)],
        ground.room(),
        mark=_CHOSEN / 2,
        clear=_LEAD,
        hard=marks,
        soft=rest,
        lines=lines,
        insist=True,
    )
    return [Name(text, units.chosen, place)] if place else []


def draw_units(axes: Axes, units: Units, places: Array, target: float) -> None:
    """Draw hollow circles, triangles that point away from the target, and the unit in question, on top."""
    order = sorted(range(len(units.labels)), key=lambda row: (row == units.chosen, bool(units.outside[row])))
    for row in order:
        x, y, chosen = float(places[row]), float(units.rate[row]), row == units.chosen
        if units.outside[row]:
            size = _TRIANGLE + (2.5 if chosen else 0.0)
            draw_point(axes, x, y, size=size, colour=GACH, marker=triangle(y, target))
        elif chosen:
            draw_point(axes, x, y, size=_CHOSEN, colour=LAM)
        else:
            draw_point(axes, x, y, size=_CIRCLE, colour=INK2, hollow=True)


def draw_names(axes: Axes, names: Sequence[Name], units: Units, ground: Ground, numbered: bool) -> None:
    """Write names beside their points; numbers are brick, the name of the unit in question is large."""
    for name in names:
        if name.row == units.chosen:
            draw_name(axes, ground, name.place, name.text, size=TEXT, bold=True, line=0.9)
        else:
            colour = GACH if numbered else INK
            draw_name(axes, ground, name.place, name.text, bold=numbered, colour=colour)


class Key(NamedTuple):
    """Names that belong to numbers: their texts, where each stands, and the height of all, in points."""

    texts: list[str]
    places: list[Point]
    height: float


def key(units: Units, numbered: Sequence[int], width: float) -> Key:
    """Give the names for the numbers 1, 2, … in as many columns as fit a width in points."""
    if not numbered:
        return Key([], [], 0.0)
    texts = [wrapped(f"{n}. {units.labels[row]}", width, SMALL) for n, row in enumerate(numbered, start=1)]
    columns = max(1, int((width + _GUTTER) / (max(text_width(text, SMALL) for text in texts) + _GUTTER)))
    rows = -(-len(texts) // columns)
    line = LEADING * SMALL * max(text.count("\n") + 1 for text in texts)
    places = [(place // rows * width / columns, -(place % rows + 0.5) * line) for place in range(len(texts))]
    return Key(texts, places, rows * line + _ABOVE)


def draw_key(axes: Axes, names: Key, corner: Point) -> None:
    """Write the names below the axes; ``corner`` is that of their room, from the lower left of the axes."""
    bottom = axes.get_ylim()[0]
    for text, (right, down) in zip(names.texts, names.places, strict=True):
        shift = corner[0] + right, corner[1] + down - _ABOVE / 2
        write(axes, text, 0, bottom, shift=shift, of_axes=True)
