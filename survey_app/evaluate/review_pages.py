"""Review pages: the list of doubts and objections of a period, and each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection, Row

from analysis.period import Period
from analysis.summary import Row as Figures
from survey_app.access.audit import record
from survey_app.access.guard import may, required
from survey_app.evaluate import doubt_words
from survey_app.evaluate.details import decoded, name_of
from survey_app.evaluate.doubt_lines import (
    PAGE,
    STATES,
    Choice,
    Line,
    lines,
    objection_of,
    states,
    targets,
    units_of_proposals,
)
from survey_app.evaluate.doubtful import Group, Posted, groups, of_officer, postings
from survey_app.evaluate.doubts import cases
from survey_app.evaluate.evidence import Evidence, of_finding
from survey_app.evaluate.flag_evidence import of_flags
from survey_app.evaluate.objections import objections
from survey_app.evaluate.proposals import LONGEST, SHORTEST, proposals, responses_of
from survey_app.evaluate.scoped import Scope, UnitName, period_or_404, scope_in
from survey_app.evaluate.shown import STAFF, UNIT
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.ground import database, desk_blueprint, names_of, now, person, settings

review = desk_blueprint("review", __name__, "/evaluations/<label>/review")

READERS = ("inspector", "auditor")


@dataclass(frozen=True)
class Open:
    """The doubt or objection that is looked at, with what is needed to decide on it."""

    line: Line
    figures: Figures | None
    groups: Sequence[Group]
    places: Sequence[Posted]
    unit: UnitName | None
    proposals: Sequence[Row[Any]]
    evidence: Evidence

    @property
    def total(self) -> int:
        """Give how many responses there are to choose from."""
        return sum(len(group.numbers) for group in self.groups)


@review.get("")
@required(*READERS)
def overview(label: str) -> ResponseReturnValue:
    """List what is doubtful in a period, and show one of it."""
    return review_page(period_or_404(label))


def review_page(this: Period, fault: str = "", typed: dict[str, str] | None = None) -> str:
    """Give the page of the review, with what was typed and what is wrong with it."""
    choice, key = Choice.of(request.args), request.args.get("case", "")
    with database().reading() as connection:
        scope = scope_in(connection, this, *READERS)
        everything = lines_in(connection, this, scope)
        proposed = proposals_in(connection, this, scope)
        seen = find_line(everything, key) if key else None
        shared = {
            "made": newest(connection, this.label),
            "names": names_of(connection),
            "targets": targets(connection, proposed),
            "open": _opened(connection, this, scope, seen, proposed) if seen is not None else None,
        }
    if key and seen is None:
        abort(404)
    if seen is not None and seen.kind == "officer":
        _note_look(seen)
    found = [line for line in everything if choice.takes(line)]
    page = min(choice.page, max(1, -(-len(found) // PAGE)))
    return render_template(
        "evaluate/review/list.html",
        **shared,
        period=this,
        choice=choice,
        lines=found[(page - 1) * PAGE : page * PAGE],
        found=len(found),
        page=page,
        pages=-(-len(found) // PAGE),
        undecided=sum(line.state != "decided" for line in everything),
        units=sorted({(scope.name(line.unit), line.unit) for line in everything}),
        whats=sorted(
            {(doubt_words.what_is(each.source, each.what), each.what) for each in everything if each.what}
        ),
        proposals=proposed,
        scope=scope,
        states=STATES,
        said=doubt_words,
        told=_told(request.args.get("told", "")),
        fault=fault,
        typed=typed or {},
        me=person().id,
        acting=may("inspector"),
        shortest=SHORTEST,
        longest=LONGEST,
    )


def lines_in(connection: Connection, this: Period, scope: Scope) -> list[Line]:
    """Give all doubts and objections of the units that may be seen."""
    found = lines(cases(connection, this), objections(connection, this.label), states(connection, this.label))
    return [line for line in found if scope.holds(line.unit)]


def proposals_in(connection: Connection, this: Period, scope: Scope) -> list[Row[Any]]:
    """Give the proposals all of whose responses are of units that may be seen."""
    found = proposals(connection, this.label)
    if scope.whole:
        return found
    about = units_of_proposals(connection, this.label)
    return [each for each in found if all(scope.holds(code) for code in about.get(each.id, ("",)))]


def find_line(found: Sequence[Line], key: str) -> Line | None:
    """Give the line of a key."""
    return next((line for line in found if line.key == key), None)


def responses_in(connection: Connection, this: Period, line: Line) -> list[int]:
    """Give the responses that a doubt points to, or those of the officer who objects."""
    if line.case is not None:
        return list(line.case.responses)
    assert line.objection is not None  # a line is either
    raised = objection_of(connection, this.label, line.objection.id)
    return of_officer(connection, this, raised.officer_id) if raised is not None else []


def unit_for(scope: Scope, line: Line) -> UnitName | None:
    """Give the unit that a correction leads to: as chosen in the address, else that of the doubt."""
    code = request.values.get("to", "") or line.unit
    return scope.units.get(code) if scope.holds(code) else None


def _opened(
    connection: Connection, this: Period, scope: Scope, line: Line, proposed: Sequence[Row[Any]]
) -> Open:
    numbers = responses_in(connection, this, line)
    unit = unit_for(scope, line)
    about = set(numbers)
    linked = [
        each
        for each in proposed
        if about.intersection(responses_of(connection, each.id))
        and (line.objection is None or each.objection_id == line.objection.id)
    ]
    return Open(
        line,
        _figures(connection, this, line),
        groups(connection, numbers),
        postings(connection, settings(), this, unit.id) if unit is not None else (),
        unit,
        linked,
        _evidence(connection, line, numbers),
    )


def _evidence(connection: Connection, line: Line, numbers: Sequence[int]) -> Evidence:
    """Give what raised a doubt; an objection has words of its own."""
    if line.case is None:
        return Evidence()
    if line.case.source == "finding":
        return of_finding(line.case)
    return of_flags(connection, settings(), int(line.case.what), numbers)


def _figures(connection: Connection, this: Period, line: Line) -> Figures | None:
    """Give the leading row of the unit or officer in the newest snapshot, with its interval."""
    made = newest(connection, this.label)
    officer = line.kind == "officer"
    name = name_of(STAFF if officer else UNIT, line.code)
    content = read_file(connection, made.id, name) if made is not None else None
    measure = "factor:officials" if officer else "overall"
    rows = decoded(content).rows if content is not None else ()
    return next(
        (row for row in rows if row.measure == measure and row.role == "serving" and row.rate is not None),
        None,
    )


def _note_look(line: Line) -> None:
    with database().writing() as connection:
        record(connection, "officer.looked", now(), person().id, officer=line.code, page="review")


def _told(word: str) -> str:
    sentences = {
        "proposed": gettext("The proposal is made. It takes effect when another inspector confirms it."),
        "confirmed": gettext("The proposal is confirmed. The next snapshot counts it."),
        "refused": gettext("The proposal is refused. Nothing changes in the figures."),
        "objection": gettext("The decision on the objection is recorded; the officer can read it."),
    }
    return str(sentences.get(word, ""))
