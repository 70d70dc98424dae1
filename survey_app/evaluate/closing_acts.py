"""Closing acts: the steps of a period's life that inspectors of the whole province take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from analysis.period import Period
from survey_app import jobs
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate import closing_job
from survey_app.evaluate.checklist import checklist, ready
from survey_app.evaluate.closing_pages import closing_page
from survey_app.evaluate.lifecycle import StepFault, begin_review, life, publish, reopen
from survey_app.evaluate.proposals import LONGEST, SHORTEST
from survey_app.evaluate.scoped import period_or_404, scope_in
from survey_app.evaluate.verify_job import VERIFY
from survey_app.evaluate.words import moment
from survey_app.ground import database, desk_blueprint, goes_on, newest_job, now, person, settings, today

closing_acts = desk_blueprint("closing_acts", __name__, "/evaluations/<label>/closing")

Step = Callable[[Connection, Period, date, datetime, int | None], None]


@closing_acts.post("/review")
@required("inspector")
def review(label: str) -> ResponseReturnValue:
    """Begin the review of a period."""
    return _take(label, begin_review, "review")


@closing_acts.post("/open")
@required("inspector")
def open_again(label: str) -> ResponseReturnValue:
    """Put a period in review back to open."""
    return _take(label, reopen, "open")


@closing_acts.post("/published")
@required("inspector")
def published(label: str) -> ResponseReturnValue:
    """Note that the results were made public."""
    return _take(label, publish, "published")


@closing_acts.post("/close")
@required("inspector")
def close(label: str) -> ResponseReturnValue:
    """Ask the worker to close a period, or to revise a closed one for a reason."""
    this, reason = _this(label), request.form.get("reason", "").strip()
    with database().reading() as connection:
        stands = life(connection, this, today())
        items = checklist(connection, settings(), stands, today())
    if not ready(items):
        return _again(this, gettext("Something is still missing; the list below says what."), reason)
    if stands.closed and not SHORTEST <= len(reason) <= LONGEST:
        words = gettext(
            "Write a reason of %(shortest)s to %(longest)s characters.", shortest=SHORTEST, longest=LONGEST
        )
        return _again(this, words, reason)
    if not request.form.get("read"):
        return _again(this, gettext("Confirm that you have read the list."), reason)
    if request.form.get("revision", "") != str(-1 if stands.revision is None else stands.revision.number):
        words = gettext("Somebody closed or revised this period meanwhile. Look at the newest state first.")
        return _again(this, words, reason)
    with database().writing() as connection:
        running = newest_job(connection, closing_job.CLOSE, closing_job.about(label))
        mine = not goes_on(running)
        if mine:
            argument = closing_job.argument(label, reason if stands.closed else "")
            jobs.ask(connection, closing_job.CLOSE, argument, now(), person().id)
            record(connection, "period.closing_asked", now(), person().id, period=label)
    if not mine and running is not None:
        words = gettext(
            "%(name)s asked for this at %(moment)s already; it is being done.",
            name=running.asker or "–",
            moment=moment(running.asked_at),
        )
        return _again(this, words, reason)
    return _back(label, "closing")


@closing_acts.post("/verify")
@required("inspector", "auditor")
def verify(label: str) -> ResponseReturnValue:
    """Ask the worker to verify the newest closed state."""
    this = period_or_404(label)
    with database().writing() as connection:
        if not scope_in(connection, this, "inspector", "auditor").whole:
            abort(403)
        if life(connection, this, today()).closed and not goes_on(newest_job(connection, VERIFY, label)):
            jobs.ask(connection, VERIFY, label, now(), person().id)
    return _back(label, "verifying")


def _this(label: str) -> Period:
    """Give the period, to those who answer for the whole province: its steps are about all units."""
    this = period_or_404(label)
    with database().reading() as connection:
        if not scope_in(connection, this, "inspector").whole:
            abort(403)
    return this


def _take(label: str, step: Step, told: str) -> ResponseReturnValue:
    this = _this(label)
    try:
        with database().writing() as connection:
            step(connection, this, today(), now(), person().id)
    except StepFault:
        words = gettext("The period stands elsewhere by now, so this step is not possible. Look at it again.")
        return _again(this, words)
    return _back(label, told)


def _again(this: Period, fault: str, reason: str = "") -> ResponseReturnValue:
    return closing_page(this, fault, reason), 422


def _back(label: str, told: str) -> ResponseReturnValue:
    return redirect(url_for("closing.overview", label=label, told=told), 303)
