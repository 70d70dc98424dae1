"""Intervals: rates with their intervals, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.report.charts import rows, scales
from analysis.report.charts.columns import Array, ChartError, numbers, same_length
from analysis.report.charts.marks import (
    DOTTED,
    INK2,
    LAM,
    LEADING,
    PAGE,
    SMALL,
    panel,
    sheet,
    text_width,
    wrapped,
    write,
)
from analysis.report.numerals import Language, percent
from analysis.report.wording import Wording, wording

BOUNDS = (0.65, 0.80, 0.90)

_CHART = "interval plot"


class _Rates(NamedTuple):
    """Rates and their intervals; NaN in all three where a row has none."""

    rate: Array
    low: Array
    high: Array


def _checked(
    labels: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    reference: float | None,
) -> _Rates:
    columns = numbers(_CHART, gaps=True, rates=rates, lows=lows, highs=highs)
    same_length(_CHART, labels=labels, rates=columns[0])
    if np.isnan(columns[0]).all():
        raise ChartError(f"{_CHART}: no row has a rate; leave the chart out")
    if reference is not None:
        numbers(_CHART, reference=[reference])
    return _Rates(*columns)


def interval_plot(
    labels: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    reference: float | None = None,
    reference_name: str | None = None,
    bounds: Sequence[float] = BOUNDS,
    emphasised: int | None = None,
    language: Language = "vi",
    level: str = "95%",
    width: float = PAGE,
) -> Figure:
    """Draw rates as dots on their intervals, one row a label, the first on top, with their figures.

    From 36 rows on the plot has two columns with the same axis, so that 130 units fit on an A4 page, and
    leaves the figures to the table behind it.

    Parameters
    ----------
    labels
        One a row.
    rates, lows, highs
        Fractions; NaN in all three where a row has no rate: words stand in its place.
    reference, reference_name
        A rate drawn as a dotted line (that of the province), and what it is the rate of; "overall" if not
        given.
    bounds
        Fractions drawn as hairlines.
    emphasised
        The row that is bold.
    language, level, width
        Language, the level of the intervals as it is printed, and the width in millimetres.

    Raises
    ------
    ChartError
        If no row has a rate, the columns differ in length, or a number is not in its place.

    Examples
    --------
    >>> figure = interval_plot(["Xã Mẫu 1", "Xã Mẫu 2"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87])
    >>> [text.get_text() for text in figure.axes[0].texts][-3:]
    ['Xã Mẫu 2', '80,0', '70,0 – 87,0']
    """
    data = _checked(labels, rates, lows, highs, reference)
    if emphasised is not None and not 0 <= emphasised < len(labels):
        raise ChartError(f"{_CHART}: no row {emphasised} to emphasise; give 0 to {len(labels) - 1}")
    words = wording(language)
    laid = rows.laid_out(labels, width, 0.46, rows.scale_of(len(labels)), emphasised=emphasised)
    scale = laid.scale
    shown = [*data.low[~np.isnan(data.low)].tolist(), *([] if reference is None else [reference])]
    left, marks = scales.marks_of(np.array(shown), bounds, language)
    margin = text_width("100%", scale.small) / 2 + 2
    room = laid.columns[0].width - laid.columns[0].label - margin - rows.GAP - rows.PLOT
    cells = _cells(data, bounds, words, level, scale, room)
    name = _name(reference, reference_name, words, laid.columns[0].width)
    head = rows.HEAD + (name.count("\n") + 1) * LEADING * SMALL if name else rows.HEAD
    figure = sheet(width, laid.height + head - rows.HEAD)
    for column in laid.columns:
        begin = margin + (rows.GAP if cells else 0.0)
        across = (
            column.width - column.label - rows.beginnings(cells, begin)[-1] + (rows.GAP if cells else 0.0)
        )
        place = (column.left + column.label, head, across, column.lines * scale.line)
        axes = panel(figure, *place, (left, 1.0), (-column.lines, 0))
        rows.draw_marks(axes, marks, scale.small, across)
        rows.draw_heads(axes, cells, begin)
        if reference is not None:
            _draw_reference(axes, reference, name, column, across)
        for row, middle in rows.middles(laid, column):
            _draw_row(axes, data, row, middle, scale, words, row == emphasised)
            rows.draw_label(axes, laid.labels[row], middle, column, scale, bold=row == emphasised)
            rows.draw_cells(axes, cells, row, middle, begin, scale, bold=row == emphasised)
    return figure


def _cells(
    data: _Rates, bounds: Sequence[float], words: Wording, level: str, scale: rows.Scale, room: float
) -> list[rows.Cells]:
    """Give the figures of all rows, where they stand in one column and ``room`` points suffice."""
    if scale.columns > 1:
        return []

    def text(value: float) -> str:
        return percent(value, words.language, bounds, "")

    rates, intervals = [], []
    for rate, low, high in zip(*data, strict=True):
        rates.append("" if np.isnan(rate) else text(rate))
        intervals.append("" if np.isnan(rate) else f"{text(low)} – {text(high)}")
    cells = [
        rows.cells(rates, scale, "right", may_be_bold=True, head=words.say("Rate, %")),
        rows.cells(intervals, scale, "right", head=words.say("{level} interval", level=level)),
    ]
    return cells if rows.beginnings(cells, 0.0)[-1] <= room else []


def _name(reference: float | None, name: str | None, words: Wording, width: float) -> str:
    """Give the name of the dotted line, with its rate; nothing where there is none."""
    if reference is None:
        return ""
    name = words.say("overall") if name is None else name
    return wrapped(f"{name} {percent(reference, words.language)}", width, SMALL)


def _draw_reference(axes: Axes, reference: float, name: str, column: rows.Column, across: float) -> None:
    """Draw the dotted line, its name above the numbers of the axis and inside the column."""
    axes.axvline(reference, color=LAM, linewidth=0.9, linestyle=DOTTED, zorder=1)
    left, right = axes.get_xlim()
    at = (reference - left) / (right - left) * across
    half = text_width(name, SMALL) / 2
    middle = max(half - column.label, min(at, column.width - column.label - half))
    shift = (middle - at, rows.RISE + LEADING * SMALL)
    write(axes, name, reference, 0, colour=LAM, align="center", upright="bottom", shift=shift)


def _draw_row(
    axes: Axes, data: _Rates, row: int, middle: float, scale: rows.Scale, words: Wording, chosen: bool
) -> None:
    """Draw the interval of a row, or say that there is none."""
    if np.isnan(data.rate[row]):
        text = words.say("not enough responses")
        write(axes, text, 0, middle, size=scale.small, colour=INK2, shift=(4, 0), of_axes=True)
        return
    emphasis = 5.5 / 4.5 if chosen else 1.0
    rows.draw_interval(axes, data.low[row], data.high[row], data.rate[row], middle, scale, emphasis)


def interval_text(
    labels: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    reference: float | None = None,
    bounds: Sequence[float] = BOUNDS,
    language: Language = "vi",
    level: str = "95%",
) -> str:
    """Say in words what `interval_plot` shows: how many rates, the lowest, the highest, and the reference.

    ``level`` is that of the intervals, as it is printed.

    Raises
    ------
    ChartError
        As `interval_plot`.

    Examples
    --------
    >>> interval_text(["A", "B"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87], language="en")
    'Chart of 2 rates with their 95% intervals. Lowest: B, 80.0% (70.0% to 87.0%). Highest: A, 90.0% (85.0% \
to 93.0%).'
    """
    data, words = _checked(labels, rates, lows, highs, reference), wording(language)

    def value(row: int) -> dict[str, str]:
        figures = zip(("rate", "low", "high"), data, strict=True)
        return {"label": labels[row]} | {
            name: percent(column[row], language, bounds) for name, column in figures
        }

    without = [labels[row] for row in np.flatnonzero(np.isnan(data.rate)).tolist()]
    parts = [
        words.count(
            "Chart of {n} rate with its {level} interval.",
            "Chart of {n} rates with their {level} intervals.",
            len(labels) - len(without),
            level=level,
        ),
        words.say("Lowest: {label}, {rate} ({low} to {high}).", **value(int(np.nanargmin(data.rate)))),
        words.say("Highest: {label}, {rate} ({low} to {high}).", **value(int(np.nanargmax(data.rate)))),
    ]
    if reference is not None:
        parts.append(
            words.count(
                "{n} interval contains the overall rate of {rate}.",
                "{n} intervals contain the overall rate of {rate}.",
                int(((data.low <= reference) & (reference <= data.high)).sum()),
                rate=percent(reference, language),
            )
        )
    if without:
        parts.append(words.say("Without a rate: {labels}.", labels=", ".join(without)))
    return " ".join(parts)
