"""Funnel: rates of units by effective size, between the limits of what chance explains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from analysis.report.charts import cloud, cone, scales
from analysis.report.charts.columns import ChartError, numbers, same_length
from analysis.report.charts.ground import Ground
from analysis.report.charts.marks import PAGE, SMALL, panel, sheet, sheet_width, text_width
from analysis.report.charts.points import said
from analysis.report.numerals import Language, number, percent
from analysis.report.wording import wording

_CHART = "funnel plot"
_HEAD, _FOOT = 10.0, 32.0


def _units(
    labels: Sequence[str],
    rates: ArrayLike,
    sizes: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    emphasised: int | None,
) -> cloud.Units:
    (rate,) = numbers(_CHART, rates=rates)
    (size,) = numbers(_CHART, within=(0.0, 1e9), sizes=sizes)
    mask = np.asarray(outside, dtype=np.bool_)
    same_length(_CHART, labels=labels, rates=rate, sizes=size, outside=mask)
    if emphasised is not None and not 0 <= emphasised < len(labels):
        raise ChartError(f"{_CHART}: no row {emphasised} to emphasise; give 0 to {len(labels) - 1}")
    return cloud.Units(labels, rate, size, mask, emphasised)


def _limits(target: float, grid: ArrayLike, **limits: ArrayLike) -> cone.Limits:
    numbers(_CHART, target=[target])
    (sizes,) = numbers(_CHART, within=(0.0, 1e9), grid=grid)
    columns = numbers(_CHART, within=(0.0, 1.0), gaps=False, **limits)
    same_length(_CHART, grid=sizes, limits=columns[0])
    if len(sizes) < 2 or (np.diff(sizes) <= 0).any():
        raise ChartError(f"{_CHART}: the grid does not rise; give at least two sizes, the smallest first")
    return cone.Limits(target, sizes, *columns)


def funnel_plot(
    labels: Sequence[str],
    rates: ArrayLike,
    sizes: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    *,
    target: float,
    grid: ArrayLike,
    low_95: ArrayLike,
    high_95: ArrayLike,
    low_998: ArrayLike,
    high_998: ArrayLike,
    emphasised: int | None = None,
    target_name: str | None = None,
    language: Language = "vi",
    width: float = PAGE,
) -> Figure:
    """Draw rates by effective size as open circles, those outside the limits as triangles with their names.

    A triangle points up above the target and down below it. Where more than ten units lie outside, or their
    names find no room, triangles bear numbers and the names stand below. Sizes stand by their square root
    where the greatest is over eight times the median, and the axis says so.

    Parameters
    ----------
    labels, rates, sizes, outside
        One a unit: name, fraction, effective size, and whether it lies outside.
    target
        The rate that the limits lie around, a dotted line.
    grid, low_95, high_95, low_998, high_998
        Rising sizes, and the limits at each.
    emphasised
        The row of the unit in question: solid, its name at the end of a line.
    target_name
        What the target is the rate of; "overall" if not given.
    language, width
        Language, and the width in millimetres.

    Raises
    ------
    ChartError
        If there is no unit, columns differ in length, the grid does not rise, or a number is not in its
        place.

    Examples
    --------
    >>> figure = funnel_plot(
    ...     ["Xã Mẫu 1", "Xã Mẫu 2"], [0.85, 0.7], [60, 380], [False, True], target=0.84, grid=[20, 400],
    ...     low_95=[0.6, 0.8], high_95=[0.95, 0.88], low_998=[0.5, 0.77], high_998=[1, 0.9],
    ... )
    >>> [text.get_text() for text in figure.axes[0].texts if "Mẫu" in text.get_text()]
    ['Xã Mẫu 2']
    """
    units = _units(labels, rates, sizes, outside, emphasised)
    limits = _limits(target, grid, low_95=low_95, high_95=high_95, low_998=low_998, high_998=high_998)
    words = wording(language)
    edge = cone.edge(limits, target_name, words)
    left = scales.rate_label_width(language)
    right = max(text_width(text, SMALL) for _, text, _ in edge) + 8
    full = sheet_width(width)
    bottom, top, step = scales.rate_ends(cone.shown(units.rate, units.size, limits))
    down = min(max(0.46 * full, 150.0), 220.0)
    ground = Ground(full - left - right, down, (0.0, 1.0), (bottom, top), step)
    across = cone.across_of(units.size, limits)
    places = across.place(units.size)
    lines = cone.lines_of(limits, across, ground) + ground.levels()
    names, numbered = cloud.names_of(units, places, ground, lines)
    key = cloud.key(units, numbered, full)
    figure = sheet(width, _HEAD + down + _FOOT + key.height)
    axes = panel(figure, left, _HEAD, ground.across, down, ground.x, ground.y)
    scales.draw_rates(axes, step, language)
    scales.draw_edge(axes, ground, edge)
    cone.draw_sizes(axes, across, ground, words)
    cone.draw_limits(axes, limits, across)
    cloud.draw_units(axes, units, places, target)
    cloud.draw_names(axes, names, units, ground, bool(numbered))
    cloud.draw_key(axes, key, (-left, -_FOOT))
    return figure


def funnel_text(
    labels: Sequence[str],
    rates: ArrayLike,
    sizes: ArrayLike,
    outside: Sequence[bool] | NDArray[np.bool_],
    *,
    target: float,
    emphasised: int | None = None,
    language: Language = "vi",
) -> str:
    """Say in words what `funnel_plot` shows: which units lie outside the limits, and the one in question.

    Raises
    ------
    ChartError
        As `funnel_plot`.

    Examples
    --------
    >>> funnel_text(["A", "B"], [0.85, 0.7], [60, 380], [False, True], target=0.84, language="en")
    'Funnel plot of 2 units by effective sample size, around the rate of 84.0%. 1 unit is outside the \
limits: B (70.0%, below).'
    """
    units = _units(labels, rates, sizes, outside, emphasised)
    words = wording(language)
    parts = [
        words.count(
            "Funnel plot of {n} unit by effective sample size, around the rate of {rate}.",
            "Funnel plot of {n} units by effective sample size, around the rate of {rate}.",
            len(labels),
            rate=percent(target, language),
        )
    ]
    found = np.flatnonzero(units.outside).tolist()
    named = [said(labels[row], float(units.rate[row]), target, words) for row in found]
    if named:
        parts.append(
            words.count(
                "{n} unit is outside the limits: {units}.",
                "{n} units are outside the limits: {units}.",
                len(named),
                units="; ".join(named),
            )
        )
    else:
        parts.append(words.say("No unit is outside the limits."))
    if emphasised is not None:
        parts.append(
            words.say(
                "{label}: {rate}, effective sample size {size}.",
                label=labels[emphasised],
                rate=percent(float(units.rate[emphasised]), language),
                size=number(round(float(units.size[emphasised])), language),
            )
        )
    return " ".join(parts)
