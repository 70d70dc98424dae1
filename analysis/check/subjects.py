"""Subjects: the domains and roles that a summary is about, and the fewest responses each may show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index
from analysis.check.parts import NEVER, UNIT, Figures
from analysis.summary import AnswerRow, Row
from analysis.table import Numbers, R, Table

PEOPLE = ("counter", "officer")

DOMAIN = ("kind", "code", "valid_from")
SUBJECT = (*DOMAIN, "role")


class Minimum(NamedTuple):
    """Fewest responses behind a row of a unit, of a counter or officer, and behind one answer cell.

    None: never shown. ``kinds``: kinds of people whose rows come at all. ``flagged``: fewest flagged
    responses behind what is said of them.
    """

    units: int | None
    people: int | None
    cells: int = 0
    kinds: tuple[str, ...] = PEOPLE
    flagged: int = 0


class Subjects(NamedTuple):
    """What is known of domains in a role, by their ``numbers``.

    ``minimum`` of their rows, ``alone`` that of what they were given themselves (`Figures`), and the number
    of the parent's code. ``codes`` and ``measures`` number these too.
    """

    numbers: Numbers
    minimum: Array
    alone: Array
    parent: Index
    codes: Numbers
    measures: Numbers


def subjects_of(rows: Table[Row], answers: Table[AnswerRow], rule: Minimum) -> Subjects:
    """Give the domains and roles that rows and answers are about, and the fewest responses each may show."""
    numbers: Numbers = {}
    codes: Numbers = {}
    of = rows.numbered(SUBJECT, numbers)
    answers.numbered(SUBJECT, numbers)
    parent = np.full(len(numbers), -1)
    parent[of] = rows.numbered(("parent_code",), codes)
    people = np.array([kind in PEOPLE for kind, *_ in numbers], np.bool_)
    one = np.zeros(len(numbers), np.bool_)
    one[of[rows.marked("status", lambda status: "single_officer" in status)]] = True
    persons = NEVER if rule.people is None else float(rule.people)
    return Subjects(
        numbers,
        np.where(people, persons, float(rule.units or 0)),
        np.where(one & ~people, persons, 0.0),
        parent,
        codes,
        {},
    )


def figures_of(table: Table[R], measure: str, responses: Array, subjects: Subjects) -> Figures:
    """Give the rows of a table as figures that could tell of each other."""
    subject = table.numbered(SUBJECT, subjects.numbers)
    code = table.numbered(("code",), subjects.codes)
    of_role = table.numbered(("role", measure), subjects.measures)
    rank = np.argsort(np.argsort([str(each) for (each,) in subjects.codes], kind="stable"))
    kinds, kind = table.words("kind")
    groups = [PEOPLE.index(each) + 1 if each in PEOPLE else UNIT for each in kinds]
    versions, version = table.words("versions")
    sets = [frozenset(each) if isinstance(each, tuple) else frozenset() for each in versions]
    labels = sorted(frozenset().union(*sets))
    pooled = [[label in each for label in labels] for each in sets]
    return Figures(
        group=np.array(groups, np.intp)[kind],
        own=code * len(subjects.measures) + of_role,
        above=subjects.parent[subject] * len(subjects.measures) + of_role,
        version=np.array(pooled, np.bool_).reshape(len(sets), len(labels))[version],
        responses=responses,
        minimum=subjects.minimum[subject],
        alone=subjects.alone[subject],
        order=rank[code],
    )
