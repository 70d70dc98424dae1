"""Differences: changes of rates with their intervals, checked, and as words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.report.charts.columns import Array, ChartError, numbers, same_length
from analysis.report.numerals import Language, percent
from analysis.report.wording import Wording

CHART = "change plot"


class Changes(NamedTuple):
    """Differences and intervals, NaN where there is none; 1, 0 or -1 for higher, not clear, lower."""

    difference: Array
    low: Array
    high: Array
    direction: NDArray[np.int_]


def checked(
    labels: Sequence[str],
    differences: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    directions: Sequence[int] | None,
) -> Changes:
    """Give the columns of a chart of changes, and the direction of each row.

    Raises
    ------
    ChartError
        If no row has a difference, the columns differ in length, or a number is not in its place.
    """
    difference, low, high = numbers(
        CHART, within=(-1.0, 1.0), gaps=True, differences=differences, lows=lows, highs=highs
    )
    columns: dict[str, Sequence[object] | Array] = {"labels": labels, "differences": difference}
    if directions is None:
        direction = (low > 0).astype(np.int_) - (high < 0)
    else:
        columns["directions"] = directions
        direction = np.asarray(directions, dtype=np.int_)
        for row in np.flatnonzero(abs(direction) > 1)[:1]:
            raise ChartError(
                f"{CHART}: row {row + 1}: direction {direction[row]}; give 1 (higher), 0 or -1 (lower)"
            )
    same_length(CHART, **columns)
    if np.isnan(difference).all():
        raise ChartError(f"{CHART}: no row has a difference; leave the chart out")
    for row in np.flatnonzero(np.isnan(difference) & (direction != 0))[:1]:
        raise ChartError(f"{CHART}: row {row + 1}: direction {direction[row]} of no difference; give 0")
    return Changes(difference, low, high, direction)


def points(value: float, language: Language) -> str:
    """Write a difference of fractions in percentage points, with its sign.

    Examples
    --------
    >>> points(0.048, "vi"), points(-0.0012, "en"), points(0.0, "en")
    ('+4,8', '−0.1', '0.0')
    """
    text = percent(value + 0.0, language, sign="")
    return f"+{text}" if value > 0 else text


def said(difference: float, direction: int, words: Wording) -> str:
    """Say the direction of a row; that it is not compared where it has no difference."""
    if np.isnan(difference):
        return words.say("not compared")
    if direction > 0:
        return words.say("higher")
    return words.say("lower") if direction < 0 else words.say("not clear")
