"""Opening: what a code leads to: a counter's form, a slip's, a screen's, or a page that says why to none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import Connection, Row

from survey_app.collect import pages, rotating, slips
from survey_app.collect.asked import Opened
from survey_app.collect.attribution import PostedCounter, counter_on, find_counter
from survey_app.collect.codes import LENGTH, ROTATING, SLIP, read_any
from survey_app.collect.desk import Desk
from survey_app.collect.releases import newest_release


def find(desk: Desk, typed: str, language: str, now: datetime, *, sent: bool = False) -> Opened | Response:
    """Give what a code leads to at a moment, or the page that says why it leads nowhere.

    To what was ``sent`` already, spent slips and codes that a screen showed earlier lead too.
    """
    code = read_any(typed)
    zone = desk.settings.zone
    with desk.database.reading() as connection:
        counter, slip = _counter(connection, desk, code, now)
        if code is None or counter is None:
            return pages.message("unknown_code", 404, language)
        if counter.retired:
            return pages.message("retired_code", 410, language)
        if slip is not None and slip.spent_at is not None and not sent:
            channels = desk.settings.channels.text(language)
            return pages.message("spent_slip", 410, language, channels=channels)
        if len(code) == ROTATING and not sent and not _is_shown(connection, desk, code, counter, now):
            again = f"/q/{code[:LENGTH]}?lang={language}"
            return pages.message("old_screen_code", 410, language, again=again)
        release_id = newest_release(connection, desk.settings.questionnaire)
        if release_id is None:
            return pages.message("closed_questionnaire", 410, language)
    released = desk.releases.get(desk.database, release_id)
    if slip is not None:
        return Opened(code, counter, released, False, "slip", slips.FACTS.get(slip.stage, {}))
    if len(code) == ROTATING:
        return Opened(code, counter, released, False, "rotating")
    return Opened(code, counter, released, counter.is_open(now, zone))


def _counter(
    connection: Connection, desk: Desk, code: str | None, now: datetime
) -> tuple[PostedCounter | None, Row[Any] | None]:
    """Give the counter of a code on the day of a moment, and the slip if it is one."""
    day = now.astimezone(desk.settings.zone).date()
    if code is None:
        return None, None
    if len(code) != SLIP:
        return find_counter(connection, code[:LENGTH], day), None
    slip = slips.find_slip(connection, desk.slip_keys, code)
    return (None if slip is None else counter_on(connection, slip.counter_id, day)), slip


def _is_shown(connection: Connection, desk: Desk, code: str, counter: PostedCounter, now: datetime) -> bool:
    secrets = rotating.secrets_of(connection, desk.screen_keys, counter.counter_id)
    return rotating.is_current(secrets, code, now)
