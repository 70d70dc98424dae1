"""Downloads: the files of a period, whole or of one unit: from its snapshot, or out of a package."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row

from survey_app import jobs
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate.package import PACKAGE, Wanted, member
from survey_app.evaluate.seen import STAFF, made_or_404, seen
from survey_app.evaluate.snapshots import read_file
from survey_app.evaluate.stored import UnknownUnit, csv_of, summary_json_of
from survey_app.ground import AGAIN, database, desk_blueprint, goes_on, now, person

downloads = desk_blueprint("downloads", __name__, "/evaluations")

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}


@downloads.get("/<label>/summary.<any(csv, json, pdf):form>")
@required(*STAFF)
def summary(label: str, form: str) -> ResponseReturnValue:
    """Give the figures as a table, as data or as a report (``?lang=en``: in English)."""
    return _document(label, form) if form == "pdf" else _table(label, f"summary.{form}", form)


@downloads.get("/<label>/summary.<any(xlsx, docx):form>")
@required(*STAFF)
def document(label: str, form: str) -> ResponseReturnValue:
    """Give the figures as a workbook, or the report as a draft to be edited (``?lang=en``: in English)."""
    return _document(label, form)


@downloads.get("/<label>/answers.csv")
@required(*STAFF)
def answers(label: str) -> ResponseReturnValue:
    """Give how often each choice was taken."""
    return _table(label, "answers.csv", "csv")


@downloads.get("/<label>/weighted.csv")
@required(*STAFF)
def weighted(label: str) -> ResponseReturnValue:
    """Give the rates if each field of service had answered in its share of the visits."""
    return _table(label, "weighted.csv", "csv")


@downloads.get("/<label>/findings.csv")
@required(*STAFF)
def findings(label: str) -> ResponseReturnValue:
    """Give what looks odd among the responses."""
    return _table(label, "findings.csv", "csv")


@downloads.get("/<label>/package.zip")
@required(*STAFF)
def package(label: str) -> ResponseReturnValue:
    """Give all files of the period or of one unit, signed."""
    return _from_package(label, None, "zip")


@downloads.post("/<label>/package")
@required(*STAFF)
def ask_for_package(label: str) -> ResponseReturnValue:
    """Have a package made again whose making did not succeed."""
    with database().writing() as connection:
        wanted = Wanted(label, _made(connection, label)[1])
        _ask(connection, wanted)
    return redirect(url_for("downloads.package", label=label, unit=wanted.unit), 303)


def _table(label: str, name: str, form: str) -> ResponseReturnValue:
    """Give a finished file of the newest snapshot, or what it has of a unit."""
    with database().reading() as connection:
        made, unit = _made(connection, label)
        content = read_file(connection, made.id, name)
        whole = read_file(connection, made.id, "summary.json") if unit else b""
    if content is None or whole is None:
        abort(404)
    if unit:
        try:
            content = summary_json_of(content, unit) if form == "json" else csv_of(content, whole, unit)
        except UnknownUnit:
            abort(404)
    return _handed_out(made, unit, name, content, form)


def _document(label: str, form: str) -> ResponseReturnValue:
    english = request.args.get("lang") == "en"
    return _from_package(label, f"summary.en.{form}" if english else f"summary.{form}", form)


def _from_package(label: str, name: str | None, form: str) -> ResponseReturnValue:
    """Give a package or one file of it; if it was not made yet, have it made and say so."""
    with database().reading() as connection:
        made, unit = _made(connection, label)
        wanted = Wanted(label, unit)
        content = read_file(connection, made.id, wanted.name)
        job = _latest(connection, wanted, made)
    if content is None:
        if job is None:
            with database().writing() as connection:
                _ask(connection, wanted)
                job = _latest(connection, wanted, made)
        return _waiting(job, made, unit)
    if "wait" in request.args:
        return render_template("evaluate/package_ready.html", **_about(made, unit), address=_address())
    chosen = content if name is None else member(content, name)
    if chosen is None:
        abort(404)
    return _handed_out(made, unit, name or "package.zip", chosen, form)


def _made(connection: Connection, label: str) -> tuple[Row[Any], str | None]:
    """Give the newest evaluation and the unit that was asked for, None for everything.

    What a person may not see is not found, like what is not there.
    """
    found = seen(connection, label)
    made, unit = made_or_404(found), request.args.get("unit") or None
    if not (found.whole if unit is None else found.holds(unit)):
        abort(404)
    return made, unit


def _ask(connection: Connection, wanted: Wanted) -> None:
    if jobs.ask(connection, PACKAGE, _argument(wanted), now(), person().id):
        record(connection, "package.asked", now(), person().id, period=wanted.period, unit=wanted.unit)


def _latest(connection: Connection, wanted: Wanted, made: Row[Any]) -> Row[Any] | None:
    """Give the job that makes a package of the newest evaluation, as far as one was asked for."""
    job = jobs.latest(connection, PACKAGE, _argument(wanted))
    return job if job is not None and (goes_on(job) or job.asked_at >= made.made_at) else None


def _argument(wanted: Wanted) -> str:
    return msgspec.json.encode(wanted).decode()


def _waiting(job: Row[Any] | None, made: Row[Any], unit: str | None) -> Response:
    """Say that a package is being made; the page asks again by itself, and then leads to the file."""
    going, address = goes_on(job), _address(wait="1")
    page = render_template(
        "evaluate/package.html", **_about(made, unit), job=job, going=going, address=address
    )
    response = Response(page)
    if going:
        response.headers["Refresh"] = f"{AGAIN}; url={address}"
    response.status_code = 202 if going else 503
    return response


def _address(**more: str) -> str:
    """Give the address of the file that was asked for."""
    given = {name: request.args[name] for name in ("unit", "lang") if name in request.args}
    return url_for(request.endpoint or "", **(request.view_args or {}) | given | more)


def _about(made: Row[Any], unit: str | None) -> dict[str, Any]:
    return {"label": made.period, "unit": unit, "demo": made.demo}


def _handed_out(made: Row[Any], unit: str | None, name: str, content: bytes, form: str) -> Response:
    """Give a file, and note who got it."""
    with database().writing() as connection:
        record(
            connection,
            "file.downloaded",
            now(),
            person().id,
            period=made.period,
            evaluation=made.id,
            file=name,
            unit=unit,
        )
    response = Response(content, content_type=TYPES[form])
    kept = f"{made.period}-unit-{name}" if unit else f"{made.period}-{name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{kept}"'
    response.headers["Cache-Control"] = "no-store"
    return response
