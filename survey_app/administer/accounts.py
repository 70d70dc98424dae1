"""Accounts pages: administrators add people, grant what they may see, reset and disable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection, Row

from survey_app.access.accounts import (
    add_account,
    change_email,
    disable_account,
    list_accounts,
    reset_account,
)
from survey_app.access.audit import record
from survey_app.access.grants import AccountFault, GrantOf, grant, revoke
from survey_app.access.guard import required
from survey_app.access.roles import ROLES
from survey_app.access.words import role_words
from survey_app.administer.places import units_now
from survey_app.ground import database, desk_blueprint, now, person, settings, today
from survey_app.notices import warn

accounts = desk_blueprint("accounts", __name__, "/admin/accounts")

ADMINISTRATOR = "administrator"
ON_UNITS = ("inspector", "head", "auditor", "statistician")
"""Roles that may be granted on a unit and all below it."""


@accounts.get("")
@required(ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """List the accounts, and show the form for another."""
    return _list()


@accounts.post("")
@required(ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Make an account; its one-time password is shown this once."""
    form = request.form
    login, role = form.get("login", "").strip().casefold(), form.get("role", "")
    where = _where(role)
    fault = _role_fault(role, where)
    if fault:
        return _list(fault), 422
    try:
        with database().writing() as connection:
            password = add_account(
                connection, login, form.get("name", ""), now(), role, email=form.get("email"), **where
            )
            record(connection, "account.added", now(), person().id, login=login, role=role, **where)
    except AccountFault as wrong:
        return _list(_words(wrong)), 422
    return _password(login, password)


@accounts.get("/<login>")
@required(ADMINISTRATOR)
def one(login: str) -> ResponseReturnValue:
    """Show an account with what it was granted."""
    return _one(login)


@accounts.post("/<login>/grants")
@required(ADMINISTRATOR)
def add_grant(login: str) -> ResponseReturnValue:
    """Grant a role on a unit, on the whole province, or to an officer."""
    role = request.form.get("role", "")
    where = _where(role)
    fault = _role_fault(role, where)
    if fault:
        return _one(login, fault), 422

    def act(connection: Connection) -> None:
        grant(connection, login, role, now(), **where)
        warn(connection, settings(), login, "roles", now())
        record(connection, "account.granted", now(), person().id, login=login, role=role, **where)

    return _done(login, act, "granted")


@accounts.post("/<login>/grants/revoke")
@required(ADMINISTRATOR)
def take_grant(login: str) -> ResponseReturnValue:
    """Take a role away; nobody takes the last right to administer from themselves."""
    form = request.form
    role, unit, officer = form.get("role", ""), form.get("unit") or None, form.get("officer") or None
    if role == ADMINISTRATOR and login == person().login:
        return _one(login, gettext("You cannot take the administrator's role from yourself.")), 422

    def act(connection: Connection) -> None:
        revoke(connection, login, role, unit=unit, officer=officer)
        warn(connection, settings(), login, "roles", now())
        where = _known(unit=unit, officer=officer)
        record(connection, "account.revoked", now(), person().id, login=login, role=role, **where)

    return _done(login, act, "revoked")


@accounts.post("/<login>/email")
@required(ADMINISTRATOR)
def set_email(login: str) -> ResponseReturnValue:
    """Set the mail address of an account, or empty it."""

    def act(connection: Connection) -> None:
        change_email(connection, login, request.form.get("email"))
        record(connection, "account.email", now(), person().id, login=login)

    return _done(login, act, "email")


@accounts.post("/<login>/reset")
@required(ADMINISTRATOR)
def reset(login: str) -> ResponseReturnValue:
    """Let somebody in anew: a new one-time password, shown this once; the second factor ends."""
    _account(login)
    with database().writing() as connection:
        password = reset_account(connection, login, now())
        warn(connection, settings(), login, "reset", now())
        record(connection, "account.reset", now(), person().id, login=login)
    return _password(login, password)


@accounts.post("/<login>/disable")
@required(ADMINISTRATOR)
def disable(login: str) -> ResponseReturnValue:
    """Let somebody in no more; nobody locks themselves out."""
    if login == person().login:
        return _one(login, gettext("You cannot disable your own account.")), 422

    def act(connection: Connection) -> None:
        disable_account(connection, login, now())
        warn(connection, settings(), login, "disabled", now())
        record(connection, "account.disabled", now(), person().id, login=login)

    return _done(login, act, "disabled")


def _done(login: str, act: Callable[[Connection], None], told: str) -> ResponseReturnValue:
    _account(login)
    try:
        with database().writing() as connection:
            act(connection)
    except AccountFault as wrong:
        return _one(login, _words(wrong)), 422
    return redirect(url_for("accounts.one", login=login, told=told), 303)


def _list(fault: str = "") -> str:
    with database().reading() as connection:
        shared = _shared(connection)
        found = list_accounts(connection, today())
    typed = request.form if fault else {}
    return render_template("administer/accounts.html", **shared, accounts=found, fault=fault, typed=typed)


def _one(login: str, fault: str = "") -> str:
    account, grants = _account(login)
    with database().reading() as connection:
        shared = _shared(connection)
    told = {
        "email": gettext("The mail address is changed."),
        "granted": gettext("The role is granted."),
        "revoked": gettext("The role is taken away."),
        "disabled": gettext("The account is disabled and its sessions have ended."),
    }.get(request.args.get("told", ""), "")
    return render_template(
        "administer/account.html",
        **shared,
        account=account,
        grants=grants,
        fault=fault,
        told=told,
        typed=request.form if fault else {},
        own=account.login == person().login,
    )


def _password(login: str, password: str) -> str:
    return render_template("administer/password.html", login=login, password=password)


def _shared(connection: Connection) -> dict[str, Any]:
    return {
        "roles": role_words(),
        "on_units": ON_UNITS,
        "units": units_now(connection, today()),
    }


def _account(login: str) -> tuple[Row[Any], tuple[GrantOf, ...]]:
    with database().reading() as connection:
        found = list_accounts(connection, today())
    for account, grants in found:
        if account.login == login:
            return account, grants
    abort(404)


def _where(role: str) -> dict[str, str]:
    """Give what a form grants a role on: a unit for roles that have one, the officer for theirs."""
    unit, officer = request.form.get("unit", "").strip(), request.form.get("officer", "").strip()
    return _known(unit=unit if role != "officer" else None, officer=officer if role == "officer" else None)


def _known(**codes: str | None) -> dict[str, str]:
    return {name: code for name, code in codes.items() if code}


def _role_fault(role: str, where: dict[str, str]) -> str:
    if role not in ROLES:
        return str(gettext("Choose a role."))
    if role == "officer" and "officer" not in where:
        return str(gettext("Write the code of the officer that the person is."))
    if "unit" in where and role not in ON_UNITS:
        return str(gettext("An administrator has no unit: leave the unit away."))
    return ""


def _words(fault: AccountFault) -> str:
    """Say in the language of the page what cannot be done; what it has no words for as it is."""
    text = str(fault)
    known = {
        "exists already": gettext("This login is taken; choose another."),
        "write 2 to 60": gettext(
            "A login has 2 to 60 letters a-z, digits or . _ @ - and begins with a letter or digit."
        ),
        "unit '": gettext("No unit has this code today."),
        "officer '": gettext("No officer has this code today."),
        "has no name": gettext("Write the person's name."),
        "is no address": gettext("This is no mail address."),
        "belongs to another": gettext("This mail address belongs to another account."),
        "has this role already": gettext("The account has this role already."),
        "does not have this role": gettext("The account does not have this role."),
    }
    return next((str(words) for part, words in known.items() if part in text), text)
