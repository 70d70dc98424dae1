"""Pages: the inspector's desk: which periods there are, and the figures of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from analysis.period import Period, before, half_year_of, period
from analysis.summary import Row
from survey_app import jobs
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate.desk import FLAGGED, Choice, axis_of, kinds_of, lines, roots
from survey_app.evaluate.lifecycle import Life, newest_revision
from survey_app.evaluate.said import tipping
from survey_app.evaluate.scoped import period_or_404
from survey_app.evaluate.seen import STAFF, Seen, seen, seen_of
from survey_app.evaluate.snapshots import SNAPSHOT, newest_of_each
from survey_app.evaluate.stepper import steps
from survey_app.evaluate.terms import ELSEWHERE
from survey_app.evaluate.tree import EVERYTHING, Fold, place_of
from survey_app.ground import database, desk_blueprint, goes_on, now, person, settings, today

evaluations = desk_blueprint("evaluations", __name__, "/evaluations")


@evaluations.get("")
@required(*STAFF)
def overview() -> ResponseReturnValue:
    """List the periods that have figures, the open half-year and the one before, and where each stands."""
    scheme = settings().period_scheme
    present = half_year_of(today(), scheme)
    with database().reading() as connection:
        made = {each.period: each for each in newest_of_each(connection)}
        shown = {each.label: each for each in (present, before(present, scheme))}
        shown |= {label: period(label, scheme) for label in made}
        found = {label: seen_of(connection, each) for label, each in shown.items()}
    order = sorted(found.values(), key=lambda each: (each.period.last_day, each.period.first_day))
    return render_template(
        "evaluate/overview.html",
        periods=order[::-1],
        demo=any(each.demo for each in made.values()),
    )


@evaluations.get("/<label>")
@required(*STAFF)
def period_page(label: str) -> ResponseReturnValue:
    """Show the figures of a period as of its newest snapshot or closed state."""
    if unit := request.args.get("unit", ""):
        return redirect(url_for("units.unit_page", label=label, code=unit), 301)
    with database().reading() as connection:
        found = seen(connection, label)
        shared = _shared(connection, found)
    if found.made is None:
        return render_template("evaluate/no_snapshot.html", **shared)
    choice = Choice.of(request.args)
    rows = found.of_role(choice.role)
    if code := request.args.get("turn", ""):
        return redirect(_turned(label, choice, rows, code), 303)
    top = next((row for row in rows if found.top is not None and row.code == found.top.code), None)
    return render_template(
        "evaluate/period.html",
        **shared,
        **_table(rows, choice, found),
        choice=choice,
        top=top,
        tipping=tipping(top, found.bounds) if top is not None else "",
        minimum=settings().minimum_people,
    )


@evaluations.post("/<label>/snapshots")
@required("inspector")
def ask_for_snapshot(label: str) -> ResponseReturnValue:
    """Ask the worker for new figures of a period that has begun and is not closed."""
    this = period_or_404(label)
    if this.first_day > today():
        abort(400)
    with database().writing() as connection:
        if newest_revision(connection, label) is None and jobs.ask(
            connection, SNAPSHOT, label, now(), person().id
        ):
            record(connection, "snapshot.asked", now(), person().id, period=label)
    return redirect(url_for("evaluations.period_page", label=label), 303)


def _turned(label: str, choice: Choice, rows: tuple[Row, ...], code: str) -> str:
    """Give the address at which a unit is opened or closed, with the place of its row."""
    level = 0 if code in {row.code for row in roots(rows)} else 1
    fold = choice.fold.turned(code, choice.fold.usual(level, not choice.narrow))
    asked: dict[str, Any] = choice.with_fold(fold)
    return url_for("evaluations.period_page", label=label, _anchor=place_of(code), **asked)


def _shared(connection: Connection, found: Seen) -> dict[str, Any]:
    """Give what the page of a period shows with figures and without."""
    job = jobs.latest(connection, SNAPSHOT, found.period.label)
    return {
        "seen": found,
        "period": found.period,
        "life": found.life,
        "made": found.made,
        "steps": steps(connection, found.life, settings().closing_grace_days),
        "before": before(found.period, settings().period_scheme),
        "neighbours": _neighbours(found.period),
        "demo": found.made is not None and found.made.demo,
        "making": job if goes_on(job) else None,
        "failed": job if job is not None and job.state == "failed" else None,
        "can_make": _can_make(found.life),
    }


def _can_make(stands: Life) -> bool:
    return not stands.closed and stands.step != "coming" and "inspector" in person().roles


def _table(rows: tuple[Row, ...], choice: Choice, found: Seen) -> dict[str, Any]:
    units = [row for row in rows if row.kind != "counter"]
    shown = lines(rows, choice)
    statuses = {code for row in units for code in row.status}
    return {
        "lines": shown,
        "axis": axis_of((line.figures for line in shown), found.bounds),
        "shown": sum(line.figures.kind != "counter" for line in shown),
        "total": len(units),
        "folds": (Fold(frozenset({EVERYTHING})), Fold()),
        "kinds": kinds_of(units),
        "statuses": sorted(statuses - (ELSEWHERE - {"insufficient", "coverage_unknown"}))
        + ([FLAGGED] if any(row.flagged for row in units) else []),
    }


def _neighbours(this: Period) -> list[Period]:
    """Give the period before, this one, and the next if it has begun."""
    scheme = settings().period_scheme
    around = [before(this, scheme), this]
    following = half_year_of(this.last_day + timedelta(days=1), scheme)
    if before(following, scheme) == this and following.first_day <= today():
        around.append(following)
    return around
