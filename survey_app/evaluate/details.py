"""Details: what the page of one unit or officer shows, cut out of the figures of a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analysis.summary import AnswerRow, Month, Row, Summary, WeightedRow
from survey_app.evaluate.arrived import Arrived

PEOPLE = ("counter", "officer")


class Detail(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One unit (or officer): its rows of all measures, the headline rows of what is right below it.

    ``below`` are units and counters, ``officers`` rows of ``factor:officials``. ``channels`` and
    ``attributions`` count the responses that came in, with those that were left out since. ``rest`` is for
    `gradual` alone: what the unit had besides its parts of each sort when that last moved. ``weighted`` has
    the headline rate weighted by field of service, where there is one; older snapshots end before it.
    """

    rows: tuple[Row, ...] = ()
    below: tuple[Row, ...] = ()
    officers: tuple[Row, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    trend: tuple[Month, ...] = ()
    channels: dict[str, int] = {}
    attributions: dict[str, int] = {}
    rest: dict[str, int] = {}
    weighted: tuple[WeightedRow, ...] = ()

    def weighted_as(self, row: Row) -> WeightedRow | None:
        """Give the weighted rate beside a headline row; None where the fields allowed no weights."""
        return next(
            (
                each
                for each in self.weighted
                if (each.role, each.valid_from) == (row.role, row.valid_from)
                and each.rate is not None
                and "not_weighted" not in each.status
            ),
            None,
        )


def of_units(
    summary: Summary, trend: Sequence[Month] = (), arrived: Arrived | None = None
) -> dict[str, Detail]:
    """Give the detail of every unit by its code, from figures that were cut for an audience.

    Of two units with one code in a period, the later one has the page.
    """
    rows, below, officers = _sorted(summary)
    answers, months, weighted = defaultdict(list), defaultdict(list), defaultdict(list)
    for answer in summary.answers:
        if answer.kind not in PEOPLE:
            answers[answer.code].append(answer)
    for month in trend:
        months[month.code].append(month)
    for each in summary.weighted:
        if each.kind not in PEOPLE and each.measure == "overall":
            weighted[each.code].append(each)
    return {
        code: Detail(
            rows=tuple(own),
            below=tuple(below[code]),
            officers=tuple(officers[code]),
            answers=tuple(answers[code]),
            trend=tuple(months[code]),
            channels=dict(arrived.channels.get(code, {})) if arrived else {},
            attributions=dict(arrived.attributions.get(code, {})) if arrived else {},
            weighted=tuple(weighted[code]),
        )
        for code, own in rows.items()
    }


def of_officers(summary: Summary) -> dict[str, Detail]:
    """Give the detail of every officer by their code, from figures that were cut for officers."""
    rows: dict[str, list[Row]] = defaultdict(list)
    answers: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in summary.rows:
        if row.kind == "officer":
            rows[row.code].append(row)
    for answer in summary.answers:
        if answer.kind == "officer":
            answers[answer.code].append(answer)
    return {code: Detail(rows=tuple(own), answers=tuple(answers[code])) for code, own in rows.items()}


def encoded(details: Mapping[str, Detail], folder: str) -> Iterator[tuple[str, bytes]]:
    """Give each detail as a file of a folder (``unit``, ``head``, ``officer``)."""
    for code, detail in details.items():
        yield name_of(folder, code), msgspec.json.encode(detail)


def name_of(folder: str, code: str) -> str:
    """Give the name of a detail's file."""
    return f"{folder}/{code}.json"


def decoded(content: bytes) -> Detail:
    """Read a detail."""
    return msgspec.json.decode(content, type=Detail)


def _sorted(
    summary: Summary,
) -> tuple[dict[str, list[Row]], dict[str, list[Row]], dict[str, list[Row]]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    below: dict[str, list[Row]] = defaultdict(list)
    officers: dict[str, list[Row]] = defaultdict(list)
    for row in summary.rows:
        if row.kind not in PEOPLE:
            rows[row.code].append(row)
        if row.kind == "officer":
            if row.measure == "factor:officials" and row.parent_code:
                officers[row.parent_code].append(row)
        elif row.measure == "overall" and row.role == "serving" and row.parent_code:
            below[row.parent_code].append(row)
    return rows, below, officers
