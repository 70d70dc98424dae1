"""Guard: lets a page be seen by those it is for; every page says whom that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from survey_app.access.accounts import Person
from survey_app.access.arriving import arriving, due, mark_of, start_afresh
from survey_app.access.roles import ROLES

SAFE = ("GET", "HEAD", "OPTIONS")

Arguments = ParamSpec("Arguments")
Page = TypeVar("Page")
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Visitor:
    """A person as Flask-Login wants one: it can be told from others, and its sessions end with its stamp."""

    person: Person
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Give what the session keeps."""
        return mark_of(self.person)


def init_guard(app: Flask) -> None:
    """Let an app know its visitors, and its forms that they come from its own pages."""
    app.jinja_env.globals.update(csrf_token=generate_csrf, present=present, may=may)
    open_to_all(app.view_functions["static"])
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)


def admit(person: Person, **kept: str) -> None:
    """Begin a session of a person who has taken every step; nothing of the one before stays."""
    start_afresh(**kept)
    login_user(Visitor(person))
    session.pop("_id", None)  # Flask-Login puts a hash of address and browser there
    session.pop("_fresh", None)


def dismiss() -> None:
    """End the session."""
    logout_user()
    session.clear()


def present() -> Person | None:
    """Give the person who is signed in."""
    return cast(Visitor, current_user).person if current_user.is_authenticated else None


def may(*roles: str) -> bool:
    """Whether somebody is signed in and has one of these roles; for what pages offer."""
    person = present()
    return person is not None and not person.roles.isdisjoint(roles)


def required(
    *roles: str, largest: int | None = None
) -> Callable[[Callable[Arguments, Page]], Callable[Arguments, Page | Response]]:
    """Let a view answer to those with any of these roles; without one named, to everybody who is signed in.

    Others are sent to sign in, or told that it is not for them. What is sent to it must come from a page of
    ours, and may be as large as every request, or ``largest`` bytes.
    """
    assert set(roles) <= set(ROLES), f"roles {roles}: one is unknown"

    def guard(view: Callable[Arguments, Page]) -> Callable[Arguments, Page | Response]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Page | Response:
            person = present()
            if person is None:
                return _sent_to_sign_in()
            if roles and person.roles.isdisjoint(roles):
                abort(403)
            if request.method not in SAFE:
                if largest is not None:
                    request.max_content_length = largest  # before its form is read, below
                _must_be_ours()
            return view(*args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return guard


def open_to_all(view: View) -> View:
    """Say that a view answers to everybody, and looks itself at what is sent to it."""
    view.public = True  # type: ignore[attr-defined]  # read by the test of all routes
    return view


def for_step(step: str) -> Callable[[Callable[Arguments, Page]], Callable[Arguments, Page | Response]]:
    """Let a view answer to those who signed in and still owe this step; others are led on."""

    def guard(view: Callable[Arguments, Page]) -> Callable[Arguments, Page | Response]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Page | Response:
            person = arriving()
            owed = due(person) if person is not None else None
            if owed is None:
                return redirect(url_for("access.sign_in"), 303)
            if owed != step:
                return redirect(url_for(owed), 303)
            if request.method not in SAFE:
                _must_be_ours()
            return view(*args, **kwargs)

        guarded.step = step  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return guard


def _sent_to_sign_in() -> Response:
    person = arriving()
    if person is not None and (owed := due(person)) is not None:
        return redirect(url_for(owed), 303)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url_for("access.sign_in", next=wanted), 303)


def _must_be_ours() -> None:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        abort(400)


def _load(_kept: str) -> Visitor | None:
    person = arriving()
    return Visitor(person) if person is not None and due(person) is None else None
