"""Rows: labels at the left, one or two columns of rows on a page, and an axis on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from analysis.report.charts.marks import (
    BAND,
    HAIRLINE,
    INK2,
    LAM,
    LEADING,
    SMALL,
    Align,
    sheet_width,
    text_width,
    wrapped,
    write,
)

HEAD, FOOT, GUTTER, GAP = 22.0, 5.0, 18.0, 9.0
RISE = 3.0
"""From the top of a plot to the foot of the numbers above it, points."""
PLOT = 90.0
"""The least width of a plot, points: figures beside it must leave it that."""
_DENSE_FROM = 36
_APART = 0.3


class Scale(NamedTuple):
    """Columns of rows; sizes in points: height of a line, letters, band and dot; where names hang."""

    columns: int
    line: float
    text: float
    small: float
    band: float
    dot: float
    hang: float


ROOMY = Scale(1, 15.5, 10.0, 9.5, 6.0, 6.4, 0.0)
DENSE = Scale(2, 9.7, 8.5, 8.0, 4.4, 4.4, 7.0)


class Column(NamedTuple):
    """Some of the rows, one below the other: where they stand, in points, and how many lines they take."""

    rows: range
    left: float
    width: float
    label: float
    lines: float


class Sheet(NamedTuple):
    """The columns of a plot of rows, and its height in points."""

    scale: Scale
    labels: list[str]
    columns: list[Column]
    height: float


def scale_of(n: int) -> Scale:
    """Give the sizes for a number of rows: from 36 on they stand closer, in two columns."""
    return DENSE if n >= _DENSE_FROM else ROOMY


def laid_out(
    labels: Sequence[str],
    width: float,
    share: float,
    scale: Scale,
    head: float = HEAD,
    emphasised: int | None = None,
) -> Sheet:
    """Give the columns for labels on a sheet ``width`` mm wide.

    A label takes at most a ``share`` of its column. All columns have about the same number of lines, and
    their labels the same width; the label ``emphasised`` is bold.
    """
    across = sheet_width(width)
    column = (across - GUTTER * (scale.columns - 1)) / scale.columns
    bold = [row == emphasised for row in range(len(labels))]
    room = share * column - scale.hang
    broken = [wrapped(text, room, scale.text, strong) for text, strong in zip(labels, bold, strict=True)]
    label = max(_label_width(text, scale, strong) for text, strong in zip(broken, bold, strict=True))
    label += 0.9 * scale.text
    panels = _panels([_lines(text) for text in broken], scale.columns)
    columns = [
        Column(rows, place * (column + GUTTER), column, label, sum(_lines(broken[row]) for row in rows))
        for place, rows in enumerate(panels)
    ]
    tallest = max(column.lines for column in columns)
    return Sheet(scale, broken, columns, head + tallest * scale.line + FOOT)


def _label_width(text: str, scale: Scale, bold: bool) -> float:
    return text_width(text, scale.text, bold) + (scale.hang if "\n" in text else 0.0)


def _lines(text: str) -> float:
    """Give the height of a label in lines; one of several stands a little apart from its neighbours."""
    lines = text.count("\n") + 1
    return lines + (_APART if lines > 1 else 0.0)


def _panels(lines: Sequence[float], columns: int) -> list[range]:
    """Give the rows of each column, so that the columns have about the same number of lines."""
    share = sum(lines) / columns
    panels: list[range] = []
    start, filled = 0, 0.0
    for index, height in enumerate(lines):
        filled += height
        if filled >= share * (len(panels) + 1) - 1e-9 and len(panels) < columns - 1:
            panels.append(range(start, index + 1))
            start = index + 1
    panels.append(range(start, len(lines)))
    return [panel for panel in panels if len(panel)]


def middles(sheet: Sheet, column: Column) -> Iterator[tuple[int, float]]:
    """Give each row of a column with the height of its middle: lines below the top, negative."""
    filled = 0.0
    for row in column.rows:
        lines = _lines(sheet.labels[row])
        yield row, -(filled + lines / 2)
        filled += lines


def draw_label(
    axes: Axes, text: str, middle: float, column: Column, scale: Scale, bold: bool = False
) -> None:
    """Write the label of a row at the left edge of its column."""
    pitch = min(LEADING * scale.text, scale.line)
    write(
        axes,
        text,
        0,
        middle,
        size=scale.text,
        bold=bold,
        shift=(-column.label, 0),
        pitch=pitch,
        hang=scale.hang,
        of_axes=True,
    )


def draw_interval(
    axes: Axes, low: float, high: float, at: float, middle: float, scale: Scale, emphasis: float = 1.0
) -> None:
    """Draw an interval as a band and its estimate as a dot on it."""
    axes.plot(
        [low, high], [middle, middle], color=BAND, linewidth=scale.band, solid_capstyle="butt", zorder=2
    )
    axes.plot(
        [at],
        [middle],
        marker="o",
        markersize=scale.dot * emphasis,
        color=LAM,
        markeredgewidth=0,
        linestyle="none",
        zorder=3,
        clip_on=False,
    )


class Cells(NamedTuple):
    """A column of texts right of the plot, and its head; those of a row may be bold together."""

    texts: list[str]
    width: float
    align: Align
    may_be_bold: bool
    head: str


def cells(
    texts: list[str], scale: Scale, align: Align = "left", *, may_be_bold: bool = False, head: str = ""
) -> Cells:
    """Give a column of texts as wide as the widest."""
    widths = [text_width(text, scale.small, may_be_bold) for text in texts]
    return Cells(texts, max(*widths, text_width(head, SMALL)) + 1, align, may_be_bold, head)


def beginnings(columns: Sequence[Cells], margin: float) -> list[float]:
    """Give where each column of texts begins, points right of the plot, and where one more would."""
    return [margin + sum(cell.width + GAP for cell in columns[:place]) for place in range(len(columns) + 1)]


def draw_heads(axes: Axes, columns: Sequence[Cells], margin: float) -> None:
    """Write the heads of the columns of texts, level with the marks of the axis."""
    for column, begin in zip(columns, beginnings(columns, margin), strict=False):
        right = column.width if column.align == "right" else 0.0
        shift = (begin + right, RISE + 0.33 * SMALL)
        write(axes, column.head, 1, 0, colour=INK2, align=column.align, shift=shift, of_axes=True)


def draw_cells(
    axes: Axes, columns: Sequence[Cells], row: int, middle: float, margin: float, scale: Scale, bold: bool
) -> None:
    """Write the texts of a row right of the plot."""
    for column, begin in zip(columns, beginnings(columns, margin), strict=False):
        write(
            axes,
            column.texts[row],
            1,
            middle,
            size=scale.small,
            bold=bold and column.may_be_bold,
            align=column.align,
            shift=(begin + (column.width if column.align == "right" else 0.0), 0),
            of_axes=True,
        )


def draw_marks(axes: Axes, marks: Sequence[tuple[float, str]], size: float, width: float) -> None:
    """Draw upright hairlines, their numbers on top; a number that would touch an earlier one is left out.

    ``width`` is that of the axes in points.
    """
    left, right = axes.get_xlim()
    top = axes.get_ylim()[1]
    taken: list[tuple[float, float]] = []
    for at, text in marks:
        axes.axvline(at, color=HAIRLINE, linewidth=0.5, zorder=0, clip_on=False)
        place = (at - left) / (right - left) * width
        half = text_width(text, size) / 2 + 1.2
        if any(place - half < end and place + half > start for start, end in taken):
            continue
        taken.append((place - half, place + half))
        write(axes, text, at, top, size=size, colour=INK2, align="center", shift=(0, RISE + 0.33 * size))
