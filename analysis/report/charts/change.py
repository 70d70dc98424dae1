"""Change: differences between two periods with their intervals around no difference, one row each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.report.charts import rows
from analysis.report.charts.columns import Array
from analysis.report.charts.differences import Changes, checked, points, said
from analysis.report.charts.marks import INK, INK2, PAGE, SMALL, Align, panel, sheet, text_width, write
from analysis.report.numerals import Language, number
from analysis.report.wording import Wording, wording

_HEAD = 32.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def _axis(low: Array, high: Array, language: Language) -> tuple[float, float, list[tuple[float, str]]]:
    """Give both ends of the axis, and its marks: 0 first, the one that is never left out."""
    least, most = min(float(np.nanmin(low)), 0.0), max(float(np.nanmax(high)), 0.0)
    step = next((step for step in _STEPS if most - least <= 4 * step), _STEPS[-1])
    first = math.floor(round(least / step, 9))
    last = max(math.ceil(round(most / step, 9)), first + 1)
    marks = [0, *(place for place in range(first, last + 1) if place)]
    texts = [number(round(place * step * 100), language) for place in marks]
    return (
        first * step,
        last * step,
        [(place * step, f"+{text}" if place > 0 else text) for place, text in zip(marks, texts, strict=True)],
    )


def _cells(changes: Changes, words: Wording, scale: rows.Scale, head: str, room: float) -> list[rows.Cells]:
    """Give the words of all rows, their figures and intervals, as far as ``room`` points suffice."""
    language = words.language
    spoken, figures, intervals = [], [], []
    for difference, low, high, direction in zip(*changes, strict=True):
        spoken.append(said(difference, int(direction), words))
        none = np.isnan(difference)
        ends = (
            ""
            if none
            else words.say("{low} to {high}", low=points(low, language), high=points(high, language))
        )
        figures.append("" if none else points(difference, language))
        intervals.append(f"({ends})" if ends else "")
    whole = [
        rows.cells(spoken, scale, may_be_bold=True),
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
        Differences of fractions with their intervals, -1..1; NaN in all three where a row is not compared.
    directions
        1 (higher), 0 or -1 (lower), where they come from a test; else an interval without 0 is clear.
    language, level, width
        Language, the level of the intervals as it is printed, and the width in millimetres.

    Raises
    ------
    ChartError
        If no row has a difference, the columns differ in length, or a number is not in its place.

    Examples
    --------
    >>> figure = change_plot(["Xã Mẫu 1", "Xã Mẫu 2"], [0.048, -0.07], [-0.006, -0.1], [0.102, -0.04])
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text() in ("chưa rõ", "giảm")]
    ['giảm', 'chưa rõ', 'giảm']
    """
    changes = checked(labels, differences, lows, highs, directions)
    words = wording(language)
    laid = rows.laid_out(labels, width, 0.42, rows.scale_of(len(labels)), _HEAD)
    scale = laid.scale
    head = words.say("percentage points\n({level} interval)", level=level)
    cells = _cells(changes, words, scale, head, laid.columns[0].width - laid.columns[0].label - rows.PLOT)
    left, right, marks = _axis(changes.low, changes.high, language)
    figure = sheet(width, laid.height)
    margin = text_width("+100", scale.small) / 2 + rows.GAP / 2
    for column in laid.columns:
        across = column.width - column.label - rows.beginnings(cells, margin)[-1] + rows.GAP
        place = (column.left + column.label, _HEAD, across, column.lines * scale.line)
        axes = panel(figure, *place, (left, right), (-column.lines, 0))
        rows.draw_marks(axes, marks, scale.small, across)
        axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
        begin = rows.beginnings(cells, margin)[1]
        _draw_heads(
            axes, words, column, across, min(scale.small, SMALL), (begin, head) if len(cells) > 2 else None
        )
        for row, middle in rows.middles(laid, column):
            if not np.isnan(changes.difference[row]):
                ends = float(changes.low[row]), float(changes.high[row])
                rows.draw_interval(axes, *ends, float(changes.difference[row]), middle, scale)
            rows.draw_label(axes, laid.labels[row], middle, column, scale)
            rows.draw_cells(axes, cells, row, middle, margin, scale, bool(changes.direction[row]))
    return figure


def _draw_heads(
    axes: Axes,
    words: Wording,
    column: rows.Column,
    across: float,
    size: float,
    figures: tuple[float, str] | None,
) -> None:
    """Write the directions beside the line of no difference, and the unit above the figures.

    Where there are no figures, the unit stands at the end of the column that has more room.
    """
    left, right = axes.get_xlim()
    zero = -left / (right - left) * across
    if left < 0:
        write(axes, words.say("lower"), 0, 0, size=size, colour=INK2, align="right", shift=(-5, 20))
    if right > 0:
        write(axes, words.say("higher"), 0, 0, size=size, colour=INK2, shift=(5, 20))
    if figures is not None:
        shift = figures[0], rows.RISE - 0.22 * size
        write(axes, figures[1], 1, 0, size=size, colour=INK2, upright="bottom", shift=shift, of_axes=True)
        return
    after = column.width - column.label - zero > column.label + zero
    shift = (column.width - column.label if after else -column.label), 20.0
    align: Align = "right" if after else "left"
    write(
        axes,
        words.say("percentage points"),
        0,
        0,
        size=size,
        colour=INK2,
        align=align,
        shift=shift,
        of_axes=True,
    )


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
    changes = checked(labels, differences, lows, highs, directions)
    words = wording(language)
    shown = ~np.isnan(changes.difference)
    without = [labels[row] for row in np.flatnonzero(~shown).tolist()]

    def value(row: int) -> dict[str, str]:
        return {
            "label": labels[row],
            "change": points(changes.difference[row], language),
            "low": points(changes.low[row], language),
            "high": points(changes.high[row], language),
        }

    higher, same, lower = (
        number(int((shown & (changes.direction == direction)).sum()), language) for direction in (1, 0, -1)
    )
    parts = [
        words.count(
            "Chart of {n} change with its {level} interval, in percentage points.",
            "Chart of {n} changes with their {level} intervals, in percentage points.",
            len(labels) - len(without),
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
    if without:
        parts.append(words.say("Not compared: {labels}.", labels=", ".join(without)))
    return " ".join(parts)
