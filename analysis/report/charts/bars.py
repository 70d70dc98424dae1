"""Bars: the answers to a question as one bar, laid so that bars meet in the middle of the neutral answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.report.charts import rows, scales
from analysis.report.charts.columns import Array
from analysis.report.charts.ground import Point
from analysis.report.charts.marks import (
    ANSWERS,
    INK,
    INK2,
    LEADING,
    PAPER,
    SMALL,
    TEXT,
    panel,
    sheet_width,
    text_width,
    wrapped,
    write,
)
from analysis.report.numerals import number, percent
from analysis.report.wording import Wording

WORST, NEUTRAL, _BEST = [0, 1], 2, [3, 4]
SWATCH, HEADS, LEGEND = (13.0, 9.0), 38.0, 14.0
"""Width and height of a swatch; height of the heads of columns, and of a line of swatches; points."""
_BAR, _ROW, _GAP = 13.0, 22.0, 12.0
_LEAST = 56.0
"""Room that the head of the dissatisfied side needs left of the bars."""
_LEVEL = rows.RISE + 0.33 * SMALL
"""Middle of the heads above the plot, level with the numbers of the axis."""
_SHOWN = 0.07
"""Shares below this bear no number."""


class Questions(NamedTuple):
    """Shares of the five answers (a row each, NaN without an answer), their number, rates and intervals."""

    shares: Array
    n: Array
    rate: Array
    low: Array
    high: Array


class Layout(NamedTuple):
    """Where things stand, in points from the left edge, and below the head the middles of the rows."""

    full: float
    label: float
    bars: float
    rates: float
    plot: float
    across: float
    labels: list[str]
    middles: list[float]
    height: float


def laid_out(labels: Sequence[str], data: Questions, width: float, words: Wording) -> Layout:
    """Give where labels, bars, rates and numbers of answers stand on a sheet ``width`` mm wide."""
    full = sheet_width(width)
    broken = [wrapped(label, 0.25 * full, TEXT) for label in labels]
    label = max(_LEAST, *(text_width(text, TEXT) for text in broken)) + _GAP
    n = max(text_width(text, SMALL) for text in [*_counts(data, words), words.say("Answers")])
    rate = text_width(percent(1.0, words.language, sign=""), TEXT, True)
    half = text_width("100%", SMALL) / 2
    across = 0.21 * full
    plot = full - n - _GAP - half - across
    rates = plot - half - rate - 6
    heights = [max(_ROW, (text.count("\n") + 1) * LEADING * TEXT + 7) for text in broken]
    ends = np.cumsum(heights)
    middles = [float(half / 2 - end) for half, end in zip(heights, ends, strict=True)]
    return Layout(
        full, label, rates - _GAP - label, rates + rate, plot, across, broken, middles, float(ends[-1])
    )


def _counts(data: Questions, words: Wording) -> list[str]:
    return [number(round(float(n)), words.language) for n in data.n]


def flow(names: Sequence[str], width: float) -> tuple[list[Point], int]:
    """Give where the swatch of each name stands, and how many lines they fill."""
    places: list[Point] = []
    right, line = 0.0, 0
    for name in names:
        wide = SWATCH[0] + 4 + text_width(name, SMALL)
        if right and right + wide > width:
            right, line = 0.0, line + 1
        places.append((right, -(line + 0.5) * LEGEND))
        right += wide + _GAP
    return places, line + 1


def draw_segment(axes: Axes, answer: int, left: float, middle: float, width: float, height: float) -> None:
    """Draw the rectangle of an answer, hatched on the dissatisfied side."""
    axes.add_patch(
        Rectangle(
            (left, middle - height / 2),
            width,
            height,
            facecolor=ANSWERS[answer],
            edgecolor=PAPER,
            linewidth=0.7,
            hatch="///" if answer in WORST else None,
            hatchcolor=PAPER,
            hatch_linewidth=0.9,
            clip_on=False,
            zorder=2,
        )
    )


def draw_bars(figure: Figure, head: float, layout: Layout, data: Questions, words: Wording) -> None:
    """Draw the labels and bars of all questions below a head, on one scale."""
    worst = data.shares[:, WORST].sum(axis=1) + data.shares[:, NEUTRAL] / 2
    best = data.shares[:, _BEST].sum(axis=1) + data.shares[:, NEUTRAL] / 2
    left, right = max([0.1, *_given(worst)]), max([0.25, *_given(best)])
    axes = panel(figure, layout.label, head, layout.bars, layout.height, (-left, right), (-layout.height, 0))
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    write(axes, words.say("dissatisfied"), 0, 0, colour=INK2, align="right", shift=(-5, _LEVEL))
    write(axes, words.say("satisfied"), 0, 0, colour=INK2, shift=(5, _LEVEL))
    scale = layout.bars / (left + right)
    for row, middle in enumerate(layout.middles):
        write(axes, layout.labels[row], 0, middle, size=TEXT, shift=(-layout.label, 0), of_axes=True)
        if data.n[row] == 0:
            write(axes, words.say("no responses"), 0, middle, colour=INK2, shift=(5, 0))
        else:
            _draw_bar(axes, data.shares[row].tolist(), -float(worst[row]), middle, scale, words)


def _draw_bar(
    axes: Axes, shares: Sequence[float], left: float, middle: float, scale: float, words: Wording
) -> None:
    """Draw the answers to a question from ``left`` on; ``scale`` is the width of all answers in points."""
    for answer, share in enumerate(shares):
        if share > 0:
            draw_segment(axes, answer, left, middle, share, _BAR)
        text = number(round(share * 100), words.language)
        if share >= _SHOWN and text_width(text, SMALL) + 1.5 <= share * scale:
            write(
                axes,
                text,
                left + share / 2,
                middle,
                colour=PAPER if answer == _BEST[-1] else INK,
                align="center",
                backing="halo" if answer in WORST else "none",
            )
        left += share


def _given(values: Array) -> list[float]:
    numbers: list[float] = values[~np.isnan(values)].tolist()
    return numbers


def draw_rates(
    figure: Figure,
    head: float,
    layout: Layout,
    data: Questions,
    bounds: Sequence[float],
    words: Wording,
    level: str,
) -> None:
    """Draw the rates with their intervals on an axis of their own, and the numbers of answers."""
    left, marks = scales.marks_of(data.low[~np.isnan(data.low)], bounds, words.language)
    axes = panel(figure, layout.plot, head, layout.across, layout.height, (left, 1.0), (-layout.height, 0))
    end = layout.full - layout.plot - layout.across
    rows.draw_marks(axes, marks, SMALL, layout.across)
    title = words.say("Satisfied or very satisfied, {level} interval", level=level)
    write(axes, title, 1, 0, align="right", colour=INK2, shift=(end, _LEVEL + 13), of_axes=True)
    write(
        axes, "%", 0, 0, align="right", colour=INK2, shift=(layout.rates - layout.plot, _LEVEL), of_axes=True
    )
    write(axes, words.say("Answers"), 1, 0, align="right", colour=INK2, shift=(end, _LEVEL), of_axes=True)
    for row, (middle, n) in enumerate(zip(layout.middles, _counts(data, words), strict=True)):
        write(axes, n, 1, middle, align="right", shift=(end, 0), of_axes=True)
        if np.isnan(data.rate[row]):
            if data.n[row]:
                write(
                    axes,
                    words.say("not enough responses"),
                    0,
                    middle,
                    colour=INK2,
                    shift=(4, 0),
                    of_axes=True,
                )
            continue
        rows.draw_interval(axes, data.low[row], data.high[row], data.rate[row], middle, rows.ROOMY)
        rate = percent(data.rate[row], words.language, bounds, "")
        shift = (layout.rates - layout.plot, 0.0)
        write(axes, rate, 0, middle, size=TEXT, bold=True, align="right", shift=shift, of_axes=True)
