"""Snapshots: the figures of a period as of one moment, made by the worker and kept as finished files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, Row, delete, func, insert, select

from analysis.period import half_year_of, period
from survey_app import jobs
from survey_app.config import Settings
from survey_app.evaluate.basis import Basis, read_basis
from survey_app.evaluate.evaluation import estimate, rules_of
from survey_app.evaluate.lifecycle import StepFault, life, newest_revision
from survey_app.evaluate.outputs import TABLES, outputs
from survey_app.evaluate.shown import GRADUAL, arrived_of, pages
from survey_app.store.engine import Database
from survey_app.store.evaluations import Evaluation, Output
from survey_app.store.responses import Response

SNAPSHOT = "snapshot"
"""The kind of job that makes one; its argument is the period."""


def make_snapshot(database: Database, settings: Settings, label: str, now: datetime) -> int:
    """Evaluate a period and keep its tables and what the pages show; give the number of the evaluation.

    Raises ValueError if the label names no period, StepFault if it is closed: then its files are fixed.
    """
    this = period(label, settings.period_scheme)
    with database.reading() as connection:
        if life(connection, this, now.astimezone(settings.zone).date()).closed:
            raise StepFault(f"{label}: is closed; its figures change only by a revision")
        basis = read_basis(connection, settings, label, until=now)
        arrived = arrived_of(connection, settings, basis)
        before = newest(connection, label)
        shown = read_folder(connection, before.id, *GRADUAL) if before is not None else {}
    made = estimate(basis, rules_of(settings), settings.period_scheme)
    files = outputs(made, settings, formats=TABLES) | pages(made, settings, arrived, shown)
    with database.writing() as connection:
        return keep(connection, label, now, basis, files)


def keep(connection: Connection, label: str, now: datetime, basis: Basis, files: Mapping[str, bytes]) -> int:
    """Keep finished files as the newest evaluation of a period; give its number."""
    key = connection.execute(
        insert(Evaluation).values(
            period=label,
            made_at=now,
            last_response=basis.last_response,
            responses=basis.this.responses,
            demo=basis.demo,
        )
    ).inserted_primary_key
    assert key is not None  # one row was inserted
    connection.execute(
        insert(Output),
        [
            {
                "evaluation_id": key[0],
                "name": name,
                "digest": sha256(content).hexdigest(),
                "content": content,
            }
            for name, content in files.items()
        ],
    )
    return int(key[0])


def newest(connection: Connection, label: str) -> Row[Any] | None:
    """Give the newest evaluation of a period."""
    query = select(*Evaluation.__table__.columns).where(Evaluation.period == label)
    return connection.execute(query.order_by(Evaluation.id.desc()).limit(1)).one_or_none()


def newest_of_each(connection: Connection) -> list[Row[Any]]:
    """Give the newest evaluation of every period that has one."""
    chosen = select(func.max(Evaluation.id)).group_by(Evaluation.period)
    query = select(*Evaluation.__table__.columns).where(Evaluation.id.in_(chosen))
    return list(connection.execute(query.order_by(Evaluation.period)))


def read_file(connection: Connection, evaluation_id: int, name: str) -> bytes | None:
    """Give a finished file of an evaluation."""
    query = select(Output.content).where(Output.evaluation_id == evaluation_id, Output.name == name)
    return cast("bytes | None", connection.scalar(query))


def read_folder(connection: Connection, evaluation_id: int, *folders: str) -> dict[str, bytes]:
    """Give all finished files of some folders of an evaluation by their names."""
    found: dict[str, bytes] = {}
    for folder in folders:
        query = select(Output.name, Output.content).where(
            Output.evaluation_id == evaluation_id, Output.name.startswith(f"{folder}/", autoescape=True)
        )
        found.update(dict(connection.execute(query).all()))
    return found


def add_file(connection: Connection, evaluation_id: int, name: str, content: bytes) -> None:
    """Add a finished file to an evaluation, in place of one of that name."""
    connection.execute(delete(Output).where(Output.evaluation_id == evaluation_id, Output.name == name))
    digest = sha256(content).hexdigest()
    connection.execute(
        insert(Output).values(evaluation_id=evaluation_id, name=name, digest=digest, content=content)
    )


def last_due(settings: Settings, now: datetime) -> datetime:
    """Give the last moment at which the nightly snapshot was due."""
    local = now.astimezone(settings.zone)
    due = datetime.combine(local.date(), time(settings.snapshot_hour), settings.zone)
    if due > local:
        due = datetime.combine(local.date() - timedelta(days=1), time(settings.snapshot_hour), settings.zone)
    return due.astimezone(UTC)


def ask_for_due(connection: Connection, settings: Settings, now: datetime) -> list[str]:
    """Ask for the snapshots that are due; give their periods.

    The half-year of yesterday is looked at too, so that its last day is in a snapshot.
    """
    due = last_due(settings, now)
    today = now.astimezone(settings.zone).date()
    asked = []
    for day in (today - timedelta(days=1), today):
        half = half_year_of(day, settings.period_scheme)
        made = newest(connection, half.label)
        tried = jobs.latest(connection, SNAPSHOT, half.label)
        if newest_revision(connection, half.label) is not None:
            continue
        if half.label in asked or (made and made.made_at >= due) or (tried and tried.asked_at >= due):
            continue
        held = select(Response.number).where(
            Response.service_day >= half.first_day, Response.service_day <= half.last_day
        )
        if connection.scalar(held.limit(1)) is not None and jobs.ask(connection, SNAPSHOT, half.label, now):
            asked.append(half.label)
    return asked
