"""Tree: units with what is below them, of which a reader opens and closes what they want to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from analysis.report.collation import unit_key
from analysis.summary import Row

PLACES = {"province": 0, "centre": 1, "department": 2, "commune": 3, "ward": 3}
"""Order of the kinds in the tree; communes and wards stand as one, counters last."""
EVERYTHING = "*"
"""Asked for like a code: all that has something below it is open."""
BETWEEN = "/"
"""Stands between codes in an address: no code has it."""
MOST = 500
"""Most codes that an address may name."""


@dataclass(frozen=True)
class Line:
    """A unit or counter in the table; ``heading`` says that a group of this many units begins with it.

    ``opened`` says whether what is below it is shown; None: there is nothing below it.
    """

    figures: Row
    level: int = 0
    counters: int = 0
    heading: int = 0
    opened: bool | None = None

    @property
    def place(self) -> str:
        """Give what the page calls the place where it is opened and closed."""
        return place_of(self.figures.code)


@dataclass(frozen=True)
class Fold:
    """What a reader opened and closed, by code; of the rest the units above all others are open."""

    opened: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Fold:
        """Read it from an address."""
        return cls(_codes(asked.get("open", "")), _codes(asked.get("shut", "")))

    def usual(self, level: int, everything: bool) -> bool:
        """Whether a unit of a level is open if nobody closed it; ``everything``: no unit is left out."""
        return everything and (level == 0 or EVERYTHING in self.opened)

    def is_open(self, code: str, usual: bool) -> bool:
        """Whether what is below a unit is shown."""
        return code in self.opened or (usual and code not in self.closed)

    def turned(self, code: str, usual: bool) -> Fold:
        """Close a unit that is open, open one that is closed."""
        if self.is_open(code, usual):
            left = replace(self, opened=self.opened - {code})
            return replace(left, closed=left.closed | {code}) if usual else left
        left = replace(self, closed=self.closed - {code})
        return left if usual else replace(left, opened=left.opened | {code})

    def address(self) -> dict[str, str]:
        """Give what the address says of it."""
        named = {"open": BETWEEN.join(sorted(self.opened)), "shut": BETWEEN.join(sorted(self.closed))}
        return {name: codes for name, codes in named.items() if codes}


def tree(rows: Iterable[Row], fold: Fold, found: Callable[[Row], bool] | None) -> list[Line]:
    """Give the lines of the tree that are shown: all that stands below something open.

    ``found`` says which units were looked for: these are shown whatever is closed, and nothing else is but
    what was opened below them. None: all were, and the units above all others are open.
    """
    shown: list[Line] = []
    children = _children(rows)
    waiting = [(row, 0, found is None) for row in reversed(children.pop(None, []))]
    while waiting:
        row, level, above = waiting.pop()
        below = children.pop(row.code, []) if row.kind != "counter" else []
        visible = above or (found is not None and row.kind != "counter" and found(row))
        opened = bool(below) and visible and fold.is_open(row.code, fold.usual(level, found is None))
        counters = sum(each.kind == "counter" for each in below)
        if visible:
            shown.append(Line(row, level, counters, opened=opened if below else None))
        waiting += [(each, level + 1, opened) for each in reversed(below)]
    return _headed(shown)


def place_of(code: str) -> str:
    """Give what the page calls the place where a unit is opened and closed.

    >>> place_of("X 1")
    'below-X_1'
    """
    return f"below-{code.replace(' ', '_')}"


def kind_of(row: Row) -> str:
    """Give the kind of a unit, communes and wards as one."""
    return "commune" if row.kind == "ward" else row.kind


def _codes(text: str) -> frozenset[str]:
    return frozenset([code for code in text.split(BETWEEN) if code][:MOST])


def _children(rows: Iterable[Row]) -> dict[str | None, list[Row]]:
    """Give what is right below each unit, in order; below None what stands below none of the others."""
    given = list(rows)
    codes = {row.code for row in given if row.kind != "counter"}
    children: dict[str | None, list[Row]] = {}
    for row in sorted(given, key=lambda row: (PLACES.get(row.kind, len(PLACES)), unit_key(row.name))):
        if row.parent_code in codes:
            children.setdefault(row.parent_code, []).append(row)
        elif row.kind != "counter":
            children.setdefault(None, []).append(row)
    return children


def _headed(found: Iterable[Line]) -> list[Line]:
    """Let the first unit of each kind right below the province begin its group."""
    chosen = list(found)
    grouped = [line for line in chosen if line.level == 1 and line.figures.kind != "counter"]
    sizes = Counter(kind_of(line.figures) for line in grouped)
    headed, last = [], ""
    for line in chosen:
        kind = kind_of(line.figures)
        begins = line.level == 1 and kind != last and sizes[kind] > 1
        last = kind if line.level == 1 else last
        headed.append(replace(line, heading=sizes[kind]) if begins else line)
    return headed
