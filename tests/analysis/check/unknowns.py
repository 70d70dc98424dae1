"""Unknown numbers: linear equations and inequalities about them, and the values that they leave possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

MOST = 5_000.0
"""No number of the offices is larger."""


class Key(NamedTuple):
    """What an unknown number counts: in a domain and role, of a question, choice or measure."""

    role: str
    code: str
    what: str
    choice: int = 0


class Attack:
    """Linear equations and inequalities about numbers that are not negative."""

    def __init__(self) -> None:
        self.of: dict[Key, int] = {}
        self.rows: dict[str, list[tuple[Mapping[int, float], float]]] = {"equal": [], "most": []}

    def number(self, key: Key) -> int:
        return self.of.setdefault(key, len(self.of))

    def say(self, kind: str, terms: Iterable[tuple[float, Key]], total: float) -> None:
        """Say that a sum is equal to, or at most, a total."""
        sums: dict[int, float] = {}
        for factor, key in terms:
            at = self.number(key)
            sums[at] = sums.get(at, 0.0) + factor
        self.rows[kind].append((sums, total))

    def solve(self, aim: Sequence[tuple[float, Key]]) -> dict[Key, float]:
        """Give the numbers with the smallest sum that is aimed at."""
        cost = np.zeros(len(self.of))
        for factor, key in aim:
            cost[self.of[key]] += factor
        matrices = {kind: self._matrix(rows) for kind, rows in self.rows.items()}
        found = linprog(cost, *matrices["most"], *matrices["equal"], bounds=(0.0, MOST), method="highs")
        assert found.success, found.message
        return dict(zip(self.of, found.x.tolist(), strict=True))

    def _matrix(self, rows: list[tuple[Mapping[int, float], float]]) -> tuple[object, np.ndarray | None]:
        if not rows:
            return None, None
        line = [at for at, (sums, _) in enumerate(rows) for _ in sums]
        column = [number for sums, _ in rows for number in sums]
        value = [factor for sums, _ in rows for factor in sums.values()]
        shape = (len(rows), len(self.of))
        return coo_array((value, (line, column)), shape=shape).tocsr(), np.array([total for _, total in rows])
