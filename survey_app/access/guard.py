"""Guard: lets a page be seen by those it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from survey_app.access.accounts import Person, find_person
from survey_app.access.attempts import Attempts

LASTS = timedelta(hours=12)

Arguments = ParamSpec("Arguments")
Page = TypeVar("Page")


@dataclass(frozen=True)
class Visitor:
    """A person as Flask-Login wants one: it can be told from others, and its sessions end with its stamp."""

    person: Person
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Give what the session keeps."""
        return f"{self.person.id}.{self.person.stamp}"


def init_guard(app: Flask) -> None:
    """Let an app know its visitors, and its forms that they come from its own pages."""
    app.extensions["attempts"] = Attempts()
    app.jinja_env.globals["csrf_token"] = generate_csrf
    manager = LoginManager(app)
    manager.session_protection = None  # it would keep a hash of address and browser in the session
    manager.user_loader(_load)


def admit(person: Person) -> None:
    """Begin a session of a person."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session["since"] = _now().timestamp()
    login_user(Visitor(person))


def dismiss() -> None:
    """End the session."""
    logout_user()
    session.clear()


def present() -> Person | None:
    """Give the person who is signed in."""
    return cast(Visitor, current_user).person if current_user.is_authenticated else None


def inspector_required(view: Callable[Arguments, Page]) -> Callable[Arguments, Page | Response]:
    """Let a view answer to inspectors; others are sent to sign in, or told that it is not for them."""

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Page | Response:
        person = present()
        if person is None:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
            return redirect(url_for("access.sign_in", next=wanted), 303)
        if person.must_choose:
            return redirect(url_for("access.new_password"), 303)
        if "inspector" not in person.roles:
            abort(403)
        return view(*args, **kwargs)

    return guarded


def _load(kept: str) -> Visitor | None:
    number, _, stamp = kept.partition(".")
    age = _now().timestamp() - float(session.get("since", 0))
    if not number.isdecimal() or not 0 <= age < LASTS.total_seconds():
        return None
    person = find_person(current_app.extensions["database"], int(number))
    return Visitor(person) if person is not None and person.stamp == stamp else None


def _now() -> datetime:
    clock: Any = current_app.extensions["clock"]
    return cast(datetime, clock())
