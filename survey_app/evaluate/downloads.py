"""Downloads: the finished files of a period's newest snapshot, whole or of one unit."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from survey_app.access.guard import inspector_required
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.evaluate.stored import UnknownUnit, csv_of, summary_json_of
from survey_app.store.engine import Database

downloads = Blueprint("downloads", __name__, url_prefix="/evaluations")

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


@downloads.get("/<label>/summary.<any(csv, json, pdf):form>")
@inspector_required
def summary(label: str, form: str) -> Response:
    """Give the figures as a table, as data or as a report (``?lang=en``: in English)."""
    english = form == "pdf" and request.args.get("lang") == "en"
    return _file(label, f"summary.en.{form}" if english else f"summary.{form}", form)


@downloads.get("/<label>/answers.csv")
@inspector_required
def answers(label: str) -> Response:
    """Give how often each choice was taken."""
    return _file(label, "answers.csv", "csv")


def _file(label: str, name: str, form: str) -> Response:
    database: Database = current_app.extensions["database"]
    unit = request.args.get("unit", "")
    if unit and form == "pdf":
        abort(404)  # reports of single units are not made
    with database.reading() as connection:
        made = newest(connection, label)
        content = read_file(connection, made.id, name) if made is not None else None
        whole = read_file(connection, made.id, "summary.json") if made is not None and unit else b""
    if content is None or whole is None:
        abort(404)
    if unit:
        try:
            content = summary_json_of(content, unit) if form == "json" else csv_of(content, whole, unit)
        except UnknownUnit:
            abort(404)
    response = Response(content, content_type=TYPES[form])
    kept = f"{label}-unit-{name}" if unit else f"{label}-{name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{kept}"'
    response.headers["Cache-Control"] = "no-store"
    return response
