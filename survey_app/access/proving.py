"""Proving: a code that a person types is tried; failures slow down the next and are told to the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app, request
from flask_babel import gettext
from sqlalchemy import Connection

from survey_app.access import recovery, second_factor, slowdown
from survey_app.access.accounts import Person
from survey_app.access.audit import record
from survey_app.access.browsers import known_browser
from survey_app.access.sealing import Seals, Unreadable
from survey_app.access.words import too_many
from survey_app.store.engine import Database

Check = Callable[[Connection], bool]


def code_fault(person: Person, code: str) -> str | None:
    """Say in words why a code is not the present one of the person's authenticator; None if it was."""
    seals, now = _seals(), _now()

    def check(connection: Connection) -> bool:
        return second_factor.use_code(connection, seals, person.id, code, now)

    return fault_of("factor", person, check)


def recovery_fault(person: Person, code: str) -> str | None:
    """Say in words why a code is not an unspent recovery code of the person; None if it was one."""
    seals, now = _seals(), _now()

    def check(connection: Connection) -> bool:
        return recovery.spend_code(connection, seals, person.id, code, now)

    return fault_of("recovery", person, check)


def fault_of(what: str, person: Person, check: Check) -> str | None:
    """Try something once, unless the person must wait; give what is wrong in words, None if nothing is."""
    database: Database = current_app.extensions["database"]
    now = _now()
    attempt = slowdown.begin(database, _sources(person, now), now)
    if isinstance(attempt, timedelta):
        return too_many(attempt)
    try:
        with database.writing() as connection:
            proven = check(connection)
            if proven:
                slowdown.succeeded(connection, attempt)
            else:
                record(connection, "signin.factor_failed", now, person.id, what=what)
    except Unreadable as fault:
        current_app.logger.error("account %s: %s", person.id, fault)
        unreadable: str = gettext(
            "The second factor cannot be read here. Ask the person who manages accounts to reset it."
        )
        return unreadable
    if proven:
        return None
    wrong: dict[str, str] = {
        "factor": gettext("This is not the present code, or it was used already. Wait for the next one."),
        "recovery": gettext("This is none of your recovery codes, or it was used already."),
        "password": gettext("This is not your present password."),
    }
    return wrong[what]


def _sources(person: Person, now: datetime) -> tuple[slowdown.Source, ...]:
    # One count for all that proves a person: whoever has the password gets no second row of attempts.
    return slowdown.sources_of(
        _seals(), "proof", str(person.id), request.remote_addr, known_browser(person.login), now
    )


def _seals() -> Seals:
    seals: Seals = current_app.extensions["seals"]
    return seals


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"]()
    return now
