"""Unit pages: the figures of one unit, with all that is below it and behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from analysis.period import before
from analysis.report.collation import person_key
from analysis.summary import Row
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate import measures
from survey_app.evaluate.desk import ROLES, axis_of, find_unit, sorted_below
from survey_app.evaluate.details import Detail
from survey_app.evaluate.drawn import peers, spread, trend
from survey_app.evaluate.said import hidden, sentences
from survey_app.evaluate.said import weighted as said_weighted
from survey_app.evaluate.seen import STAFF, Seen, made_or_404, seen
from survey_app.evaluate.shown import UNIT
from survey_app.evaluate.snapshots import newest_of_each
from survey_app.evaluate.stored import read_detail
from survey_app.evaluate.tree import kind_of
from survey_app.ground import database, desk_blueprint, now, person, settings

units = desk_blueprint("units", __name__, "/evaluations")


@units.get("/<label>/units/<code>")
@required(*STAFF)
def unit_page(label: str, code: str) -> ResponseReturnValue:
    """Show the figures of a unit; those of its officers only when asked for, and the look is recorded."""
    role = request.args.get("role", ROLES[0])
    with database().reading() as connection:
        found = seen(connection, label)
        made = made_or_404(found)
        detail = read_detail(connection, made.id, UNIT, code) if found.holds(code) else None
        if detail is None:
            abort(404)
        own = _own(detail, role if role in ROLES else ROLES[0])
        words_of = measures.asked(connection, own.versions)
        elsewhere = sorted(each.period for each in newest_of_each(connection) if each.period != label)
    looked = "officers" in request.args and bool(detail.officers)
    if looked:
        _record_look(label, code, len(detail.officers))
    return render_template(
        "evaluate/unit.html",
        seen=found,
        period=found.period,
        life=found.life,
        made=made,
        demo=made.demo,
        before=before(found.period, settings().period_scheme),
        top=own,
        role=own.role,
        roles=[each for each in ROLES if any(row.role == each for row in detail.rows)],
        trail=_trail(found, own),
        asked=words_of,
        looked=looked,
        elsewhere=elsewhere,
        minimum=settings().minimum_people,
        **_figures(found, detail, own),
    )


def _own(detail: Detail, role: str) -> Row:
    """Give the headline row of a unit in a role, in the other one if it has none."""
    rows = [row for row in detail.rows if row.measure == "overall"]
    return next((row for row in rows if row.role == role), rows[0])


def _figures(found: Seen, detail: Detail, own: Row) -> dict[str, Any]:
    before_this = before(found.period, settings().period_scheme)
    group = _group(found, own)
    questions = [own, *measures.of(detail.rows, own.role, "question")]
    factors = measures.of(detail.rows, own.role, "factor")
    weighted = detail.weighted_as(own)
    tables = measures.tables([answer for answer in detail.answers if answer.role == own.role])
    if own.role != ROLES[0]:  # what is below a unit, its months and its channels are where people were served
        detail = Detail(rows=detail.rows)
    below = sorted_below(detail.below)
    officers = sorted(detail.officers, key=lambda row: (person_key(row.name), row.code))
    shown = [own, *questions, *factors, *below, *officers]
    return {
        "sentences": sentences(own, before_this, found.bounds, group if found.whole else ()),
        "hidden": hidden(own),
        "weighted": weighted,
        "weighted_says": said_weighted(weighted),
        "axis": axis_of(shown, found.bounds),
        "factors": factors,
        "questions": questions,
        "weakest": _weakest(questions[1:]),
        "indexes": measures.of(detail.rows, own.role, "index"),
        "tables": tables,
        "spread": spread([a for table in tables if table.rated for a in table.rows]),
        "trend": trend(detail.trend),
        "peers": peers(group, own) if len(group) > 2 else None,
        "counters": [row for row in below if row.kind == "counter"],
        "inner": [row for row in below if row.kind != "counter" and found.holds(row.code)],
        "officers": officers,
        "channels": _shares(detail.channels),
        "attributions": _shares(detail.attributions),
    }


def _group(found: Seen, own: Row) -> list[Row]:
    """Give the units that a unit is compared with, itself among them."""
    rows = found.of_role(own.role)
    if own.peer_group:
        return [row for row in rows if row.peer_group == own.peer_group]
    return [row for row in rows if row.kind != "counter" and kind_of(row) == kind_of(own)]


def _weakest(questions: Sequence[Row]) -> Row | None:
    """Give the question with the lowest rate, of those that enough people answered."""
    enough = [row for row in questions if row.rate is not None and "insufficient" not in row.status]
    return min(enough, key=lambda row: row.rate or 0) if len(enough) > 1 else None


def _trail(found: Seen, own: Row) -> list[Row]:
    """Give the units above one, the highest first, as far as they may be seen."""
    rows, row = found.of_role(ROLES[0]), own
    trail: list[Row] = []
    while row.parent_code and len(trail) < 10:
        above = find_unit(rows, row.parent_code)
        if above is None:
            break
        trail.append(above)
        row = above
    return trail[::-1]


def _shares(counts: dict[str, int]) -> list[tuple[str, int, float]]:
    """Give codes with their count and share, the most frequent first."""
    total = sum(counts.values())
    return [
        (code, number, number / total)
        for code, number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        if number
    ]


def _record_look(label: str, code: str, officers: int) -> None:
    with database().writing() as connection:
        record(connection, "officer.looked", now(), person().id, period=label, unit=code, officers=officers)
