"""Arrival: leads whoever signs in from step to step, and in at last."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from survey_app.access.accounts import Person
from survey_app.access.arriving import arriving, due, forget_person, now
from survey_app.access.audit import record
from survey_app.access.browsers import remember_browser
from survey_app.access.guard import admit
from survey_app.store.engine import Database

HOMES = (
    (("inspector", "auditor"), "evaluations.overview"),
    (("head", "officer"), "own.periods"),
    (("administrator",), "accounts.overview"),
)
"""Where people begin who asked for no page, the first that fits; all others at the page of their account."""


def go_on() -> Response:
    """Lead to the next step, or in."""
    wanted = str(session.get("wanted", ""))
    forget_person()
    person = arriving()
    if person is None:
        return redirect(url_for("access.sign_in"), 303)
    if owed := due(person):
        return redirect(url_for(owed), 303)
    enter(person)
    return redirect(wanted if local(wanted) else home_of(person), 303)


def enter(person: Person) -> None:
    """Begin the session of a person who owes nothing any more."""
    how, factor = str(session.get("how", "")), str(session.get("factor", ""))
    admit(person, how=how, factor=factor)
    remember_browser(person.login)
    database: Database = current_app.extensions["database"]
    with database.writing() as connection:
        record(connection, "signin.ok", now(), person.id, how=how, factor=factor or "none")


def home_of(person: Person) -> str:
    """Give the page that a person begins at."""
    for roles, page in HOMES:
        if not person.roles.isdisjoint(roles):
            return url_for(page)
    return url_for("account.overview")


def wanted_page() -> str:
    """Give the page of this site that was asked for before the sign-in, or nothing."""
    wanted = request.args.get("next", "")
    return wanted if local(wanted) else ""


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
