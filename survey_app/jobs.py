"""Jobs: work that is asked for here and done by the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, insert, select, update

from survey_app.config import Settings
from survey_app.store.engine import Database
from survey_app.store.jobs import Job


@dataclass(frozen=True)
class Work:
    """What a task is done with: where, about what, since when, for whom, and whom it tells how far it is."""

    database: Database
    settings: Settings
    instance: Path
    argument: str
    now: datetime
    asked_by: int | None
    progress: Callable[[str], None]


PROGRESS = 60
"""How many letters tell how far a piece of work is."""


def ask(connection: Connection, kind: str, argument: str, now: datetime, asked_by: int | None = None) -> bool:
    """Ask for a piece of work, as an account or nobody; False if the same is waiting already."""
    waiting = select(Job.id).where(Job.kind == kind, Job.argument == argument, Job.state == "waiting")
    if connection.scalar(waiting.limit(1)) is not None:
        return False
    job = {"kind": kind, "argument": argument, "state": "waiting", "asked_at": now, "asked_by": asked_by}
    connection.execute(insert(Job).values(job))
    return True


def latest(connection: Connection, kind: str, argument: str) -> Row[Any] | None:
    """Give the piece of work that was asked for last."""
    query = _jobs().where(Job.kind == kind, Job.argument == argument).order_by(Job.id.desc())
    return connection.execute(query.limit(1)).one_or_none()


def next_waiting(connection: Connection) -> Row[Any] | None:
    """Give the piece of work that waits longest."""
    return connection.execute(_jobs().where(Job.state == "waiting").order_by(Job.id).limit(1)).one_or_none()


def start(connection: Connection, job_id: int, now: datetime) -> None:
    """Note that a piece of work has begun."""
    connection.execute(update(Job).where(Job.id == job_id).values(state="running", started_at=now))


def report(connection: Connection, job_id: int, progress: str) -> None:
    """Note in words how far a piece of work is."""
    connection.execute(update(Job).where(Job.id == job_id).values(progress=progress[:PROGRESS]))


def end(connection: Connection, job_id: int, now: datetime, error: str | None) -> None:
    """Note that a piece of work has ended, and with which error."""
    state = "done" if error is None else "failed"
    connection.execute(update(Job).where(Job.id == job_id).values(state=state, ended_at=now, error=error))


def put_back(connection: Connection) -> int:
    """Let the work wait again that a runner left undone; give how many pieces."""
    left = update(Job).where(Job.state == "running").values(state="waiting", started_at=None, progress=None)
    return connection.execute(left).rowcount


def _jobs() -> Select[Any]:
    return cast(Select[Any], select(*Job.__table__.columns))
