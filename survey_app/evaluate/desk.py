"""Desk: the lines of the table of a period, chosen, ordered and drawn on one axis."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.report.collation import unit_key
from analysis.summary import Row
from survey_app.evaluate.tree import PLACES, Fold, Line, kind_of, tree

SORTS = ("tree", "name", "rate", "responses", "coverage", "change", "flagged")
ROLES = ("serving", "deciding")
FLAGGED = "flagged"
"""Asked for like a status: units with flagged responses."""
WIDTH = 160
"""Length of the axis in pixels."""


@dataclass(frozen=True)
class Choice:
    """What an inspector asked to see; unknown values of an address mean the first of each."""

    search: str = ""
    kind: str = ""
    grade: str = ""
    verdict: str = ""
    status: str = ""
    sort: str = SORTS[0]
    role: str = ROLES[0]
    fold: Fold = field(default_factory=Fold)

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Read the choice from an address."""
        sort, role = asked.get("sort", ""), asked.get("role", "")
        return cls(
            search=asked.get("q", "").strip()[:100],
            kind=asked.get("kind", ""),
            grade=asked.get("grade", ""),
            verdict=asked.get("verdict", ""),
            status=asked.get("status", ""),
            sort=sort if sort in SORTS else SORTS[0],
            role=role if role in ROLES else ROLES[0],
            fold=Fold.of(asked),
        )

    @property
    def narrow(self) -> bool:
        """Whether units are left out."""
        return replace(self, sort=SORTS[0], role=ROLES[0], fold=Fold()) != Choice()

    def address(self) -> dict[str, str]:
        """Give the address of this choice: only what differs from none."""
        asked = {"q": self.search} | {
            name: getattr(self, name) for name in ("kind", "grade", "verdict", "status", "sort", "role")
        }
        usual = {"sort": SORTS[0], "role": ROLES[0]}
        return {name: value for name, value in asked.items() if value != usual.get(name, "")} | (
            self.fold.address()
        )

    def with_fold(self, fold: Fold) -> dict[str, str]:
        """Give the address of this choice with other units open."""
        return replace(self, fold=fold).address()

    def takes(self, row: Row) -> bool:
        """Whether a unit is one of those looked for."""
        return (
            self.kind in ("", kind_of(row))
            and self.grade in ("", row.grade)
            and self.verdict in ("", row.verdict)
            and (self.status in ("", *row.status) or (self.status == FLAGGED and bool(row.flagged)))
            and folded(self.search) in folded(f"{row.name} {row.code}")
        )


@dataclass(frozen=True)
class Axis:
    """The one axis of all intervals of a page, from ``start`` to 1, with the bounds of the grades."""

    start: float
    ticks: tuple[float, ...]
    cut: bool = False
    width: int = WIDTH

    def x(self, value: float) -> float:
        """Give the place of a fraction in pixels."""
        return round((max(value, self.start) - self.start) / (1 - self.start) * self.width, 1)


def axis_of(rows: Iterable[Row], bounds: Sequence[float], width: int = WIDTH) -> Axis:
    """Give the axis that holds all rates: from a half if that is enough, else from nothing.

    Intervals that begin before it are cut; their ends stand beside them.
    """
    known = [row for row in rows if row.rate is not None and row.low is not None]
    start = 0.5 if all(row.rate > 0.52 for row in known if row.rate is not None) else 0.0
    ticks = (start, *(bound for bound in bounds if bound > start + 0.05), 1.0)
    return Axis(start, ticks, any(row.low < start for row in known if row.low is not None), width)


def lines(rows: Sequence[Row], choice: Choice) -> list[Line]:
    """Give the units that were looked for: as a tree with a heading a group, or sorted."""
    if choice.sort == "tree":
        return tree(rows, choice.fold, choice.takes if choice.narrow else None)
    counters = Counter(row.parent_code for row in rows if row.kind == "counter")
    units = [row for row in rows if row.kind != "counter"]
    found = sorted(filter(choice.takes, units), key=lambda row: unit_key(row.name))
    if choice.sort != "name":
        found.sort(key=lambda row: _falling(row, choice.sort))
    return [Line(row, 0, counters[row.code]) for row in found]


def sorted_below(rows: Iterable[Row]) -> list[Row]:
    """Give the units and counters right below a unit, units first, by name."""
    return sorted(rows, key=lambda row: (row.kind == "counter", unit_key(row.name)))


def kinds_of(rows: Iterable[Row]) -> list[str]:
    """Give the kinds of units that there are, in the order of the tree."""
    found = {kind_of(row) for row in rows if row.kind != "counter"}
    return sorted(found, key=lambda kind: (PLACES.get(kind, len(PLACES)), kind))


def find_unit(rows: Iterable[Row], code: str) -> Row | None:
    """Give the unit with a code; of two in a period, the later one."""
    found = [row for row in rows if row.code == code and row.kind != "counter"]
    return max(found, key=lambda row: row.valid_from or "", default=None)


def roots(rows: Iterable[Row]) -> list[Row]:
    """Give the units that stand below none of the others: the province, or what somebody may see."""
    units = [row for row in rows if row.kind != "counter"]
    codes = {row.code for row in units}
    return [row for row in units if row.parent_code not in codes]


def folded(text: str) -> str:
    """Give a text without tones, marks and capitals, so that it is found however it is typed.

    >>> folded("Xã Đô Lương"), folded("HOÀ") == folded("hòa")
    ('xa do luong', True)
    """
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _falling(row: Row, name: str) -> tuple[bool, float]:
    """Sort from high to low; what is not known comes last, like a rate or change that rests on too little."""
    value = getattr(row, name)
    weak = name in ("rate", "change") and "insufficient" in row.status
    return value is None or weak, -(value or 0)
