"""Browsers: one that a person signed in with is known again, so that nobody's failures slow it down."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from flask import Response, after_this_request, current_app, request

from survey_app.access.sealing import Seals
from survey_app.config import Settings

COOKIE = "browser"
PATH = "/sign-in"
LASTS = timedelta(days=365)
MOST = 8
"""Logins of one browser: a desk may be shared."""
PURPOSE = "known browser"


def known_browser(login: str) -> str | None:
    """Give the name of the browser of this request if it signed in with a login before."""
    found = _read()
    return found[0] if found is not None and _mark(found[0], login) in found[1] else None


def remember_browser(login: str) -> None:
    """Know the browser of this request again for a year: a signed cookie that says nothing of the person."""
    name, marks = _read() or (secrets.token_hex(8), [])
    mark = _mark(name, login)
    marks = [mark, *(each for each in marks if each != mark)][:MOST]
    value = _seals().sign(PURPOSE, [name, marks])
    settings: Settings = current_app.extensions["settings"]

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            value,
            max_age=LASTS,
            path=PATH,
            secure=settings.https,
            httponly=True,
            samesite="Lax",
        )
        return response


def _read() -> tuple[str, list[str]] | None:
    content = _seals().unsign(PURPOSE, request.cookies.get(COOKIE, ""))
    match content:
        case [str(name), list(marks)]:
            return name, [str(mark) for mark in marks]
    return None


def _mark(name: str, login: str) -> str:
    return sha256(f"{name} {login.casefold()}".encode()).hexdigest()[:16]


def _seals() -> Seals:
    seals: Seals = current_app.extensions["seals"]
    return seals
