"""Points: the marks of units and months, and the names beside them."""

from __future__ import annotations

from matplotlib.axes import Axes

from analysis.report.charts.ground import Ground, Point
from analysis.report.charts.marks import INK, LEADING, PAPER, SMALL, text_width, write
from analysis.report.charts.placing import Place
from analysis.report.numerals import percent
from analysis.report.wording import Wording


def draw_point(
    axes: Axes, x: float, y: float, *, size: float, colour: str, marker: str = "o", hollow: bool = False
) -> None:
    """Draw a mark, hollow or solid with a fine edge of paper; ``size`` is its width in points."""
    axes.plot(
        [x],
        [y],
        linestyle="none",
        marker=marker,
        markersize=size,
        markerfacecolor="none" if hollow else colour,
        markeredgecolor=colour if hollow else PAPER,
        markeredgewidth=0.75 if hollow else 0.6,
        zorder=4 if hollow else 5,
        clip_on=False,
    )


def triangle(value: float, centre: float) -> str:
    """Give the marker of a point outside limits: a triangle that points away from their centre.

    Examples
    --------
    >>> triangle(0.9, 0.84), triangle(0.7, 0.84)
    ('^', 'v')
    """
    return "^" if value >= centre else "v"


def name_size(text: str, size: float = SMALL, bold: bool = False) -> Point:
    r"""Give the width and height that a name needs.

    Examples
    --------
    >>> name_size("Xã\nMẫu")[1] - name_size("Xã")[1]
    11.25
    """
    return text_width(text, size, bold) + 2, text.count("\n") * LEADING * size + size


def draw_name(
    axes: Axes,
    ground: Ground,
    place: Place,
    text: str,
    *,
    size: float = SMALL,
    bold: bool = False,
    colour: str = INK,
    line: float = 0.6,
) -> None:
    """Write a name at its place, and the line that leads there; ``line`` is its width in points."""
    if place.line is not None:
        (x, y), (right, up) = (ground.data(end) for end in place.line)
        axes.plot([x, right], [y, up], color=INK, linewidth=line, zorder=3.5)
    box = place.box
    x, y = ground.data((box.left + 1, (box.bottom + box.top) / 2))
    write(axes, text, x, y, size=size, bold=bold, colour=colour)


def said(label: str, rate: float, centre: float, words: Wording) -> str:
    """Give a name with its rate, and whether that is below or above a centre.

    Examples
    --------
    >>> from analysis.report.wording import wording
    >>> said("Xã Mẫu", 0.7, 0.84, wording("vi"))
    'Xã Mẫu (70,0%, thấp hơn)'
    """
    value = {"label": label, "rate": percent(rate, words.language)}
    if rate < centre:
        return words.say("{label} ({rate}, below)", **value)
    return words.say("{label} ({rate}, above)", **value)
