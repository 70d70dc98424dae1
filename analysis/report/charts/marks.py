"""Marks: what all charts share: colours, letters, and the sheet they stand on.

Lengths on the sheet are points (1/72 inch) from its left and upper edge.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from typing import Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextToPath

from analysis.report.glyphs import FONTS, SERIF, legible

LAM, BAND, WASH, GACH = "#0f4f86", "#9fc0db", "#e7eff6", "#a23a0c"
INK, INK2, HAIRLINE, PAPER = "#15191e", "#4b525a", "#bdb9b0", "#ffffff"
ANSWERS = ("#9c3f0f", "#dd9a63", "#dcd9d2", "#86b3d6", "#0f4f86")
"""From the worst answer to the best; the two dissatisfied ones are hatched, for readers in grey."""

PAGE = 165.0
"""Width of the text on an A4 page, millimetres."""
TEXT, SMALL = 10.0, 9.0
"""Sizes of letters, points: labels of rows; axes, numbers and notes (12 pixels)."""
LEADING = 1.25
"""From one line to the next, in sizes of letters."""
DOTTED, DASHED = (0, (1.2, 1.8)), (0, (3.5, 2.5))

Align = Literal["left", "center", "right"]
Upright = Literal["middle", "top", "bottom"]
Backing = Literal["none", "halo", "paper"]


@cache
def font(size: float, bold: bool = False) -> FontProperties:
    """Give the print font in a size."""
    return FontProperties(fname=str(FONTS / "Tinos-Bold.ttf" if bold else SERIF), size=size)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Give the width of the longest line of a text, as it will be drawn.

    Examples
    --------
    >>> round(text_width("Xã Mẫu", 10.0), 1), text_width("", 10.0)
    (32.5, 0.0)
    """
    measure = TextToPath()
    lines = [line for line in text.split("\n") if line]
    return max(
        (float(measure.get_text_width_height_descent(line, font(size, bold), False)[0]) for line in lines),
        default=0.0,
    )


def _broken(text: str, width: float, size: float, bold: bool) -> list[str]:
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if text_width(joined, size, bold) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and text_width(lines[-1] + letter, size, bold) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def wrapped(text: str, width: float, size: float, bold: bool = False) -> str:
    r"""Break a text into lines of a width, about as long as each other.

    Lines break between words, and inside a word that is too long by itself.

    Examples
    --------
    >>> wrapped("Trung tâm Phục vụ hành chính công", 110.0, 10.0)
    'Trung tâm Phục vụ\nhành chính công'
    """
    text = legible(text)
    lines = _broken(text, width, size, bold)
    for tenth in range(9, 4, -1) if len(lines) > 1 else ():
        evener = _broken(text, width * tenth / 10, size, bold)
        if len(evener) > len(lines):
            break
        lines = evener
    return "\n".join(lines) or " "


def sheet(width: float, height: float) -> Figure:
    """Give an empty sheet; ``width`` in millimetres, ``height`` in points."""
    return Figure(figsize=(width / 25.4, height / 72), facecolor="none")


def sheet_width(width: float) -> float:
    """Give a width in millimetres in points."""
    return width / 25.4 * 72


def panel(
    figure: Figure,
    left: float,
    top: float,
    width: float,
    height: float,
    x: tuple[float, float],
    y: tuple[float, float],
) -> Axes:
    """Give bare axes at a place of the sheet; ``x`` and ``y`` are what their edges stand for."""
    across, down = (float(inches) * 72 for inches in figure.get_size_inches())
    axes = figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))
    axes.set_axis_off()
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    return axes


def write(
    axes: Axes,
    text: str,
    x: float,
    y: float,
    *,
    size: float = SMALL,
    colour: str = INK,
    bold: bool = False,
    align: Align = "left",
    upright: Upright = "middle",
    shift: tuple[float, float] = (0.0, 0.0),
    pitch: float | None = None,
    hang: float = 0.0,
    of_axes: bool = False,
    backing: Backing = "none",
) -> None:
    """Write a text, whatever it says, at a place of the axes and ``shift`` points right of and above it.

    Lines stand ``pitch`` points apart, on baselines that do not move with the marks their letters bear, so
    that texts of one row are level; all but the first hang ``hang`` points to the right. With ``of_axes``,
    ``x`` is a share of the width of the axes.
    """
    lines = legible(text).split("\n")
    pitch = LEADING * size if pitch is None else pitch
    first = {
        "middle": (len(lines) - 1) / 2 * pitch - 0.33 * size,
        "top": -0.72 * size,
        "bottom": (len(lines) - 1) * pitch + 0.22 * size,
    }[upright]
    for place, line in enumerate(lines):
        drawn = axes.annotate(
            line,
            (x, y),
            (shift[0] + (hang if place else 0.0), shift[1] + first - place * pitch),
            xycoords=axes.get_yaxis_transform() if of_axes else "data",
            textcoords="offset points",
            ha=align,
            va="baseline",
            color=colour,
            fontproperties=font(size, bold),
            annotation_clip=False,
            parse_math=False,
        )
        if backing == "halo":
            drawn.set_path_effects([withStroke(linewidth=2.6, foreground=PAPER)])
        elif backing == "paper":
            drawn.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1.0})


def svg(figure: Figure) -> bytes:
    """Give a figure as SVG with letters as outlines: the same bytes for the same figure."""
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "chart", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
