"""Officer pages: the figures of one officer as inspectors and auditors see them; every look is recorded."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from analysis.period import before
from analysis.summary import Row
from survey_app.access.audit import record
from survey_app.access.guard import required
from survey_app.evaluate import compared, measures, said
from survey_app.evaluate.desk import ROLES, axis_of, find_unit
from survey_app.evaluate.details import Detail
from survey_app.evaluate.drawn import spread
from survey_app.evaluate.seen import STAFF, Seen, made_or_404, seen
from survey_app.evaluate.shown import STAFF as FOLDER
from survey_app.evaluate.stored import read_detail
from survey_app.ground import database, desk_blueprint, now, person, settings

officers = desk_blueprint("officers", __name__, "/evaluations")

LEADING = "factor:officials"
"""The measure that the rows of an officer lead with: nothing else speaks of a person."""


@officers.get("/<label>/officers/<code>")
@required(*STAFF)
def officer_page(label: str, code: str) -> ResponseReturnValue:
    """Show the rates of the questions about officials, and the verdict against the peer group."""
    with database().reading() as connection:
        found = seen(connection, label)
        made = made_or_404(found)
        detail = read_detail(connection, made.id, FOLDER, code)
        own = _own(found, detail)
        asked = measures.asked(connection, own.versions)
    assert detail is not None  # it gave the row above
    with database().writing() as connection:
        record(connection, "officer.looked", now(), person().id, period=label, officer=code)
    before_this = before(found.period, settings().period_scheme)
    questions = measures.of(detail.rows, own.role, "question")
    tables = measures.tables([answer for answer in detail.answers if answer.role == own.role])
    return render_template(
        "evaluate/officer.html",
        seen=found,
        period=found.period,
        life=found.life,
        made=made,
        demo=made.demo,
        before=before_this,
        top=own,
        unit=find_unit(found.of_role(ROLES[0]), own.parent_code or ""),
        sentences=_told(own),
        change=compared.change(own, before_this) if not said.hidden(own) else "",
        hidden=said.hidden(own),
        axis=axis_of([own, *questions], found.bounds),
        questions=questions,
        tables=tables,
        spread=spread([each for table in tables if table.rated for each in table.rows]),
        asked=asked,
        minimum=settings().minimum_people,
    )


def _own(found: Seen, detail: Detail | None) -> Row:
    """Give the leading row of an officer of a unit that may be seen; none else is found."""
    rows = [row for row in detail.rows if row.measure == LEADING] if detail is not None else []
    for role in ROLES:
        for row in rows:
            if row.role == role and (found.whole or found.holds(row.parent_code or "")):
                return row
    abort(404)


def _told(own: Row) -> list[str]:
    """Say what the figures of an officer say; never a grade, never a rank."""
    if said.hidden(own):
        return []
    told = (said.rate(own), compared.verdict(own), said.flagged(own))
    return [each for each in told if each]
