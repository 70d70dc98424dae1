"""Disclosure: which figures an audience may see, and which must hide so that those stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.check.complement import NEVER, UNIT, Figures, unsafe
from analysis.counting import Array, Index
from analysis.estimate.design import starts
from analysis.summary import COLUMNS, IDENTITY, AnswerRow, Row, Summary
from analysis.table import Numbers, R, Table, table_of

PEOPLE_FLOOR, FLOOR = 10, 5
"""No setting goes below: for counters and officers, for the rest."""

PEOPLE = ("counter", "officer")

_DOMAIN = ("kind", "code", "valid_from")
_SUBJECT = (*_DOMAIN, "role")


class DisclosureError(ValueError):
    """An audience, minimum or unit that does not exist."""


class Minimum(NamedTuple):
    """Fewest responses behind a row of a unit, of a counter or officer, and behind one answer cell.

    None: never shown. ``kinds``: kinds of people whose rows come at all.
    """

    units: int | None
    people: int | None
    cells: int = 0
    kinds: tuple[str, ...] = PEOPLE


MINIMUM: Mapping[str, Minimum] = {
    "internal": Minimum(units=0, people=10),
    "head": Minimum(units=0, people=30),
    "officer": Minimum(units=None, people=30, kinds=("officer",)),
    "public": Minimum(units=30, people=None, cells=10, kinds=()),
}
"""Who sees what; a unit from its first response is ``insufficient`` below 30 rather than hidden."""


def for_audience(
    summary: Summary,
    audience: str,
    *,
    people: int | None = None,
    units: int | None = None,
    cells: int | None = None,
) -> Summary:
    """Cut a summary of a whole period for an audience.

    A row with fewer responses than the minimum keeps its identity and the status ``suppressed``; a unit or
    counter with one officer is treated as that officer. Where a unit's shown parts (units below it, its
    counters, its officers: each kind apart) would leave a rest of fewer responses than the minimum, the
    smallest shown parts are hidden too. Answers are hidden like the rate of their question; for the public
    also all answers to a question of which one choice, though taken, was taken fewer times than the minimum
    of cells, and shares of a row that would tell such a number.

    Parameters
    ----------
    audience
        ``internal``, ``head``, ``officer`` or ``public``.
    people, units, cells
        Minimum in place of the one in MINIMUM, where that sets one above 0; not below PEOPLE_FLOOR and FLOOR.

    Raises
    ------
    DisclosureError
        If the audience is unknown or a minimum lies below its floor.
    """
    rule = _rule(audience, people, units, cells)
    rows, answers = table_of(Row, summary.rows), table_of(AnswerRow, summary.answers)
    subjects = _subjects(rows, answers, rule)
    rows, answers = rows.take(_comes(rows, rule)), answers.take(_comes(answers, rule))
    figures = _figures(rows, "measure", np.nan_to_num(rows.numbers("responses")), subjects)
    hidden = unsafe(figures, rule.units)
    rows = rows.emptied(hidden, **dict.fromkeys(COLUMNS[IDENTITY:]) | {"status": ("suppressed",)})
    small = _small_shares(rows, rule.cells)
    return replace(
        summary,
        audience=audience,
        rows=rows.emptied(small, very_satisfied=None, dissatisfied=None),
        answers=answers.emptied(
            _unsafe_answers(answers, subjects, rule), count=None, share=None, low=None, high=None
        ),
    )


def subtree(summary: Summary, code: str) -> Summary:
    """Give the rows and answers of a unit, the units below it, and their counters and officers.

    ``responses`` becomes the largest number of responses behind a row of the unit. Cut for the audience
    first: what is hidden depends on the rows above.

    Raises
    ------
    DisclosureError
        If no unit has that code.
    """
    rows, answers = table_of(Row, summary.rows), table_of(AnswerRow, summary.answers)
    people = rows.marked("kind", PEOPLE.__contains__)
    codes: Numbers = {}
    own, parent = rows.numbered(("code",), codes), rows.numbered(("parent_code",), codes)
    children: dict[int, set[int]] = {}
    for above, below in zip(parent[~people].tolist(), own[~people].tolist(), strict=True):
        children.setdefault(above, set()).add(below)
    top = codes.get((code,), -1)
    found, waiting = set(), [top]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, ()))
    whole = (own == top) & ~people
    if not whole.any():
        raise DisclosureError(
            f"unit {code!r}: not among the figures of {summary.period.label}; look up its code"
        )
    kept = rows.take(np.isin(np.where(people, parent, own), list(found)))
    domains: Numbers = {}
    kept.numbered(_DOMAIN, domains)
    last = len(domains)
    serving = whole & rows.marked("role", "serving".__eq__)
    return replace(
        summary,
        rows=kept,
        answers=answers.take(answers.numbered(_DOMAIN, domains) < last),
        responses=int(np.nan_to_num(rows.numbers("responses")[serving]).max(initial=0)),
    )


def _rule(audience: str, people: int | None, units: int | None, cells: int | None) -> Minimum:
    if audience not in MINIMUM:
        raise DisclosureError(f"audience {audience!r}: unknown; choose one of {', '.join(MINIMUM)}")
    for name, value, floor in (
        ("people", people, PEOPLE_FLOOR),
        ("units", units, FLOOR),
        ("cells", cells, FLOOR),
    ):
        if value is not None and value < floor:
            raise DisclosureError(f"minimum of {name} {value}: below the floor; give {floor} or more")
    rule = MINIMUM[audience]
    return rule._replace(
        people=people if people and rule.people else rule.people,
        units=units if units and rule.units else rule.units,
        cells=cells if cells and rule.cells else rule.cells,
    )


def _comes(table: Table[R], rule: Minimum) -> NDArray[np.bool_]:
    units = rule.units is not None
    return table.marked("kind", lambda kind: kind in rule.kinds if kind in PEOPLE else units)


class _Subjects(NamedTuple):
    """What is known of domains in a role, by their ``numbers``: the minimum, and the parent's code's number.

    ``codes`` and ``measures`` number these too.
    """

    numbers: Numbers
    minimum: Array
    parent: Index
    codes: Numbers
    measures: Numbers


def _subjects(rows: Table[Row], answers: Table[AnswerRow], rule: Minimum) -> _Subjects:
    numbers: Numbers = {}
    codes: Numbers = {}
    of = rows.numbered(_SUBJECT, numbers)
    answers.numbered(_SUBJECT, numbers)
    parent = np.full(len(numbers), -1)
    parent[of] = rows.numbered(("parent_code",), codes)
    people = np.array([kind in PEOPLE for kind, *_ in numbers], np.bool_)
    people[of[rows.marked("status", lambda status: "single_officer" in status)]] = True
    units, persons = (NEVER if least is None else least for least in (rule.units, rule.people))
    return _Subjects(numbers, np.where(people, float(persons), float(units)), parent, codes, {})


def _figures(table: Table[R], measure: str, responses: Array, subjects: _Subjects) -> Figures:
    subject = table.numbered(_SUBJECT, subjects.numbers)
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
        order=rank[code],
    )


def _unsafe_answers(answers: Table[AnswerRow], subjects: _Subjects, rule: Minimum) -> NDArray[np.bool_]:
    """Mark the answers of questions whose figure must hide, or of which a cell is too small."""
    subject = answers.numbered(_SUBJECT, subjects.numbers)
    questions: Numbers = {}
    question = answers.numbered(("question",), questions)
    first = starts(subject * len(questions) + question)
    if not len(first):
        return np.zeros(0, np.bool_)
    count, share = (np.nan_to_num(answers.numbers(name)) for name in ("count", "share"))
    told = (count > 0) & (share > 0)
    # A count over its share is the number of responses that answered.
    given = np.rint(count / np.where(told, share, 1.0)) * told
    at = np.minimum.reduceat(np.where(told, np.arange(len(told)), len(told) - 1), first)
    hidden = unsafe(_figures(answers.take(first), "question", given[at], subjects), rule.units)
    if rule.cells:
        hidden |= np.logical_or.reduceat((count > 0) & (count < rule.cells), first)
    return np.repeat(hidden, np.diff(first, append=len(answers)))


def _small_shares(rows: Table[Row], cells: int) -> NDArray[np.bool_]:
    """Mark the rows whose shares would tell a number of answers below the minimum of cells."""
    answers, very, dissatisfied = (
        rows.numbers(name) for name in ("answers", "very_satisfied", "dissatisfied")
    )
    satisfied = np.nan_to_num(rows.numbers("satisfied"))
    very, dissatisfied = np.rint(very * answers), np.rint(dissatisfied * answers)
    told = np.stack((very, satisfied - very, dissatisfied, answers - satisfied - dissatisfied))
    known = ~np.isnan(very) & ~np.isnan(dissatisfied)
    return known & ((told > 0) & (told < cells)).any(axis=0)
