"""Account: the page of one's own account: password, second factor, recovery codes, sessions."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from survey_app.access import passwords
from survey_app.access.accounts import Person, email_of, end_sessions, find_person
from survey_app.access.arriving import needs_second_factor
from survey_app.access.audit import record
from survey_app.access.enrolment import codes_page, confirms, enrol, set_up_page, wrong_code
from survey_app.access.guard import admit, dismiss, present, required
from survey_app.access.proving import code_fault, fault_of, recovery_fault
from survey_app.access.recovery import codes_left, renew_codes
from survey_app.access.sealing import Seals
from survey_app.access.words import new_password_fault, role_words
from survey_app.store.engine import Database
from survey_app.web import choose_desk_language

account = Blueprint("account", __name__, url_prefix="/account")
account.before_request(choose_desk_language)


@account.get("")
@required()
def overview() -> ResponseReturnValue:
    """Show what the account may do and how it is secured."""
    return _page()


@account.post("/password")
@required()
def change_password() -> ResponseReturnValue:
    """Change the password of somebody who knows the old one; other sessions end."""
    person = _person()
    old, fresh = request.form.get("old", ""), request.form.get("password", "")
    kept = passwords.password_hash_of(_database(), person.id)
    if kept is None:
        abort(403)  # signed in elsewhere, and never chose one here
    fault = new_password_fault(person.login, fresh, request.form.get("again", ""))
    if fault is not None:
        return _page({"password": fault}), 422
    # Both take their time, and no transaction waits for them.
    right, hashed = passwords.matches(kept, old), passwords.hashed(fresh)

    def check(connection: Connection) -> bool:
        return right and passwords.change_password(connection, person.id, kept, hashed)

    fault = fault_of("password", person, check)
    if fault is not None:
        return _page({"old": fault}), 422
    _change_sessions("account.password_changed")
    return redirect(url_for("account.overview", done="password"), 303)


@account.get("/second-factor")
@required()
def set_up() -> ResponseReturnValue:
    """Show what a new authenticator needs, and ask for its first code."""
    return set_up_page(_person(), url_for("account.confirm"))


@account.post("/second-factor")
@required()
def confirm() -> ResponseReturnValue:
    """Keep a new authenticator of somebody who has the old one or a recovery code; other sessions end."""
    person, action, code = _person(), url_for("account.confirm"), request.form.get("code", "")[:100]
    if not confirms(person, code):
        return set_up_page(person, action, wrong_code()), 422
    if person.has_second_factor:
        proof = request.form.get("proof", "")[:100]
        digits = "".join(proof.split()).isdecimal()
        fault = code_fault(person, proof) if digits else recovery_fault(person, proof)
        if fault is not None:
            return set_up_page(person, action, proof_fault=fault), 422
    codes = enrol(person, code)
    if codes is None:
        return set_up_page(person, action, wrong_code()), 422
    session["factor"] = "code"
    _change_sessions()
    return codes_page(codes, url_for("account.overview"))


@account.post("/recovery-codes")
@required()
def renew_recovery_codes() -> ResponseReturnValue:
    """Show new recovery codes to somebody who has the authenticator; those before are good no more."""
    person = _person()
    fault = code_fault(person, request.form.get("code", "")[:100])
    if fault is not None:
        return _page({"code": fault}), 422
    seals: Seals = current_app.extensions["seals"]
    with _database().writing() as connection:
        codes = renew_codes(connection, seals, person.id)
        record(connection, "account.recovery_renewed", _now(), person.id)
    return codes_page(codes, url_for("account.overview"))


@account.post("/sign-out-everywhere")
@required()
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the account, this one too."""
    person = _person()
    with _database().writing() as connection:
        end_sessions(connection, person.id)
        record(connection, "signin.out_everywhere", _now(), person.id)
    dismiss()
    return redirect(url_for("access.sign_in"), 303)


def _page(faults: dict[str, str] | None = None) -> str:
    person = _person()
    with _database().reading() as connection:
        left = codes_left(connection, person.id)
        email = email_of(connection, person.id)
    done = {
        "password": gettext("The password is changed. All other sessions have ended."),
        "recovery": gettext("You signed in with a recovery code. It is used up."),
    }
    return render_template(
        "access/account.html",
        me=person,
        email=email,
        roles=role_words(),
        left=left,
        has_password=passwords.password_hash_of(_database(), person.id) is not None,
        needs=needs_second_factor(person),
        shortest=passwords.SHORTEST,
        faults=faults or {},
        done=None if faults else done.get(request.args.get("done", "")),
    )


def _change_sessions(action: str | None = None) -> None:
    """End every session of the person but this one, which begins anew."""
    person, now = _person(), _now()
    with _database().writing() as connection:
        end_sessions(connection, person.id)
        if action is not None:
            record(connection, action, now, person.id)
    fresh = find_person(_database(), person.id, now.date())
    if fresh is None:  # disabled just now
        abort(403)
    admit(fresh, how=str(session.get("how", "")), factor=str(session.get("factor", "")))


def _person() -> Person:
    person = present()
    assert person is not None  # the guard has seen them
    return person


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"]()
    return now
