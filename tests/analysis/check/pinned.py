"""Secrets: the small numbers that an audience must not be told, and those of them that an outsider finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analysis.check.disclosure import MINIMUM, for_audience
from analysis.summary import IDENTITY, Row, Summary
from tests.analysis.check.offices import PEOPLE, Tree
from tests.analysis.check.outsider import SATISFIED, attack, counted, questions_of, responses_of
from tests.analysis.check.unknowns import Attack, Key


class Secret(NamedTuple):
    """A hidden number: what it is made of, its true value, and the row it belongs to."""

    terms: list[tuple[float, Key]]
    value: float
    row: Row
    what: str


def secrets(audience: str, full: Sequence[Row], cut: Sequence[Row]) -> list[Secret]:
    """Give what must not be told: small numbers of hidden rows, responses and satisfied."""
    rule = MINIMUM[audience]
    hidden = {row[:IDENTITY] for row in cut if row.status == ("suppressed",)}
    found = []
    for row in full:
        if row[:IDENTITY] not in hidden or not row.responses:
            continue
        people = row.kind in PEOPLE or "single_officer" in row.status
        least = rule.people if people else rule.units
        if least is None or row.responses < least:
            found.append(
                Secret(responses_of(row.role, row.code, row.measure), row.responses, row, "responses")
            )
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


def emptied(row: Row) -> Row:
    return Row(*row[:IDENTITY], status=("suppressed",))


def people_of(made: Tree) -> set[str]:
    """Give the codes of counters and officers, and of units that are one officer."""
    return {row.code for row in made.summary.rows if row.kind in PEOPLE or "single_officer" in row.status}


def known_to(audience: str, made: Tree, shown: Sequence[Row]) -> list[Row]:
    """Give all rows that are known to those who are shown some: officers know the figures of the units."""
    known = [row for row in made.summary.rows if row.kind not in PEOPLE] if audience == "officer" else []
    return [*shown, *known]


def attacked(made: Tree, audience: str, factors: Mapping[str, str] | None) -> list[Secret]:
    """Give the secrets that the outsider finds, but those that are told whatever else is hidden.

    Units are shown from their first response, to all but the public. What these rows and their answers tell
    by themselves, with every row of a person hidden, no rule can hide. A unit that is one officer is a person
    to other units, and a unit to the people in those.
    """
    cut = for_audience(made.summary, audience, factors=factors)
    of = secrets(audience, made.summary.rows, cut.rows)
    pinned = told(attack(made, known_to(audience, made, cut.rows), cut.answers), of)
    units = MINIMUM[audience].units
    found = []
    for inside in (True, False):
        left = [each for each in pinned if (each.row.kind in PEOPLE) == inside]
        people = {row.code for row in cut.rows if row.kind in PEOPLE} if inside else people_of(made)
        least = [emptied(row) if row.code in people or units else row for row in cut.rows]
        answers = [each for each in cut.answers if each.code not in people and not units]
        anyway = told(attack(made, known_to(audience, made, least), answers), left) if left else []
        found += [each for each in left if each not in anyway]
    return [each for each in found if each not in _by_skipped(made, audience, cut, found)]


def _by_skipped(made: Tree, audience: str, cut: Summary, found: list[Secret]) -> list[Secret]:
    """Give the numbers of responses that only the counts of those who skipped a question tell.

    They say how many came in a version, or at all; not what these answered.
    """
    counts = [each for each in found if each.what == "responses" and each.row.kind in PEOPLE]
    if not counts:
        return []
    known = known_to(audience, made, cut.rows)
    still = told(attack(made, known, cut.answers, skipped=False), counts)
    return [each for each in counts if each not in still]
