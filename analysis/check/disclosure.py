"""Disclosure: which figures an audience may see, and which must hide so that those stay hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, repeat
from operator import itemgetter
from typing import NamedTuple

from analysis.summary import COLUMNS, IDENTITY, AnswerRow, Row, Summary

PEOPLE_FLOOR, FLOOR = 10, 5
"""No setting goes below: for counters and officers, for the rest."""

PEOPLE = ("counter", "officer")


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


Domain = tuple[str, str, str | None]
"""Kind, code and first day of a domain."""


class Figure(NamedTuple):
    """What the rules need of a figure: its domain, what that belongs to, and how many responses it rests on.

    ``minimum`` is the fewest responses with which it may be shown; None if it never may.
    """

    domain: Domain
    role: str
    measure: str
    parent_code: str | None
    versions: tuple[str, ...]
    responses: int
    minimum: int | None

    @property
    def group(self) -> str:
        """Which parts of a unit it is one of: its units, its counters or its officers."""
        return self.domain[0] if self.domain[0] in PEOPLE else "unit"


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
    single = {(_domain(row), row.role) for row in summary.rows if "single_officer" in row.status}
    rows = [row for row in summary.rows if _comes(row.kind, rule)]
    parents = {_domain(row): row.parent_code for row in summary.rows}

    def minimum(domain: Domain, role: str) -> int | None:
        return rule.people if domain[0] in PEOPLE or (domain, role) in single else rule.units

    hidden = unsafe([_figure(row, minimum) for row in rows], rule.units)
    answers = [
        list(block)
        for key, block in groupby(summary.answers, itemgetter(2, 3, 4, 5, 6))
        if _comes(key[0], rule)
    ]
    hidden_answers = unsafe([_asked(block, parents, minimum) for block in answers], rule.units)
    return replace(
        summary,
        audience=audience,
        rows=tuple(
            _suppressed(row) if place in hidden else _without_small_shares(row, rule.cells)
            for place, row in enumerate(rows)
        ),
        answers=tuple(
            each
            for place, block in enumerate(answers)
            for each in (_emptied(block) if place in hidden_answers or _small(block, rule.cells) else block)
        ),
    )


def unsafe(figures: Sequence[Figure], units: int | None) -> set[int]:
    """Give the places of the figures to hide: the small ones, and those that would give them away.

    ``units`` is the minimum of units.

    Examples
    --------
    >>> unit = Figure(("ward", "W", None), "serving", "overall", "P", (), 100, 0)
    >>> parts = [unit._replace(domain=("counter", code, None), parent_code="W", responses=n, minimum=10)
    ...          for code, n in (("W-1", 60), ("W-2", 36), ("W-3", 4))]
    >>> sorted(unsafe([unit, *parts], 0))
    [2, 3]
    """
    hidden = {
        place
        for place, figure in enumerate(figures)
        if figure.minimum is None or figure.responses < figure.minimum
    }
    wholes: dict[tuple[str | None, str, str], list[int]] = {}
    for place, figure in enumerate(figures):
        if figure.group == "unit":
            wholes.setdefault((figure.domain[1], figure.role, figure.measure), []).append(place)
    parts: dict[tuple[int, str], list[int]] = {}
    for place, figure in enumerate(figures):
        above = wholes.get((figure.parent_code, figure.role, figure.measure))
        if above:
            parts.setdefault((_whole(figure, figures, above), figure.group), []).append(place)
    for (whole, group), places in parts.items():
        if group == "unit":
            _hide_rest(figures, figures[whole].responses, places, units or 0, hidden)
    for (whole, group), places in parts.items():
        if group != "unit" and whole not in hidden:
            below = sum(figures[place].responses for place in parts.get((whole, "unit"), ()))
            least = figures[places[0]].minimum or 0
            _hide_rest(figures, figures[whole].responses - below, places, least, hidden)
    return hidden


def _whole(part: Figure, figures: Sequence[Figure], above: Sequence[int]) -> int:
    """Give the unit's figure that counts the part: of several headlines, the one of the part's version."""
    for place in above if len(above) > 1 else ():
        if set(part.versions) & set(figures[place].versions):
            return place
    return above[0]


def _hide_rest(
    figures: Sequence[Figure], total: int, places: Sequence[int], least: int, hidden: set[int]
) -> None:
    """Hide the smallest shown parts until the rest is empty or large enough to give no part away."""
    minimum = max(least, *(figures[place].minimum or 0 for place in places if place in hidden), 0)
    never = {figures[place].responses for place in places if figures[place].minimum is None}
    shown = sorted(
        (place for place in places if place not in hidden and figures[place].responses),
        key=lambda place: (figures[place].responses, figures[place].domain[1]),
        reverse=True,
    )
    rest = total - sum(figures[place].responses for place in shown)
    while shown and (0 < rest < minimum or (rest > 0 and rest in never)):
        smallest = shown.pop()
        hidden.add(smallest)
        rest += figures[smallest].responses


def subtree(summary: Summary, code: str) -> Summary:
    """Give the rows and answers of a unit, the units below it, and their counters and officers.

    ``responses`` becomes the largest number of responses behind a row of the unit. Cut for the audience
    first: what is hidden depends on the rows above.

    Raises
    ------
    DisclosureError
        If no unit has that code.
    """
    children: dict[str | None, set[str]] = {}
    for row in summary.rows:
        if row.kind not in PEOPLE:
            children.setdefault(row.parent_code, set()).add(row.code)
    found, waiting = set(), [code]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, ()))
    rows = tuple(
        row for row in summary.rows if (row.parent_code if row.kind in PEOPLE else row.code) in found
    )
    own = [row for row in rows if row.code == code and row.kind not in PEOPLE]
    if not own:
        raise DisclosureError(
            f"unit {code!r}: not among the figures of {summary.period.label}; look up its code"
        )
    domains = {_domain(row) for row in rows}
    return replace(
        summary,
        rows=rows,
        answers=tuple(row for row in summary.answers if (row.kind, row.code, row.valid_from) in domains),
        responses=max(row.responses or 0 for row in own if row.role == "serving"),
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


def _comes(kind: str, rule: Minimum) -> bool:
    return kind in rule.kinds if kind in PEOPLE else rule.units is not None


def _domain(row: Row) -> Domain:
    return row.kind, row.code, row.valid_from


def _figure(row: Row, minimum: Callable[[Domain, str], int | None]) -> Figure:
    domain = _domain(row)
    return Figure(
        domain,
        row.role,
        row.measure,
        row.parent_code,
        row.versions,
        row.responses or 0,
        minimum(domain, row.role),
    )


def _asked(
    block: Sequence[AnswerRow],
    parents: Mapping[Domain, str | None],
    minimum: Callable[[Domain, str], int | None],
) -> Figure:
    """Give the figure of a question; a count over its share is the number of responses that answered."""
    first = block[0]
    domain = first.kind, first.code, first.valid_from
    responses = next((round(row.count / row.share) for row in block if row.count and row.share), 0)
    return Figure(
        domain, first.role, first.question, parents.get(domain), (), responses, minimum(domain, first.role)
    )


def _suppressed(row: Row) -> Row:
    kept = (*row[:IDENTITY], *repeat(None, len(COLUMNS) - IDENTITY - 1))
    return Row._make((*kept, ("suppressed",)))


def _emptied(block: Iterable[AnswerRow]) -> list[AnswerRow]:
    return [row._replace(count=None, share=None, low=None, high=None) for row in block]


def _small(block: Iterable[AnswerRow], cells: int) -> bool:
    return cells > 0 and any(0 < (row.count or 0) < cells for row in block)


def _without_small_shares(row: Row, cells: int) -> Row:
    if not cells or row.answers is None or row.very_satisfied is None or row.dissatisfied is None:
        return row
    very, dissatisfied = (round(share * row.answers) for share in (row.very_satisfied, row.dissatisfied))
    satisfied = row.satisfied or 0
    told = (very, satisfied - very, dissatisfied, row.answers - satisfied - dissatisfied)
    if any(0 < number < cells for number in told):
        return row._replace(very_satisfied=None, dissatisfied=None)
    return row
