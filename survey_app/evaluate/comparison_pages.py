"""Comparison pages: two units of a period, or one unit in two periods, with the difference's interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from analysis.period import period
from analysis.report.collation import unit_key
from analysis.summary import Row
from survey_app.access.guard import required
from survey_app.evaluate import terms
from survey_app.evaluate.compared import difference
from survey_app.evaluate.comparison import Compared, Side, above_of, compare
from survey_app.evaluate.desk import axis_of, find_unit
from survey_app.evaluate.seen import STAFF, Seen, seen_of
from survey_app.evaluate.snapshots import newest_of_each
from survey_app.ground import database, desk_blueprint, settings

comparisons = desk_blueprint("comparisons", __name__, "/evaluations")

SIDES = ("left", "right")


@comparisons.get("/compare", endpoint="compare")
@required(*STAFF)
def compare_page() -> ResponseReturnValue:
    """Show two figures side by side and what can be said of their difference."""
    if "left_period" in request.args:
        left, right = _chosen(request.args)
        return redirect(url_for("comparisons.compare", left=left, right=right), 303)
    asked = [request.args.get(side, "").partition(":")[::2] for side in SIDES]
    with database().reading() as connection:
        labels = [each.period for each in newest_of_each(connection)][::-1]
        found = {label: _seen(connection, label) for label in {*(label for label, _ in asked)} & set(labels)}
        names = _names(connection, labels, found)
    sides = [_side(found.get(label), code) for label, code in asked]
    chosen = all(code for _, code in asked)
    first, second = sides
    result = compare(first, second) if chosen and first and second else None
    told = _told(first, second, result) if first and second and result else ""
    rows = [side.row for side in sides if side and side.row]
    bounds = next((each.bounds for each in found.values()), settings().grade_bounds)
    return render_template(
        "evaluate/compare.html",
        labels=labels,
        names=names,
        asked=asked,
        sides=sides,
        chosen=chosen,
        result=result,
        told=told,
        seen=[found.get(label) for label, _ in asked],
        axis=axis_of(rows, bounds, 240),
        demo=any(each.made is not None and each.made.demo for each in found.values()),
        top=rows[0] if rows else None,
        minimum=settings().minimum_people,
    )


def _seen(connection: Connection, label: str) -> Seen:
    return seen_of(connection, period(label, settings().period_scheme))


def _side(found: Seen | None, code: str) -> Side | None:
    """Give a unit of a period; the same is said of one that may not be seen and of one that is not there."""
    if found is None:
        return None
    rows = found.of_role("serving")
    parents = {row.code: row.parent_code for row in rows if row.kind != "counter"}
    return Side(found.period, find_unit(rows, code), above_of(code, parents))


def _told(left: Side, right: Side, result: Compared) -> str:
    """Say what the comparison gave, or why there is none."""
    if result.difference is None or left.row is None or right.row is None:
        return str(gettext("Not compared: %(reason)s.", reason=terms.REASONS[result.reason or "missing"]))
    found, names = result.difference, [left.row.name, right.row.name]
    if left.row.code == right.row.code:
        names = [f"{side.row.name} {side.period.label}" for side in (left, right) if side.row]
    return difference(found.value, found.low, found.high, *names)


def _chosen(given: Mapping[str, str]) -> list[str]:
    """Give what the form chose as the address says it."""
    return [f"{given.get(f'{side}_period', '')}:{given.get(f'{side}_unit', '')}" for side in SIDES]


def _names(connection: Connection, labels: Sequence[str], found: Mapping[str, Seen]) -> list[Row]:
    """Give the units to choose from, by name: those of the periods that were chosen, else of the newest."""
    shown = list(found.values()) or [_seen(connection, label) for label in labels[:1]]
    units = {row.code: row for each in shown for row in each.of_role("serving") if row.kind != "counter"}
    return sorted(units.values(), key=lambda row: (row.kind != "province", unit_key(row.name)))
