"""Review acts: what inspectors propose and decide in the review of a period."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from analysis.period import Period
from survey_app.access.guard import required
from survey_app.evaluate.doubt_lines import Choice, objection_of
from survey_app.evaluate.doubtful import attribution, chosen_of, groups, postings
from survey_app.evaluate.objections import Decision, decide_objection
from survey_app.evaluate.proposals import (
    LONGEST,
    SHORTEST,
    Attribution,
    Kind,
    ReviewFault,
    decide,
    decided,
    propose,
    responses_of,
)
from survey_app.evaluate.review_pages import (
    find_line,
    lines_in,
    proposals_in,
    responses_in,
    review_page,
    unit_for,
)
from survey_app.evaluate.scoped import period_or_404, scope_in
from survey_app.evaluate.second_person import tell_of_proposal
from survey_app.ground import database, desk_blueprint, now, person, settings

review_acts = desk_blueprint("review_acts", __name__, "/evaluations/<label>/review")

ROLE = "inspector"
"""Auditors read the review and change nothing."""
LARGEST = 256 * 1024
"""Bytes of a form in which responses are chosen one by one."""


@review_acts.post("/proposals")
@required(ROLE, largest=LARGEST)
def make(label: str) -> ResponseReturnValue:
    """Propose to leave responses out, to keep them or to attribute them anew."""
    this, key = period_or_404(label), request.args.get("case", "")
    kind = request.form.get("kind", "")
    if kind not in ("exclude", "include", "correct"):
        return _again(this, gettext("Choose what you propose."))
    with database().reading() as connection:
        scope = scope_in(connection, this, ROLE)
        line = find_line(lines_in(connection, this, scope), key)
        if line is None:
            abort(404)
        numbers = _chosen(connection, this, responses_in(connection, this, line))
        unit = unit_for(scope, line)
        target = None
        if kind == "correct":
            places = postings(connection, settings(), this, unit.id) if unit is not None else []
            target = attribution(connection, unit.id, places, request.form.get("place", "")) if unit else None
        fault = _fault_of(connection, numbers, kind, target)
    objection = line.objection.id if line.objection is not None else None
    if fault:
        return _again(this, fault)
    return _propose(this, cast(Kind, kind), numbers, target, objection)


@review_acts.post("/proposals/<int:number>/decision")
@required(ROLE)
def decide_proposal(label: str, number: int) -> ResponseReturnValue:
    """Confirm or refuse what somebody else proposed."""
    this, note = period_or_404(label), request.form.get("note", "")
    confirm = request.form.get("decision") == "confirm"
    with database().reading() as connection:
        found = {each.id: each for each in proposals_in(connection, this, scope_in(connection, this, ROLE))}
    if number not in found:
        abort(404)
    fault = ""
    if found[number].proposed_by == person().id:
        fault = gettext("You made this proposal yourself; a second person decides on it.")
    elif found[number].confirmed is not None:
        fault = gettext("Somebody decided on this proposal meanwhile. The list below shows it.")
    elif not confirm or note.strip():
        fault = _reason_fault(note)
    if fault:
        return _again(this, fault)
    try:
        with database().writing() as connection:
            decide(connection, number, confirm, note, person().id, now())
    except ReviewFault as wrong:
        return _again(this, str(wrong))
    return _back(this, "confirmed" if confirm else "refused", "proposals")


@review_acts.post("/proposals/<int:number>/undo")
@required(ROLE)
def take_back(label: str, number: int) -> ResponseReturnValue:
    """Propose to take responses back that two people left out."""
    this = period_or_404(label)
    with database().reading() as connection:
        found = {each.id: each for each in proposals_in(connection, this, scope_in(connection, this, ROLE))}
        if number not in found or found[number].kind != "exclude" or not found[number].confirmed:
            abort(404)
        numbers = responses_of(connection, number)
        fault = _fault_of(connection, numbers, "include", None)
    if fault:
        return _again(this, fault)
    return _propose(this, "include", numbers, None, found[number].objection_id)


@review_acts.post("/objections/<int:number>/decision")
@required(ROLE)
def decide_on_objection(label: str, number: int) -> ResponseReturnValue:
    """Uphold an officer's objection, in whole or in part, or refuse it."""
    this, reason = period_or_404(label), request.form.get("reason", "")
    decision = request.form.get("decision", "")
    with database().reading() as connection:
        raised = objection_of(connection, this.label, number)
        if raised is None or not scope_in(connection, this, ROLE).holds(raised.unit_code):
            abort(404)
    if decision not in ("upheld", "partly", "refused"):
        fault = gettext("Choose a decision.")
    elif raised.raised_by == person().id:
        fault = gettext("You raised this objection yourself; another person decides on it.")
    elif raised.decided_at is not None:
        fault = gettext("Somebody decided on this objection meanwhile.")
    else:
        fault = _reason_fault(reason)
    if fault:
        return _again(this, fault)
    try:
        with database().writing() as connection:
            decide_objection(connection, number, cast(Decision, decision), reason, person().id, now())
    except ReviewFault as wrong:
        return _again(this, str(wrong))
    return _back(this, "objection", "case")


def _propose(
    this: Period, kind: Kind, numbers: list[int], target: Attribution | None, objection: int | None
) -> ResponseReturnValue:
    try:
        with database().writing() as connection:
            tell_of_proposal(connection, settings(), this, numbers, person().id, now())
            propose(
                connection,
                this,
                kind,
                numbers,
                request.form.get("reason", ""),
                person().id,
                now(),
                attribution=target,
                objection=objection,
            )
    except ReviewFault as wrong:
        return _again(this, str(wrong))
    return _back(this, "proposed", "proposals")


def _chosen(connection: Connection, this: Period, numbers: list[int]) -> list[int]:
    """Give the responses that the form chose of those of the doubt: never others."""
    if request.form.get("which") != "chosen":
        return numbers
    form = request.form
    return chosen_of(groups(connection, numbers), set(form.getlist("n")), set(form.getlist("g")))


def _fault_of(connection: Connection, numbers: list[int], kind: str, target: Attribution | None) -> str:
    fault: str = _reason_fault(request.form.get("reason", ""))
    if not numbers:
        fault = gettext("Choose at least one response.")
    elif kind == "correct" and target is None:
        fault = gettext("Choose the counter or officer that the responses belong to.")
    elif "proposed" in decided(connection, numbers).values():
        fault = gettext("Some of these responses wait for a decision already; decide on that first.")
    return fault


def _reason_fault(text: str) -> str:
    if SHORTEST <= len(text.strip()) <= LONGEST:
        return ""
    words: str = gettext(
        "Write a reason of %(shortest)s to %(longest)s characters.", shortest=SHORTEST, longest=LONGEST
    )
    return words


def _again(this: Period, fault: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("reason", "kind", "note", "which", "place")}
    return review_page(this, fault, typed), 422


def _back(this: Period, told: str, where: str) -> ResponseReturnValue:
    asked: dict[str, Any] = Choice.of(request.args).address(case=request.args.get("case"), told=told)
    return redirect(url_for("review.overview", label=this.label, _anchor=where, **asked), 303)
