"""Citizen: the page behind a code, from opening it to the thanks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict

from survey_app.access.guard import open_to_all
from survey_app.collect import pages, slips, visits
from survey_app.collect.asked import Released
from survey_app.collect.codes import LENGTH, SLIP, read_any, spaced
from survey_app.collect.desk import Desk, desk_of, visit_token
from survey_app.collect.finished import FinishedPage
from survey_app.collect.intake import OtherContent, TooLate
from survey_app.collect.opening import find
from survey_app.collect.recordings import find_recordings
from survey_app.collect.served import served
from survey_app.collect.shortcut import past_framework
from survey_app.collect.sources import TooMany
from survey_app.collect.storing import Sent, store
from survey_app.collect.tongues import language_of
from survey_app.collect.visits import Visit
from survey_app.questionnaire.form import answers_of
from survey_app.web import fixed_headers

blueprint = Blueprint("citizen", __name__)

TIMINGS = ("now", "earlier")
PARTS = tuple("123456789")
SENDERS = ("", "tap", "kept", "send")
"""Who sends: the page itself, or its script: a tap, one kept from an earlier visit, all with Send."""
SLOT = "visit-token-slot"
WAIT = 60
"""Seconds after which whoever sent too much may try again."""


def connect(app: Flask, instance: Path) -> None:
    """Put the citizen's page into an app, with the keys of its instance folder."""
    desk = app.extensions["citizen"] = desk_of(app, instance)
    headers = fixed_headers(desk.settings)
    app.wsgi_app = past_framework(app.wsgi_app, desk, headers)  # type: ignore[method-assign, assignment]  # as Flask says to do
    app.register_blueprint(blueprint)
    app.register_blueprint(served)


@blueprint.get("/q/<typed>")
@open_to_all
def open_form(typed: str) -> Response:
    """Show the questionnaire; nothing is stored or spent by looking at it."""
    desk: Desk = current_app.extensions["citizen"]
    now = desk.clock()
    language = language_of(request, desk.releases.offered)
    found = desk.forms.get((typed, language), now)
    if found is None:
        opened = find(desk, typed, language, now)
        if isinstance(opened, Response):
            return opened
        language = language_of(request, opened.released.offered)
        heard = find_recordings(desk.audio, language)
        written = pages.form(opened, desk.settings, language, SLOT, recordings=heard)
        size = len(visit_token(desk, opened, language, now))
        found = (opened, FinishedPage.around(written, SLOT, size, bool(heard)))
        if len(opened.code) == LENGTH:  # slips and what screens show may end at any moment
            desk.forms.put((typed, language), now, found)
    opened, page = found
    policy = pages.MORE_POLICY if page.heard else pages.FORM_POLICY
    token = visit_token(desk, opened, language, now)
    return pages.answer(page, token, request, cache="private, no-cache", policy=policy)


@blueprint.post("/q/<typed>")
@open_to_all
def receive(typed: str) -> Response:
    """Store what was sent and lead to the thanks; a repeat of it leads there too."""
    desk: Desk = current_app.extensions["citizen"]
    now = desk.clock()
    language = language_of(request, desk.releases.offered)
    given = request.form
    by = given.get("by", "")
    code = read_any(typed)
    slip = _slip(desk, code)
    lifetime = visits.KEPT if by == "kept" else visits.LIFETIME
    retried = lifetime if slip is None else slips.RETRIED
    try:
        visit = visits.read(desk.signer, given.get("visit", ""), code, now, retried)
    except (visits.ForgedToken, visits.ExpiredToken):
        return _ask_again(desk, typed, given, now)
    released = desk.releases.get(desk.database, visit.release_id)
    if given.get("when", "now") not in TIMINGS or given.get("part", "1") not in PARTS or by not in SENDERS:
        abort(400)
    form = released.form(formdata=given)
    if not form.validate():
        return _show_again(desk, visit, released, given, 422, errors=form.errors)
    facts = {} if slip is None else slips.FACTS.get(slip.stage, {})
    answers, comments = answers_of(form, released.questionnaire, facts)
    sent = Sent(
        part=int(given.get("part", "1")),
        answers=answers,
        comments=comments,
        timing=given.get("when"),
        hidden=given.get("website", ""),
        address=request.remote_addr,
        lifetime=lifetime,
    )
    try:
        store(desk, visit, slip, sent, now)
    except (OtherContent, TooLate):
        return pages.message("already_sent", 409, language, again=f"/q/{visit.code}?lang={language}")
    except slips.Spent:
        channels = desk.settings.channels.text(language)
        return pages.message("spent_slip", 410, language, channels=channels)
    except visits.ExpiredToken:
        return _ask_again(desk, typed, given, now)
    except TooMany:
        page = _show_again(desk, visit, released, given, 429, wait=WAIT)
        page.headers["Retry-After"] = f"{WAIT}"
        return page
    thanks = f"/q/{visit.code}/thanks/{desk.signer.sign('receipt', visit.receipt)}?lang={language}"
    if by:  # the script needs no page, but to know where it is
        return Response(status=204, headers={"Location": thanks})
    return redirect(thanks, 303)  # type: ignore[return-value]


def _slip(desk: Desk, code: str | None) -> Row[Any] | None:
    if code is None or len(code) != SLIP:
        return None
    with desk.database.reading() as connection:
        return slips.find_slip(connection, desk.slip_keys, code)


def _show_again(
    desk: Desk,
    visit: Visit,
    released: Released,
    given: MultiDict[str, str],
    status: int,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    wait: int = 0,
) -> Response:
    """Show the form with what was chosen and why it is not stored."""
    language = language_of(request, released.offered)
    opened = find(desk, visit.code, language, visit.opened_at, sent=True)
    if isinstance(opened, Response):
        return opened
    opened = replace(opened, released=released)
    heard, token = find_recordings(desk.audio, language), given["visit"]
    page = pages.form(
        opened,
        desk.settings,
        language,
        token,
        given=given,
        errors=errors,
        wait=wait,
        recordings=heard,
    )
    return pages.html(page, status)


def _ask_again(desk: Desk, typed: str, given: MultiDict[str, str], now: datetime) -> Response:
    """Show the form with a fresh token and the answers kept: it was opened too long ago, or not here."""
    language = language_of(request, desk.releases.offered)
    opened = find(desk, typed, language, now)
    if isinstance(opened, Response):
        return opened
    language = language_of(request, opened.released.offered)
    kept = MultiDict([(name, value) for name, value in given.items(multi=True) if name != "when"])
    token = visit_token(desk, opened, language, now)
    return pages.html(pages.form(opened, desk.settings, language, token, given=kept, reopened=True), 400)


@blueprint.get("/q/<typed>/thanks/<proof>")
@open_to_all
def thank(typed: str, proof: str) -> Response:
    """Show the receipt of a response that arrived: only then it was signed."""
    desk: Desk = current_app.extensions["citizen"]
    now, language = desk.clock(), language_of(request, desk.releases.offered)
    try:
        receipt = desk.signer.unsign("receipt", proof)
    except visits.ForgedToken:
        return pages.message("unknown_code", 404, language)
    page = desk.thanks.get((typed, language), now)
    if page is None:
        opened = find(desk, typed, language, now, sent=True)
        if isinstance(opened, Response):
            return opened
        language = language_of(request, opened.released.offered)
        with desk.database.reading() as connection:
            scheme = desk.settings.period_scheme
            figure = desk.published.figure(connection, opened.counter.unit_id, scheme)
        written = pages.thanks(opened, desk.settings, language, SLOT, figure)
        page = FinishedPage.around(written, SLOT, len(spaced(receipt)))
        if len(opened.code) == LENGTH:
            desk.thanks.put((typed, language), now, page)
    return pages.answer(page, spaced(receipt), request, cache="no-store")
