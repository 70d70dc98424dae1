"""Placing: where names go among points, so that none lies on another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from analysis.report.charts.columns import Array
from analysis.report.charts.ground import Box, Point

Line = tuple[Point, Point]


class Place(NamedTuple):
    """Where a name stands, and the line that leads there where it is far from its point."""

    box: Box
    line: Line | None


_APART, _BESIDE = 1.5, 7.0
_TRIES = 10
"""How often names without a place are tried anew, before the others."""
_ON_POINT, _ON_LINE = 40.0, 2.0
"""What each point and each piece of line beneath a name is against its place, in points of distance."""
_DISTANCES = (0.0, 8.0, 16.0, 26.0, 38.0, 52.0, 70.0, 92.0, 118.0, 148.0)
_DIRECTIONS = (0, 180, *(30, -30, 150, -150), 90, -90, *(60, -60, 120, -120), *(15, -15, 165, -165), 75, -75)
"""Degrees, the best first: right of the point, then left."""


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move the middles of boxes as little as needed so that none overlap, and none pass the two ends.

    Examples
    --------
    >>> spread([10.0, 12.0, 40.0], [11.0, 11.0, 11.0], 0.0, 100.0)
    [5.5, 16.5, 40.0]
    """
    groups: list[list[int]] = []
    starts: list[float] = []

    def start(group: Sequence[int]) -> float:
        inside = np.cumsum([heights[index] for index in group])
        ideal = np.mean([wanted[index] for index in group] - inside + [heights[index] / 2 for index in group])
        return max(low, min(float(ideal), high - float(inside[-1])))

    for index in sorted(range(len(wanted)), key=lambda index: wanted[index]):
        groups.append([index])
        starts.append(start(groups[-1]))
        while len(groups) > 1 and starts[-2] + sum(heights[member] for member in groups[-2]) > starts[-1]:
            groups[-2:] = [groups[-2] + groups[-1]]
            starts[-2:] = [start(groups[-1])]
    middles = [0.0] * len(wanted)
    for group, at in zip(groups, starts, strict=True):
        for index in group:
            middles[index] = at + heights[index] / 2
            at += heights[index]
    return middles


def nearest(box: Box, point: Point) -> Point:
    """Give the point of a box that is nearest to another point.

    Examples
    --------
    >>> nearest(Box(10, 10, 20, 20), (0, 12))
    (10, 12)
    """
    return min(max(point[0], box.left), box.right), min(max(point[1], box.bottom), box.top)


def _beside(at: float, reach: float, size: float) -> float:
    """Give where a side of a box begins: after its point, before it, or half on each side of it."""
    if abs(reach) < 1e-9:
        return at - size / 2
    return at + reach if reach > 0 else at + reach - size


def _candidates(point: Point, size: Point, clear: float) -> Iterator[tuple[float, Box]]:
    """Give places for a name of a size around a point, ``clear`` of it, each with what is against it."""
    for distance in _DISTANCES:
        for rank, angle in enumerate(_DIRECTIONS):
            reach = clear + distance
            left = _beside(point[0], round(reach * math.cos(math.radians(angle)), 6), size[0])
            bottom = _beside(point[1], round(reach * math.sin(math.radians(angle)), 6), size[1])
            yield distance + 0.4 * rank, Box(left, bottom, left + size[0], bottom + size[1])


def _hits(box: Box, boxes: Array) -> int:
    left, bottom, right, top = boxes.T
    return int(
        np.count_nonzero(
            (box.left < right + _APART)
            & (box.right > left - _APART)
            & (box.bottom < top + _APART)
            & (box.top > bottom - _APART)
        )
    )


def _line(point: Point, box: Box, mark: float) -> Line | None:
    """Give the line from the edge of a mark to a box; none where the box stands right beside it."""
    end = nearest(box, point)
    far = math.dist(point, end)
    if far <= mark + _BESIDE:
        return None
    share = (mark + _APART) / far
    return (point[0] + (end[0] - point[0]) * share, point[1] + (end[1] - point[1]) * share), end


def along(line: Line | None, apart: float = 3.0) -> list[Box]:
    """Give small boxes ``apart`` along a line, for names to keep off."""
    if line is None:
        return []
    start, end = line
    steps = max(2, int(math.dist(start, end) / apart))
    return [
        Box(x - 0.5, y - 0.5, x + 0.5, y + 0.5)
        for x, y in (
            (start[0] + (end[0] - start[0]) * step / steps, start[1] + (end[1] - start[1]) * step / steps)
            for step in range(1, steps)
        )
    ]


def place_names(
    points: Sequence[Point],
    sizes: Sequence[Point],
    room: Box,
    *,
    mark: float,
    clear: float,
    hard: Sequence[Box] = (),
    soft: Sequence[Box] = (),
    lines: Sequence[Box] = (),
    limit: float = 110.0,
    insist: bool = False,
) -> list[Place | None]:
    """Give each name of a size a place near its point, in their order; None where there is none for it.

    No name lies on another, on the line that leads to another, on a ``hard`` box, or outside the room. Names
    keep off ``soft`` boxes and ``lines`` where they can, and are given up when what is against their best
    place exceeds the ``limit``; with ``insist`` they are then put over soft boxes and lines. ``mark`` is the
    radius of the points, and ``clear`` how far from them names begin.

    Examples
    --------
    >>> place_names([(50.0, 50.0)], [(30.0, 10.0)], Box(0, 0, 100, 100), mark=3.0, clear=5.0)
    [Place(box=Box(left=55.0, bottom=45.0, right=85.0, top=55.0), line=None)]
    """
    marks = np.array(hard).reshape(-1, 4)
    softer, thin = np.array(soft).reshape(-1, 4), np.array(lines).reshape(-1, 4)
    nothing = np.empty((0, 4))
    order = list(range(len(points)))
    kept: dict[int, Place | None] = dict.fromkeys(order)
    for _ in range(_TRIES):
        places: dict[int, Place | None] = {}
        names: list[Box] = []
        for row in order:
            at, size = points[row], sizes[row]
            found = _best(at, size, room, mark, clear, marks, names, softer, thin, limit)
            if found is None and insist:
                found = _best(at, size, room, mark, clear, marks, names, nothing, nothing, math.inf)
            places[row] = found
            if found:
                names += [found.box, *along(found.line)]
        left = [row for row in order if places[row] is None]
        if len(left) < list(kept.values()).count(None):
            kept = places
        if not left:
            break
        order = left + [row for row in order if row not in left]
    return [kept[row] for row in range(len(points))]


def _best(
    point: Point,
    size: Point,
    room: Box,
    mark: float,
    clear: float,
    marks: Array,
    names: Sequence[Box],
    soft: Array,
    lines: Array,
    limit: float,
) -> Place | None:
    taken = np.array(names).reshape(-1, 4)
    firm = np.concatenate([marks, taken])
    # A line may leave through marks that its own mark touches: it has no other way out.
    apart = [math.dist(nearest(Box(*box), point), point) >= 2 * mark for box in marks]
    crossed = np.concatenate([marks[apart], taken])
    best: Place | None = None
    for against, box in _candidates(point, size, clear):
        if against >= limit or not _inside(box, room) or _hits(box, firm):
            continue
        cost = against + _ON_POINT * _hits(box, soft) + _ON_LINE * _hits(box, lines)
        line = _line(point, box, mark)
        if cost < limit and not any(_hits(spot, crossed) for spot in along(line)):
            limit, best = cost, Place(box, line)
    return best


def _inside(box: Box, room: Box) -> bool:
    level = room.left <= box.left and box.right <= room.right
    return level and room.bottom <= box.bottom and box.top <= room.top
