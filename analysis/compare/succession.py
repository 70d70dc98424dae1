"""Successions: which unit of today counts for each unit of the past, and which of them have no past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, NamedTuple, TypeVar, get_args

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array

Kind = Literal["merge", "split", "rename", "transfer"]

Key = TypeVar("Key", bound=Hashable)

WITHOUT_PAST: tuple[Kind, ...] = ("split",)
"""Kinds of succession after which a unit starts without history."""


class SuccessionError(ValueError):
    """Rows of successions that contradict each other."""


class Succession(NamedTuple, Generic[Key]):
    """From ``date`` on, the unit ``new`` stands where ``old`` stood, which ended the day before.

    A key names one unit for all times: a store's id, or a code with the day it is valid from. A bare code
    will not do, as codes were given out again.
    """

    old: Key
    new: Key
    date: date
    kind: Kind


class Summed(NamedTuple, Generic[Key]):
    """What the series of a unit of today is made of: these units, as they stood before ``before``."""

    units: tuple[Key, ...]
    before: date

    def label(self, name: Callable[[Key], str] = str) -> str:
        """Give the words: ``sum of A + B before 2025-07-01``; of one unit ``A before 2025-07-01``."""
        names = " + ".join(name(unit) for unit in self.units)
        return f"{'sum of ' if len(self.units) > 1 else ''}{names} before {self.before.isoformat()}"


@dataclass(frozen=True)
class Lineage(Generic[Key]):
    """Units as of a day.

    ``stands`` leads from each unit to the one that counts for it on the day: its last successor; a unit that
    was divided stands for itself, so that sums stay what they were. ``divided``: those units.
    ``no_baseline``: units of the day with a part of a divided one in them, which are compared with nothing
    earlier. ``summed``: of units with predecessors, what was summed.
    """

    stands: Mapping[Key, Key]
    divided: frozenset[Key]
    no_baseline: frozenset[Key]
    summed: Mapping[Key, Summed[Key]]

    def successor(self, unit: Key) -> Key | None:
        """Give the unit of the day that carries on a unit's series, itself if nothing changed, or none."""
        standing = self.stands.get(unit, unit)
        return None if standing in self.divided else standing


def lineage(
    successions: Iterable[Succession[Key]],
    day: date,
    *,
    units: Mapping[Key, date] | None = None,
    since: date | None = None,
    without_past: Collection[Kind] = WITHOUT_PAST,
) -> Lineage[Key]:
    """Follow successions up to a day.

    Merged and renamed units lead to their successor, and on to that one's; several predecessors are pooled.
    The counts of a divided unit are given to none of its parts, whatever their shares of the people: what
    followed it starts without history, and so does all that followed later.

    Parameters
    ----------
    successions
        Rows in any order; those after ``day`` are not followed.
    day
        The last day that counts, such as that of the period evaluated.
    units
        Units that shall have an entry even if no row names them, with the day each is valid from. One that
        stood before another joined it is named in ``summed`` as well.
    since
        First day of what is compared or summed: ``no_baseline`` and ``summed`` take no account of rows up to
        and with this day, as the old units counted nothing since. None: all rows.
    without_past
        Kinds that break a series. A row of several from one unit on is a split whatever its kind. With
        ``transfer`` too, a unit that was transferred as a whole is not carried on.

    Raises
    ------
    SuccessionError
        If a kind is unknown, a unit follows itself, a row stands twice, a unit ends on two days, or one
        follows that itself has ended by then.

    Examples
    --------
    >>> rows = [
    ...     Succession("A", "C", date(2025, 7, 1), "merge"),
    ...     Succession("B", "C", date(2025, 7, 1), "merge"),
    ...     Succession("D", "E", date(2025, 7, 1), "split"),
    ...     Succession("D", "F", date(2025, 7, 1), "split"),
    ... ]
    >>> found = lineage(rows, date(2025, 12, 14))
    >>> found.successor("A"), found.successor("D"), sorted(found.no_baseline)
    ('C', None, ['E', 'F'])
    >>> found.summed["C"].label()
    'sum of A + B before 2025-07-01'
    """
    rows = _checked(successions)
    following: dict[Key, list[Succession[Key]]] = defaultdict(list)
    for row in rows:
        if row.date <= day:
            following[row.old].append(row)
    broken = {old for old, news in following.items() if len(news) > 1 or news[0].kind in without_past}
    named = dict.fromkeys(
        [*(units or {}), *(unit for row in rows if row.date <= day for unit in (row.old, row.new))]
    )
    stands: dict[Key, Key] = {}
    for unit in named:
        stands[unit] = unit
        for row in _chain(unit, following, broken):
            stands[unit] = row.new
    return Lineage(
        stands,
        frozenset(broken),
        _without_baseline(following, broken, stands, since),
        _summed(following, broken, stands, units or {}, since),
    )


def pooled(tallies: Mapping[Key, ArrayLike], found: Lineage[Key]) -> dict[Key, Array]:
    """Add up tallies by the unit that counts for each; the total stays the same.

    Parameters
    ----------
    tallies
        Counts of each unit, all of one shape.
    found
        Units without an entry in it stand for themselves.

    Raises
    ------
    SuccessionError
        If tallies differ in shape.

    Examples
    --------
    >>> found = lineage([Succession("A", "B", date(2025, 7, 1), "merge")], date(2025, 12, 14))
    >>> {unit: counts.tolist() for unit, counts in pooled({"A": [8, 10], "B": [3, 5]}, found).items()}
    {'B': [11.0, 15.0]}
    """
    sums: dict[Key, Array] = {}
    for unit, counts in tallies.items():
        standing, own = found.stands.get(unit, unit), np.asarray(counts, np.float64)
        if sums and own.shape != next(iter(sums.values())).shape:
            raise SuccessionError(f"tallies of {unit!r} have the shape {own.shape}: give all of one shape")
        sums[standing] = sums[standing] + own if standing in sums else own
    return sums


def _checked(successions: Iterable[Succession[Key]]) -> list[Succession[Key]]:
    rows = sorted((Succession(*row) for row in successions), key=lambda row: row.date)
    ends: dict[Key, date] = {}
    seen: set[tuple[Key, Key]] = set()
    for row in rows:
        where = f"{row.old!r} to {row.new!r} on {row.date.isoformat()}"
        if row.kind not in get_args(Kind):
            raise SuccessionError(f"{where}: unknown kind {row.kind!r}; use {', '.join(get_args(Kind))}")
        if row.old == row.new:
            raise SuccessionError(f"{where}: a unit follows itself; leave the row out")
        if (row.old, row.new) in seen:
            raise SuccessionError(f"{where}: stands twice; leave one row out")
        if ends.setdefault(row.old, row.date) != row.date:
            raise SuccessionError(
                f"{where}: the unit ended on {ends[row.old].isoformat()} already; "
                "give keys that name one unit"
            )
        seen.add((row.old, row.new))
    for row in rows:
        if row.new in ends and ends[row.new] <= row.date:
            raise SuccessionError(
                f"{row.old!r} to {row.new!r} on {row.date.isoformat()}: the new unit has ended on "
                f"{ends[row.new].isoformat()}; name one that stands then"
            )
    return rows


def _chain(
    unit: Key, following: Mapping[Key, list[Succession[Key]]], broken: Collection[Key]
) -> Iterator[Succession[Key]]:
    """Give the rows from one unit to the last that carries it on; each is later than the one before it."""
    while unit in following and unit not in broken:
        row = following[unit][0]
        yield row
        unit = row.new


def _without_baseline(
    following: Mapping[Key, list[Succession[Key]]],
    broken: Collection[Key],
    stands: Mapping[Key, Key],
    since: date | None,
) -> frozenset[Key]:
    waiting = [old for old in broken if since is None or following[old][0].date > since]
    handed_on: set[Key] = set()
    fresh: set[Key] = set()
    while waiting:  # a part that was divided again hands its want of a past on
        old = waiting.pop()
        handed_on.add(old)
        parts = {stands[row.new] for row in following[old]}
        fresh |= parts - set(broken)
        waiting += parts & set(broken) - handed_on
    return frozenset(fresh)


def _summed(
    following: Mapping[Key, list[Succession[Key]]],
    broken: Collection[Key],
    stands: Mapping[Key, Key],
    units: Mapping[Key, date],
    since: date | None,
) -> dict[Key, Summed[Key]]:
    parts: dict[Key, list[Key]] = defaultdict(list)
    before: dict[Key, date] = {}
    for old, rows in following.items():
        row = rows[0]
        if old in broken or (since is not None and row.date <= since):
            continue
        last = stands[old]
        parts[last].append(old)
        before[last] = max(before.get(last, row.date), row.date)
    for unit in parts:
        if unit in units and units[unit] < before[unit]:
            parts[unit].insert(0, unit)
    return {unit: Summed(tuple(olds), before[unit]) for unit, olds in parts.items()}
