"""Reading: the only reader of responses: one pass over a period, one inclusion rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, TextClause, bindparam, select, text

from analysis.period import Period
from analysis.ratings import NOBODY, SKIPPED, Question, Ratings
from survey_app.evaluate.documents import Documents
from survey_app.evaluate.domains import Map, read_domains
from survey_app.evaluate.fields import field_of, read_fields, with_peers
from survey_app.evaluate.workloads import read_workload
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.rated import rating_questions
from survey_app.questionnaire.toml import load
from survey_app.store.responses import Release
from survey_app.store.schema import Instant

COLUMNS = ("number", "unit", "deciding_unit", "counter", "officer", "procedure", "version", "part", "batch")

# The inclusion rule: every part of every response whose service day lies in the period and that arrived up to
# the given one, but those that two people excluded. A day comes as one row of JSON arrays: making a Python
# object of every number costs more than all the rest.
INCLUDED = """
SELECT r.service_day, {numbers}, {texts}
FROM response r JOIN part p ON p.response_number = r.number
WHERE r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response
GROUP BY r.service_day ORDER BY r.service_day
"""
STORED = (
    "r.number",
    "r.unit_id",
    "r.deciding_unit_id",
    "r.counter_id",
    "r.officer_id",
    "r.procedure_id",
    "r.release_id",
    "p.part",
    "r.batch_id",
)
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
SELECT DISTINCT f.response_number FROM flag f JOIN response r ON r.number = f.response_number
WHERE f.raised_at <= :until AND r.service_day >= :first AND r.service_day <= :last
"""


@dataclass(frozen=True)
class Reading:
    """What was read: the ratings, what was asked, whether made-up responses are among them, up to which.

    ``numbers`` are those of the responses, in the order of the ratings.
    """

    ratings: Ratings
    questionnaires: tuple[Questionnaire, ...]
    demo: bool
    last_response: int
    numbers: NDArray[np.int64]


def read_ratings(
    connection: Connection,
    period: Period,
    zone: ZoneInfo,
    *,
    map: Map = "today",
    last_response: int | None = None,
    as_of: date | None = None,
    until: datetime | None = None,
) -> Reading:
    """Read the ratings of a period, up to a response by order of arrival (all if None).

    Decisions of two people and flags count as they stood at ``until`` (now if None).
    ``as_of`` is the day whose units stand for those of the period; its last day if None.
    """
    if last_response is None:
        last_response = connection.scalar(text("SELECT max(number) FROM response")) or 0
    bounds = {
        "first": period.first_day,
        "last": period.last_day,
        "last_response": last_response,
        "until": until or datetime.max.replace(tzinfo=UTC),
    }
    domains = read_domains(connection, period, zone, map, as_of)
    fields = read_fields(connection)
    released = _released(connection)
    questions = _pooled(released.values())
    columns, answers = _read_parts(connection, bounds, questions)
    columns, answers = _last_answers(columns, answers, questions)
    columns, answers = _decided(connection, bounds, columns, answers)
    demo_batches = connection.execute(text("SELECT id FROM batch WHERE demo")).scalars().all()
    asked = [q for q in questions if np.any(answers[q.id] != SKIPPED)]
    last_day = date.fromordinal(int(columns["day"].max())) if len(columns["day"]) else period.first_day
    officer = _indices(columns["officer"], domains.officer_of)
    field = field_of(
        _indices(columns["procedure"], fields.of_procedure), _indices(columns["counter"], fields.of_counter)
    )
    ratings = Ratings(
        units=domains.units,
        counters=domains.counters,
        officers=with_peers(domains.officers, officer, field, fields.names),
        questions=tuple(asked),
        versions=tuple((each.id, each.version) for each in released.values()),
        day=columns["day"].astype(np.int32),
        unit=_indices(columns["unit"], domains.unit_of),
        deciding_unit=_indices(columns["deciding_unit"], domains.unit_of),
        counter=_indices(columns["counter"], domains.counter_of),
        officer=officer,
        version=_indices(columns["version"], {id: i for i, id in enumerate(released)}).astype(np.int16),
        flagged=np.isin(columns["number"], connection.execute(_as_of(FLAGGED), bounds).scalars().all()),
        answers={q.id: answers[q.id] for q in asked},
        workload=read_workload(connection, period, last_day, domains, fields),
        fields=fields.names,
        field=field if fields.names else None,
    )
    demo = bool(np.isin(columns["batch"], demo_batches).any())
    return Reading(ratings, tuple(released.values()), demo, last_response, columns["number"])


def _as_of(query: str) -> TextClause:
    return text(query).bindparams(bindparam("until", type_=Instant()))


def _released(connection: Connection) -> dict[int, Questionnaire]:
    """Give every version that was ever released, by its id in the store."""
    query = select(*Release.__table__.columns).order_by(Release.questionnaire, Release.version)
    return {
        row.id: load(row.text, f"{row.questionnaire}.v{row.version}.toml")
        for row in connection.execute(query)
    }


def _pooled(questionnaires: Iterable[Questionnaire]) -> tuple[Question, ...]:
    """Give the questions of all questionnaires, pooled by id."""
    questions: dict[str, Question] = {}
    for questionnaire in questionnaires:
        for question in rating_questions(questionnaire):
            known = questions.setdefault(question.id, question)
            more = tuple(code for code in question.choices if code not in known.choices)
            questions[question.id] = replace(known, choices=known.choices + more)
    return tuple(questions.values())


def _read_parts(
    connection: Connection, bounds: dict[str, Any], questions: Sequence[Question]
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Give columns and answers of all parts, one row a part."""
    columns: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("day", *COLUMNS)}
    answers: dict[str, list[NDArray[Any]]] = {question.id: [] for question in questions}
    documents = Documents(questions)
    for day, *arrays, texts in _days(connection, bounds):
        for name, array in zip(COLUMNS, arrays, strict=True):
            columns[name].append(_numbers(array))
        ordinal = (day if isinstance(day, date) else date.fromisoformat(day)).toordinal()
        columns["day"].append(np.full(len(columns["number"][-1]), ordinal))
        for question, codes in zip(questions, documents.codes(texts), strict=True):
            answers[question.id].append(codes)
    none = [np.empty(0, np.int64)]
    return (
        {name: np.concatenate(chunks or none) for name, chunks in columns.items()},
        {id: np.concatenate(chunks or none) for id, chunks in answers.items()},
    )


def _days(connection: Connection, bounds: dict[str, Any]) -> Iterator[Any]:
    array, joined = AGGREGATES[connection.dialect.name]
    query = INCLUDED.format(
        numbers=", ".join(array.format(column) for column in STORED), texts=joined.format("p.answers")
    )
    yield from connection.execution_options(stream_results=True, max_row_buffer=8).execute(
        text(query), bounds
    )


def _numbers(array: str) -> NDArray[np.int64]:
    return np.fromstring(array[1:-1].replace("null", str(NOBODY)), np.int64, sep=",")


def _last_answers(
    columns: dict[str, NDArray[Any]], answers: dict[str, NDArray[Any]], questions: Sequence[Question]
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
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
    for question in questions:
        given = answers[question.id][order]
        latest = np.full(response[-1] + 1, -1)
        np.maximum.at(latest, response, np.where(given != SKIPPED, np.arange(len(given)), -1))
        joined[question.id] = np.where(latest >= 0, given[latest], SKIPPED).astype(given.dtype)
    return {name: column[order][last] for name, column in columns.items()}, joined


def _decided(
    connection: Connection,
    bounds: dict[str, Any],
    columns: dict[str, NDArray[Any]],
    answers: dict[str, NDArray[Any]],
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Leave out and attribute anew what two people confirmed; of several decisions the last one counts."""
    rows = connection.execute(_as_of(DECIDED), bounds).all()
    if not rows:
        return columns, answers
    place = {number: where for where, number in enumerate(columns["number"].tolist())}
    kept = np.ones(len(place), np.bool_)
    for number, kind, *attribution in rows:
        if (where := place.get(number)) is None:
            continue  # arrived after the cut-off
        if kind != "correct":
            kept[where] = kind == "include"
            continue
        for name, value in zip(("unit", "deciding_unit", "counter", "officer"), attribution, strict=True):
            columns[name][where] = NOBODY if value is None else value
    return {name: each[kept] for name, each in columns.items()}, {
        id: each[kept] for id, each in answers.items()
    }


def _indices(ids: NDArray[np.int64], index_of: Mapping[int, int]) -> NDArray[np.int32]:
    """Turn store ids into indices; NOBODY stays nobody, and so does what is no domain of the period."""
    index = np.full(max([*index_of, ids.max(initial=0)]) + 2, NOBODY, np.int32)
    index[list(index_of)] = list(index_of.values())
    return index[ids]  # the last element is nobody, where NOBODY points
