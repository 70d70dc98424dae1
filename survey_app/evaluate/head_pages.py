"""Head pages: a unit as its head sees it: rate, progress, factors, counters, officers, comments."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from analysis.period import Period
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate import said
from survey_app.evaluate.comments import grouped
from survey_app.evaluate.gradual import STEP
from survey_app.evaluate.lifecycle import life
from survey_app.evaluate.need import NEED, Need
from survey_app.evaluate.own_figures import Own, measure_name, question_name, read_own
from survey_app.evaluate.scoped import Scope, UnitName, period_or_404, scope_in
from survey_app.evaluate.shown import HEAD
from survey_app.ground import database, desk_blueprint, now, person, settings, today

head = desk_blueprint("head", __name__, "/evaluations/<label>")


@head.get("/my-unit")
@required("head")
def overview(label: str) -> ResponseReturnValue:
    """Show one of the units that the person heads, as of the newest snapshot."""
    this = period_or_404(label)
    with database().reading() as connection:
        scope = scope_in(connection, this, "head")
        units = _units(scope)
        unit = _chosen(scope, units)
        own = read_own(connection, label, HEAD, unit.code) if unit is not None else None
        stands = life(connection, this, today())
        comments = _comments(connection, this, unit)
    if own is not None and unit is not None and any(row.rate is not None for row in own.officers):
        _note_look(own, unit)
    return render_template(
        "evaluate/head/unit.html",
        period=this,
        units=units,
        unit=unit,
        own=own,
        stands=stands,
        comments=comments,
        need=Need.of(own.lead) if own is not None and own.lead is not None else None,
        least=NEED,
        step=STEP,
        said=said,
        minimum=settings().minimum_people,
        measure_name=measure_name,
        question_name=question_name,
        demo=own is not None and own.made.demo,
    )


def _units(scope: Scope) -> list[UnitName]:
    """Give the units that may be chosen: those that were granted first, then those below them."""
    found = [each for each in scope.units.values() if scope.holds(each.code)]
    return sorted(found, key=lambda each: (each.code not in (scope.granted or ()), each.name, each.code))


def _chosen(scope: Scope, units: list[UnitName]) -> UnitName | None:
    code = request.args.get("unit", "")
    if not code:
        return units[0] if units else None
    if code not in scope.units or not scope.holds(code):
        abort(404)
    return scope.units[code]


def _comments(connection: Connection, this: Period, unit: UnitName | None) -> list[object]:
    if unit is None:
        return []
    return list(grouped(connection, settings(), this, unit.id, today()))


def _note_look(own: Own, unit: UnitName) -> None:
    shown = sum(row.rate is not None for row in own.officers)
    with database().writing() as connection:
        record(connection, "officer.looked", now(), person().id, unit=unit.code, officers=shown, page="head")
