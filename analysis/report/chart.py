"""Chart: rates with their intervals, drawn with matplotlib's object interface."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from analysis.report.glyphs import SERIF, legible
from analysis.report.numerals import Language, percent
from analysis.report.wording import wording

LAM, BAND, INK, INK2, HAIRLINE = "#0f4f86", "#9fc0db", "#15191e", "#4b525a", "#bdb9b0"
BOUNDS = (0.65, 0.80, 0.90)

_WIDTH = 165 / 25.4
_DENSE_FROM = 36
_HEAD, _FOOT, _RIGHT = 0.30, 0.06, 0.07


@dataclass(frozen=True, slots=True)
class _Scale:
    """Sizes of a plot: columns, height of a line (inch), sizes in points, letters in a line of a label."""

    columns: int
    line: float
    text: float
    band: float
    dot: float
    letters: int

    def label_width(self, labels: Sequence[str]) -> float:
        """Give the width (inch) that the longest line needs, from the usual width of a letter of Tinos."""
        longest = max(len(line) for label in labels for line in label.split("\n"))
        return longest * self.text * 0.45 / 72 + 0.10


_ROOMY = _Scale(1, 0.215, 10.0, 6.0, 6.4, 44)
_DENSE = _Scale(2, 0.137, 8.5, 4.4, 4.4, 25)


def _wrapped(label: str, letters: int) -> str:
    return "\n".join(textwrap.wrap(legible(label), letters)) or " "


def _panels(wrapped: Sequence[str], columns: int) -> list[range]:
    """Give the rows of each column, so that the columns have about the same number of lines."""
    lines = [label.count("\n") + 1 for label in wrapped]
    share = sum(lines) / columns
    panels: list[range] = []
    start, filled = 0, 0
    for index, height in enumerate(lines):
        filled += height
        if filled >= share * (len(panels) + 1) - 1e-9 and len(panels) < columns - 1:
            panels.append(range(start, index + 1))
            start = index + 1
    panels.append(range(start, len(lines)))
    return [panel for panel in panels if len(panel)]


def _left_end(lows: Sequence[float], bounds: Sequence[float]) -> float:
    """Give the left end of the axis: a round tenth below every interval and bound."""
    return max(0.0, math.floor((min([*lows, *bounds, 0.9]) - 0.02) * 10) / 10)


def _font(size: float) -> FontProperties:
    return FontProperties(fname=str(SERIF), size=size)


def _draw_axis(
    axes: Axes, left: float, bounds: Sequence[float], reference: float | None, scale: _Scale
) -> None:
    """Draw the bounds as hairlines with their numbers, and the reference as a dotted line."""
    top = axes.get_ylim()[1]
    ends = [left] if all(abs(left - bound) > 0.08 for bound in bounds) else []
    for at in (*ends, *bounds, 1.0):
        axes.axvline(at, color=HAIRLINE, linewidth=0.5, zorder=0)
        axes.annotate(
            f"{round(at * 100, 2):g}",
            (at, top),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK2,
            fontproperties=_font(scale.text - 0.5),
            annotation_clip=False,
            parse_math=False,
        )
    if reference is not None:
        axes.axvline(reference, color=LAM, linewidth=0.9, linestyle=(0, (1.2, 1.8)), zorder=1)


def _draw_rows(
    axes: Axes,
    rows: range,
    labels: Sequence[str],
    rates: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    scale: _Scale,
) -> None:
    height = 0
    for row in rows:
        lines = labels[row].count("\n") + 1
        middle = -(height + lines / 2)
        height += lines
        low, high = intervals[row]
        axes.plot(
            [low, high], [middle, middle], color=BAND, linewidth=scale.band, solid_capstyle="butt", zorder=2
        )
        axes.plot(
            [rates[row]],
            [middle],
            marker="o",
            markersize=scale.dot,
            color=LAM,
            markeredgewidth=0,
            linestyle="none",
            zorder=3,
        )
        axes.annotate(
            labels[row],
            (0, middle),
            (-72 * scale.label_width(labels), 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="left",
            va="center",
            linespacing=1.05,
            color=INK,
            fontproperties=_font(scale.text),
            annotation_clip=False,
            parse_math=False,
        )


def interval_plot(
    labels: Sequence[str],
    rates: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    reference: float | None = None,
    bounds: Sequence[float] = BOUNDS,
) -> Figure:
    """Draw rates as dots on their intervals, one line a label, the first on top, 165 mm wide.

    ``reference`` (the rate of the province) is a dotted line, ``bounds`` are hairlines; all are fractions.
    From 36 rows on the plot has two columns with the same axis, so that 130 units fit on an A4 page.

    Raises
    ------
    ValueError
        If there is no row, or the sequences differ in length.

    Examples
    --------
    >>> figure = interval_plot(["Xã Mẫu 1", "Xã Mẫu 2"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87])
    >>> len(figure.axes)
    1
    """
    if not labels or not len(labels) == len(rates) == len(lows) == len(highs):
        raise ValueError(
            f"interval plot: {len(labels)} labels, {len(rates)} rates, {len(lows)} lows, "
            f"{len(highs)} highs; give at least one row and as many of each"
        )
    scale = _DENSE if len(labels) >= _DENSE_FROM else _ROOMY
    wrapped = [_wrapped(label, scale.letters) for label in labels]
    panels = _panels(wrapped, scale.columns)
    tallest = max(sum(wrapped[row].count("\n") + 1 for row in panel) for panel in panels)
    height = tallest * scale.line + _HEAD + _FOOT
    figure = Figure(figsize=(_WIDTH, height), facecolor="none")
    left = _left_end(lows, bounds)
    share = 1 / scale.columns
    label_share = scale.label_width(wrapped) / (_WIDTH * share)
    for place, panel in enumerate(panels):
        lines = sum(wrapped[row].count("\n") + 1 for row in panel)
        axes = figure.add_axes(
            (
                (place + label_share) * share,
                1 - (_HEAD + lines * scale.line) / height,
                (1 - label_share - _RIGHT) * share,
                lines * scale.line / height,
            )
        )
        axes.set_axis_off()
        axes.set_xlim(left, 1.0)
        axes.set_ylim(-lines, 0)
        _draw_axis(axes, left, bounds, reference, scale)
        _draw_rows(axes, panel, wrapped, rates, list(zip(lows, highs, strict=True)), scale)
    return figure


def svg(figure: Figure) -> bytes:
    """Give a figure as SVG with letters as outlines: the same bytes for the same figure."""
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "interval plot", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def text_alternative(
    labels: Sequence[str],
    rates: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    reference: float | None = None,
    language: Language = "vi",
) -> str:
    """Say in words what `interval_plot` shows: how many rates, the lowest, the highest, and the reference.

    Examples
    --------
    >>> text_alternative(["A", "B"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87], language="en")
    'Chart of 2 rates with their 95% intervals. Lowest: B, 80.0% (70.0% to 87.0%). Highest: A, 90.0% (85.0% \
to 93.0%).'
    """
    words = wording(language)

    def value(row: int) -> dict[str, str]:
        return {
            "label": labels[row],
            "rate": percent(rates[row], language),
            "low": percent(lows[row], language),
            "high": percent(highs[row], language),
        }

    rows = range(len(labels))
    parts = [
        words.count(
            "Chart of {n} rate with its 95% interval.",
            "Chart of {n} rates with their 95% intervals.",
            len(labels),
        ),
        words.say(
            "Lowest: {label}, {rate} ({low} to {high}).", **value(min(rows, key=lambda row: rates[row]))
        ),
        words.say(
            "Highest: {label}, {rate} ({low} to {high}).", **value(max(rows, key=lambda row: rates[row]))
        ),
    ]
    if reference is not None:
        holding = sum(low <= reference <= high for low, high in zip(lows, highs, strict=True))
        parts.append(
            words.count(
                "{n} interval contains the overall rate of {rate}.",
                "{n} intervals contain the overall rate of {rate}.",
                holding,
                rate=percent(reference, language),
            )
        )
    return " ".join(parts)
