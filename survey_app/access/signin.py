"""Sign-in: the pages by which people come in and leave."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from survey_app.access import slowdown
from survey_app.access.accounts import find_person
from survey_app.access.arrival import go_on, home_of, wanted_page
from survey_app.access.arriving import NEW_PASSWORD, arriving, begin
from survey_app.access.audit import record
from survey_app.access.browsers import known_browser
from survey_app.access.grants import account_id
from survey_app.access.guard import dismiss, for_step, open_to_all, present
from survey_app.access.passwords import SHORTEST, choose_password, hashed, verify
from survey_app.access.words import new_password_fault, too_many
from survey_app.config import Settings
from survey_app.store.engine import Database
from survey_app.web import choose_desk_language

access = Blueprint("access", __name__)
access.before_request(choose_desk_language)


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Login and password."""

    login = StringField()
    password = PasswordField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A new password, twice."""

    password = PasswordField()
    again = PasswordField()


class SignOutForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Nothing but the proof that it comes from our page."""


@access.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """Ask for login and password."""
    person = present()
    if person is not None:
        return redirect(wanted_page() or home_of(person), 303)
    return sign_in_page(SignInForm())


@access.post("/sign-in")
@open_to_all
def enter() -> ResponseReturnValue:
    """Let in whoever knows login and password, as far as they owe no other step."""
    form = SignInForm()
    login, password = (form.login.data or "").strip(), form.password.data or ""
    if not form.validate():
        return sign_in_page(form, gettext("This page had expired. Please sign in again.")), 400
    database: Database = current_app.extensions["database"]
    now: datetime = current_app.extensions["clock"]()
    sources = slowdown.sources_of(
        current_app.extensions["seals"],
        "password",
        login.casefold(),
        request.remote_addr,
        known_browser(login),
        now,
    )
    attempt = slowdown.begin(database, sources, now)
    if isinstance(attempt, timedelta):
        page = sign_in_page(form, too_many(attempt))
        return page, 429, {"Retry-After": str(math.ceil(attempt.total_seconds()))}
    number = verify(database, login, password, now)
    person = find_person(database, number, now.date()) if number is not None else None
    with database.writing() as connection:
        if person is not None:
            slowdown.succeeded(connection, attempt)
        else:
            record(connection, "signin.failed", now, account_id(connection, login))
    if person is None:
        message = gettext(
            "Login and password do not belong together. A one-time password works once, for one hour."
        )
        return sign_in_page(form, message), 422
    begin(person, how="password", wanted=wanted_page())
    return go_on()


@access.get("/sign-in/new-password")
@for_step(NEW_PASSWORD)
def new_password() -> ResponseReturnValue:
    """Ask for a password after a one-time password was spent."""
    return render_template("access/new_password.html", form=NewPasswordForm(), fault=None, shortest=SHORTEST)


@access.post("/sign-in/new-password")
@for_step(NEW_PASSWORD)
def keep_password() -> ResponseReturnValue:
    """Keep the new password."""
    person = arriving()
    assert person is not None  # the guard has seen them
    form = NewPasswordForm()
    password = form.password.data or ""
    fault = new_password_fault(person.login, password, form.again.data or "")
    if fault is not None:
        page = render_template("access/new_password.html", form=form, fault=fault, shortest=SHORTEST)
        return page, 422
    kept = hashed(password)
    database: Database = current_app.extensions["database"]
    with database.writing() as connection:
        if choose_password(connection, person.id, kept):
            now: datetime = current_app.extensions["clock"]()
            record(connection, "account.password_changed", now, person.id)
    return go_on()


@access.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """End the session."""
    if not SignOutForm().validate():
        abort(400)
    person = present()
    if person is not None:
        database: Database = current_app.extensions["database"]
        with database.writing() as connection:
            record(connection, "signin.out", current_app.extensions["clock"](), person.id)
    dismiss()
    return redirect(url_for("access.sign_in"), 303)


def sign_in_page(form: SignInForm, fault: str | None = None) -> str:
    """Give the page that asks for login and password, or offers to sign in elsewhere."""
    settings: Settings = current_app.extensions["settings"]
    elsewhere = (settings.oidc_name or gettext("another account")) if settings.oidc_issuer else None
    return render_template(
        "access/sign_in.html", form=form, fault=fault, wanted=wanted_page(), elsewhere=elsewhere
    )
