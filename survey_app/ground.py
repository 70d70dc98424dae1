"""Ground: what the desk's working pages stand on: who asks, when, of which installation."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app
from sqlalchemy import Connection, Row, Select, select

from survey_app.access.accounts import Person
from survey_app.access.guard import present
from survey_app.config import Settings
from survey_app.evaluate import terms, words
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from survey_app.web import choose_desk_language

AGAIN = "4"
"""Seconds after which a page that waits for a job asks again."""


def desk_blueprint(name: str, module: str, prefix: str) -> Blueprint:
    """Make a blueprint of pages in the languages and words of the desk."""
    made = Blueprint(name, module, url_prefix=prefix)
    made.before_request(choose_desk_language)
    made.context_processor(lambda: {"terms": terms, "words": words})
    return made


def settings() -> Settings:
    """Give the settings of the installation."""
    return cast(Settings, current_app.extensions["settings"])


def database() -> Database:
    """Give the database of the installation."""
    return cast(Database, current_app.extensions["database"])


def instance() -> Path:
    """Give the folder of the installation."""
    return Path(current_app.instance_path)


def now() -> datetime:
    """Give the moment of the request."""
    return cast(datetime, current_app.extensions["clock"]())


def today() -> date:
    """Give the local day of the request."""
    return now().astimezone(settings().zone).date()


def person() -> Person:
    """Give the person who is signed in; for views that a guard stands before."""
    found = present()
    assert found is not None  # the guard let nobody else in
    return found


def newest_job(connection: Connection, kind: str, about: str) -> Row[Any] | None:
    """Give the job of a kind that was asked for last, of those whose argument begins so."""
    query = cast(Select[Any], select(*Job.__table__.columns, Account.name.label("asker")))
    query = query.outerjoin_from(Job, Account, Job.asked_by == Account.id)
    query = query.where(Job.kind == kind, Job.argument.startswith(about, autoescape=True))
    return connection.execute(query.order_by(Job.id.desc()).limit(1)).one_or_none()


def goes_on(job: Row[Any] | None) -> bool:
    """Whether a job waits or is being done."""
    return job is not None and job.state in ("waiting", "running")


def asking_again(page: str, job: Row[Any] | None) -> Response:
    """Give a page that the browser loads anew while a job goes on; without a script."""
    response = Response(page)
    if goes_on(job):
        response.headers["Refresh"] = AGAIN
    return response


def names_of(connection: Connection) -> dict[int, str]:
    """Give the names of people by the numbers of their accounts."""
    query = cast(Select[Any], select(Account.id, Account.name))
    return dict(connection.execute(query).all())
