"""Made-up offices: responses of few people in few units, for whoever wants to find out who said what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.period import period
from analysis.ratings import Domain, Question, Ratings
from analysis.summarise import summarise
from analysis.summary import Summary
from analysis.tally import tally

CHOICES = ("1", "2", "3", "4", "5")
FACTORS = {
    "polite": "officials",
    "clear": "officials",
    "place": "access",
    "page": "access",
    "result": "result",
}
ASKED = {
    0: ("overall", "polite", "clear", "place", "result"),
    1: ("overall", "polite", "clear", "page", "result"),
}
"""Two versions that ask about the place in different words, as an office and its web page would."""

VERSIONS = (("office", 1), ("online", 1))
PEOPLE = ("counter", "officer")


class Tree(NamedTuple):
    """Responses of made-up offices, and the figures for no audience yet."""

    units: tuple[Domain, ...]
    people: tuple[Domain, ...]
    summary: Summary


def scale(id: str) -> Question:
    return Question(
        id,
        "scale",
        CHOICES,
        FACTORS.get(id),
        headline=id == "overall",
        satisfied=frozenset("45"),
        very_satisfied=frozenset("5"),
        dissatisfied=frozenset("12"),
        scores={choice: float(choice) for choice in CHOICES},
    )


def tree(seed: int) -> Tree:
    """Make a province of few units of very unequal size; some have one officer, some lie two levels down."""
    ratings = drawn(seed)
    summary = summarise(tally(ratings), period("2026-H1"))
    return Tree(ratings.units, ratings.counters + ratings.officers, summary)


def drawn(seed: int) -> Ratings:
    """Draw the responses of such a province, on twenty days."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 6))
    single = rng.random(size + 1) < 0.15
    units = _units(rng, size, single)
    homes = {
        "counter": np.repeat(np.arange(size + 1), rng.integers(0, 4, size + 1)),
        "officer": np.repeat(np.arange(size + 1), np.where(single, 1, rng.integers(1, 4, size + 1))),
    }
    people = {
        kind: tuple(Domain(kind, f"{kind[0]}{n}", kind, parent=int(home)) for n, home in enumerate(of))
        for kind, of in homes.items()
    }
    weight = rng.exponential(1.0, size + 1) ** 2 + 0.02
    weight[0] *= rng.random() < 0.3
    n = int(rng.choice([40, 120, 400, 900]))
    unit = rng.choice(size + 1, n, p=weight / weight.sum())
    version = (rng.random(n) < rng.choice([0.0, 0.05, 0.4])).astype(int)
    elsewhere = rng.random(n) < rng.choice([0.0, 0.2])
    return Ratings(
        units=units,
        counters=people["counter"],
        officers=people["officer"],
        questions=tuple(scale(id) for id in ("overall", *FACTORS)),
        versions=VERSIONS,
        day=(739_000 + rng.integers(0, 20, n)).astype(np.int32),
        unit=unit.astype(np.int32),
        deciding_unit=np.where(elsewhere, rng.integers(1, size + 1, n), unit).astype(np.int32),
        counter=_someone(rng, unit, homes["counter"]),
        officer=_someone(rng, unit, homes["officer"]),
        version=version.astype(np.int16),
        flagged=rng.random(n) < 0.05,
        answers=_answers(rng, version, rng.choice([0.5, 0.9, 1.0], size + 1)[unit]),
    )


def _units(rng: np.random.Generator, size: int, single: np.ndarray) -> tuple[Domain, ...]:
    parents = [0] * size
    if size > 2 and rng.random() < 0.5:
        parents[-1] = int(rng.integers(1, size))
    mark = ("single_officer",)
    return (
        Domain("province", "P", "P", statuses=mark * int(single[0] and rng.random() < 0.3)),
        *(
            Domain("ward", f"U{n}", f"U{n}", parent=parents[n - 1], statuses=mark * int(single[n]))
            for n in range(1, size + 1)
        ),
    )


def _someone(rng: np.random.Generator, unit: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """Give each response one of the people of its unit, some busy and some hardly there, or nobody."""
    chance = rng.choice([0.0, 0.02, 0.3])
    likely = rng.exponential(1.0, len(homes)) ** 2 + 0.02
    found = np.full(len(unit), -1)
    for home in np.unique(homes):
        here, those = np.flatnonzero(unit == home), np.flatnonzero(homes == home)
        found[here] = rng.choice(those, len(here), p=likely[those] / likely[those].sum())
    return np.where(rng.random(len(unit)) < chance, -1, found).astype(np.int32)


def _answers(rng: np.random.Generator, version: np.ndarray, good: np.ndarray) -> dict[str, np.ndarray]:
    n = len(version)
    skips = {id: rng.choice([0.0, 0.05, 0.5]) for id in FACTORS} | {"overall": rng.choice([0.0, 0.05])}
    answers = {}
    for id in ("overall", *FACTORS):
        taken = np.where(rng.random(n) < good, rng.integers(3, 5, n), rng.integers(0, 3, n))
        asked = np.array([id in ASKED[each] for each in version])
        answers[id] = np.where(asked & (rng.random(n) >= skips[id]), taken, -1).astype(np.int8)
    return answers
