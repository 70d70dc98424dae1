"""Intervals: rates with their intervals, one row each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.report.charts import rows
from analysis.report.charts.columns import Array, numbers, same_length
from analysis.report.charts.marks import DOTTED, LAM, PAGE, panel, sheet, text_width
from analysis.report.numerals import Language, number, percent
from analysis.report.wording import wording

BOUNDS = (0.65, 0.80, 0.90)

_CHART = "interval plot"


def _columns(labels: Sequence[str], rates: ArrayLike, lows: ArrayLike, highs: ArrayLike) -> tuple[Array, ...]:
    columns = numbers(_CHART, rates=rates, lows=lows, highs=highs)
    same_length(_CHART, labels=labels, rates=columns[0])
    return columns


def marks_of(
    lows: Array, bounds: Sequence[float], language: Language
) -> tuple[float, list[tuple[float, str]]]:
    """Give the left end of an axis up to 1, a round tenth below every interval and bound, and its marks.

    Examples
    --------
    >>> import numpy as np
    >>> marks_of(np.array([0.7, 0.85]), [0.65, 0.8, 0.9], "vi")
    (0.6, [(0.65, '65'), (0.8, '80'), (0.9, '90'), (1.0, '100')])
    """
    left = max(0.0, math.floor((min([*lows.tolist(), *bounds, 0.9]) - 0.02) * 10) / 10)
    ends = [left] if all(abs(left - bound) > 0.08 for bound in bounds) else []
    return left, [(at, _bound(at, language)) for at in (*bounds, 1.0, *ends)]


def _bound(at: float, language: Language) -> str:
    percentage = float(round(at * 100, 2))
    return number(percentage, language, 0 if percentage.is_integer() else 1)


def interval_plot(
    labels: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    reference: float | None = None,
    bounds: Sequence[float] = BOUNDS,
    emphasised: int | None = None,
    language: Language = "vi",
    width: float = PAGE,
) -> Figure:
    """Draw rates as dots on their intervals, one row a label, the first on top.

    ``reference`` (the rate of the province) is a dotted line, ``bounds`` are hairlines; all are fractions.
    The row ``emphasised`` is bold. From 36 rows on the plot has two columns with the same axis, so that 130
    units fit on an A4 page. ``width`` is in millimetres.

    Raises
    ------
    ChartError
        If there is no row, the columns differ in length, or a number is no fraction.

    Examples
    --------
    >>> figure = interval_plot(["Xã Mẫu 1", "Xã Mẫu 2"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87])
    >>> len(figure.axes)
    1
    """
    rate, low, high = _columns(labels, rates, lows, highs)
    laid = rows.laid_out(labels, width, 0.46, rows.scale_of(len(labels)))
    scale = laid.scale
    figure = sheet(width, laid.height)
    left, marks = marks_of(low, bounds, language)
    margin = text_width("100", scale.small) / 2 + 2
    for column in laid.columns:
        across = column.width - column.label - margin
        axes = panel(
            figure,
            column.left + column.label,
            rows.HEAD,
            across,
            column.lines * scale.line,
            (left, 1.0),
            (-column.lines, 0),
        )
        rows.draw_marks(axes, marks, scale.small, across)
        if reference is not None:
            axes.axvline(reference, color=LAM, linewidth=0.9, linestyle=DOTTED, zorder=1)
        for row, middle in rows.middles(laid, column):
            chosen = row == emphasised
            rows.draw_interval(
                axes, low[row], high[row], rate[row], middle, scale, 5.5 / 4.5 if chosen else 1.0
            )
            rows.draw_label(axes, laid.labels[row], middle, column, scale, bold=chosen)
    return figure


def interval_text(
    labels: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    reference: float | None = None,
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
    rate, low, high = _columns(labels, rates, lows, highs)
    words = wording(language)

    def value(row: int) -> dict[str, str]:
        return {
            "label": labels[row],
            "rate": percent(rate[row], language),
            "low": percent(low[row], language),
            "high": percent(high[row], language),
        }

    parts = [
        words.count(
            "Chart of {n} rate with its {level} interval.",
            "Chart of {n} rates with their {level} intervals.",
            len(labels),
            level=level,
        ),
        words.say("Lowest: {label}, {rate} ({low} to {high}).", **value(int(rate.argmin()))),
        words.say("Highest: {label}, {rate} ({low} to {high}).", **value(int(rate.argmax()))),
    ]
    if reference is not None:
        parts.append(
            words.count(
                "{n} interval contains the overall rate of {rate}.",
                "{n} intervals contain the overall rate of {rate}.",
                int(((low <= reference) & (reference <= high)).sum()),
                rate=percent(reference, language),
            )
        )
    return " ".join(parts)
