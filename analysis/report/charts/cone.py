"""Cone: the limits of a funnel along its axis of sizes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from analysis.report.charts.columns import Array
from analysis.report.charts.ground import Box, Ground, around
from analysis.report.charts.marks import (
    BAND,
    DOTTED,
    INK2,
    LAM,
    SMALL,
    WASH,
    text_width,
    wrapped,
    write,
)
from analysis.report.numerals import number, percent
from analysis.report.wording import Wording

_STRETCHED = 8.0
"""From so many medians on, the largest size would press the rest into a corner."""
_NAME = 76.0


class Limits(NamedTuple):
    """The target, and limits along a grid of sizes."""

    target: float
    grid: Array
    low_95: Array
    high_95: Array
    low_998: Array
    high_998: Array


class Across(NamedTuple):
    """The axis of sizes, from 0 to the largest, on 0..1; it may be one of square roots."""

    largest: float
    stretched: bool

    def place(self, size: Array | float) -> Array:
        """Give where sizes stand."""
        share = np.asarray(size, dtype=np.float64) / self.largest
        return np.sqrt(share) if self.stretched else share


def across_of(size: Array, limits: Limits) -> Across:
    """Give the axis that shows all sizes of units, and the limits."""
    largest = max(float(size.max()), float(limits.grid[-1]))
    return Across(largest, largest > _STRETCHED * float(np.median(size)))


def shown(rate: Array, size: Array, limits: Limits) -> Array:
    """Give what the upright axis must show: the rates, and the limits from the smallest unit on."""
    used = limits.grid >= size.min()
    used[-1] = True
    return np.concatenate([rate, limits.low_998[used], limits.high_998[used]])


def edge(limits: Limits, target_name: str | None, words: Wording) -> list[tuple[float, str, str]]:
    """Give what is written at the right edge: the target and the names of the limits."""
    name = wrapped(words.say("overall") if target_name is None else target_name, _NAME, SMALL)
    inner, outer = (f"{number(level, words.language, decimals)}%" for level, decimals in ((95, 0), (99.8, 1)))
    return [
        (float(limits.low_998[-1]), outer, INK2),
        (float(limits.low_95[-1]), inner, INK2),
        (limits.target, f"{name}\n{percent(limits.target, words.language)}", LAM),
        (float(limits.high_95[-1]), inner, INK2),
        (float(limits.high_998[-1]), outer, INK2),
    ]


def lines_of(limits: Limits, across: Across, ground: Ground) -> list[Box]:
    """Give small boxes along the limits and the target, for names to keep off."""
    places = np.linspace(0.0, 1.0, 120)
    grid = across.place(limits.grid)
    heights = [np.interp(places, grid, limit) for limit in limits[2:]] + [np.full(len(places), limits.target)]
    return [around(point, 0.0) for height in heights for point in ground.points(places, height)]


def draw_limits(axes: Axes, limits: Limits, across: Across) -> None:
    """Draw both limits as washes with their edges, and the target as a dotted line."""
    grid = across.place(limits.grid)
    for low, high, colour, alpha in (
        (limits.low_998, limits.high_998, WASH, 1.0),
        (limits.low_95, limits.high_95, BAND, 0.32),
    ):
        axes.fill_between(grid, low, high, color=colour, alpha=alpha, linewidth=0, zorder=1)
        for edge in (low, high):
            axes.plot(grid, edge, color=BAND, linewidth=0.9, zorder=2)
    axes.axhline(limits.target, color=LAM, linewidth=0.9, linestyle=DOTTED, zorder=3)


def draw_sizes(axes: Axes, across: Across, ground: Ground, words: Wording) -> None:
    """Write round sizes below, and what they are."""
    rough = across.largest / 5
    unit = 10.0 ** math.floor(math.log10(max(rough, 1.0)))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    marks = [step * place for place in range(int(across.largest / step) + 1)]
    if across.stretched:
        marks = [0.0, *(factor * 10.0**power for power in range(1, 7) for factor in (1, 2, 5))]
    free = -math.inf
    for mark in marks:
        text = number(mark, words.language)
        at = float(across.place(mark)) * ground.across
        half = text_width(text, SMALL) / 2
        if mark > across.largest or at - half < free:
            continue
        free = at + half + 8
        write(axes, text, at / ground.across, ground.y[0], colour=INK2, align="center", shift=(0, -10))
    name = words.say("effective sample size")
    if across.stretched:
        name = words.say("effective sample size, square-root scale")
    write(axes, name, 1, ground.y[0], colour=INK2, align="right", shift=(0, -22))
