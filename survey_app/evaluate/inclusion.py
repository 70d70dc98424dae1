"""Inclusion: the one rule by which responses count, read day by day."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, TextClause, bindparam, text

from analysis.period import Period
from analysis.ratings import NOBODY, SKIPPED, Question
from survey_app.evaluate.documents import Documents
from survey_app.store.schema import Instant

Columns = dict[str, NDArray[Any]]
Bounds = Mapping[str, Any]

# The inclusion rule: every part of every response whose service day lies in the period and that arrived up to
# the given one, but those that two people excluded. A day comes as one row of JSON arrays: making a Python
# object of every number costs more than all the rest.
INCLUDED = """
SELECT r.service_day, {arrays}, {texts}
FROM response r JOIN part p ON p.response_number = r.number
WHERE r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response
GROUP BY r.service_day ORDER BY r.service_day
"""
AGGREGATES = {
    "sqlite": ("json_group_array({})", "group_concat({}, ',')"),
    "postgresql": ("CAST(json_agg({}) AS text)", "string_agg({}, ',')"),
}
DECIDED = """
SELECT d.response_number, p.kind, p.unit_id, p.deciding_unit_id, p.counter_id, p.officer_id
FROM proposed d JOIN proposal p ON p.id = d.proposal_id JOIN response r ON r.number = d.response_number
WHERE p.confirmed AND p.decided_at <= :until AND r.service_day >= :first AND r.service_day <= :last
ORDER BY p.decided_at, p.id
"""
FLAGGED = """
SELECT f.response_number, f.rule FROM flag f JOIN response r ON r.number = f.response_number
WHERE f.raised_at <= :until AND r.service_day >= :first AND r.service_day <= :last
ORDER BY f.response_number, f.rule
"""
ATTRIBUTION = ("unit", "deciding_unit", "counter", "officer")


@dataclass(frozen=True)
class Day:
    """The parts of a day: a JSON array of each column that was asked for, and the answers, one row a part."""

    day: date
    arrays: Mapping[str, str]
    answers: Columns

    def numbers(self, name: str) -> NDArray[np.int64]:
        """Give a column of numbers; NOBODY where the store has none."""
        return numbers_of(self.arrays[name])


@dataclass(frozen=True)
class Decisions:
    """What two people confirmed of responses, in the order of their numbers.

    Of several exclusions and inclusions the last one counts, and so does of corrections the last one.
    """

    number: NDArray[np.int64]
    excluded: NDArray[np.bool_]
    corrected: NDArray[np.bool_]
    attribution: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True)
class Flags:
    """The flags of responses, in the order of the responses' numbers and of the rules."""

    number: NDArray[np.int64]
    rule: NDArray[np.int64]


def numbers_of(array: str) -> NDArray[np.int64]:
    """Read a JSON array of numbers; NOBODY where it has none."""
    return np.fromstring(array[1:-1].replace("null", str(NOBODY)), np.int64, sep=",")


def bounds_of(
    connection: Connection, period: Period, last_response: int | None = None, until: datetime | None = None
) -> Bounds:
    """Give what bounds a reading: a period, a response by order of arrival, a moment (all if None)."""
    if last_response is None:
        last_response = connection.scalar(text("SELECT max(number) FROM response")) or 0
    return {
        "first": period.first_day,
        "last": period.last_day,
        "last_response": last_response,
        "until": until or datetime.max.replace(tzinfo=UTC),
    }


def as_of(query: str) -> TextClause:
    """Give a query that has the bound ``:until``."""
    return text(query).bindparams(bindparam("until", type_=Instant()))


def days(
    connection: Connection, bounds: Bounds, stored: Mapping[str, str], questions: Sequence[Question]
) -> Generator[Day]:
    """Read the parts that count, before what was decided of them, day after day.

    ``stored`` gives each column its expression over the response ``r`` and the part ``p``.
    """
    array, joined = AGGREGATES[connection.dialect.name]
    query = INCLUDED.format(
        arrays=", ".join(array.format(column) for column in stored.values()),
        texts=joined.format("p.answers"),
    )
    documents = Documents(questions)
    streamed = connection.execution_options(stream_results=True, max_row_buffer=8)
    with streamed.execute(text(query), bounds) as rows:
        for day, *arrays, texts in rows:
            yield Day(
                day if isinstance(day, date) else date.fromisoformat(day),
                dict(zip(stored, arrays, strict=True)),
                {q.id: codes for q, codes in zip(questions, documents.codes(texts), strict=True)},
            )


def last_answers(columns: Columns, answers: Columns) -> tuple[Columns, Columns]:
    """Join the parts of each response: the last answer to each question counts."""
    number = columns["number"]
    if np.all(number[1:] > number[:-1]):  # one part each, in order of arrival
        return columns, answers
    order = np.lexsort((columns["part"], columns["number"]))
    number = columns["number"][order]
    last = np.append(number[1:] != number[:-1], True) if len(number) else np.empty(0, bool)
    if last.all():  # one part each
        return {n: c[order] for n, c in columns.items()}, {q: a[order] for q, a in answers.items()}
    response = np.cumsum(np.append(False, last[:-1]))
    joined = {}
    for question, unordered in answers.items():
        given = unordered[order]
        latest = np.full(response[-1] + 1, -1)
        np.maximum.at(latest, response, np.where(given != SKIPPED, np.arange(len(given)), -1))
        joined[question] = np.where(latest >= 0, given[latest], SKIPPED).astype(given.dtype)
    return {name: column[order][last] for name, column in columns.items()}, joined


def read_decisions(connection: Connection, bounds: Bounds) -> Decisions:
    """Read what was confirmed of responses of the period."""
    excluded: dict[int, bool] = {}
    attribution: dict[int, list[int]] = {}
    for number, kind, *values in connection.execute(as_of(DECIDED), bounds):
        if kind == "correct":
            attribution[number] = [NOBODY if value is None else value for value in values]
        else:
            excluded[number] = kind != "include"
    numbers = sorted({*excluded, *attribution})
    none = [NOBODY] * len(ATTRIBUTION)
    table = np.array([attribution.get(number, none) for number in numbers], np.int64)
    return Decisions(
        np.array(numbers, np.int64),
        np.array([excluded.get(number, False) for number in numbers], np.bool_),
        np.array([number in attribution for number in numbers], np.bool_),
        dict(zip(ATTRIBUTION, table.reshape(-1, len(ATTRIBUTION)).T, strict=True)),
    )


def decided(decisions: Decisions, columns: Columns, answers: Columns) -> tuple[Columns, Columns]:
    """Leave out and attribute anew what two people confirmed, one row a response."""
    if not len(decisions.number):
        return columns, answers
    place = np.minimum(np.searchsorted(decisions.number, columns["number"]), len(decisions.number) - 1)
    found = decisions.number[place] == columns["number"]
    kept, mended = ~(found & decisions.excluded[place]), found & decisions.corrected[place]
    anew = {
        name: np.where(mended, values[place], columns[name])
        for name, values in decisions.attribution.items()
        if name in columns
    }
    return {name: each[kept] for name, each in (columns | anew).items()}, {
        id: each[kept] for id, each in answers.items()
    }


def read_flags(connection: Connection, bounds: Bounds) -> Flags:
    """Read the flags of responses of the period."""
    rows = connection.execute(as_of(FLAGGED), bounds)
    pairs = np.fromiter((number for row in rows for number in row), np.int64).reshape(-1, 2)
    return Flags(pairs[:, 0], pairs[:, 1])
