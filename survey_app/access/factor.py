"""Factor: the pages that ask for a second factor at sign-in, or let it be set up."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField

from survey_app.access.accounts import Person
from survey_app.access.arrival import enter, go_on, home_of, local
from survey_app.access.arriving import GIVE_CODE, SET_UP, arriving, due, forget_person
from survey_app.access.enrolment import codes_page, enrol, set_up_page, wrong_code
from survey_app.access.guard import for_step
from survey_app.access.proving import code_fault, recovery_fault
from survey_app.web import choose_desk_language

factor = Blueprint("factor", __name__, url_prefix="/sign-in")
factor.before_request(choose_desk_language)


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A code."""

    code = StringField()


@factor.get("/code")
@for_step(GIVE_CODE)
def give_code() -> ResponseReturnValue:
    """Ask for the code of the authenticator."""
    return render_template("access/code.html", fault=None)


@factor.post("/code")
@for_step(GIVE_CODE)
def take_code() -> ResponseReturnValue:
    """Let in whoever has the authenticator too."""
    fault = code_fault(_person(), _typed())
    if fault is not None:
        return render_template("access/code.html", fault=fault), 422
    session["factor"] = "code"
    return go_on()


@factor.get("/recovery-code")
@for_step(GIVE_CODE)
def give_recovery_code() -> ResponseReturnValue:
    """Ask for a recovery code."""
    return render_template("access/recovery_code.html", fault=None)


@factor.post("/recovery-code")
@for_step(GIVE_CODE)
def take_recovery_code() -> ResponseReturnValue:
    """Let in whoever has a recovery code, and show how many are left."""
    fault = recovery_fault(_person(), _typed())
    if fault is not None:
        return render_template("access/recovery_code.html", fault=fault), 422
    session["factor"] = "recovery code"
    session["wanted"] = url_for("account.overview", done="recovery")
    return go_on()


@factor.get("/second-factor")
@for_step(SET_UP)
def set_up() -> ResponseReturnValue:
    """Show what the authenticator needs, and ask for its first code."""
    return set_up_page(_person(), url_for("factor.confirm"))


@factor.post("/second-factor")
@for_step(SET_UP)
def confirm() -> ResponseReturnValue:
    """Keep the authenticator if the code is its, let in, and show the recovery codes."""
    codes = enrol(_person(), _typed())
    if codes is None:
        return set_up_page(_person(), url_for("factor.confirm"), wrong_code()), 422
    session["factor"] = "code"
    wanted = str(session.get("wanted", ""))
    forget_person()
    person = arriving()
    if person is None or due(person) is not None:
        return redirect(url_for("access.sign_in"), 303)
    enter(person)
    return codes_page(codes, wanted if local(wanted) else home_of(person))


def _person() -> Person:
    person = arriving()
    assert person is not None  # the guard has seen them
    return person


def _typed() -> str:
    return request.form.get("code", "")[:100]
