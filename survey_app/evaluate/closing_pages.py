"""Closing pages: the steps of a period's life, what is missing for the next, its closed states."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, Select, select

from analysis.period import Period
from survey_app.access.guard import may, required
from survey_app.evaluate import closing_job
from survey_app.evaluate.checklist import checklist, ready
from survey_app.evaluate.closing_words import kept_words, told_words
from survey_app.evaluate.lifecycle import StepFault, find_revision, life
from survey_app.evaluate.scoped import period_or_404, scope_in
from survey_app.evaluate.snapshots import newest
from survey_app.evaluate.stepper import steps
from survey_app.evaluate.verify_job import VERIFY, verified
from survey_app.ground import (
    asking_again,
    database,
    desk_blueprint,
    goes_on,
    names_of,
    newest_job,
    settings,
    today,
)
from survey_app.store.evaluations import Frozen, Revision

closing = desk_blueprint("closing", __name__, "/evaluations/<label>/closing")

CHANGES = "changes.csv"
MOST = 500
"""Rows of changes on the page; the file has all."""


@closing.get("")
@required("inspector", "auditor")
def overview(label: str) -> ResponseReturnValue:
    """Show where a period stands, what its next step needs, and its closed states."""
    return closing_page(period_or_404(label))


@closing.get("/changes/<int:number>")
@required("inspector", "auditor")
def changes(label: str, number: int) -> ResponseReturnValue:
    """Show what a revision changed, as its own file says."""
    this = period_or_404(label)
    with database().reading() as connection:
        if not scope_in(connection, this, "inspector", "auditor").whole:
            abort(403)
        try:
            revision = find_revision(connection, label, number)
        except StepFault:
            abort(404)
        query = select(Frozen.content).where(Frozen.revision_id == revision.id, Frozen.name == CHANGES)
        content = connection.scalar(query)
        made = newest(connection, label)
    if content is None:
        abort(404)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return render_template(
        "evaluate/closing/changes.html",
        period=this,
        revision=revision,
        rows=[_shown(row) for row in rows[:MOST]],
        total=len(rows),
        demo=made is not None and made.demo,
    )


def closing_page(this: Period, fault: str = "", reason: str = "") -> Response:
    """Give the page of the closing, with what is wrong with a step that was asked for."""
    with database().reading() as connection:
        stands = life(connection, this, today())
        items = checklist(connection, settings(), stands, today())
        job = newest_job(connection, closing_job.CLOSE, closing_job.about(this.label))
        verifying = newest_job(connection, VERIFY, this.label)
        made = newest(connection, this.label)
        shared = {
            "stands": stands,
            "items": items,
            "made": made,
            "demo": made is not None and made.demo,
            "revisions": revisions(connection, this.label),
            "steps": steps(connection, stands, settings().closing_grace_days),
            "names": names_of(connection),
            "verified": verified(connection, this.label),
            "whole": scope_in(connection, this, "inspector").whole,
        }
    page = render_template(
        "evaluate/closing/assistant.html",
        **shared,
        period=this,
        ready=ready(items),
        job=job,
        closing=goes_on(job),
        verifying=verifying if goes_on(verifying) else None,
        not_verified=verifying if verifying is not None and verifying.state == "failed" else None,
        kept=kept_words,
        fault=fault,
        typed=reason,
        told=told_words(request.args.get("told", "")),
        acting=may("inspector") and shared["whole"],
        digest=lambda manifest: sha256(manifest.encode()).hexdigest(),
    )
    return asking_again(page, job if goes_on(job) else verifying)


def revisions(connection: Connection, label: str) -> Sequence[Row[Any]]:
    """Give the closed states of a period, the newest first."""
    query = cast(Select[Any], select(*Revision.__table__.columns).where(Revision.period == label))
    return connection.execute(query.order_by(Revision.number.desc())).all()


def _shown(row: dict[str, str]) -> dict[str, Any]:
    """Give a row of the file with its fractions as numbers."""
    fractions = ("rate", "low", "high")
    ends = [f"{name}_{when}" for name in fractions for when in ("before", "after")]
    return {**row, **{name: float(row[name]) if row.get(name) else None for name in ends}}
