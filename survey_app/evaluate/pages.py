"""Pages: the inspector's desk: which periods there are, and the figures of one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from analysis.period import Period, before, half_year_of, period
from survey_app import jobs
from survey_app.access.guard import inspector_required
from survey_app.config import Settings
from survey_app.evaluate import words
from survey_app.evaluate.desk import ROLES, Choice, axis_of, find_unit, lines, lines_of_unit, root
from survey_app.evaluate.snapshots import SNAPSHOT, newest, newest_of_each
from survey_app.evaluate.stored import Figures, Shelf
from survey_app.store.engine import Database
from survey_app.web import choose_desk_language

evaluations = Blueprint("evaluations", __name__, url_prefix="/evaluations")
evaluations.before_request(choose_desk_language)


@evaluations.context_processor
def _words() -> dict[str, Any]:
    return {"words": words}


class SnapshotForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Nothing but the proof that it comes from our page."""


@evaluations.get("")
@inspector_required
def overview() -> ResponseReturnValue:
    """List the periods that have figures, the open half-year and the one before."""
    settings, shelf = _settings(), _shelf()
    present = half_year_of(_today(), settings.period_scheme)
    shown = {each.label: each for each in (present, before(present, settings.period_scheme))}
    with _database().reading() as connection:
        made = {each.period: each for each in newest_of_each(connection)}
        shown |= {label: period(label, settings.period_scheme) for label in made}
        headlines = {
            label: root(shelf.read(connection, each.id).of_role(ROLES[0])) for label, each in made.items()
        }
    periods = sorted(shown.values(), key=lambda each: (each.last_day, each.first_day), reverse=True)
    return render_template(
        "evaluate/overview.html",
        periods=periods,
        made=made,
        headlines=headlines,
        open_label=present.label,
        demo=any(each.demo for each in made.values()),
    )


@evaluations.get("/<label>")
@inspector_required
def period_page(label: str) -> ResponseReturnValue:
    """Show the figures of a period as of its newest snapshot, of the province or of one unit."""
    this = period_or_404(label)
    choice, code = Choice.of(request.args), request.args.get("unit", "")
    with _database().reading() as connection:
        made = newest(connection, label)
        job = jobs.latest(connection, SNAPSHOT, label)
        stored = _shelf().read(connection, made.id) if made is not None else None
    shared = {
        "period": this,
        "neighbours": _neighbours(this),
        "made": made,
        "demo": made is not None and made.demo,
        "making": job if job is not None and job.state in ("waiting", "running") else None,
        "failed": job if job is not None and job.state == "failed" else None,
        "can_begin": this.first_day <= _today(),
        "form": SnapshotForm(),
    }
    if made is None or stored is None:
        return render_template("evaluate/no_snapshot.html", **shared)
    rows = stored.of_role(choice.role)
    unit = find_unit(rows, code) if code else None
    if code and unit is None:
        abort(404)
    return render_template(
        "evaluate/period.html",
        **shared,
        **_table(rows, choice, unit),
        choice=choice,
        unit=unit,
        minimum=_settings().minimum_people,
        roles=[role for role in ROLES if stored.of_role(role)],
    )


@evaluations.post("/<label>/snapshots")
@inspector_required
def ask_for_snapshot(label: str) -> ResponseReturnValue:
    """Ask the worker for new figures of a period that has begun."""
    this = period_or_404(label)
    if not SnapshotForm().validate():
        abort(400)
    if this.first_day <= _today():
        with _database().writing() as connection:
            jobs.ask(connection, SNAPSHOT, label, _now())
    return redirect(url_for("evaluations.period_page", label=label), 303)


def period_or_404(label: str) -> Period:
    """Give the period of a label; there is no page for another word."""
    try:
        return period(label, _settings().period_scheme)
    except ValueError:
        abort(404)


def _table(rows: tuple[Figures, ...], choice: Choice, unit: Figures | None) -> dict[str, Any]:
    units = [row for row in rows if row.kind != "counter"]
    top = root(rows)
    shown = lines(rows, choice, words.KINDS) if unit is None else lines_of_unit(rows, unit)
    return {
        "lines": shown,
        "axis": axis_of(line.figures for line in shown),
        "top": top,
        "subject": unit or top,
        "total": len(units),
        "kinds": [kind for kind in words.KINDS if any(row.kind == kind for row in units)],
    }


def _neighbours(this: Period) -> list[Period]:
    """Give the period before, this one, and the next if it has begun."""
    scheme = _settings().period_scheme
    around = [before(this, scheme), this]
    following = half_year_of(this.last_day + timedelta(days=1), scheme)
    if before(following, scheme) == this and following.first_day <= _today():
        around.append(following)
    return around


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _shelf() -> Shelf:
    shelf: Shelf = current_app.extensions["shelf"]
    return shelf


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"]()
    return now


def _today() -> date:
    return _now().astimezone(_settings().zone).date()
