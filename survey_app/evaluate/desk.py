"""Desk: the lines of the table of a period, chosen, ordered and drawn on one axis."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.report.collation import unit_key
from survey_app.evaluate.stored import Figures

SORTS = ("tree", "name", "responses", "coverage")
ROLES = ("serving", "deciding")
WIDTH = 240
"""Length of the axis in pixels."""


@dataclass(frozen=True)
class Choice:
    """What an inspector asked to see; unknown values of an address mean the first of each."""

    search: str = ""
    kind: str = ""
    sort: str = SORTS[0]
    role: str = ROLES[0]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Read the choice from an address."""
        sort, role = asked.get("sort", ""), asked.get("role", "")
        return cls(
            asked.get("q", "").strip()[:100],
            asked.get("kind", ""),
            sort if sort in SORTS else SORTS[0],
            role if role in ROLES else ROLES[0],
        )

    def takes(self, row: Figures) -> bool:
        """Whether a unit is one of those looked for."""
        return self.kind in ("", row.kind) and folded(self.search) in folded(f"{row.name} {row.code}")


@dataclass(frozen=True)
class Line:
    """A unit or counter in the table; ``heading`` says that a group of this many units begins with it."""

    figures: Figures
    level: int
    counters: int = 0
    heading: int = 0


@dataclass(frozen=True)
class Axis:
    """The one axis of all intervals of a page, from ``start`` to 1."""

    start: float
    ticks: tuple[float, ...]

    def x(self, value: float) -> float:
        """Give the place of a fraction in pixels."""
        return round((max(value, self.start) - self.start) / (1 - self.start) * WIDTH, 1)


def axis_of(rows: Iterable[Figures]) -> Axis:
    """Give the axis that holds all intervals: from a half if that is enough, else from nothing."""
    if all(row.low is None or row.low >= 0.5 for row in rows):
        return Axis(0.5, (0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
    return Axis(0.0, (0.0, 0.25, 0.5, 0.75, 1.0))


def lines(rows: tuple[Figures, ...], choice: Choice, kinds: Iterable[str]) -> list[Line]:
    """Give the units that were looked for: as a tree with a heading a group, or sorted."""
    counters = Counter(row.parent_code for row in rows if row.kind == "counter")
    units = [row for row in rows if row.kind != "counter"]
    if choice.sort == "tree":
        return _headed(
            Line(row, level, counters[row.code]) for row, level in _tree(units, kinds) if choice.takes(row)
        )
    found = sorted(filter(choice.takes, units), key=lambda row: unit_key(row.name))
    if choice.sort != "name":
        found.sort(key=lambda row: getattr(row, choice.sort) or 0, reverse=True)
    return [Line(row, 0, counters[row.code]) for row in found]


def lines_of_unit(rows: tuple[Figures, ...], unit: Figures) -> list[Line]:
    """Give a unit with the units and counters right below it."""
    counters = Counter(row.parent_code for row in rows if row.kind == "counter")
    below = sorted(
        (row for row in rows if row.parent_code == unit.code),
        key=lambda row: (row.kind == "counter", unit_key(row.name)),
    )
    inner = (Line(row, 1, 0 if row.kind == "counter" else counters[row.code]) for row in below)
    return [Line(unit, 0), *inner]


def find_unit(rows: Iterable[Figures], code: str) -> Figures | None:
    """Give the unit with a code."""
    return next((row for row in rows if row.code == code and row.kind != "counter"), None)


def root(rows: Iterable[Figures]) -> Figures | None:
    """Give the unit above all others: the province."""
    return next((row for row in rows if row.parent_code is None and row.kind != "counter"), None)


def folded(text: str) -> str:
    """Give a text without tones, marks and capitals, so that it is found however it is typed.

    >>> folded("Xã Đô Lương"), folded("HOÀ") == folded("hòa")
    ('xa do luong', True)
    """
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _tree(units: list[Figures], kinds: Iterable[str]) -> list[tuple[Figures, int]]:
    place = {kind: number for number, kind in enumerate(kinds)}
    codes = {row.code for row in units}
    children: dict[str | None, list[Figures]] = {}
    for row in sorted(units, key=lambda row: (place.get(row.kind, len(place)), row.kind, unit_key(row.name))):
        children.setdefault(row.parent_code if row.parent_code in codes else None, []).append(row)
    walked: list[tuple[Figures, int]] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, level = waiting.pop()
        walked.append((row, level))
        waiting += [(child, level + 1) for child in reversed(children.get(row.code, []))]
    return walked


def _headed(found: Iterable[Line]) -> list[Line]:
    """Let the first unit of each kind right below the province begin its group."""
    chosen = list(found)
    sizes = Counter(line.figures.kind for line in chosen if line.level == 1)
    headed, last = [], ""
    for line in chosen:
        begins = line.level == 1 and line.figures.kind != last and sizes[line.figures.kind] > 1
        last = line.figures.kind if line.level == 1 else last
        headed.append(
            Line(line.figures, line.level, line.counters, sizes[line.figures.kind]) if begins else line
        )
    return headed
