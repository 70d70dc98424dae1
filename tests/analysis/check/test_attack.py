"""An outsider with a linear program against what each audience is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from analysis.check.complement import slack
from analysis.check.disclosure import MINIMUM, for_audience
from analysis.period import period
from analysis.ratings import Domain, Question, Ratings
from analysis.summarise import summarise
from analysis.summary import AnswerRow, Row, Summary
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

PEOPLE = ("counter", "officer")
HALF = 2
"""A response counts in an index if it answered so many of the four questions of factors."""


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
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 6))
    parents = [0] * size
    if size > 2 and rng.random() < 0.5:
        parents[-1] = int(rng.integers(1, size))
    single = rng.random(size + 1) < 0.15
    mark = ("single_officer",)
    units = (
        Domain("province", "P", "P", statuses=mark * int(single[0] and rng.random() < 0.3)),
        *(
            Domain("ward", f"U{n}", f"U{n}", parent=parents[n - 1], statuses=mark * int(single[n]))
            for n in range(1, size + 1)
        ),
    )
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

    def someone(kind: str) -> np.ndarray:
        of, chance = homes[kind], rng.choice([0.0, 0.02, 0.3])
        likely = rng.exponential(1.0, len(of)) ** 2 + 0.02
        found = np.full(n, -1)
        for home in range(size + 1):
            here, those = np.flatnonzero(unit == home), np.flatnonzero(of == home)
            if len(those):
                found[here] = rng.choice(those, len(here), p=likely[those] / likely[those].sum())
        return np.where(rng.random(n) < chance, -1, found)

    version = (rng.random(n) < rng.choice([0.0, 0.05, 0.4])).astype(int)
    good = rng.choice([0.5, 0.9, 1.0], size + 1)[unit]
    skips = {id: rng.choice([0.0, 0.05, 0.5]) for id in FACTORS} | {"overall": rng.choice([0.0, 0.05])}
    answers = {}
    for id in ("overall", *FACTORS):
        given_ = np.where(rng.random(n) < good, rng.integers(3, 5, n), rng.integers(0, 3, n))
        asked = np.array([id in ASKED[each] for each in version])
        answers[id] = np.where(asked & (rng.random(n) >= skips[id]), given_, -1).astype(np.int8)
    elsewhere = rng.random(n) < rng.choice([0.0, 0.2])
    deciding = np.where(elsewhere, rng.integers(1, size + 1, n), unit)
    ratings = Ratings(
        units=units,
        counters=people["counter"],
        officers=people["officer"],
        questions=tuple(scale(id) for id in ("overall", *FACTORS)),
        versions=(("office", 1), ("online", 1)),
        day=(739_000 + rng.integers(0, 20, n)).astype(np.int32),
        unit=unit.astype(np.int32),
        deciding_unit=deciding.astype(np.int32),
        counter=someone("counter").astype(np.int32),
        officer=someone("officer").astype(np.int32),
        version=version.astype(np.int16),
        flagged=rng.random(n) < 0.05,
        answers=answers,
    )
    summary = summarise(tally(ratings), period("2026-H1"))
    return Tree(units, people["counter"] + people["officer"], summary)


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
        self.low: list[float] = []
        self.rows: dict[str, list[tuple[Mapping[int, float], float]]] = {"equal": [], "most": []}

    def number(self, key: Key, low: float = 0.0) -> int:
        if key not in self.of:
            self.of[key] = len(self.of)
            self.low.append(0.0)
        self.low[self.of[key]] = max(self.low[self.of[key]], low)
        return self.of[key]

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
        bounds = np.column_stack((self.low, np.full(len(self.of), 5_000.0)))
        found = linprog(cost, *matrices["most"], *matrices["equal"], bounds=bounds, method="highs")
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


def counted(
    role: str, code: str, questions: Iterable[str], weight: Mapping[int, float], prefix: str = ""
) -> list[tuple[float, Key]]:
    return [(weight[c], Key(role, code, prefix + q, c)) for q in questions for c in range(1, 6) if weight[c]]


EVERY = dict.fromkeys(range(1, 6), 1.0)
SATISFIED = {c: float(c > 3) for c in range(1, 6)}
VERY = {c: float(c == 5) for c in range(1, 6)}
DISSATISFIED = {c: float(c < 3) for c in range(1, 6)}
SCORE = {c: float(c) for c in range(1, 6)}


def questions_of(measure: str) -> tuple[str, ...]:
    kind, _, name = measure.partition(":")
    if kind == "overall":
        return ("overall",)
    if kind == "question":
        return (name,)
    return tuple(q for q, factor in FACTORS.items() if kind == "index" or factor == name)


def attack(made: Tree, rows: Iterable[Row], answers: Iterable[AnswerRow]) -> Attack:
    """Write down everything that is shown, and how the numbers hang together."""
    found = Attack()
    rows, answers = tuple(rows), tuple(answers)
    officials = tuple(q for q, factor in FACTORS.items() if factor == "officials")
    domains = [("deciding", unit, "unit") for unit in made.units]
    domains += [("serving", unit, "unit") for unit in made.units]
    domains += [("serving", each, each.kind) for each in made.people]
    there = {(row.role, row.code, row.measure) for row in rows}
    kinds = {row.kind for row in rows}
    for role, each, kind in domains:
        if kind in PEOPLE and kind not in kinds:
            continue
        if kind == "unit" and not kinds - set(PEOPLE):
            continue
        rated = officials if kind == "officer" else ("overall", *FACTORS)
        _inside(found, role, each.code, rated)
        _absent(found, role, each.code, rated, kind, there)
    _added(found, made, kinds, officials)
    for row in rows:
        if row.status != ("suppressed",):
            _shown(found, row)
    _answers(found, answers, reached(made))
    return found


def _responses(role: str, code: str, measure: str) -> list[tuple[float, Key]]:
    """Give the respondents of a measure; of one question they are its answers."""
    if measure.startswith("question:") or measure == "overall":
        return counted(role, code, questions_of(measure), EVERY)
    if measure.startswith("index:"):
        return [(1.0, Key(role, code, "index"))]
    return [(1.0, Key(role, code, measure))]


def _inside(found: Attack, role: str, code: str, rated: Sequence[str]) -> None:
    """Numbers of one domain: nobody answers twice; who answers a question answers its factor."""
    n = {version: Key(role, code, "responses", version) for version in ASKED}
    for q in rated:
        asks = [(-1.0, n[version]) for version, asked in ASKED.items() if q in asked]
        found.say("most", counted(role, code, [q], EVERY) + asks, 0.0)
    for factor in dict.fromkeys(FACTORS[q] for q in rated if q in FACTORS):
        own = [q for q in rated if FACTORS.get(q) == factor]
        anyone = Key(role, code, f"factor:{factor}")
        for q in own:
            found.say("most", [*counted(role, code, [q], EVERY), (-1.0, anyone)], 0.0)
        found.say("most", [(1.0, anyone), *_minus(counted(role, code, own, EVERY))], 0.0)
        found.say("most", [(1.0, anyone), *((-1.0, each) for each in n.values())], 0.0)
    if "overall" in rated:
        every, counts = list(FACTORS), Key(role, code, "index")
        restricted = counted(role, code, every, EVERY, "index:")
        for (_, part), (_, whole) in zip(restricted, counted(role, code, every, EVERY), strict=True):
            found.say("most", [(1.0, part), (-1.0, whole)], 0.0)
        found.say("most", [(float(HALF), counts), *_minus(restricted)], 0.0)
        found.say("most", [*restricted, (-4.0, counts)], 0.0)
        few = [(-1.0, each) for each in n.values()]
        rest = [*counted(role, code, every, EVERY), *_minus(restricted), *few, (1.0, counts)]
        found.say("most", rest, 0.0)
        for q in every:
            found.say("most", [*counted(role, code, [q], EVERY, "index:"), (-1.0, counts)], 0.0)


def _minus(terms: Iterable[tuple[float, Key]]) -> list[tuple[float, Key]]:
    return [(-factor, key) for factor, key in terms]


def _absent(
    found: Attack, role: str, code: str, rated: Sequence[str], kind: str, there: set[tuple[str, str, str]]
) -> None:
    """A measure has a row where it has an answer; one may stand without."""
    leading = "factor:officials" if kind == "officer" else "overall"
    measures = [f"question:{q}" for q in rated if q != "overall"]
    measures += dict.fromkeys(f"factor:{FACTORS[q]}" for q in rated if q != "overall")
    measures += ["overall", "index:pooled"] if "overall" in rated else []
    for measure in measures:
        terms = _responses(role, code, measure)
        if (role, code, measure) not in there:
            found.say("equal", terms, 0.0)
        elif measure != leading:
            found.say("most", _minus(terms), -1.0)


def _added(found: Attack, made: Tree, kinds: set[str], officials: Sequence[str]) -> None:
    """A unit has what it was given itself and what the units below have; its people at most that."""
    if not kinds - set(PEOPLE):
        return
    by_kind = {kind: [each for each in made.people if each.kind == kind] for kind in PEOPLE if kind in kinds}

    def numbers(role: str, code: str, rated: Sequence[str]) -> list[Key]:
        found = [key for _, key in counted(role, code, rated, EVERY)]
        found += [Key(role, code, "responses", version) for version in ASKED]
        found += [
            Key(role, code, f"factor:{f}") for f in dict.fromkeys(FACTORS[q] for q in rated if q in FACTORS)
        ]
        if "overall" in rated:
            found += [key for _, key in counted(role, code, list(FACTORS), EVERY, "index:")]
            found.append(Key(role, code, "index"))
        return found

    every = ("overall", *FACTORS)
    for role in ("serving", "deciding"):
        for place, unit in enumerate(made.units):
            below = [other.code for other in made.units if other.parent == place]
            groups = [
                (every, [each.code for each in of if each.parent == place])
                for of in by_kind.values()
                if of and of[0].kind == "counter"
            ]
            groups += [
                (officials, [each.code for each in of if each.parent == place])
                for of in by_kind.values()
                if of and of[0].kind == "officer"
            ]
            for rated, people in [(every, []), *groups] if role == "serving" else [(every, [])]:
                for key in numbers(role, unit.code, rated):
                    parts = [(1.0, key._replace(code=code)) for code in [*below, *people]]
                    found.say("most", [*parts, (-1.0, key)], 0.0)
    for key in numbers("serving", "P", every):
        found.say("equal", [(1.0, key), (-1.0, key._replace(role="deciding"))], 0.0)


def _shown(found: Attack, row: Row) -> None:
    role, code, questions = row.role, row.code, questions_of(row.measure)
    prefix = "index:" if row.measure.startswith("index:") else ""
    assert row.responses is not None
    found.say("equal", _responses(role, code, row.measure), row.responses)
    if row.measure not in ("index:question_mean", "index:weighted_factors"):
        n = row.answers or 0
        for value, weight in (
            (1.0 if row.answers is not None else None, EVERY),
            (row.rate, SATISFIED),
            (row.very_satisfied, VERY),
            (row.dissatisfied, DISSATISFIED),
            (row.mean_score, SCORE),
        ):
            if value is not None:
                found.say("equal", counted(role, code, questions, weight, prefix), round(value * n))


def reached(made: Tree) -> dict[str, set[int]]:
    """Give the versions in which somebody answered a question: else it does not count as asked."""
    found: dict[str, set[int]] = {}
    for row in made.summary.rows:
        number = {"office.v1": 0, "online.v1": 1}
        versions = {number[version] for version in row.versions}
        found.setdefault(row.measure.removeprefix("question:"), set()).update(versions)
    return found


def _answers(found: Attack, answers: Iterable[AnswerRow], versions: Mapping[str, set[int]]) -> None:
    totals: dict[tuple[str, str, str], int] = {}
    for each in answers:
        if each.count is not None:
            if each.choice in CHOICES:
                found.say(
                    "equal", [(1.0, Key(each.role, each.code, each.question, int(each.choice)))], each.count
                )
            at = (each.role, each.code, each.question)
            totals[at] = totals.get(at, 0) + each.count
    for (role, code, question), total in totals.items():
        asks = [
            (1.0, Key(role, code, "responses", version))
            for version, asked in ASKED.items()
            if question in asked and version in versions[question]
        ]
        found.say("equal", asks, total)


class Secret(NamedTuple):
    """A hidden number: what it is made of, its true value, and the row it belongs to."""

    terms: list[tuple[float, Key]]
    value: float
    row: Row
    what: str


def secrets(audience: str, full: Sequence[Row], cut: Sequence[Row]) -> list[Secret]:
    """Give what must not be told: small numbers of hidden rows, responses and satisfied."""
    rule = MINIMUM[audience]
    hidden = {row[:11] for row in cut if row.status == ("suppressed",)}
    found = []
    for row in full:
        if row[:11] not in hidden or not row.responses:
            continue
        people = row.kind in PEOPLE or "single_officer" in row.status
        least = rule.people if people else rule.units
        if least is None or row.responses < least:
            found.append(Secret(_responses(row.role, row.code, row.measure), row.responses, row, "responses"))
            if row.measure not in ("index:question_mean", "index:weighted_factors"):
                prefix = "index:" if row.measure.startswith("index:") else ""
                terms = counted(row.role, row.code, questions_of(row.measure), SATISFIED, prefix)
                assert row.satisfied is not None
                found.append(Secret(terms, row.satisfied, row, "satisfied"))
    return found


def told(found: Attack, of: Sequence[Secret]) -> list[Secret]:
    """Give the secrets that have one possible value only, by trying for others."""
    left = list(of)
    rng = np.random.default_rng(len(left))
    for sign in (1.0, -1.0, 0.0, 0.0):
        if not left:
            return []
        signs = np.full(len(left), sign) if sign else rng.choice([-1.0, 1.0], len(left))
        left = _still(found, left, signs.tolist())
    return [each for each in left if _still(found, _still(found, [each], [1.0]), [-1.0])]


def _still(found: Attack, left: list[Secret], signs: Sequence[float]) -> list[Secret]:
    if not left:
        return []
    solution = found.solve(
        [(sign * f, key) for sign, each in zip(signs, left, strict=True) for f, key in each.terms]
    )
    values = [sum(f * solution[key] for f, key in each.terms) for each in left]
    return [each for each, value in zip(left, values, strict=True) if abs(value - each.value) < 1 - 1e-6]


def attacked(made: Tree, audience: str) -> tuple[list[Secret], list[Secret]]:
    cut = for_audience(made.summary, audience, factors=FACTORS)
    rows = list(cut.rows)
    if audience == "officer":
        rows += [row for row in made.summary.rows if row.kind not in PEOPLE]
    of = secrets(audience, made.summary.rows, cut.rows)
    return told(attack(made, rows, cut.answers), of), of


def within(made: Tree, row: Row) -> int:
    """Give how many responses a unit, as shown, leaves for what is in no unit below: all know that much."""
    unit = row.parent_code if row.kind in PEOPLE else row.code
    place = next(place for place, each in enumerate(made.units) if each.code == unit)
    below = {each.code for each in made.units if each.parent == place}
    responses = {
        each.code: each.responses or 0
        for each in made.summary.rows
        if each.kind not in PEOPLE and (each.role, each.measure) == (row.role, row.measure)
    }
    return responses.get(unit, 0) - sum(responses.get(code, 0) for code in below)


def least(audience: str, row: Row) -> float:
    """Give the fewest responses a part can hide in: units are shown, however small, but to the public."""
    people = MINIMUM[audience].people
    return 0 if people is None else people + float(slack(np.array([people]))[0])


@pytest.mark.parametrize("audience", list(MINIMUM))
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_random_tree__linear_programming__pins_no_small_number(audience: str, seed: int) -> None:
    made = tree(seed)
    pinned, _ = attacked(made, audience)
    assert [
        (each.what, each.row.code, each.row.measure, each.value)
        for each in pinned
        if within(made, each.row) >= least(audience, each.row)
    ] == []


def test_attack__without_hiding__pins_small_numbers() -> None:
    """The attack is one: with only the small rows themselves left out, it finds what they held."""
    found = 0
    for seed in range(6):
        made = tree(seed)
        cut = for_audience(made.summary, "head", factors=FACTORS)
        secret = secrets("head", made.summary.rows, cut.rows)
        people = MINIMUM["head"].people
        assert people is not None
        naive = [
            Row(*row[:11], status=("suppressed",))
            if row.kind in PEOPLE and (row.responses or 0) < people
            else row
            for row in made.summary.rows
        ]
        known = attack(made, naive, [])
        spoken_of = [each for each in secret if all(key in known.of for _, key in each.terms)]
        found += len(told(known, spoken_of))
    assert found > 20
