"""Served: the script and the recordings of the citizen's page, which browsers keep."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, send_file

from survey_app.access.guard import open_to_all
from survey_app.collect.recordings import recording_at

served = Blueprint("served", __name__)

FILE = Path(__file__).parents[1] / "templates" / "citizen" / "answer.js"
LINES = (line.strip() for line in FILE.read_text(encoding="utf-8").splitlines())
SCRIPT = "\n".join(line for line in LINES if line and not line.startswith("//")).encode()
COMPRESSED = gzip.compress(SCRIPT, 9, mtime=0)
SCRIPT_ADDRESS = f"/q/answer.js?v={hashlib.sha256(SCRIPT).hexdigest()[:8]}"
KEPT = "public, max-age=31536000, immutable"
"""The addresses change with what they lead to, so that it may be kept for ever."""


@served.get("/q/answer.js")
@open_to_all
def script() -> Response:
    """Give the script, compressed where the browser takes it."""
    response = Response(SCRIPT, mimetype="text/javascript")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.data = COMPRESSED
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
