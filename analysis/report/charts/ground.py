"""Ground: a plot in points of the sheet, for what must not overlap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.report.charts.columns import Array

Point = tuple[float, float]
"""Right and up, points of the sheet."""


class Box(NamedTuple):
    """A rectangle on the sheet."""

    left: float
    bottom: float
    right: float
    top: float


class Ground(NamedTuple):
    """A plot in points, what its left and right, lower and upper edges stand for, and the step upwards."""

    across: float
    down: float
    x: tuple[float, float]
    y: tuple[float, float]
    step: float

    def points(self, x: Array, y: Array) -> list[Point]:
        """Give places in points from the lower left corner.

        Examples
        --------
        >>> Ground(100, 50, (2, 4), (0.5, 1.0), 0.1).points(np.array([3.0]), np.array([0.75]))
        [(50.0, 25.0)]
        """
        right = (np.asarray(x) - self.x[0]) / (self.x[1] - self.x[0]) * self.across
        up = (np.asarray(y) - self.y[0]) / (self.y[1] - self.y[0]) * self.down
        return [(float(place), float(height)) for place, height in zip(right, up, strict=True)]

    def data(self, point: Point) -> Point:
        """Give what a place in points stands for."""
        right, up = point[0] / self.across, point[1] / self.down
        return self.x[0] + right * (self.x[1] - self.x[0]), self.y[0] + up * (self.y[1] - self.y[0])

    def levels(self) -> list[Box]:
        """Give small boxes along the level lines of the axis, for names to keep off."""
        first, last = (round(end / self.step) for end in self.y)
        across = np.arange(0.0, self.across, 6.0).tolist()
        scale = self.down / (self.y[1] - self.y[0])
        ups = [(place * self.step - self.y[0]) * scale for place in range(first, last + 1)]
        return [around((right, up), 0.0) for up in ups for right in across]

    def room(self) -> Box:
        """Give the room that names have: a little over the edges, for points that stand on them."""
        return Box(2, -3, self.across, self.down + 7)


def around(point: Point, radius: float) -> Box:
    """Give the box of a mark."""
    return Box(point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius)
