"""Arriving: a session from the password on, and the steps that are owed before it opens pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app, g, session

from survey_app.access.accounts import Person, find_person
from survey_app.config import Settings

LASTS = timedelta(hours=12)
NEW_PASSWORD, GIVE_CODE, SET_UP = "access.new_password", "factor.give_code", "factor.set_up"
"""Steps, named by their pages."""
LOOKED = 60
"""Seconds before a session notes anew that it is in use."""


def begin(person: Person, **kept: str) -> None:
    """Begin a session of a person who has proven something, and may owe steps."""
    start_afresh(**kept)
    session["_user_id"] = mark_of(person)


def start_afresh(**kept: str) -> None:
    """Empty the session but for its language; a form made before is good no more."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.update(kept)
    session["since"] = session["seen"] = int(now().timestamp())
    g.pop("csrf_token", None)
    g.pop("arriving", None)


def arriving() -> Person | None:
    """Give the person whose session this is, whatever they owe; None once it has lasted too long."""
    if "arriving" not in g:
        g.arriving = _find()
    return cast("Person | None", g.arriving)


def forget_person() -> None:
    """Look the person up anew when next asked: they were changed."""
    g.pop("arriving", None)


def due(person: Person) -> str | None:
    """Give the page of the step that a person owes in this session."""
    if person.must_choose:
        return NEW_PASSWORD
    if session.get("factor"):
        return None
    if person.has_second_factor:
        return GIVE_CODE
    return SET_UP if needs_second_factor(person) else None


def needs_second_factor(person: Person) -> bool:
    """Whether one of the person's roles signs in with a second factor."""
    settings: Settings = current_app.extensions["settings"]
    return not person.roles.isdisjoint(settings.second_factor_roles)


def mark_of(person: Person) -> str:
    """Give what the session keeps of a person: it ends with their stamp."""
    return f"{person.id}.{person.stamp}"


def now() -> datetime:
    """Give the present moment of the app."""
    clock: Any = current_app.extensions["clock"]
    return cast(datetime, clock())


def _find() -> Person | None:
    number, _, stamp = str(session.get("_user_id", "")).partition(".")
    settings: Settings = current_app.extensions["settings"]
    present = now()
    moment = present.timestamp()
    age, idle = moment - float(session.get("since", 0)), moment - float(session.get("seen", 0))
    if not number.isdecimal() or age >= LASTS.total_seconds() or idle >= settings.idle_minutes * 60:
        return None
    person = find_person(current_app.extensions["database"], int(number), present.date())
    if person is None or person.stamp != stamp:
        return None
    if idle >= LOOKED:
        session["seen"] = int(moment)
    return person
