"""Arrivals: when responses came, how fast and how uniform they are, and how many citizens were served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index, Marks
from analysis.ratings import NOBODY

FEWEST = 10
"""Below so many responses nothing is said of a domain."""

PEERS = 5
"""Fewest domains that tell what is usual among them."""

HOURS = 24

_COLUMNS = (
    *("domain", "counter", "day", "opened", "duration", "opens", "closes"),
    *("answers", "satisfied", "equal", "best", "flagged"),
)


class ArrivalsError(ValueError):
    """Columns that do not belong together, or workload that cannot be."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Columns of the responses of one period and one level of domains (officers, counters or units).

    The first group of arrays has one element a response. ``domain`` numbers the domains 0 to ``domains`` - 1,
    NOBODY where a response belongs to none. ``counter`` numbers what takes one response after the other (give
    kiosks and posters numbers of their own), NOBODY where that is not known. ``day`` holds ordinals of the
    local day within ``first_day`` .. ``last_day``; ``opened`` the local second of that day at which the
    page was opened, ``duration`` the seconds from then until the response was received, and ``opens`` and
    ``closes`` the counter's hours on that day in seconds: NaN where not known. ``answers`` counts the rated
    questions answered and ``satisfied`` the satisfied answers to them; ``equal`` and ``best`` mark responses
    of which all these answers are one choice, and the best one. ``flagged`` is what intake doubted.

    ``peers`` gives each domain the number of the group that it is compared with; None: one group. Workload
    counts the citizens served by each domain: ``served`` in the whole period, ``served_by_day`` with a column
    a day and ``served_by_hour`` with 24 columns; NaN, or no array, where not known. ``choices`` counts each
    domain's answers, a column a choice.
    """

    domains: int
    first_day: int
    last_day: int
    domain: Index
    counter: Index
    day: Index
    opened: Array
    duration: Array
    opens: Array
    closes: Array
    answers: Array
    satisfied: Array
    equal: Marks
    best: Marks
    flagged: Marks
    peers: Index | None = None
    served: Array | None = None
    served_by_day: Array | None = None
    served_by_hour: Array | None = None
    choices: Array | None = None

    def __post_init__(self) -> None:
        """Refuse columns that do not belong together.

        Raises
        ------
        ArrivalsError
            If lengths differ, a number is out of its range or workload is negative.
        """
        for name in _COLUMNS:
            length = len(getattr(self, name))
            if length != len(self.domain):
                raise ArrivalsError(f"{name}: {length} elements for {len(self.domain)} responses")
        _checked_range("domain", self.domain, NOBODY, self.domains - 1)
        _checked_range("day", self.day, self.first_day, self.last_day)
        _checked_range("answers", self.answers, 0, np.inf)
        if not (self.satisfied <= self.answers).all():
            raise ArrivalsError("satisfied: more than answers; give the satisfied ones among them")
        shapes = {
            "peers": (self.domains,),
            "served": (self.domains,),
            "served_by_day": (self.domains, self.days),
            "served_by_hour": (self.domains, HOURS),
        }
        for name, shape in shapes.items():
            table = getattr(self, name)
            if table is None:
                continue
            if table.shape != shape:
                raise ArrivalsError(f"{name}: shape {table.shape}; give {shape}")
            if (table < 0).any():
                raise ArrivalsError(f"{name}: {table.min()}; give counts of 0 or more")
        if self.choices is not None and len(self.choices) != self.domains:
            raise ArrivalsError(f"choices: {len(self.choices)} rows for {self.domains} domains")

    @property
    def days(self) -> int:
        """How many days the period has."""
        return self.last_day - self.first_day + 1

    @property
    def received(self) -> Array:
        """Local second at which each response was received; when it was opened where that is not known."""
        return self.opened + np.nan_to_num(self.duration)

    @property
    def groups(self) -> Index:
        """Number of the peer group of each domain."""
        return np.zeros(self.domains, np.intp) if self.peers is None else self.peers

    def count(self, marks: Marks) -> Array:
        """Count the marked responses of each domain."""
        marked = self.domain[marks & (self.domain >= 0)]
        return np.bincount(marked, minlength=self.domains).astype(np.float64)

    def add(self, values: Array) -> Array:
        """Add up values over the responses of each domain."""
        named = self.domain >= 0
        return np.bincount(self.domain[named], values[named], self.domains).astype(np.float64)

    def table(self, column: Index, columns: int, marks: Marks) -> Array:
        """Count the marked responses of each domain (rows) by a column of numbers 0 .. columns - 1."""
        named = marks & (self.domain >= 0)
        cell = self.domain[named] * columns + column[named]
        size = self.domains * columns
        return np.bincount(cell, minlength=size).reshape(self.domains, columns).astype(np.float64)

    def by_day(self) -> Array:
        """Count the responses of each domain on each day of the period."""
        return self.table(self.day - self.first_day, self.days, np.ones(len(self.day), np.bool_))


def _checked_range(name: str, values: NDArray[np.integer] | Array, least: float, most: float) -> None:
    wrong = ~((values >= least) & (values <= most))
    if wrong.any():
        raise ArrivalsError(f"{name} {values[wrong][0]}: give {least} .. {most}")
