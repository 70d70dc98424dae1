"""Self pages: an officer's own result, what they hold against it, and the periods of heads and officers."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from analysis.period import Period, before, half_year_of, is_half_year, period
from survey_app.access.audit import record
from survey_app.access.grants import GrantOf
from survey_app.access.guard import may, required
from survey_app.evaluate import doubt_words, said
from survey_app.evaluate.gradual import STEP
from survey_app.evaluate.lifecycle import life, newest_revision
from survey_app.evaluate.objections import object_to, objections
from survey_app.evaluate.own_figures import measure_name, read_own
from survey_app.evaluate.proposals import LONGEST, SHORTEST, ReviewFault
from survey_app.evaluate.scoped import period_or_404
from survey_app.evaluate.second_person import tell_of_objection
from survey_app.evaluate.shown import SELF
from survey_app.evaluate.snapshots import newest, newest_of_each
from survey_app.ground import database, desk_blueprint, names_of, now, person, settings, today

own = desk_blueprint("own", __name__, "/evaluations")

LEAST = 30
"""Responses from which officers see their own result."""


@own.get("/mine")
@required("head", "officer")
def periods() -> ResponseReturnValue:
    """List the periods that have figures for heads and officers: half-years, and years once closed."""
    with database().reading() as connection:
        made = {each.period: each for each in newest_of_each(connection)}
        scheme = settings().period_scheme
        present = half_year_of(today(), scheme)
        shown = {each.label: each for each in (present, before(present, scheme))}
        closed = {label for label in made if newest_revision(connection, label) is not None}
        shown |= {label: period(label, scheme) for label in made if is_half_year(label) or label in closed}
        stands = {label: life(connection, each, today()).step for label, each in shown.items()}
    return render_template(
        "evaluate/self/periods.html",
        periods=sorted(shown.values(), key=lambda each: (each.last_day, each.first_day), reverse=True),
        made=made,
        stands=stands,
        demo=any(each.demo for each in made.values()),
    )


@own.get("/<label>/mine")
@required("officer")
def overview(label: str) -> ResponseReturnValue:
    """Show an officer their own result, or why there is none."""
    return _page(period_or_404(label))


@own.post("/<label>/mine/objections")
@required("officer")
def make_objection(label: str) -> ResponseReturnValue:
    """Enter what an officer holds against their result into the review."""
    this, grant, text = period_or_404(label), _officer(), request.form.get("text", "")
    assert grant.officer_id is not None  # of an officer's grant
    with database().reading() as connection:
        waits = any(row.decision is None for row in objections(connection, label, grant.officer_id))
        if newest(connection, label) is None:
            abort(404)
    fault = ""
    if waits:
        fault = gettext("One of your objections waits for a decision already.")
    elif not SHORTEST <= len(text.strip()) <= LONGEST:
        fault = gettext(
            "Write a reason of %(shortest)s to %(longest)s characters.", shortest=SHORTEST, longest=LONGEST
        )
    if fault:
        return _page(this, fault, text), 422
    try:
        with database().writing() as connection:
            tell_of_objection(connection, settings(), this, grant.officer_id, person().id, now())
            object_to(connection, this, grant.officer_id, text, person().id, now())
    except ReviewFault as wrong:
        return _page(this, str(wrong), text), 422
    return redirect(url_for("own.overview", label=label, officer=grant.officer_code, told="raised"), 303)


def _page(this: Period, fault: str = "", typed: str = "") -> str:
    grant = _officer()
    code = grant.officer_code or ""
    with database().reading() as connection:
        shown = read_own(connection, this.label, SELF, code)
        made = newest(connection, this.label)
        stands = life(connection, this, today())
        raised = objections(connection, this.label, grant.officer_id)
        names = names_of(connection)
    if shown is not None:
        _note_look(code)
    return render_template(
        "evaluate/self/officer.html",
        period=this,
        grant=grant,
        mine=_officers(),
        own=shown,
        made=made,
        stands=stands,
        raised=raised,
        waits=any(each.decision is None for each in raised),
        names=names,
        step=STEP,
        least=LEAST,
        said=said,
        decisions=doubt_words.DECISIONS,
        measure_name=measure_name,
        fault=fault,
        typed=typed,
        told=gettext("Your objection is entered. Whoever decides on it writes the reason here.")
        if request.args.get("told") == "raised"
        else "",
        head=may("head"),
        shortest=SHORTEST,
        longest=LONGEST,
        demo=made is not None and made.demo,
    )


def _officers() -> list[GrantOf]:
    return [each for each in person().grants if each.role == "officer" and each.officer_id is not None]


def _officer() -> GrantOf:
    """Give the officer that the person is, as chosen in the address where they are several."""
    mine, code = _officers(), request.values.get("officer", "")
    found = next((each for each in mine if code in ("", each.officer_code)), None)
    if found is None:
        abort(404)
    return found


def _note_look(code: str) -> None:
    with database().writing() as connection:
        record(connection, "officer.looked", now(), person().id, officer=code, page="mine")
