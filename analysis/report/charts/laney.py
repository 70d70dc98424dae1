"""Laney: a control chart of monthly rates, with limits that follow the number of answers of each month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from analysis.report.charts import scales
from analysis.report.charts.columns import Array, ChartError, numbers, same_length
from analysis.report.charts.ground import Ground, around
from analysis.report.charts.marks import (
    BAND,
    DASHED,
    DOTTED,
    GACH,
    INK2,
    LAM,
    PAGE,
    SMALL,
    WASH,
    text_width,
    write,
)
from analysis.report.charts.placing import along, place_names
from analysis.report.charts.points import draw_name, draw_point, name_size, said, triangle
from analysis.report.numerals import Language, percent
from analysis.report.wording import Wording, wording

_CHART = "Laney chart"
_HEAD, _MARK, _CLEAR = 22.0, 3.5, 6.0


class _Months(NamedTuple):
    """Places of months, their rates, their limits, which give a signal, and what the limits lie around."""

    places: Array
    rate: Array
    low: Array
    high: Array
    outside: NDArray[np.bool_]
    centre: float
    baseline: int

    def steps(self) -> tuple[Array, Array, Array]:
        """Give the limits as steps: those of a month reach back to the month before it."""
        edges = np.concatenate([[self.places[0] - 0.5], self.places + 0.5])
        return np.repeat(edges, 2)[1:-1], np.repeat(self.low, 2), np.repeat(self.high, 2)


def _checked(
    months: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    centre: float,
    baseline: int,
) -> _Months:
    rate, low, high = numbers(_CHART, rates=rates, lows=lows, highs=highs)
    numbers(_CHART, centre=[centre])
    mask = np.asarray(outside, dtype=np.bool_)
    n = same_length(_CHART, months=months, rates=rate, outside=mask)
    if not 1 <= baseline <= n:
        raise ChartError(f"{_CHART}: a baseline of {baseline} of {n} months; give 1 to {n}")
    return _Months(scales.month_places(_CHART, months), rate, low, high, mask, centre, baseline)


def laney_plot(
    months: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    *,
    centre: float,
    baseline: int,
    provisional: bool = False,
    language: Language = "vi",
    width: float = PAGE,
) -> Figure:
    """Draw monthly rates between their limits; a month outside is a triangle with its name.

    Parameters
    ----------
    months
        Such as ``2026-03``, in their order. A month that holds the answers of the ones before, which are not
        there, has limits as wide as all of them.
    rates, lows, highs
        Fractions: the rate of each month and its limits.
    outside
        Whether a month gives a signal; its triangle points away from the centre.
    centre
        The rate that the limits lie around.
    baseline
        From how many of the first months the centre and the limits were made; a dashed line ends them.
    provisional
        Whether that is too few: a line of words says so.
    language, width
        Language, and the width in millimetres.

    Raises
    ------
    ChartError
        If the months are none or not in order, the columns differ in length, or a number is not in its place.

    Examples
    --------
    >>> figure = laney_plot(
    ...     ["2026-01", "2026-02"], [0.84, 0.7], [0.8, 0.78], [0.88, 0.9], [False, True],
    ...     centre=0.84, baseline=2,
    ... )
    >>> [text.get_text() for text in figure.axes[0].texts if "/" in text.get_text()]
    ['2/2026']
    """
    data, words = _checked(months, rates, lows, highs, outside, centre, baseline), wording(language)
    edge = [
        (float(data.low[-1]), words.say("lower limit"), INK2),
        (centre, words.say("mean {rate}", rate=percent(centre, language)), LAM),
        (float(data.high[-1]), words.say("upper limit"), INK2),
    ]
    right = max(text_width(text, SMALL) for _, text, _ in edge) + 8
    shown = np.concatenate([data.rate, data.low, data.high])
    foot = scales.NOTE if provisional else 0.0
    figure, axes, ground = scales.month_axes(data.places, shown, width, right, _HEAD, foot, language)
    scales.draw_edge(axes, ground, edge)
    _draw_limits(axes, data)
    _draw_baseline(axes, data, words)
    _draw_months(axes, data, min(4.6, 0.4 * scales.month_width(data.places, ground.across)))
    _draw_names(axes, data, [scales.short_month(month, language) for month in months], ground)
    if provisional:
        scales.draw_note(axes, _provisional(baseline, words))
    return figure


def _provisional(baseline: int, words: Wording) -> str:
    return words.count(
        "Provisional limits: so far from {n} month only.",
        "Provisional limits: so far from {n} months only.",
        baseline,
    )


def _draw_limits(axes: Axes, data: _Months) -> None:
    across, low, high = data.steps()
    axes.fill_between(across, low, high, color=WASH, linewidth=0, zorder=1)
    for limit in (low, high):
        axes.plot(across, limit, color=BAND, linewidth=1.1, zorder=2, clip_on=False)
    axes.axhline(data.centre, color=LAM, linewidth=0.9, linestyle=DOTTED, zorder=3)


def _draw_baseline(axes: Axes, data: _Months, words: Wording) -> None:
    """Part the months that made the limits from those that are watched; nothing where none are watched."""
    if data.baseline == len(data.places):
        return
    at, top = data.places[data.baseline - 1] + 0.5, axes.get_ylim()[1]
    axes.axvline(at, color=INK2, linewidth=0.9, linestyle=DASHED, zorder=2)
    write(axes, words.say("baseline"), at, top, colour=INK2, align="right", upright="bottom", shift=(-5, 7))
    write(axes, words.say("watched"), at, top, colour=INK2, upright="bottom", shift=(5, 7))


def _draw_months(axes: Axes, data: _Months, dot: float) -> None:
    axes.plot(data.places, data.rate, color=LAM, linewidth=1.3, zorder=4, clip_on=False)
    for place, rate, outside in zip(data.places, data.rate, data.outside, strict=True):
        if outside:
            marker = triangle(rate, data.centre)
            draw_point(axes, place, rate, size=2 * _MARK, colour=GACH, marker=marker)
        else:
            draw_point(axes, place, rate, size=dot, colour=LAM)


def _draw_names(axes: Axes, data: _Months, names: Sequence[str], ground: Ground) -> None:
    """Write the names of months with a signal where there is room; the months below name them too."""
    points = ground.points(data.places, data.rate)
    across, low, high = data.steps()
    lines = ground.levels() + [spot for pair in pairwise(points) for spot in along(pair, 1.0)]
    for limit in (low, high):
        lines += [spot for pair in pairwise(ground.points(across, limit)) for spot in along(pair)]
    hard = [around(point, _MARK) for point in points]
    if data.baseline < len(points):
        at = ground.points(data.places[[data.baseline - 1]] + 0.5, data.rate[:1])[0][0]
        hard += along(((at, 0.0), (at, ground.down)), 2.0)
    signals = np.flatnonzero(data.outside).tolist()
    ends, sizes = [points[row] for row in signals], [name_size(names[row]) for row in signals]
    room = ground.room()
    found = place_names(ends, sizes, room, mark=_MARK, clear=_CLEAR, hard=hard, lines=lines, limit=60.0)
    for row, place in zip(signals, found, strict=True):
        if place is not None:
            draw_name(axes, ground, place, names[row])


def laney_text(
    months: Sequence[str],
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    *,
    centre: float,
    baseline: int,
    provisional: bool = False,
    language: Language = "vi",
) -> str:
    """Say in words what `laney_plot` shows: the months, the centre, the signals, what is provisional.

    Raises
    ------
    ChartError
        As `laney_plot`.

    Examples
    --------
    >>> laney_text(
    ...     ["2026-01", "2026-02"], [0.84, 0.7], [0.8, 0.78], [0.88, 0.9], [False, True],
    ...     centre=0.84, baseline=2, language="en",
    ... )
    'Control chart of monthly rates, January 2026 to February 2026, with limits around the mean of 84.0%. 1 \
month gives a signal: February 2026 (70.0%, below).'
    """
    data = _checked(months, rates, lows, highs, outside, centre, baseline)
    words = wording(language)
    names = [scales.month_name(month, language) for month in months]
    parts = [
        words.say(
            "Control chart of monthly rates, {first} to {last}, with limits around the mean of {rate}.",
            first=names[0],
            last=names[-1],
            rate=percent(centre, language),
        )
    ]
    found = np.flatnonzero(data.outside).tolist()
    signals = "; ".join(said(names[row], float(data.rate[row]), centre, words) for row in found)
    parts.append(
        words.count(
            "{n} month gives a signal: {months}.",
            "{n} months give a signal: {months}.",
            len(found),
            months=signals,
        )
        if found
        else words.say("No month gives a signal.")
    )
    if provisional:
        parts.append(_provisional(baseline, words))
    return " ".join(parts)
