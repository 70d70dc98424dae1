"""Screens: what a monitor at a counter shows: a code that changes every minute, and what to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, render_template
from flask_babel import force_locale, lazy_gettext
from sqlalchemy import Connection, select

from survey_app.access.guard import open_to_all
from survey_app.collect import rotating
from survey_app.collect.attribution import PostedCounter, counter_on
from survey_app.collect.codes import spaced
from survey_app.collect.drawing import QUIET, outline, squares
from survey_app.collect.posters import numbered
from survey_app.config import Settings, load_keys
from survey_app.store.organisation import CounterCode

blueprint = Blueprint("screens", __name__)


WORDS = {
    "ask": lazy_gettext("Tell us how you were served"),
    "scan": lazy_gettext("Scan with your camera"),
    "choose": lazy_gettext("Choose one face"),
    "send": lazy_gettext("Press Send. Done"),
    "type": lazy_gettext("Cannot scan? Type:"),
    "changes": lazy_gettext("The code changes every minute."),
    "promise": lazy_gettext("Voluntary, no name. Officers never see who answered."),
    "counter": lazy_gettext("Counter"),
    "code": lazy_gettext("QR code"),
}
"""A screen speaks Vietnamese and English at once, as a card does."""


@dataclass(frozen=True)
class Shown:
    """What a screen shows: the counter, its code with what changes behind it, and its drawing."""

    counter: PostedCounter
    number: str
    about: str
    site: str
    code: str
    drawing: str
    side: int


def connect(app: Flask, instance: Path) -> None:
    """Put the screens into an app, with the keys of its instance folder."""
    app.extensions["screen_keys"] = load_keys(instance, "screen")
    app.register_blueprint(blueprint)


@blueprint.get("/screen/<link>")
@open_to_all
def show(link: str) -> Response:
    """Show the code of this minute; the page asks for the next one by itself, without a script."""
    now = current_app.extensions["clock"]()
    settings: Settings = current_app.extensions["settings"]
    with current_app.extensions["database"].reading() as connection:
        screen = rotating.find_screen(connection, link)
        if screen is None:
            abort(404)
        counter = counter_on(connection, screen.counter_id, now.astimezone(settings.zone).date())
        own = code_in_force(connection, screen.counter_id)
    if counter.retired or own is None:
        abort(410)
    secret = rotating.secret(current_app.extensions["screen_keys"][0], screen.salt)
    page = render_template(
        "citizen/screen.html",
        shown=_shown(counter, own + rotating.current_code(secret, now), settings),
        asker=settings.asker,
        vi=_words("vi"),
        en=_words("en"),
        seconds=rotating.changes_in(now),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def code_in_force(connection: Connection, counter_id: int) -> str | None:
    """Give the newest code of a counter that is not retired."""
    query = select(CounterCode.code).where(
        CounterCode.counter_id == counter_id, CounterCode.retired_at.is_(None)
    )
    return connection.scalar(query.order_by(CounterCode.created_at.desc(), CounterCode.code.desc()).limit(1))


def _words(language: str) -> dict[str, str]:
    with force_locale(language):
        return {name: str(words) for name, words in WORDS.items()}


def _shown(counter: PostedCounter, code: str, settings: Settings) -> Shown:
    base_url = settings.base_url.rstrip("/")
    dark = squares(f"{base_url}/q/{code}")
    number, about = numbered(counter.name)
    return Shown(
        counter=counter,
        number=number,
        about=about,
        site=f"{urlsplit(base_url).netloc}/q/",
        code=spaced(code),
        drawing=outline(dark),
        side=len(dark) + 2 * QUIET,
    )
