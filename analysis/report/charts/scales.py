"""Scales: rates across or upright, and months across, with as few marks as can be read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from babel.dates import format_date
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.period import period
from analysis.report.charts.columns import Array, ChartError
from analysis.report.charts.ground import Ground
from analysis.report.charts.marks import (
    HAIRLINE,
    INK2,
    LEADING,
    SMALL,
    panel,
    sheet,
    sheet_width,
    text_width,
    write,
)
from analysis.report.charts.placing import spread
from analysis.report.numerals import Language, number, period_name

YEARS, NOTE = 28.0, 18.0
"""Height of months and years below the axes, and of a note below those; points."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def rate_ends(values: Array) -> tuple[float, float, float]:
    """Give the ends of an axis that shows all fractions, and the step of its marks: round tenths.

    Examples
    --------
    >>> rate_ends(np.array([0.61, 0.93])), rate_ends(np.array([0.84])), rate_ends(np.array([0.0, 1.0]))
    ((0.6, 1.0, 0.1), (0.8, 0.9, 0.05), (0.0, 1.0, 0.2))
    """
    step = 0.1
    bottom, top = _around(values, step)
    if top - bottom > 0.65:
        step = 0.2
        bottom, top = _around(values, step)
    elif top - bottom < 0.25:
        step = 0.05
    return bottom, top, step


def _around(values: Array, step: float) -> tuple[float, float]:
    bottom = math.floor(round(float(np.nanmin(values)) / step, 9))
    top = math.ceil(round(float(np.nanmax(values)) / step, 9))
    if bottom == top:
        bottom, top = (bottom - 1, top) if top * step > 0.99 else (bottom, top + 1)
    return round(bottom * step, 9), round(top * step, 9)


def marks_of(
    lows: Array, bounds: Sequence[float], language: Language
) -> tuple[float, list[tuple[float, str]]]:
    """Give the left end of an axis up to 1, a round tenth below every interval and bound, and its marks.

    Examples
    --------
    >>> import numpy as np
    >>> marks_of(np.array([0.7, 0.85]), [0.65, 0.8, 0.9], "vi")
    (0.6, [(0.65, '65'), (0.8, '80'), (0.9, '90'), (1.0, '100%')])
    """
    left = max(0.0, math.floor((min([*lows.tolist(), *bounds, 0.9]) - 0.02) * 10) / 10)
    ends = [left] if all(abs(left - bound) > 0.08 for bound in bounds) else []
    return left, [(at, _bound(at, language)) for at in (*bounds, 1.0, *ends)]


def _bound(at: float, language: Language) -> str:
    percentage = float(round(at * 100, 2))
    text = number(percentage, language, 0 if percentage.is_integer() else 1)
    return f"{text}%" if at == 1 else text


def rate_label_width(language: Language) -> float:
    """Give the room that the numbers of an upright axis need, in points."""
    return text_width(number(100, language) + "%", SMALL) + 6


def draw_rates(axes: Axes, step: float, language: Language) -> None:
    """Draw level hairlines over the height of the axes; the topmost number bears the sign."""
    bottom, top = (round(end, 9) for end in axes.get_ylim())
    first, last = math.ceil(round(bottom / step, 9)), math.floor(round(top / step, 9))
    for place in range(first, last + 1):
        text = number(round(place * step * 100), language) + ("%" if place == last else "")
        axes.axhline(place * step, color=HAIRLINE, linewidth=0.5, zorder=1.2, clip_on=False)
        write(axes, text, 0, place * step, colour=INK2, align="right", shift=(-6, 0), of_axes=True)


def month_places(chart: str, months: Sequence[str]) -> Array:
    """Give the place of each month, one apart for neighbours.

    Raises
    ------
    ChartError
        If a month is not written as 2026-03, or not later than the one before.

    Examples
    --------
    >>> month_places("trend", ["2025-12", "2026-01", "2026-03"])
    array([24311., 24312., 24314.])
    """
    places: list[int] = []
    for row, month in enumerate(months, start=1):
        match = _MONTH.fullmatch(month)
        if match is None:
            raise ChartError(f"{chart}: row {row}: month {month!r}; write it as 2026-03")
        places.append(int(match[1]) * 12 + int(match[2]) - 1)
        if len(places) > 1 and places[-1] <= places[-2]:
            raise ChartError(
                f"{chart}: row {row}: {month} does not follow {months[row - 2]}; sort the months"
            )
    return np.array(places, dtype=np.float64)


def _month(place: int, language: Language) -> str:
    if language == "vi":
        return str(place % 12 + 1)
    return format_date(date(place // 12, place % 12 + 1, 1), "MMM", locale=language)


def draw_months(axes: Axes, places: Array, spacing: float, language: Language) -> None:
    """Write the months below the axes, ``spacing`` points apart, and each year below its first month.

    Where months stand close, every second, third, … is written, January always.
    """
    bottom = axes.get_ylim()[0]
    first, last = int(places[0]), int(places[-1])
    widest = max(text_width(_month(place, language), SMALL) for place in range(first, last + 1)) + 5
    year = text_width("2026", SMALL) + 5
    steps = (1, 2, 3, 6, 12, 24, 60, 120)
    step = next((step for step in steps if step * spacing >= widest and max(step, 12) * spacing >= year), 240)
    written = [place for place in range(first, last + 1) if place % step == 0 or first == last]
    for place in written:
        write(axes, _month(place, language), place, bottom, colour=INK2, align="center", shift=(0, -10))
    years = [place for nth, place in enumerate(written) if nth == 0 or place // 12 != written[nth - 1] // 12]
    if len(years) > 1 and (years[1] - years[0]) * spacing < year:
        del years[0]
    for place in years:
        write(axes, str(place // 12), place, bottom, colour=INK2, align="center", shift=(0, -22))


def month_axes(
    places: Array, shown: Array, width: float, right: float, head: float, foot: float, language: Language
) -> tuple[Figure, Axes, Ground]:
    """Give a sheet with months across and an upright axis that shows all of some rates.

    ``right``, ``head`` and ``foot`` are points kept free at the right, above, and below the years.
    """
    left = rate_label_width(language)
    down = min(max(0.36 * sheet_width(width), 110.0), 170.0)
    bottom, top, step = rate_ends(shown)
    ground = Ground(
        sheet_width(width) - left - right, down, (places[0] - 0.5, places[-1] + 0.5), (bottom, top), step
    )
    figure = sheet(width, head + down + YEARS + foot)
    axes = panel(figure, left, head, ground.across, down, ground.x, ground.y)
    draw_rates(axes, step, language)
    draw_months(axes, places, month_width(places, ground.across), language)
    return figure, axes, ground


def draw_note(axes: Axes, text: str) -> None:
    """Write a line of words below the years."""
    write(axes, text, 0, axes.get_ylim()[0], colour=INK2, shift=(0, -YEARS - 10), of_axes=True)


def month_width(places: Array, across: float) -> float:
    """Give the points from one month to the next."""
    return across / float(places[-1] - places[0] + 1)


def month_name(month: str, language: Language) -> str:
    """Give a month such as 2026-03 in words.

    Examples
    --------
    >>> month_name("2026-03", "vi"), month_name("2026-03", "en")
    ('tháng 3 năm 2026', 'March 2026')
    """
    return period_name(period(month), language)


def short_month(month: str, language: Language) -> str:
    """Give a month such as 2026-03 in few letters.

    Examples
    --------
    >>> short_month("2026-03", "vi"), short_month("2026-03", "en")
    ('3/2026', 'Mar 2026')
    """
    year, place = int(month[:4]), int(month[5:])
    return format_date(date(year, place, 1), "M/y" if language == "vi" else "MMM y", locale=language)


def draw_edge(axes: Axes, ground: Ground, lines: Sequence[tuple[float, str, str]]) -> None:
    """Write the names of lines, each with its rate and colour, at the right edge, apart from each other."""
    bottom, top = ground.y
    wanted = [(rate - bottom) / (top - bottom) * ground.down for rate, _, _ in lines]
    heights = [(text.count("\n") + 1) * LEADING * SMALL for _, text, _ in lines]
    for (_, text, colour), middle in zip(
        lines, spread(wanted, heights, -8.0, ground.down + 8.0), strict=True
    ):
        at = bottom + middle / ground.down * (top - bottom)
        write(axes, text, 1, at, colour=colour, shift=(6, 0), of_axes=True)
