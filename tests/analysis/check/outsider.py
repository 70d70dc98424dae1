"""An outsider: every number that is shown, and what must hold of all, written as a linear program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analysis.summary import AnswerRow, Row
from tests.analysis.check.offices import ASKED, CHOICES, FACTORS, PEOPLE, VERSIONS, Tree
from tests.analysis.check.unknowns import Attack, Key

HALF = 2
"""A response counts in an index if it answered so many of the four questions of factors."""


def counted(
    role: str, code: str, questions: Iterable[str], weight: Mapping[int, float], prefix: str = ""
) -> list[tuple[float, Key]]:
    return [(weight[c], Key(role, code, prefix + q, c)) for q in questions for c in range(1, 6) if weight[c]]


EVERY = dict.fromkeys(range(1, 6), 1.0)
SATISFIED = {c: float(c > 3) for c in range(1, 6)}
VERY = {c: float(c == 5) for c in range(1, 6)}
DISSATISFIED = {c: float(c < 3) for c in range(1, 6)}
SCORE = {c: float(c) for c in range(1, 6)}


EVERYTHING = ("overall", *FACTORS)
RATED = {"officer": tuple(q for q, factor in FACTORS.items() if factor == "officials")}
"""What rates an officer; everything rates a unit or a counter."""


def _factors(rated: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(FACTORS[q] for q in rated if q in FACTORS))


def questions_of(measure: str) -> tuple[str, ...]:
    kind, _, name = measure.partition(":")
    if kind == "overall":
        return ("overall",)
    if kind == "question":
        return (name,)
    return tuple(q for q, factor in FACTORS.items() if kind == "index" or factor == name)


def attack(made: Tree, rows: Iterable[Row], answers: Iterable[AnswerRow], *, skipped: bool = True) -> Attack:
    """Write down everything that is shown, and how the numbers hang together.

    Without ``skipped`` nothing is known of those who gave no answer.
    """
    found = Attack()
    rows, answers = tuple(rows), tuple(answers)
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
        rated = RATED.get(kind, EVERYTHING)
        _inside(found, role, each.code, rated)
        _flagged(found, role, each.code, rated)
        if "overall" in rated:
            _read(found, role, each.code)
        _absent(found, role, each.code, rated, kind, there)
    if kinds - set(PEOPLE):
        _added(found, made, kinds)
    for row in rows:
        if row.status != ("suppressed",):
            _shown(found, row)
    _answers(found, answers, reached(made) if skipped else {})
    return found


def responses_of(role: str, code: str, measure: str) -> list[tuple[float, Key]]:
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
    for factor in _factors(rated):
        own = [q for q in rated if FACTORS.get(q) == factor]
        anyone = Key(role, code, f"factor:{factor}")
        for q in own:
            found.say("most", [*counted(role, code, [q], EVERY), (-1.0, anyone)], 0.0)
        found.say("most", [(1.0, anyone), *_minus(counted(role, code, own, EVERY))], 0.0)
        found.say("most", [(1.0, anyone), *((-1.0, each) for each in n.values())], 0.0)


def _flagged(found: Attack, role: str, code: str, rated: Sequence[str]) -> None:
    """Flagged responses are some of all, and satisfied flagged ones some of the satisfied."""
    for q in rated:
        flagged, satisfied = Key(role, code, f"flagged:{q}"), Key(role, code, f"flagged:{q}", 1)
        good, every = counted(role, code, [q], SATISFIED), counted(role, code, [q], EVERY)
        found.say("most", [(1.0, satisfied), (-1.0, flagged)], 0.0)
        found.say("most", [(1.0, satisfied), *_minus(good)], 0.0)
        found.say("most", [(1.0, flagged), (-1.0, satisfied), *good, *_minus(every)], 0.0)
    for factor in _factors(rated):
        own = [q for q in rated if FACTORS.get(q) == factor]
        flagged, anyone = Key(role, code, f"flagged:{factor}"), Key(role, code, f"factor:{factor}")
        parts = [(1.0, Key(role, code, f"flagged:{q}")) for q in own]
        found.say("most", [(1.0, flagged), *_minus(parts)], 0.0)
        for q, (_, part) in zip(own, parts, strict=True):
            others = [*counted(role, code, [q], EVERY), (-1.0, part), (-1.0, anyone), (1.0, flagged)]
            found.say("most", others, 0.0)
            found.say("most", [(1.0, part), (-1.0, flagged)], 0.0)


def _read(found: Attack, role: str, code: str) -> None:
    """A response counts in an index with all its answers, if it gave half of those it was asked for."""
    n = [Key(role, code, "responses", version) for version in ASKED]
    every, counts = list(FACTORS), Key(role, code, "index")
    restricted = counted(role, code, every, EVERY, "index:")
    for (_, part), (_, whole) in zip(restricted, counted(role, code, every, EVERY), strict=True):
        found.say("most", [(1.0, part), (-1.0, whole)], 0.0)
    found.say("most", [(float(HALF), counts), *_minus(restricted)], 0.0)
    found.say("most", [*restricted, (-4.0, counts)], 0.0)
    few = [(-1.0, each) for each in n]
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
    measures += [f"factor:{factor}" for factor in _factors(rated)]
    measures += ["overall", "index:pooled"] if "overall" in rated else []
    for measure in measures:
        terms = responses_of(role, code, measure)
        if (role, code, measure) not in there:
            found.say("equal", terms, 0.0)
        elif measure != leading:
            found.say("most", _minus(terms), -1.0)


def _numbers(role: str, code: str, rated: Sequence[str]) -> Iterator[Key]:
    """Give the numbers of a domain that are those of its parts together."""
    for q in rated:
        yield from (Key(role, code, q, c) for c in range(1, 6))
        yield from (Key(role, code, f"flagged:{q}", satisfied) for satisfied in (0, 1))
    yield from (Key(role, code, "responses", version) for version in ASKED)
    for factor in _factors(rated):
        yield Key(role, code, f"factor:{factor}")
        yield Key(role, code, f"flagged:{factor}")
    if "overall" in rated:
        yield from (Key(role, code, f"index:{q}", c) for q in FACTORS for c in range(1, 6))
        yield Key(role, code, "index")


def _added(found: Attack, made: Tree, kinds: set[str]) -> None:
    """A unit has what it was given itself and what the units below have; its people at most that."""
    for place, unit in enumerate(made.units):
        below = [other.code for other in made.units if other.parent == place]
        for role in ("serving", "deciding"):
            _at_most(found, role, unit.code, below, EVERYTHING)
        for kind in sorted(kinds & set(PEOPLE)):
            people = [each.code for each in made.people if (each.kind, each.parent) == (kind, place)]
            _at_most(found, "serving", unit.code, below + people, RATED.get(kind, EVERYTHING))
    for key in _numbers("serving", "P", EVERYTHING):
        found.say("equal", [(1.0, key), (-1.0, key._replace(role="deciding"))], 0.0)


def _at_most(found: Attack, role: str, code: str, parts: Sequence[str], rated: Sequence[str]) -> None:
    for key in _numbers(role, code, rated):
        found.say("most", [*((1.0, key._replace(code=part)) for part in parts), (-1.0, key)], 0.0)


def _shown(found: Attack, row: Row) -> None:
    role, code, questions = row.role, row.code, questions_of(row.measure)
    prefix = "index:" if row.measure.startswith("index:") else ""
    assert row.responses is not None
    found.say("equal", responses_of(role, code, row.measure), row.responses)
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
    if prefix or row.flagged is None:
        return
    name = questions[0] if len(row.measure.split(":")) == 1 else row.measure.partition(":")[2]
    found.say("equal", [(1.0, Key(role, code, f"flagged:{name}"))], row.flagged)
    if row.rate_without_flagged is not None:
        rate = row.rate_without_flagged
        flagged = [Key(role, code, f"flagged:{q}") for q in questions]
        terms = [
            *counted(role, code, questions, SATISFIED),
            *((-1.0, key._replace(choice=1)) for key in flagged),
        ]
        terms += [(-rate * f, key) for f, key in counted(role, code, questions, EVERY)]
        found.say("equal", [*terms, *((rate, key) for key in flagged)], 0.0)


def reached(made: Tree) -> dict[str, set[int]]:
    """Give the versions in which somebody answered a question: else it does not count as asked."""
    found: dict[str, set[int]] = {}
    for row in made.summary.rows:
        number = {f"{name}.v{version}": place for place, (name, version) in enumerate(VERSIONS)}
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
            if question in asked and version in versions.get(question, ())
        ]
        if asks:
            found.say("equal", asks, total)
