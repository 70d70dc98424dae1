"""Shortcut: pages that are finished go out at once, before the framework is asked for anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from survey_app.collect import pages, visits
from survey_app.collect.codes import spaced
from survey_app.collect.desk import Desk, visit_token
from survey_app.collect.finished import FinishedPage
from survey_app.collect.tongues import chosen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORM = re.compile("/q/([A-Za-z0-9]+)")
THANKS = re.compile(r"/q/([A-Za-z0-9]+)/thanks/([A-Z0-9]+\.[A-Za-z0-9_-]+)")
QUERY = re.compile("(?:lang=([a-z0-9-]{2,20}))?")

Found = tuple[FinishedPage, str, str, str]
"""A finished page, what goes into its slot, how long it may be kept, what it may do."""


def past_framework(app: WSGIApplication, desk: Desk, headers: Sequence[tuple[str, str]]) -> WSGIApplication:
    """Give an app that itself answers what is finished, with these headers too, and asks the other if not.

    Both say the same; this way costs a third.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = _find(desk, environ) if environ["REQUEST_METHOD"] == "GET" else None
        if found is None:
            return app(environ, start_response)
        page, value, cache, policy = found
        zipped = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        slot = value.encode("ascii")
        body = page.compressed(slot) if zipped else page.filled(slot)
        own = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("Cache-Control", cache),
        ]
        if zipped:
            own.append(("Content-Encoding", "gzip"))
        start_response("200 OK", [*own, *headers])
        return [body]

    return answer


def _find(desk: Desk, environ: WSGIEnvironment) -> Found | None:
    path = environ.get("PATH_INFO", "")
    query = QUERY.fullmatch(environ.get("QUERY_STRING", ""))
    if query is None or not path.startswith("/q/"):
        return None
    language = chosen(query[1], environ.get("HTTP_ACCEPT_LANGUAGE", ""), desk.releases.offered)
    if form := FORM.fullmatch(path):
        return _form(desk, form[1], language)
    if thanks := THANKS.fullmatch(path):
        return _thanks(desk, thanks[1], thanks[2], language)
    return None


def _form(desk: Desk, typed: str, language: str) -> Found | None:
    now = desk.clock()
    found = desk.forms.get((typed, language), now)
    if found is None:
        return None
    opened, page = found
    policy = pages.MORE_POLICY if page.heard else pages.FORM_POLICY
    return page, visit_token(desk, opened, language, now), "private, no-cache", policy


def _thanks(desk: Desk, typed: str, proof: str, language: str) -> Found | None:
    page = desk.thanks.get((typed, language), desk.clock())
    if page is None:
        return None
    try:
        receipt = desk.signer.unsign("receipt", proof)
    except visits.ForgedToken:
        return None
    return page, spaced(receipt), "no-store", pages.POLICY
