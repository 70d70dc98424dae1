"""Details: what the page of one unit or officer shows, cut out of the figures of a snapshot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, text

from analysis.period import Period
from analysis.summary import AnswerRow, Month, Row, Summary

SHARES = """
SELECT r.unit_id, r.channel, r.attribution, count(*) FROM response r
WHERE r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response
GROUP BY r.unit_id, r.channel, r.attribution
"""
PEOPLE = ("counter", "officer")


class Detail(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One unit (or officer): its rows of all measures, the headline rows of what is right below it.

    ``below`` are units and counters, ``officers`` rows of ``factor:officials``. ``channels`` and
    ``attributions`` count the responses that came in, with those that were left out since. ``rest`` is for
    `gradual` alone: what the unit had besides its parts of each sort when that last moved.
    """

    rows: tuple[Row, ...] = ()
    below: tuple[Row, ...] = ()
    officers: tuple[Row, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    trend: tuple[Month, ...] = ()
    channels: dict[str, int] = {}
    attributions: dict[str, int] = {}
    rest: dict[str, int] = {}


class Shares(msgspec.Struct, frozen=True):
    """How many responses came in through each channel, and on what their attribution rests, by unit code."""

    channels: dict[str, Counter[str]]
    attributions: dict[str, Counter[str]]


def of_units(
    summary: Summary, trend: Sequence[Month] = (), shares: Shares | None = None
) -> dict[str, Detail]:
    """Give the detail of every unit by its code, from figures that were cut for an audience.

    Of two units with one code in a period, the later one has the page.
    """
    rows, below, officers = _sorted(summary)
    answers, months = defaultdict(list), defaultdict(list)
    for answer in summary.answers:
        if answer.kind not in PEOPLE:
            answers[answer.code].append(answer)
    for month in trend:
        months[month.code].append(month)
    return {
        code: Detail(
            rows=tuple(own),
            below=tuple(below[code]),
            officers=tuple(officers[code]),
            answers=tuple(answers[code]),
            trend=tuple(months[code]),
            channels=dict(shares.channels.get(code, {})) if shares else {},
            attributions=dict(shares.attributions.get(code, {})) if shares else {},
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


def read_shares(
    connection: Connection,
    period: Period,
    last_response: int,
    unit_of: Mapping[int, int],
    codes: Sequence[str],
) -> Shares:
    """Count responses by unit and all above it, channel and attribution; ``unit_of`` leads to ``codes``."""
    bounds = {"first": period.first_day, "last": period.last_day, "last_response": last_response}
    channels: dict[str, Counter[str]] = defaultdict(Counter)
    attributions: dict[str, Counter[str]] = defaultdict(Counter)
    for unit, channel, attribution, count in connection.execute(text(SHARES), bounds):
        if unit in unit_of:
            code = codes[unit_of[unit]]
            channels[code][channel] += count
            attributions[code][attribution] += count
    return Shares(dict(channels), dict(attributions))


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
