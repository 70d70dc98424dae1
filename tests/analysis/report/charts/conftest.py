"""Charts of every kind, and what can be seen on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.textpath import TextToPath

from analysis.report import charts
from analysis.report.charts.columns import Array
from analysis.report.charts.marks import BAND, LAM
from analysis.report.numerals import LANGUAGES, Language

SYLLABLES = ("An", "Bình", "Châu", "Diễn", "Đại", "Đông", "Giang", "Hòa", "Hưng", "Khánh", "Mường", "Quỳnh")
Draw = Callable[[list[str], Language], Figure]


def names(n: int) -> list[str]:
    """Make names as long and as tall as real ones; the second is the longest."""
    made = [f"{'Phường' if i % 9 == 0 else 'Xã'} {SYLLABLES[i % 12]} {SYLLABLES[i // 12]}" for i in range(n)]
    made[1:2] = ["Trung tâm Phục vụ hành chính công tỉnh Nghệ An"] if n > 1 else []
    made[2:3] = ["Phường ỄỘẨỖ Ặng"] if n > 2 else []
    return made


def months(n: int) -> list[str]:
    return [f"{2025 + (6 + i) // 12}-{(6 + i) % 12 + 1:02}" for i in range(n)]


def intervals(labels: list[str], language: Language) -> Figure:
    rates = np.linspace(1.0, 0.3, len(labels))
    lows, highs = np.maximum(rates - 0.1, 0), np.minimum(rates + 0.05, 1)
    return charts.interval_plot(labels, rates, lows, highs, reference=0.84, emphasised=0, language=language)


def change(labels: list[str], language: Language) -> Figure:
    differences = np.linspace(0.15, -0.12, len(labels))
    return charts.change_plot(labels, differences, differences - 0.05, differences + 0.06, language=language)


def answers(labels: list[str], language: Language) -> Figure:
    counts = [[3 + i % 40, 10 + i % 7, 37, 206, 140] for i in range(len(labels))]
    rates = [sum(row[3:]) / sum(row) for row in counts]
    lows, highs = [rate - 0.1 for rate in rates], [min(rate + 0.05, 1.0) for rate in rates]
    return charts.answers_plot(labels, counts, rates, lows, highs, language=language)


def trend(labels: list[str], language: Language) -> Figure:
    n = len(labels)
    rates = 0.8 + 0.1 * np.sin(np.arange(n))
    rates[n // 3 : n // 2] = np.nan
    periods = [labels[0 if i < n // 2 else -1] for i in range(n)]
    return charts.trend_plot(months(n), rates, rates - 0.1, rates + 0.1, periods=periods, language=language)


def funnel(labels: list[str], language: Language) -> Figure:
    n = len(labels)
    random = np.random.default_rng(7)
    sizes = np.exp(random.normal(5, 0.8, n)).clip(20, 900)
    error = np.sqrt(0.84 * 0.16 / sizes + 0.0004)
    # Every seventh unit lies outside, now below, now above.
    z = np.where(np.arange(n) % 7 == 1, np.where(np.arange(n) % 2, -3.8, 3.6), random.uniform(-2, 2, n))
    rates = np.clip(0.84 + z * error, 0, 1)
    grid = np.geomspace(18, 950, 60)
    half = np.sqrt(0.84 * 0.16 / grid + 0.0004)
    limits: dict[str, Any] = {
        name: np.clip(0.84 + factor * half, 0, 1)
        for name, factor in (("low_95", -1.96), ("high_95", 1.96), ("low_998", -3.09), ("high_998", 3.09))
    }
    return charts.funnel_plot(
        labels,
        rates,
        sizes,
        abs(z) > 3.09,
        target=0.84,
        grid=grid,
        emphasised=n - 1,
        language=language,
        **limits,
    )


def laney(labels: list[str], language: Language) -> Figure:
    n = len(labels)
    rates = 0.84 + 0.03 * np.cos(np.arange(n))
    rates[n // 2] = 0.6
    lows, highs = np.full(n, 0.75), np.full(n, 0.93)
    return charts.laney_plot(
        months(n),
        rates,
        lows,
        highs,
        rates < lows,
        centre=0.84,
        baseline=max(1, n - 4),
        provisional=True,
        language=language,
    )


KINDS: dict[str, Draw] = {
    "intervals": intervals,
    "change": change,
    "answers": answers,
    "trend": trend,
    "funnel": funnel,
    "laney": laney,
}


@pytest.fixture(params=KINDS)
def draw(request: pytest.FixtureRequest) -> Draw:
    """Give a function that draws a chart of a kind for names in a language."""
    return KINDS[request.param]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def written(figure: Figure) -> Iterator[Annotation]:
    for axes in figure.axes:
        yield from (text for text in axes.texts if isinstance(text, Annotation))


def boxes(figure: Figure) -> list[tuple[str, np.ndarray]]:
    """Give every text with the rectangle of its ink, in points: left, bottom, right, top."""
    figure.draw_without_rendering()
    measure = TextToPath()
    found = []
    for text in written(figure):
        size = text.get_fontproperties()
        width, height, descent = measure.get_text_width_height_descent(text.get_text(), size, False)
        x, y = text.get_transform().transform(text.get_position()) * 72 / figure.dpi
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[text.get_horizontalalignment()] * width
        if text.get_text().strip():
            ink = np.array([left, y - descent, left + width, y - descent + height])
            found.append((text.get_text(), ink))
    return found


@pytest.fixture
def overlaps() -> Callable[[Figure], list[tuple[str, str]]]:
    """Give a function that finds the pairs of texts that lie on each other."""

    def find(figure: Figure) -> list[tuple[str, str]]:
        return [
            (one, other)
            for (one, a), (other, b) in combinations(boxes(figure), 2)
            if (np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) > 0.3).all()
        ]

    return find


@pytest.fixture
def outside() -> Callable[[Figure], list[str]]:
    """Give a function that finds the texts that leave the sheet."""

    def find(figure: Figure) -> list[str]:
        across, up = figure.get_size_inches() * 72
        return [
            text
            for text, (left, bottom, right, top) in boxes(figure)
            if left < -0.6 or bottom < -0.6 or right > across + 0.6 or top > up + 0.6
        ]

    return find


def texts(figure: Figure) -> list[str]:
    """List the texts of a chart, one a line."""
    return [text.get_text() for text in written(figure)]


def path(line: Line2D) -> Array:
    """Give the points of a line, across and up."""
    return np.asarray(line.get_xydata(), dtype=np.float64)


def dots(figure: Figure, colour: str = LAM, marker: str = "o") -> list[tuple[float, float]]:
    """List where single marks of a colour stand."""
    return [
        (float(path(line)[0, 0]), float(path(line)[0, 1]))
        for axes in figure.axes
        for line in axes.lines
        if line.get_markerfacecolor() == colour and line.get_marker() == marker and len(path(line)) == 1
    ]


def bands(figure: Figure) -> list[tuple[float, float]]:
    """List from where to where intervals reach."""
    return [
        (float(path(line)[0, 0]), float(path(line)[1, 0]))
        for axes in figure.axes
        for line in axes.lines
        if line.get_color() == BAND and len(path(line)) == 2
    ]


def bold(figure: Figure) -> set[str]:
    """Give the texts in bold letters."""
    return {
        text.get_text() for text in written(figure) if "Bold" in str(text.get_fontproperties().get_file())
    }
