"""Drawn: where the parts of a chart stand: months, answers, peers; in pixels, from figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.summary import AnswerRow, Month, Row

CHOICES = ("1", "2", "3", "4", "5")
"""Codes of the scale of satisfaction, from worst to best."""
SPREAD = 440
"""Width of the bars of answers."""
LEAST_SHARE = 0.07
"""Smallest share that is written into its part of a bar."""
LEFT, RIGHT, TOP, FLOOR = 44, 516, 18, 236
"""Edges of the area of a chart."""
LEAST_ANSWERS = 10
"""Fewest responses of a month that is drawn."""


@dataclass(frozen=True)
class Part:
    """One part of a bar of answers: a choice with its place, width and share."""

    choice: str
    x: float
    width: float
    share: float

    @property
    def written(self) -> bool:
        """Whether its share has room inside."""
        return self.share >= LEAST_SHARE


@dataclass(frozen=True)
class Spread:
    """Bars of answers that share one zero, in the middle of the middle choice."""

    zero: float
    bars: dict[str, tuple[Part, ...]]


@dataclass(frozen=True)
class Point:
    """A rate with its interval as drawn."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Scale:
    """An upright axis from ``start`` to ``end``, with its lines."""

    start: float
    end: float
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        """Give the height of a fraction in pixels."""
        inside = min(max(value, self.start), self.end)
        return round(FLOOR - (inside - self.start) / (self.end - self.start) * (FLOOR - TOP), 1)


@dataclass(frozen=True)
class Trend:
    """Months as points with gaps between runs; ``line`` and ``ribbon`` are paths, one of each a run."""

    scale: Scale
    months: tuple[tuple[Month, float], ...]
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    ribbons: tuple[str, ...]
    last: Month | None


@dataclass(frozen=True)
class Peers:
    """Units of one group from low to high; ``place`` is that of the unit in question."""

    scale: Scale
    points: tuple[tuple[Row, Point], ...]
    own: Point | None


def spread(answers: Sequence[AnswerRow]) -> Spread:
    """Place the answers to each question of the five-point scale about one zero."""
    shares: dict[str, dict[str, float]] = {}
    for answer in answers:
        if answer.choice in CHOICES and answer.share is not None:
            shares.setdefault(answer.question, {})[answer.choice] = answer.share
    left = {question: _share(its, "12") + _share(its, "3") / 2 for question, its in shares.items()}
    right = max((_share(its, "12345") - left[question] for question, its in shares.items()), default=1.0)
    widest = max(left.values(), default=0.0)
    unit = SPREAD / (widest + right)
    bars = {}
    for question, its in shares.items():
        x, parts = (widest - left[question]) * unit, []
        for choice in CHOICES:
            width = its.get(choice, 0.0) * unit
            if width > 0:
                parts.append(Part(choice, round(x, 1), round(width, 1), its[choice]))
            x += width
        bars[question] = tuple(parts)
    return Spread(round(widest * unit, 1), bars)


def trend(months: Sequence[Month]) -> Trend:
    """Draw the rate month by month; a month with too few answers is a gap."""
    drawn = [month if month.responses >= LEAST_ANSWERS else None for month in months]
    known = [month for month in drawn if month is not None and month.rate is not None]
    scale = _scale([month.low for month in known if month.low is not None])
    step = (RIGHT - LEFT - 40) / max(len(months) - 1, 1)
    places = [round(LEFT + 20 + number * step, 1) for number in range(len(months))]
    runs: list[list[Point]] = [[]]
    for month, x in zip(drawn, places, strict=True):
        if month is None or month.rate is None or month.low is None or month.high is None:
            runs.append([])
        else:
            runs[-1].append(Point(x, scale.y(month.rate), scale.y(month.low), scale.y(month.high)))
    runs = [run for run in runs if run]
    return Trend(
        scale,
        tuple(zip(months, places, strict=True)),
        tuple(point for run in runs for point in run),
        tuple(_line(run) for run in runs if len(run) > 1),
        tuple(_ribbon(run) for run in runs if len(run) > 1),
        known[-1] if known else None,
    )


def peers(rows: Sequence[Row], own: Row) -> Peers:
    """Draw the units of a group side by side, from the lowest rate to the highest."""
    known = sorted(
        (row for row in rows if row.rate is not None and row.low is not None and row.high is not None),
        key=lambda row: (row.rate or 0, row.code),
    )
    scale = _scale([row.low for row in known if row.low is not None])
    step = (RIGHT - LEFT) / max(len(known), 1)
    points = tuple(
        (
            row,
            Point(
                round(LEFT + (number + 0.5) * step, 1),
                scale.y(row.rate or 0),
                scale.y(row.low or 0),
                scale.y(row.high or 0),
            ),
        )
        for number, row in enumerate(known)
    )
    return Peers(scale, points, next((point for row, point in points if row == own), None))


def _share(shares: dict[str, float], choices: str) -> float:
    return sum(shares.get(choice, 0.0) for choice in choices)


def _scale(lows: Sequence[float]) -> Scale:
    """Give an axis that begins at the tenth below most ends, at a half at most."""
    ordered = sorted(lows)
    typical = ordered[len(ordered) // 10] if ordered else 0.5
    start = max(min(int(typical * 10) / 10, 0.5), 0.0)
    count = round((1 - start) * 10)
    stride = 2 if count > 6 else 1
    return Scale(start, 1.0, tuple(round(start + n / 10, 1) for n in range(0, count + 1, stride)))


def _line(run: Sequence[Point]) -> str:
    return "M" + "L".join(f"{point.x} {point.y}" for point in run)


def _ribbon(run: Sequence[Point]) -> str:
    above = [f"{point.x} {point.high}" for point in run]
    below = [f"{point.x} {point.low}" for point in reversed(run)]
    return "M" + "L".join(above + below) + "Z"
