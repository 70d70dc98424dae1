"""Kiosk: the tablet at the counter: its application, its pairing, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from sqlalchemy import Connection, Row

from survey_app.access.audit import record
from survey_app.access.guard import open_to_all
from survey_app.collect.batches import Cloned, Outcome, mark_cloned, outcomes_told, store_batch
from survey_app.collect.devices import WrongCode, find_device, note_officer, pair, signed_by
from survey_app.collect.kiosk_batch import Keys, Releases
from survey_app.collect.kiosk_counts import note_contact
from survey_app.collect.kiosk_files import TYPES, Files, load_files, spoken_files
from survey_app.collect.kiosk_message import (
    OLDEST,
    PROTOCOL,
    Message,
    from_base64,
    range_of,
    read_message,
    signed_text,
    stamp,
)
from survey_app.collect.kiosk_setup import digest_of, setup_of
from survey_app.collect.kiosk_time import Contact
from survey_app.collect.sealed import Opener
from survey_app.collect.visits import Signer
from survey_app.config import Settings
from survey_app.store.engine import Database

blueprint = Blueprint("kiosk", __name__)

LARGEST_BATCH = 16 * 1024 * 1024
"""Days without a line: ten thousand records and more."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; media-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass
class Desk:
    """What kiosks are answered from: store, settings, clock, keys, and the files of this release."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    keys: Keys
    screen_keys: Sequence[str]
    files: Files
    releases: Releases = field(default_factory=Releases)


def connect(app: Flask, keys: Sequence[str], visit_keys: Sequence[str]) -> None:
    """Put the kiosk into an app; ``keys`` open its records and ``visit_keys`` name slips, newest first."""
    with app.test_request_context("/kiosk/"):
        files = load_files()
    app.extensions["kiosk"] = Desk(
        app.extensions["database"],
        app.extensions["settings"],
        app.extensions["clock"],
        Keys(Opener.of(keys), Signer.of(keys), visit_keys),
        visit_keys,
        files,
    )
    app.register_blueprint(blueprint)


@blueprint.get("/kiosk/")
@open_to_all
def show() -> Response:
    """Show the application: a page that its modules fill."""
    desk: Desk = current_app.extensions["kiosk"]
    response = Response(render_template("kiosk/kiosk.html", version=desk.files.version), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/kiosk/worker.js")
@open_to_all
def give_worker() -> Response:
    """Give the service worker, which keeps one version of the files at hand."""
    desk: Desk = current_app.extensions["kiosk"]
    prefix = f"/kiosk/files/{desk.files.version}/"
    response = Response(desk.files.service_worker("/kiosk/", prefix), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/kiosk/files/<version>/<name>")
@open_to_all
def give_file(version: str, name: str) -> Response:
    """Give a file of this version; another version's are gone."""
    desk: Desk = current_app.extensions["kiosk"]
    content = desk.files.contents.get(name) if version == desk.files.version else None
    if content is None:
        abort(404)
    response = Response(content, mimetype=TYPES[name[name.rindex(".") :]])
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(desk.files.compressed[name])
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/kiosk/manifest.webmanifest")
@open_to_all
def give_manifest() -> Response:
    """Give what a tablet needs to install the application."""
    desk: Desk = current_app.extensions["kiosk"]
    icon = f"/kiosk/files/{desk.files.version}/icon.svg"
    manifest = {
        "name": json.loads(desk.files.contents["words.json"])["vi"]["kiosk"],
        "lang": "vi",
        "id": "/kiosk/",
        "start_url": "/kiosk/",
        "scope": "/kiosk/",
        "display": "fullscreen",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return _told(manifest, mimetype="application/manifest+json")


@blueprint.post("/kiosk/pair")
@open_to_all
def take_pairing() -> Response:
    """Pair a device that comes with a one-time code and its public key."""
    desk: Desk = current_app.extensions["kiosk"]
    now = desk.clock()
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in ("code", "key")):
        return _told({"state": "unread"}, 400)
    try:
        with desk.database.writing() as connection:
            device_id = pair(connection, given["code"], from_base64(given["key"]), now)
            record(connection, "device.paired", now, device=device_id)
    except WrongCode:
        return _told({"state": "wrong_code"}, 403)
    except ValueError:
        return _told({"state": "unread"}, 400)
    return _told({"state": "ok", "device": device_id})


@blueprint.post("/kiosk/heartbeat")
@open_to_all
def take_heartbeat() -> Response:
    """Take the counts of a device and tell it what changed."""
    return _contact("/kiosk/heartbeat")


@blueprint.post("/kiosk/responses")
@open_to_all
def take_responses() -> Response:
    """Take numbered records of a device, each once, and give receipts for those that are safe."""
    request.max_content_length = LARGEST_BATCH
    return _contact("/kiosk/responses")


def _contact(path: str) -> Response:
    desk: Desk = current_app.extensions["kiosk"]
    with desk.database.reading() as connection:  # nobody sends megabytes who is not known
        device = find_device(connection, _number(request.headers.get("Kiosk-Device", "")))
    if device is None:
        return _told({"state": "unknown"}, 403)
    if device.revoked_at is not None:
        return _told({"state": "revoked"}, 403)
    body = request.get_data()
    numbers = request.headers.get("Kiosk-Range", "")
    if not numbers.isascii() or not signed_by(
        device.public_key,
        signed_text(path, device.id, numbers, body),
        from_base64(request.headers.get("Kiosk-Signature", "")),
    ):
        return _told({"state": "unsigned"}, 403)
    try:
        message = read_message(body)
    except ValueError:
        return _told({"state": "unread"}, 400)
    if range_of(message) != numbers:
        return _told({"state": "unsigned"}, 403)
    if not OLDEST <= message.protocol <= PROTOCOL:
        return _told({"state": "too_old", "version": desk.files.version}, 409)
    if device.cloned_at is not None:
        return _told({"state": "cloned"}, 409)
    return _taken(desk, device.id, message)


def _taken(desk: Desk, device_id: int, message: Message) -> Response:
    now = desk.clock()
    try:
        with desk.database.writing() as connection:
            device = find_device(connection, device_id, locked=True)
            assert device is not None  # devices are never deleted
            outcomes = store_batch(
                connection,
                device,
                message,
                now,
                settings=desk.settings,
                keys=desk.keys,
                releases=desk.releases,
            )
            faulty = sum(outcome.fault is not None for outcome in outcomes)
            note_contact(connection, device, message, now, len(outcomes) - faulty, faulty)
            note_officer(connection, device, message.counter, message.officer, now)
            answer = _answer(desk, connection, device, message, outcomes, now)
    except Cloned as cloned:
        with desk.database.writing() as connection:
            doubted = mark_cloned(connection, device_id, cloned.number, now)
            record(connection, "device.cloned", now, device=device_id, number=cloned.number, flagged=doubted)
        return _told({"state": "cloned"}, 409)
    return _told(answer)


def _answer(
    desk: Desk,
    connection: Connection,
    device: Row[Any],
    message: Message,
    outcomes: list[Outcome],
    now: datetime,
) -> dict[str, Any]:
    setup = setup_of(
        connection,
        device,
        desk.settings,
        desk.keys.opener,
        desk.screen_keys,
        lambda connection, release_id: desk.releases.get(connection, release_id).questionnaire,
        now,
    )
    setup["spoken"] = spoken_files()
    digest = digest_of(setup)
    return {
        "state": "ok",
        "now": int(now.timestamp() * 1000),
        "stamp": stamp(desk.keys.signer, device.id, Contact(now, message.reading)),
        "version": desk.files.version,
        "setup": None if message.setup == digest else {"digest": digest, **setup},
        **outcomes_told(outcomes),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _told(content: object, status: int = 200, mimetype: str = "application/json") -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response
