"""Change: differences between two periods with their intervals around no difference, one row each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from analysis.report.charts import rows
from analysis.report.charts.columns import Array, ChartError, numbers, same_length
from analysis.report.charts.marks import INK, INK2, PAGE, SMALL, panel, sheet, text_width, write
from analysis.report.numerals import Language, number, percent
from analysis.report.wording import Wording, wording

_CHART = "change plot"
_HEAD = 32.0
_PLOT = 90.0
"""The least width of the plot, points: figures must leave it that."""
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


class _Changes(NamedTuple):
    """Differences, their intervals, and 1, 0 or -1 for higher, no clear difference, lower."""

    difference: Array
    low: Array
    high: Array
    direction: NDArray[np.int_]


def _changes(
    labels: Sequence[str],
    differences: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    directions: Sequence[int] | None,
) -> _Changes:
    difference, low, high = numbers(
        _CHART, within=(-1.0, 1.0), differences=differences, lows=lows, highs=highs
    )
    columns: dict[str, Sequence[object] | Array] = {"labels": labels, "differences": difference}
    if directions is None:
        direction = (low > 0).astype(np.int_) - (high < 0)
    else:
        columns["directions"] = directions
        direction = np.asarray(directions, dtype=np.int_)
        for row in np.flatnonzero(abs(direction) > 1)[:1]:
            raise ChartError(
                f"{_CHART}: row {row + 1}: direction {direction[row]}; give 1 (higher), 0 or -1 (lower)"
            )
    same_length(_CHART, **columns)
    return _Changes(difference, low, high, direction)


def _points(value: float, language: Language) -> str:
    """Write a difference of fractions in percentage points, with its sign."""
    text = percent(value + 0.0, language, sign="")
    return f"+{text}" if value > 0 else text


def _words(direction: int, words: Wording) -> str:
    if direction > 0:
        return words.say("higher")
    return words.say("lower") if direction < 0 else words.say("no clear difference")


def _axis(low: Array, high: Array, language: Language) -> tuple[float, float, list[tuple[float, str]]]:
    """Give both ends of the axis, and its marks: 0 first, the one that is never left out."""
    span = max(high.max(), 0.0) - min(low.min(), 0.0)
    step = next((step for step in _STEPS if span <= 4 * step), _STEPS[-1])
    first = math.floor(round(min(low.min(), 0.0) / step, 9))
    last = max(math.ceil(round(max(high.max(), 0.0) / step, 9)), first + 1)
    marks = [0, *(place for place in range(first, last + 1) if place)]
    texts = [number(round(place * step * 100), language) for place in marks]
    return (
        first * step,
        last * step,
        [(place * step, f"+{text}" if place > 0 else text) for place, text in zip(marks, texts, strict=True)],
    )


def _cells(changes: _Changes, words: Wording, scale: rows.Scale, head: str, room: float) -> list[rows.Cells]:
    """Give the words of all rows, their figures and intervals, as far as ``room`` points suffice."""
    language = words.language
    said = [_words(int(direction), words) for direction in changes.direction]
    figures = [_points(value, language) for value in changes.difference]
    intervals = [
        "(" + words.say("{low} to {high}", low=_points(low, language), high=_points(high, language)) + ")"
        for low, high in zip(changes.low, changes.high, strict=True)
    ]
    whole = [
        rows.cells(said, scale, may_be_bold=True),
        rows.cells(figures, scale, "right", may_be_bold=True),
        rows.cells(intervals, scale),
    ]
    least = text_width(head, SMALL) - whole[1].width - rows.GAP
    whole[2] = whole[2]._replace(width=max(whole[2].width, least))
    while len(whole) > 1 and rows.beginnings(whole, 0.0)[-1] > room:
        whole.pop()
    return whole


def change_plot(
    labels: Sequence[str],
    differences: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    directions: Sequence[int] | None = None,
    language: Language = "vi",
    level: str = "95%",
    width: float = PAGE,
) -> Figure:
    """Draw differences (after minus before) as dots on their intervals, beside a line of no difference.

    Rows stand as they are given, the first on top; each says in words whether it is higher, lower, or not
    clear. From 36 rows on the plot has two columns and leaves the figures to the table behind it.

    Parameters
    ----------
    labels
        One a row.
    differences, lows, highs
        Differences of fractions with their intervals, -1..1.
    directions
        1 (higher), 0 or -1 (lower), where they come from a test; else an interval without 0 is clear.
    language, level, width
        Language, the level of the intervals as it is printed, and the width in millimetres.

    Raises
    ------
    ChartError
        If there is no row, the columns differ in length, or a number is not in its place.

    Examples
    --------
    >>> figure = change_plot(["Xã Mẫu 1", "Xã Mẫu 2"], [0.048, -0.07], [-0.006, -0.1], [0.102, -0.04])
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text() in ("chưa rõ", "giảm")]
    ['giảm', 'chưa rõ', 'giảm']
    """
    changes = _changes(labels, differences, lows, highs, directions)
    words = wording(language)
    laid = rows.laid_out(labels, width, 0.36, rows.scale_of(len(labels)), _HEAD)
    scale = laid.scale
    head = words.say("percentage points\n({level} interval)", level=level)
    cells = _cells(changes, words, scale, head, laid.columns[0].width - laid.columns[0].label - _PLOT)
    left, right, marks = _axis(changes.low, changes.high, language)
    figure = sheet(width, laid.height)
    margin = text_width("+100", scale.small) / 2 + rows.GAP / 2
    for column in laid.columns:
        across = column.width - column.label - rows.beginnings(cells, margin)[-1] + rows.GAP
        place = (column.left + column.label, _HEAD, across, column.lines * scale.line)
        axes = panel(figure, *place, (left, right), (-column.lines, 0))
        rows.draw_marks(axes, marks, scale.small, across)
        axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
        _draw_heads(axes, words, cells, margin, head, min(scale.small, SMALL))
        for row, middle in rows.middles(laid, column):
            ends = float(changes.low[row]), float(changes.high[row])
            rows.draw_interval(axes, *ends, float(changes.difference[row]), middle, scale)
            rows.draw_label(axes, laid.labels[row], middle, column, scale)
            rows.draw_cells(axes, cells, row, middle, margin, scale, bool(changes.direction[row]))
    return figure


def _draw_heads(
    axes: Axes, words: Wording, cells: Sequence[rows.Cells], margin: float, head: str, size: float
) -> None:
    """Write the directions beside the line of no difference, and the unit above the figures or the axis."""
    left, right = axes.get_xlim()
    if left < 0:
        write(axes, words.say("lower"), 0, 0, size=size, colour=INK2, align="right", shift=(-5, 20))
    if right > 0:
        write(axes, words.say("higher"), 0, 0, size=size, colour=INK2, shift=(5, 20))
    whole = len(cells) > 2
    text = head if whole else words.say("percentage points")
    shift = (rows.beginnings(cells, margin)[1] if whole else margin, 3 - 0.22 * size)
    write(axes, text, 1, 0, size=size, colour=INK2, upright="bottom", shift=shift, of_axes=True)


def change_text(
    labels: Sequence[str],
    differences: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    directions: Sequence[int] | None = None,
    language: Language = "vi",
    level: str = "95%",
) -> str:
    """Say in words what `change_plot` shows: how many are higher, lower, not clear, and the greatest changes.

    Raises
    ------
    ChartError
        As `change_plot`.

    Examples
    --------
    >>> change_text(["A", "B"], [0.048, -0.07], [-0.006, -0.1], [0.102, -0.04], language="en")
    'Chart of 2 changes with their 95% intervals, in percentage points. Higher: 0. Lower: 1. No clear \
difference: 1. Greatest fall: B, −7.0 (−10.0 to −4.0).'
    """
    changes = _changes(labels, differences, lows, highs, directions)
    words = wording(language)

    def value(row: int) -> dict[str, str]:
        return {
            "label": labels[row],
            "change": _points(changes.difference[row], language),
            "low": _points(changes.low[row], language),
            "high": _points(changes.high[row], language),
        }

    higher, same, lower = (
        number(int((changes.direction == direction).sum()), language) for direction in (1, 0, -1)
    )
    parts = [
        words.count(
            "Chart of {n} change with its {level} interval, in percentage points.",
            "Chart of {n} changes with their {level} intervals, in percentage points.",
            len(labels),
            level=level,
        ),
        words.say(
            "Higher: {higher}. Lower: {lower}. No clear difference: {same}.",
            higher=higher,
            lower=lower,
            same=same,
        ),
    ]
    most = int(np.where(changes.direction > 0, changes.difference, -np.inf).argmax())
    least = int(np.where(changes.direction < 0, changes.difference, np.inf).argmin())
    if changes.direction[most] > 0:
        parts.append(words.say("Greatest rise: {label}, {change} ({low} to {high}).", **value(most)))
    if changes.direction[least] < 0:
        parts.append(words.say("Greatest fall: {label}, {change} ({low} to {high}).", **value(least)))
    return " ".join(parts)
