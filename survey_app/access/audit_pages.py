"""Audit pages: what was done, newest first, and whether the chain of entries is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection, Row, Select, select

from survey_app import jobs
from survey_app.access.audit import head
from survey_app.access.audit_job import VERIFY_AUDIT, Asked, broken_in
from survey_app.access.audit_words import GROUPS, broken_words
from survey_app.access.guard import required
from survey_app.access.scope import scope_of
from survey_app.ground import (
    asking_again,
    database,
    desk_blueprint,
    goes_on,
    newest_job,
    now,
    person,
    settings,
)
from survey_app.store.accounts import Account, AuditEntry

audit = desk_blueprint("audit", __name__, "/audit")

READERS = ("auditor", "administrator", "inspector")
PAGE = 100


@dataclass(frozen=True)
class Choice:
    """What somebody asked to see: actions that begin so, of one local day, before an entry."""

    group: str = ""
    day: date | None = None
    before: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Read the choice from an address; what it does not know means no choice."""
        group, before = asked.get("action", ""), asked.get("before", "")
        try:
            day = date.fromisoformat(asked.get("day", ""))
        except ValueError:
            day = None
        known = group if group in GROUPS else ""
        return cls(known, day, int(before[:15]) if before.isdecimal() else None)


@audit.get("")
@required(*READERS)
def overview() -> ResponseReturnValue:
    """List what was done, the newest first."""
    _must_see_all()
    choice = Choice.of(request.args)
    with database().reading() as connection:
        found = _entries(connection, choice)
        last = head(connection)
        job = newest_job(connection, VERIFY_AUDIT, "")
    page = render_template(
        "access/audit.html",
        entries=[(row, _details(row.details)) for row in found[:PAGE]],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        choice=choice,
        groups=GROUPS,
        head=last,
        job=job,
        waits=goes_on(job),
        broken=_found(job),
        told=gettext("The worker was asked to verify the audit log.") if request.args.get("told") else "",
    )
    return asking_again(page, job)


@audit.post("/verify")
@required(*READERS)
def verify() -> ResponseReturnValue:
    """Ask the worker to prove the chain whole, from a head that was noted or from none."""
    _must_see_all()
    noted = "".join(request.form.get("head", "").split()).casefold()
    if noted and (len(noted) != 64 or not set(noted) <= set("0123456789abcdef")):
        abort(400)
    with database().writing() as connection:
        if not goes_on(newest_job(connection, VERIFY_AUDIT, "")):
            jobs.ask(connection, VERIFY_AUDIT, Asked(noted).encoded(), now(), person().id)
    return redirect(url_for("audit.overview", told="asked"), 303)


def _must_see_all() -> None:
    """Let those in who may see everything: the audit is about all units."""
    mine = person()
    if "administrator" not in mine.roles and scope_of(mine, "auditor", "inspector") is not None:
        abort(403)


def _entries(connection: Connection, choice: Choice) -> Sequence[Row[Any]]:
    query = cast(Select[Any], select(*AuditEntry.__table__.columns, Account.login, Account.name))
    query = query.outerjoin_from(AuditEntry, Account)
    if choice.group:
        query = query.where(AuditEntry.action.startswith(f"{choice.group}.", autoescape=True))
    if choice.before is not None:
        query = query.where(AuditEntry.id < choice.before)
    if choice.day is not None:
        begins = datetime.combine(choice.day, time(), settings().zone)
        query = query.where(AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1))
    return connection.execute(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()


def _details(text: str) -> list[tuple[str, str]]:
    """Give the details of an entry; as they stand where somebody wrote into them."""
    try:
        details = json.loads(text)
    except ValueError:
        return [("", text)]
    if not isinstance(details, dict):
        return [("", text)]
    return [(name, "" if value is None else str(value)) for name, value in details.items()]


def _found(job: Row[Any] | None) -> str:
    """Say what the last verification found; nothing where none is finished."""
    if job is None or job.state != "done":
        return ""
    return broken_words(broken_in(job.progress))
