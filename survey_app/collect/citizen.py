"""Citizen: the page behind a printed code, from opening it to the thanks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request
from werkzeug.datastructures import MultiDict

from survey_app.collect import pages, visits
from survey_app.collect.asked import Opened, Released, Releases, TenSeconds
from survey_app.collect.attribution import PostedCounter, attribute_poster, find_counter
from survey_app.collect.codes import read_code, spaced
from survey_app.collect.finished import FinishedPage
from survey_app.collect.intake import Arrival, OtherContent, TooLate, record_response
from survey_app.collect.releases import newest_release
from survey_app.collect.visits import Signer, Visit
from survey_app.config import Settings
from survey_app.questionnaire.form import answers_of
from survey_app.store.engine import Database

blueprint = Blueprint("citizen", __name__)

TIMINGS = ("now", "earlier")
PARTS = ("1", "2")
SLOT = "visit-token-slot"


@dataclass(frozen=True)
class Desk:
    """What the page works with: the store, the settings, the clock and what is kept between requests."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    signer: Signer
    forms: TenSeconds[tuple[Opened, FinishedPage]] = field(default_factory=TenSeconds)
    counters: TenSeconds[PostedCounter] = field(default_factory=TenSeconds)
    thanks: TenSeconds[FinishedPage] = field(default_factory=TenSeconds)
    releases: Releases = field(default_factory=Releases)


def connect(app: Flask, keys: Sequence[str]) -> None:
    """Put the citizen's page into an app; ``keys`` sign its visits, newest first."""
    app.extensions["citizen"] = Desk(
        app.extensions["database"], app.extensions["settings"], app.extensions["clock"], Signer.of(keys)
    )
    app.register_blueprint(blueprint)


@blueprint.get("/q/<typed>")
def open_form(typed: str) -> Response:
    """Show the questionnaire; nothing is stored or spent by looking at it."""
    desk: Desk = current_app.extensions["citizen"]
    now = desk.clock()
    language = pages.language_of(request)
    found = desk.forms.get((typed, language), now)
    if found is None:
        opened = _find(desk, typed, language, now)
        if isinstance(opened, Response):
            return opened
        page = FinishedPage.around(pages.form(opened, desk.settings, language, SLOT), SLOT)
        found = desk.forms.put((typed, language), now, (opened, page))
    opened, page = found
    return pages.answer(page, _token(desk, opened, language, now), request, cache="private, no-cache")


def _token(desk: Desk, opened: Opened, language: str, now: datetime) -> str:
    return visits.issue(
        desk.signer,
        code=opened.code,
        release_id=opened.released.id,
        language=language,
        channel="poster",
        now=now,
    )


def _find(desk: Desk, typed: str, language: str, now: datetime) -> Opened | Response:
    """Give what a code leads to now, or the page that says why it leads nowhere."""
    code = read_code(typed)
    zone = desk.settings.zone
    with desk.database.reading() as connection:
        counter = find_counter(connection, code, now.astimezone(zone).date()) if code else None
        if code is None or counter is None:
            return pages.message("unknown_code", 404, language)
        if counter.retired:
            return pages.message("retired_code", 410, language)
        release_id = newest_release(connection, desk.settings.questionnaire)
        if release_id is None:
            return pages.message("closed_questionnaire", 410, language)
    released = desk.releases.get(desk.database, release_id)
    return Opened(code, counter, released, counter.is_open(now, zone))


@blueprint.post("/q/<typed>")
def receive(typed: str) -> Response:
    """Store what was sent and lead to the thanks; a repeat of it leads there too."""
    desk: Desk = current_app.extensions["citizen"]
    now = desk.clock()
    language = pages.language_of(request)
    given = request.form
    try:
        visit = visits.read(desk.signer, given.get("visit", ""), read_code(typed), now)
    except (visits.ForgedToken, visits.ExpiredToken):
        return _ask_again(desk, typed, given, now)
    released = desk.releases.get(desk.database, visit.release_id)
    if given.get("when", "now") not in TIMINGS or given.get("part", "1") not in PARTS:
        abort(400)
    form = released.form(formdata=given)
    if not form.validate():
        return _show_faults(desk, visit, released, given, form.errors)
    answers, comments = answers_of(form, released.questionnaire, {})
    try:
        _store(desk, visit, answers, comments, given, now)
    except (OtherContent, TooLate):
        return pages.message("already_sent", 409, language, again=f"/q/{visit.code}?lang={language}")
    return redirect(
        f"/q/{visit.code}/thanks/{desk.signer.sign('receipt', visit.receipt)}?lang={language}", 303
    )  # type: ignore[return-value]


def _store(
    desk: Desk, visit: Visit, answers: Mapping[str, str | int | list[str]], comments: Mapping[str, str],
    given: MultiDict[str, str], now: datetime,
) -> None:  # fmt: skip
    zone = desk.settings.zone
    day = visit.opened_at.astimezone(zone).date()
    timing = given.get("when")
    counter = desk.counters.get((visit.code, str(day)), now)
    with desk.database.writing() as connection:
        if counter is None:
            counter = find_counter(connection, visit.code, day)
            assert counter is not None  # a code is never deleted
            desk.counters.put((visit.code, str(day)), now, counter)
        place, attribution = attribute_poster(connection, counter, visit.opened_at, timing, zone)
        record_response(
            connection,
            Arrival(
                id=visit.id,
                part=int(given.get("part", "1")),
                release_id=visit.release_id,
                place=place,
                attribution=attribution,
                channel=visit.channel,
                language=visit.language,
                answers=answers,
                comments=comments,
                timing=timing,
                service_day=day,
                answered_at=visit.opened_at,
                received_at=now,
                receipt=visit.receipt,
            ),
        )


def _show_faults(
    desk: Desk,
    visit: Visit,
    released: Released,
    given: MultiDict[str, str],
    errors: Mapping[str, Sequence[str]],
) -> Response:
    language = pages.language_of(request)
    opened = _find(desk, visit.code, language, visit.opened_at)
    if isinstance(opened, Response):
        return opened
    opened = replace(opened, released=released)
    page = pages.form(opened, desk.settings, language, given["visit"], given=given, errors=errors)
    return pages.html(page, 422)


def _ask_again(desk: Desk, typed: str, given: MultiDict[str, str], now: datetime) -> Response:
    """Show the form with a fresh token and the answers kept: it was opened too long ago, or not here."""
    language = pages.language_of(request)
    opened = _find(desk, typed, language, now)
    if isinstance(opened, Response):
        return opened
    kept = MultiDict([(name, value) for name, value in given.items(multi=True) if name != "when"])
    token = _token(desk, opened, language, now)
    return pages.html(pages.form(opened, desk.settings, language, token, given=kept, reopened=True), 400)


@blueprint.get("/q/<typed>/thanks/<proof>")
def thank(typed: str, proof: str) -> Response:
    """Show the receipt of a response that arrived: only then it was signed."""
    desk: Desk = current_app.extensions["citizen"]
    now, language = desk.clock(), pages.language_of(request)
    try:
        receipt = desk.signer.unsign("receipt", proof)
    except visits.ForgedToken:
        return pages.message("unknown_code", 404, language)
    page = desk.thanks.get((typed, language), now)
    if page is None:
        opened = _find(desk, typed, language, now)
        if isinstance(opened, Response):
            return opened
        written = pages.thanks(opened, desk.settings, language, SLOT)
        page = desk.thanks.put((typed, language), now, FinishedPage.around(written, SLOT))
    return pages.answer(page, spaced(receipt), request, cache="no-store")
