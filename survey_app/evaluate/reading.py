"""Reading: the only reader of responses: one pass over a period, one inclusion rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text

from analysis.period import Period
from analysis.ratings import NOBODY, SKIPPED, Question, Ratings
from survey_app.evaluate.domains import Map, read_domains
from survey_app.evaluate.fields import field_of, read_fields, with_peers
from survey_app.evaluate.inclusion import (
    Bounds,
    Columns,
    bounds_of,
    days,
    decided,
    last_answers,
    read_decisions,
    read_flags,
)
from survey_app.evaluate.workloads import read_workload
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.rated import rating_questions
from survey_app.questionnaire.toml import load
from survey_app.store.responses import Release

STORED = {
    "number": "r.number",
    "unit": "r.unit_id",
    "deciding_unit": "r.deciding_unit_id",
    "counter": "r.counter_id",
    "officer": "r.officer_id",
    "procedure": "r.procedure_id",
    "version": "r.release_id",
    "part": "p.part",
    "batch": "r.batch_id",
}


@dataclass(frozen=True)
class Reading:
    """What was read: the ratings, what was asked, whether made-up responses are among them, up to which.

    ``numbers`` are those of the responses, in the order of the ratings; ``excluded`` counts those left out.
    """

    ratings: Ratings
    questionnaires: tuple[Questionnaire, ...]
    demo: bool
    last_response: int
    numbers: NDArray[np.int64]
    excluded: int = 0


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
    bounds = bounds_of(connection, period, last_response, until)
    domains = read_domains(connection, period, zone, map, as_of)
    fields = read_fields(connection)
    released = read_released(connection)
    questions = pooled(released.values())
    columns, answers = _read_parts(connection, bounds, questions)
    columns, answers = last_answers(columns, answers)
    arrived = len(columns["number"])
    columns, answers = decided(read_decisions(connection, bounds), columns, answers)
    demo_batches = connection.execute(text("SELECT id FROM batch WHERE demo")).scalars().all()
    asked = [q for q in questions if np.any(answers[q.id] != SKIPPED)]
    last_day = date.fromordinal(int(columns["day"].max())) if len(columns["day"]) else period.first_day
    officer = indices(columns["officer"], domains.officer_of)
    field = field_of(
        indices(columns["procedure"], fields.of_procedure), indices(columns["counter"], fields.of_counter)
    )
    ratings = Ratings(
        units=domains.units,
        counters=domains.counters,
        officers=with_peers(domains.officers, officer, field, fields.names),
        questions=tuple(asked),
        versions=tuple((each.id, each.version) for each in released.values()),
        day=columns["day"].astype(np.int32),
        unit=indices(columns["unit"], domains.unit_of),
        deciding_unit=indices(columns["deciding_unit"], domains.unit_of),
        counter=indices(columns["counter"], domains.counter_of),
        officer=officer,
        version=indices(columns["version"], {id: i for i, id in enumerate(released)}).astype(np.int16),
        flagged=np.isin(columns["number"], read_flags(connection, bounds).number),
        answers={q.id: answers[q.id] for q in asked},
        workload=read_workload(connection, period, last_day, domains, fields),
        fields=fields.names,
        field=field if fields.names else None,
    )
    demo = bool(np.isin(columns["batch"], demo_batches).any())
    return Reading(
        ratings,
        tuple(released.values()),
        demo,
        bounds["last_response"],
        columns["number"],
        arrived - len(columns["number"]),
    )


def read_released(connection: Connection) -> dict[int, Questionnaire]:
    """Give every version that was ever released, by its id in the store."""
    query = select(*Release.__table__.columns).order_by(Release.questionnaire, Release.version)
    return {
        row.id: load(row.text, f"{row.questionnaire}.v{row.version}.toml")
        for row in connection.execute(query)
    }


def pooled(questionnaires: Iterable[Questionnaire]) -> tuple[Question, ...]:
    """Give the questions of all questionnaires, pooled by id."""
    questions: dict[str, Question] = {}
    for questionnaire in questionnaires:
        for question in rating_questions(questionnaire):
            known = questions.setdefault(question.id, question)
            more = tuple(code for code in question.choices if code not in known.choices)
            questions[question.id] = replace(known, choices=known.choices + more)
    return tuple(questions.values())


def _read_parts(
    connection: Connection, bounds: Bounds, questions: Sequence[Question]
) -> tuple[Columns, Columns]:
    """Give columns and answers of all parts, one row a part."""
    columns: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("day", *STORED)}
    answers: dict[str, list[NDArray[Any]]] = {question.id: [] for question in questions}
    for each in days(connection, bounds, STORED, questions):
        for name in STORED:
            columns[name].append(each.numbers(name))
        columns["day"].append(np.full(len(columns["number"][-1]), each.day.toordinal()))
        for id, codes in each.answers.items():
            answers[id].append(codes)
    none = [np.empty(0, np.int64)]
    return (
        {name: np.concatenate(chunks or none) for name, chunks in columns.items()},
        {id: np.concatenate(chunks or none) for id, chunks in answers.items()},
    )


def indices(ids: NDArray[np.int64], index_of: Mapping[int, int]) -> NDArray[np.int32]:
    """Turn store ids into indices; NOBODY stays nobody, and so does what is no domain of the period."""
    index = np.full(max([*index_of, ids.max(initial=0)]) + 2, NOBODY, np.int32)
    index[list(index_of)] = list(index_of.values())
    return index[ids]  # the last element is nobody, where NOBODY points
