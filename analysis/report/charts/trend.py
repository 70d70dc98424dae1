"""Trend: the rates of successive months as a line, their intervals as a ribbon."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.report.charts import scales
from analysis.report.charts.columns import Array, ChartError, Index, numbers, same_length
from analysis.report.charts.marks import (
    BAND,
    DASHED,
    INK2,
    LAM,
    LEADING,
    PAGE,
    SMALL,
    TEXT,
    sheet_width,
    text_width,
    wrapped,
    write,
)
from analysis.report.numerals import Language, percent
from analysis.report.wording import Wording, wording

_CHART = "trend"
_HEAD = 10.0
_RIBBON = 0.55


def _columns(
    months: Sequence[str], rates: ArrayLike, lows: ArrayLike, highs: ArrayLike, periods: Sequence[str] | None
) -> tuple[Array, Array, Array, Array]:
    """Give the places of the months, their rates and intervals; NaN where there is no rate."""
    rate, low, high = numbers(_CHART, gaps=True, rates=rates, lows=lows, highs=highs)
    columns: dict[str, Sequence[str] | Array] = {"months": months, "rates": rate}
    if periods is not None:
        columns["periods"] = periods
    same_length(_CHART, **columns)
    if np.isnan(rate).all():
        raise ChartError(f"{_CHART}: no month has a rate; leave the chart out")
    return scales.month_places(_CHART, months), rate, low, high


def _boundaries(periods: Sequence[str] | None) -> list[int]:
    """Give the rows that begin another period."""
    pairs = enumerate(pairwise(periods or ()), start=1)
    return [row for row, (before, after) in pairs if before != after]


def _runs(places: Array, rate: Array) -> list[Index]:
    """Give the rows of each unbroken line: months that follow each other and have a rate."""
    rows = np.flatnonzero(~np.isnan(rate))
    return np.split(rows, np.flatnonzero(np.diff(places[rows]) > 1) + 1)


def trend_plot(
    months: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    periods: Sequence[str] | None = None,
    language: Language = "vi",
    width: float = PAGE,
) -> Figure:
    """Draw the rates of months as a line on the ribbon of their intervals, the last one with its figures.

    Parameters
    ----------
    months
        Such as ``2026-03``, in their order; a month that is not there is a gap.
    rates, lows, highs
        Fractions; NaN in all three where a month has too few answers, which is a gap too.
    periods
        The name of the period of each month: a dashed line parts two periods, named on both sides.
    language, width
        Language, and the width in millimetres.

    Raises
    ------
    ChartError
        If no month has a rate, the months are not in order, the columns differ in length, or a number is no
        fraction.

    Examples
    --------
    >>> figure = trend_plot(["2026-01", "2026-02"], [0.82, 0.841], [0.76, 0.791], [0.86, 0.881])
    >>> [text.get_text() for text in figure.axes[0].texts][-2:]
    ['79,1 – 88,1', '84,1%']
    """
    places, rate, low, high = _columns(months, rates, lows, highs, periods)
    runs = _runs(places, rate)
    last = runs[-1][-1]
    value = percent(rate[last], language)
    ends = f"{percent(low[last], language, sign='')} – {percent(high[last], language, sign='')}"
    right = max(text_width(value, TEXT, True), text_width(ends, SMALL)) + 10
    margin = scales.rate_label_width(language)
    spacing = scales.month_width(places, sheet_width(width) - margin - right)
    names = _names(periods, places, spacing, margin)
    head = _HEAD + LEADING * SMALL * max((name.count("\n") + 1 for _, name in names), default=0)
    broken = len(runs) > 1 or runs[0].size < rate.size
    shown = np.concatenate([low, high, rate])
    foot = scales.NOTE if broken else 0.0
    figure, axes, _ = scales.month_axes(places, shown, width, right, head, foot, language)
    _draw_periods(axes, names)
    for run in runs:
        _draw_run(axes, places[run], rate[run], low[run], high[run], min(4.6, 0.4 * spacing))
    if broken:
        scales.draw_note(axes, wording(language).say("Gap: too few answers in the month."))
    write(axes, ends, places[last], rate[last], colour=INK2, shift=(8, -6.5), backing="paper")
    write(axes, value, places[last], rate[last], size=TEXT, bold=True, shift=(8, 6.5), backing="paper")
    return figure


def _names(
    periods: Sequence[str] | None, places: Array, spacing: float, margin: float
) -> list[tuple[float, str]]:
    """Give where each period begins, and its name, broken to fit its months; nothing of a single one.

    The first one may reach into the ``margin`` of the upright axis.
    """
    starts = _boundaries(periods)
    if periods is None or not starts:
        return []
    edges = [places[0] - 0.5, *((places[row - 1] + places[row]) / 2 for row in starts), places[-1] + 0.5]
    names = []
    for row, (begin, end) in zip([0, *starts], pairwise(edges), strict=True):
        room = (end - begin) * spacing + (margin if row == 0 else 0.0) - 10
        names.append((begin, wrapped(periods[row], max(room, 24.0), SMALL)))
    return names


def _draw_periods(axes: Axes, names: Sequence[tuple[float, str]]) -> None:
    """Part the periods, each named where it begins, and the first one where it ends."""
    top = axes.get_ylim()[1]
    for place, (at, name) in enumerate(names[1:]):
        axes.axvline(at, color=INK2, linewidth=0.9, linestyle=DASHED, zorder=1)
        if place == 0:
            before = names[0][1]
            write(axes, before, at, top, colour=INK2, align="right", upright="bottom", shift=(-5, 5))
        write(axes, name, at, top, colour=INK2, upright="bottom", shift=(5, 5))


def _draw_run(axes: Axes, places: Array, rate: Array, low: Array, high: Array, dot: float) -> None:
    """Draw months that follow each other; a month between two gaps is a dot on a bar."""
    if len(places) > 1:
        axes.fill_between(places, low, high, color=BAND, alpha=_RIBBON, linewidth=0, zorder=1.5)
    else:
        axes.vlines(places, low, high, colors=BAND, alpha=_RIBBON, linewidth=9, zorder=1.5)
    axes.plot(
        places,
        rate,
        color=LAM,
        linewidth=1.9,
        marker="o",
        markersize=dot,
        markeredgewidth=0,
        zorder=3,
        clip_on=False,
    )


def trend_text(
    months: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    periods: Sequence[str] | None = None,
    language: Language = "vi",
    level: str = "95%",
) -> str:
    """Say in words what `trend_plot` shows: first and last month, lowest and highest, gaps and periods.

    Raises
    ------
    ChartError
        As `trend_plot`.

    Examples
    --------
    >>> trend_text(["2026-01", "2026-02"], [0.82, 0.841], [0.76, 0.791], [0.86, 0.881], language="en")
    'Chart of the rates of 2 months with their 95% intervals. First month: January 2026, 82.0% (76.0% to \
86.0%). Last month: February 2026, 84.1% (79.1% to 88.1%).'
    """
    _, rate, low, high = _columns(months, rates, lows, highs, periods)
    words = wording(language)
    names = [scales.month_name(month, language) for month in months]
    shown = np.flatnonzero(~np.isnan(rate))

    def value(row: int) -> dict[str, str]:
        return {
            "label": names[row],
            "rate": percent(rate[row], language),
            "low": percent(low[row], language),
            "high": percent(high[row], language),
        }

    parts = [
        words.count(
            "Chart of the rate of {n} month with its {level} interval.",
            "Chart of the rates of {n} months with their {level} intervals.",
            len(shown),
            level=level,
        ),
        words.say("First month: {label}, {rate} ({low} to {high}).", **value(shown[0])),
    ]
    if len(shown) > 1:
        parts.append(words.say("Last month: {label}, {rate} ({low} to {high}).", **value(shown[-1])))
    if len(shown) > 2:
        least, most = int(np.nanargmin(rate)), int(np.nanargmax(rate))
        parts.append(words.say("Lowest: {label}, {rate} ({low} to {high}).", **value(least)))
        parts.append(words.say("Highest: {label}, {rate} ({low} to {high}).", **value(most)))
    parts += _said_periods(periods or (), names, words)
    if gaps := [name for name, value in zip(names, rate, strict=True) if np.isnan(value)]:
        parts.append(words.say("Too few answers: {months}.", months=", ".join(gaps)))
    return " ".join(parts)


def _said_periods(periods: Sequence[str], months: Sequence[str], words: Wording) -> list[str]:
    return [
        words.say(
            "Periods: {before}, up to {month}; then {after}.",
            before=periods[row - 1],
            month=months[row - 1],
            after=periods[row],
        )
        for row in _boundaries(periods)
    ]
