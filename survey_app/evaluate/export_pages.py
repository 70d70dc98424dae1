"""Export pages: statisticians ask for the responses of a period as one file, and fetch it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, cast

from flask import Response as Page
from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection, Row, Select, func, select

from analysis.period import Period
from survey_app import jobs
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate.export_job import EXPORT, KEPT, Exporting, about, decoded, file_of
from survey_app.evaluate.lifecycle import newest_revision
from survey_app.evaluate.raw.export import FORMS, LIMITS, manifest_of
from survey_app.evaluate.raw.officers import SHORTEST, NotGranted, check_named
from survey_app.evaluate.scoped import Scope, period_or_404, scope_in
from survey_app.evaluate.snapshots import newest
from survey_app.ground import asking_again, database, desk_blueprint, goes_on, instance, now, person
from survey_app.store.jobs import Job
from survey_app.store.responses import Response

export = desk_blueprint("export", __name__, "/evaluations/<label>/export")

READERS = ("inspector", "statistician")
SHOWN = 10
FORM_WORDS = {
    "csv": lazy_gettext("CSV that spreadsheets open (with byte-order mark)"),
    "csv-plain": lazy_gettext("CSV, plain"),
    "parquet": lazy_gettext("Parquet"),
    "xlsx": lazy_gettext("Excel workbook (XLSX)"),
    "sav": lazy_gettext("SPSS file with labels (.sav)"),
}


@export.get("")
@required(*READERS)
def overview(label: str) -> ResponseReturnValue:
    """Show the form, and what the person asked for in the last two days."""
    return _page(period_or_404(label))


@export.post("")
@required(*READERS)
def ask(label: str) -> ResponseReturnValue:
    """Ask the worker for a file."""
    this, form = period_or_404(label), request.form
    wanted = Exporting(
        label,
        secrets.token_hex(16),
        form.get("form", ""),
        form.get("unit") or None,
        bool(form.get("officers")),
        form.get("reason", "").strip()[:500],
    )
    with database().reading() as connection:
        fault = _fault_of(connection, this, wanted, scope_in(connection, this, *READERS))
        waits = any(goes_on(job) for job in _mine(connection, label))
    if not fault and waits:
        fault = gettext("You asked for a file already; wait until it is made.")
    if fault:
        return _page(this, fault, wanted), 422
    with database().writing() as connection:
        jobs.ask(connection, EXPORT, wanted.encoded(), now(), person().id)
    return redirect(url_for("export.overview", label=label), 303)


@export.get("/<int:number>/<any(file, manifest):part>")
@required(*READERS)
def fetch(label: str, number: int, part: str) -> ResponseReturnValue:
    """Give a finished file, or the manifest beside it, to whoever asked for it."""
    period_or_404(label)
    with database().reading() as connection:
        job = next((each for each in _mine(connection, label) if each.id == number), None)
    if job is None or job.state != "done":
        abort(404)
    file = file_of(instance(), decoded(job.argument))
    path = file if part == "file" else manifest_of(file)
    if not path.is_file():
        abort(404)
    with database().writing() as connection:
        record(connection, "file.downloaded", now(), person().id, period=label, file=path.name, export=number)
    return send_file(path, as_attachment=True, download_name=path.name, max_age=0)


def _page(this: Period, fault: str = "", typed: Exporting | None = None) -> Page:
    with database().reading() as connection:
        scope = scope_in(connection, this, *READERS)
        made = newest(connection, this.label)
        mine = _mine(connection, this.label)
        closed = newest_revision(connection, this.label)
        may_name = _may_name(connection, "x" * SHORTEST)
    page = render_template(
        "evaluate/export/form.html",
        period=this,
        jobs=[(job, decoded(job.argument)) for job in mine],
        units=sorted(
            (each for each in scope.units.values() if scope.holds(each.code)), key=lambda each: each.name
        ),
        whole=scope.whole,
        closed=closed,
        made=made,
        demo=made is not None and made.demo,
        forms={form: FORM_WORDS[form] for form in FORMS},
        limits=LIMITS,
        may_name=may_name,
        typed=typed,
        fault=fault,
        kept=KEPT,
        shortest=SHORTEST,
    )
    return asking_again(page, next((job for job in mine if goes_on(job)), None))


def _fault_of(connection: Connection, this: Period, wanted: Exporting, scope: Scope) -> str:
    if wanted.form not in FORMS:
        return str(gettext("Choose a format."))
    if wanted.unit is None and not scope.whole:
        return str(gettext("Choose one of your units."))
    if wanted.unit is not None and (wanted.unit not in scope.units or not scope.holds(wanted.unit)):
        abort(404)
    if wanted.with_officers and not _may_name(connection, "x" * SHORTEST):
        abort(403)
    if wanted.with_officers and len(wanted.reason) < SHORTEST:
        return str(gettext("To name officers, write what it is for: at least %(n)s characters.", n=SHORTEST))
    most = LIMITS.get(wanted.form)
    if most is not None and wanted.unit is None and _responses(connection, this) > most:
        return str(gettext("There are more responses than this format holds; choose CSV or Parquet."))
    return ""


def _may_name(connection: Connection, reason: str) -> bool:
    try:
        check_named(connection, person().id, reason)
    except NotGranted:
        return False
    return True


def _responses(connection: Connection, this: Period) -> int:
    query = select(func.count()).select_from(Response)
    days = Response.service_day.between(this.first_day, this.last_day)
    return connection.scalar(query.where(days)) or 0


def _mine(connection: Connection, label: str) -> Sequence[Row[Any]]:
    """Give what the person asked for of a period and may still fetch, the newest first."""
    query = cast(Select[Any], select(*Job.__table__.columns))
    query = query.where(
        Job.kind == EXPORT,
        Job.asked_by == person().id,
        Job.argument.startswith(about(label), autoescape=True),
        Job.asked_at > now() - KEPT,
    )
    return connection.execute(query.order_by(Job.id.desc()).limit(SHOWN)).all()
