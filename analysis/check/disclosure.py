"""Disclosure: which figures an audience may see, and which must hide so that those stay hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.arrays import Marks
from analysis.check.cutting import ROW, cut
from analysis.check.subjects import DOMAIN, PEOPLE, Minimum
from analysis.summary import COLUMNS, IDENTITY, AnswerRow, Row, Summary, WeightedRow
from analysis.table import Numbers, R, Table, table_of

PEOPLE_FLOOR, FLOOR = 10, 5
"""No setting goes below: for counters and officers, for the rest."""


CHANGES = ("change", "change_low", "change_high")
WEIGHTED_FOR = ("internal", "head")
"""Who sees weighted rates: with the citizens served they tell more of the fields than a rate does."""

_WEIGHTED = (*DOMAIN, "role", "measure")


class DisclosureError(ValueError):
    """An audience, minimum or unit that does not exist."""


MINIMUM: Mapping[str, Minimum] = {
    "internal": Minimum(units=0, people=10),
    "head": Minimum(units=0, people=30, flagged=10),
    "officer": Minimum(units=None, people=30, kinds=("officer",), flagged=10),
    "public": Minimum(units=30, people=None, cells=10, kinds=(), flagged=10),
}
"""Who sees what; a unit from its first response is ``insufficient`` below 30 rather than hidden.

Inspectors look at each flagged response, nobody else does.
"""


def for_audience(
    summary: Summary,
    audience: str,
    *,
    people: int | None = None,
    units: int | None = None,
    cells: int | None = None,
    factors: Mapping[str, str] | None = None,
    previous: Summary | None = None,
    parts: Sequence[Summary] = (),
) -> Summary:
    """Cut a summary of a whole period for an audience.

    A row with fewer responses than the minimum keeps its identity and the status ``suppressed``; a unit or
    counter with one officer is treated as that officer, and so is what a unit has besides the units below it.
    Other rows hide with it so that, of all counts that agree with what is shown, no hidden small number of
    responses is the only one possible, and none of satisfied answers but where all that it could be part of
    agree:

    - what is left of a unit besides its shown parts (units below it, its counters, its officers: each kind
      apart) is nobody or reaches the minimum, else the smallest shown parts hide; officers are taken to know
      the figures of the units. What is below a hidden row is hidden;
    - the questions of a factor hide together, and the factor with them where it could tell one of them; an
      index hides with any of its factors, and factors and questions with an index that is too small.

    Answers are hidden like the rate of their question; for the public also all answers to a question of which
    one choice, though taken, was taken fewer times than the minimum of cells, and shares of a row that would
    tell such a number; but for inspectors also what a few flagged responses changed. What hides with these
    keeps them from being the rest of the unit above. ``responses`` leaves out units without a parent that
    hide. Weighted rates stand for inspectors and heads, where the row itself is shown; a change hides where
    the row of the period before hides, as the two together would tell it.

    Not protected is what only a comparison of two measures of one shown row tells (how those answered who
    answered few questions), how many responses the counts of those who skipped a question tell (in one
    version, or of a counter in a small unit: not what these answered), what intervals tell besides counts,
    and what somebody knows from elsewhere, such as that two roles of a unit count the same visits. That in a
    unit with hardly more responses than officers each has one cannot be hidden, as the unit itself is shown.

    Parameters
    ----------
    audience
        ``internal``, ``head``, ``officer`` or ``public``.
    people, units, cells
        Minimum in place of the one in MINIMUM, where that sets one above 0; not below PEOPLE_FLOOR and FLOOR.
    factors
        The factor of each question that has one. Without it the factors, questions and indexes of a domain
        hide together, since any of the questions could belong to any of the factors.
    previous
        The whole summary of the period that ``change`` compares with; None: nobody saw one.
    parts
        The whole summaries of the shorter periods that this one is made of, if the audience is shown those
        too: what hides in one of them hides here, as the other would tell it.

    Raises
    ------
    DisclosureError
        If the audience is unknown or a minimum lies below its floor.
    """
    rule = _rule(audience, people, units, cells)
    made = cut(summary, rule, factors).within([cut(each, rule, factors) for each in parts])
    rows, hidden = made.rows, made.hidden
    before = _hidden_before(rows, previous, rule, factors)
    shown = (
        rows.emptied(hidden.shares, very_satisfied=None, dissatisfied=None)
        .emptied(hidden.means, mean_score=None, mean_low=None, mean_high=None)
        .emptied(hidden.flagged, flagged=None, rate_without_flagged=None)
        .emptied(before, **dict.fromkeys(CHANGES))
        .emptied(hidden.rows, **dict.fromkeys(COLUMNS[IDENTITY:]) | {"status": ("suppressed",)})
    )
    answers = made.answers.emptied(hidden.answers, count=None, share=None, low=None, high=None)
    return replace(
        summary,
        audience=audience,
        rows=shown.take(_comes(shown, rule)),
        answers=answers.take(_comes(answers, rule)),
        responses=_responses(summary.responses, rows, hidden.rows),
        weighted=_weighted(summary, rows, hidden.rows) if audience in WEIGHTED_FOR else (),
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
    kept.numbered(DOMAIN, domains)
    last = len(domains)
    serving = whole & rows.marked("role", "serving".__eq__)
    weighted = table_of(WeightedRow, summary.weighted)
    return replace(
        summary,
        rows=kept,
        weighted=weighted.take(weighted.numbered(DOMAIN, domains) < last),
        answers=answers.take(answers.numbered(DOMAIN, domains) < last),
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


def _hidden_before(
    rows: Table[Row], previous: Summary | None, rule: Minimum, factors: Mapping[str, str] | None
) -> Marks:
    """Mark the rows whose row of the period before hides from the audience."""
    if previous is None:
        return np.zeros(len(rows), np.bool_)
    earlier = cut(previous, rule, factors)
    known: Numbers = {}
    now, then = rows.numbered(ROW, known), earlier.rows.numbered(ROW, known)
    return np.isin(now, then[earlier.hidden.rows])


def _weighted(summary: Summary, rows: Table[Row], hidden: Marks) -> Table[WeightedRow]:
    """Give the weighted rates of rows that are shown."""
    weighted = table_of(WeightedRow, summary.weighted)
    known: Numbers = {}
    shown = rows.numbered(_WEIGHTED, known)[~hidden]
    return weighted.take(np.isin(weighted.numbered(_WEIGHTED, known), shown))


def _comes(table: Table[R], rule: Minimum) -> Marks:
    units = rule.units is not None
    return table.marked("kind", lambda kind: kind in PEOPLE or units)


def _responses(total: int, rows: Table[Row], hidden: Marks) -> int:
    """Give how many responses are behind the units without a parent, if one of them hides."""
    top = rows.marked("parent_code", lambda code: code is None) & rows.marked("role", "serving".__eq__)
    top &= rows.marked("measure", "overall".__eq__) & rows.marked("kind", lambda kind: kind not in PEOPLE)
    responses = np.nan_to_num(rows.numbers("responses")) * top
    return int(responses[~hidden].sum()) if responses[hidden].any() else total
