"""Served: the script and the recordings of the citizen's page, which browsers keep."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from flask import Blueprint, Response, abort, current_app, request, send_file
from flask_babel import force_locale, lazy_gettext

from survey_app.access.guard import open_to_all
from survey_app.collect.recordings import recording_at
from survey_app.config import LANGUAGES

served = Blueprint("served", __name__)

FILE = Path(__file__).parents[1] / "templates" / "citizen" / "answer.js"
KEPT = "public, max-age=31536000, immutable"
"""The addresses change with what they lead to, so that it may be kept for ever."""

WORDS = {
    "live": lazy_gettext("What you choose counts at once; text goes only when you press Send."),
    "first": lazy_gettext("First answer recorded. You can stop here or go on."),
    "off": lazy_gettext(
        "No connection. What you chose is kept on this device for at most 24 hours and sent when you open "
        "this page again."
    ),
    "late": lazy_gettext("What you chose last time is being sent."),
    "done": lazy_gettext("What you chose last time has been sent."),
    "discard": lazy_gettext("Discard"),
    "gone": lazy_gettext("Nothing is kept on this device any more."),
    "sending": lazy_gettext("Sending…"),
    "wait": lazy_gettext(
        "No connection. Your answers are kept on this device and sent when it returns. Please keep the page "
        "open."
    ),
}
"""What the script says."""


@dataclass(frozen=True, slots=True)
class Script:
    """The script with its words in one language, as it is and compressed."""

    plain: bytes
    compressed: bytes
    version: str


@cache
def script_in(language: str) -> Script:
    """Give the script in a language of the catalogues; its comments stay here."""
    with force_locale(language):
        words = {"lang": language} | {name: str(text) for name, text in WORDS.items()}
    lines = (line.strip() for line in FILE.read_text(encoding="utf-8").splitlines())
    written = "\n".join(line for line in lines if line and not line.startswith("//"))
    plain = written.replace("WORDS", msgspec.json.encode(words).decode(), 1).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:8])


def script_address(language: str) -> str:
    """Give where a page in a language finds its script."""
    return f"/q/answer.js?lang={language}&v={script_in(language).version}"


@served.get("/q/answer.js")
@open_to_all
def script() -> Response:
    """Give the script, compressed where the browser takes it."""
    language = request.args.get("lang", "")
    found = script_in(language if language in LANGUAGES else LANGUAGES[0])
    response = Response(found.plain, mimetype="text/javascript")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.data = found.compressed
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = KEPT
    return response


@served.get("/q/audio/<tag>/<name>")
@open_to_all
def recording(tag: str, name: str) -> Response:
    """Give a recording, in parts where the browser asks for parts."""
    found = recording_at(current_app.extensions["citizen"].audio, tag, name)
    if found is None:
        abort(404)
    path, sort = found
    response = send_file(path, mimetype=sort, conditional=True)
    response.headers["Cache-Control"] = KEPT
    return response
