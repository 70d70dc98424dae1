"""Sign-in: the pages by which people come in and leave."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from survey_app.access.accounts import SHORTEST, choose_password, password_fault, verify
from survey_app.access.attempts import Attempts
from survey_app.access.guard import admit, dismiss, present
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
def sign_in() -> ResponseReturnValue:
    """Ask for login and password."""
    if present() is not None:
        return redirect(_wanted(), 303)
    return _sign_in_page(SignInForm())


@access.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Let in whoever knows login and password."""
    form = SignInForm()
    login, password = (form.login.data or "").strip(), form.password.data or ""
    if not form.validate():
        return _sign_in_page(form, gettext("This page had expired. Please sign in again.")), 400
    attempts: Attempts = current_app.extensions["attempts"]
    now = current_app.extensions["clock"]()
    if wait := attempts.wait(login, now):
        seconds = math.ceil(wait.total_seconds())
        message = gettext("Too many attempts. Please try again in %(seconds)s seconds.", seconds=seconds)
        return _sign_in_page(form, message), 429, {"Retry-After": str(seconds)}
    person = verify(current_app.extensions["database"], login, password, now)
    if person is None:
        attempts.failed(login, now)
        message = gettext(
            "Login and password do not belong together. A one-time password works once, for one hour."
        )
        return _sign_in_page(form, message), 422
    attempts.succeeded(login)
    admit(person)
    return redirect(url_for("access.new_password") if person.must_choose else _wanted(), 303)


@access.get("/sign-in/new-password")
def new_password() -> ResponseReturnValue:
    """Ask for a password after a one-time password was spent."""
    person = present()
    if person is None or not person.must_choose:
        return redirect(url_for("access.sign_in"), 303)
    return render_template("access/new_password.html", form=NewPasswordForm(), fault=None, shortest=SHORTEST)


@access.post("/sign-in/new-password")
def keep_password() -> ResponseReturnValue:
    """Keep the new password."""
    person = present()
    if person is None or not person.must_choose:
        return redirect(url_for("access.sign_in"), 303)
    form = NewPasswordForm()
    fault = _new_password_fault(form, person.login)
    if fault is not None:
        page = render_template("access/new_password.html", form=form, fault=fault, shortest=SHORTEST)
        return page, 422
    choose_password(current_app.extensions["database"], person, form.password.data)
    return redirect(_wanted(), 303)


@access.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    if SignOutForm().validate():
        dismiss()
    return redirect(url_for("access.sign_in"), 303)


def _new_password_fault(form: NewPasswordForm, login: str) -> str | None:
    faults = {
        "expired": gettext("This page had expired. Please choose the password again."),
        "short": gettext("The password needs at least %(shortest)s characters.", shortest=SHORTEST),
        "long": gettext("The password is too long."),
        "login": gettext("The password must not contain the login."),
        "differ": gettext("The two passwords differ. Please type both again."),
    }
    password, again = form.password.data or "", form.again.data or ""
    code = password_fault(login, password) if form.validate() else "expired"
    if code is None and password != again:
        code = "differ"
    return faults[code] if code is not None else None


def _sign_in_page(form: SignInForm, fault: str | None = None) -> str:
    return render_template("access/sign_in.html", form=form, fault=fault, wanted=request.args.get("next", ""))


def _wanted() -> str:
    wanted = request.args.get("next", "")
    return wanted if local(wanted) else url_for("evaluations.overview")


def local(address: str) -> bool:
    r"""Whether an address stays on this site: a path, and nothing that a browser takes for another host.

    >>> [local(a) for a in ("/evaluations?q=a", "//x.example", r"/\x.example", "https://x.example", "")]
    [True, False, False, False, False]
    """
    if not address.startswith("/") or address[1:2] in ("/", "\\") or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
