"""Storing: what a visit sent becomes a response, with its attribution and its doubts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from survey_app.collect import rules, slips, sources
from survey_app.collect.attribution import (
    Place,
    PostedCounter,
    attribute_poster,
    attribute_screen,
    counter_on,
    find_counter,
)
from survey_app.collect.codes import LENGTH
from survey_app.collect.desk import Desk
from survey_app.collect.intake import Arrival, record_response
from survey_app.collect.visits import LIFETIME, ExpiredToken, Visit


@dataclass(frozen=True, slots=True)
class Sent:
    """One part of what a visit sent, checked against its questionnaire.

    ``hidden`` is what came in the field that no person sees, ``address`` where it came from. ``lifetime`` is
    how long after opening its page it may spend a slip.
    """

    part: int
    answers: Mapping[str, str | int | list[str]]
    comments: Mapping[str, str]
    timing: str | None
    hidden: str
    address: str | None
    lifetime: timedelta = LIFETIME


def store(desk: Desk, visit: Visit, slip: Row[Any] | None, sent: Sent, now: datetime) -> None:
    """Store what was sent, all of it or nothing, the slip that it spends and its flags too.

    Raises Spent if another response spent the slip, ExpiredToken if this one comes too late to spend it, and
    what `record_response` raises.
    """
    desk.together.write(lambda connection: _store(connection, desk, visit, slip, sent, now))


def _store(
    connection: Connection, desk: Desk, visit: Visit, slip: Row[Any] | None, sent: Sent, now: datetime
) -> None:
    """Do so with a connection; other threads than that of the request may."""
    if slip is not None:
        now_spent = slips.spend(connection, slip, visit.id, now)
        if now_spent and now - visit.opened_at > sent.lifetime:
            raise ExpiredToken("visit: opened too long ago to spend its slip; open the page again")
    day = visit.opened_at.astimezone(desk.settings.zone).date()
    counter = _counter(connection, desk, visit, slip, day, now)
    place, attribution = _attribute(connection, desk, visit, slip, counter, sent)
    source = sources.source_of(desk.secrets, counter.counter_id, sent.address, now, desk.settings.zone)
    record_response(
        connection,
        Arrival(
            id=visit.id,
            part=sent.part,
            release_id=visit.release_id,
            place=place,
            attribution=attribution,
            channel=visit.channel,
            language=visit.language,
            answers=sent.answers,
            comments=sent.comments,
            timing=sent.timing,
            service_day=day,
            answered_at=visit.opened_at,
            received_at=now,
            receipt=visit.receipt,
            stage=None if slip is None else slip.stage,
            source=source,
            doubts=rules.on_page(sent.hidden, len(sent.answers), now - visit.opened_at),
        ),
    )
    _clear(connection, desk, now)


def _counter(
    connection: Connection, desk: Desk, visit: Visit, slip: Row[Any] | None, day: date, now: datetime
) -> PostedCounter:
    code = visit.code[:LENGTH] if slip is None else f"{slip.counter_id}"
    kept = desk.counters.get((code, str(day)), now)
    if kept is not None:
        return kept
    if slip is not None:
        return desk.counters.put((code, str(day)), now, counter_on(connection, slip.counter_id, day))
    found = find_counter(connection, code, day)
    assert found is not None  # a code is never deleted
    return desk.counters.put((code, str(day)), now, found)


def _attribute(
    connection: Connection,
    desk: Desk,
    visit: Visit,
    slip: Row[Any] | None,
    counter: PostedCounter,
    sent: Sent,
) -> tuple[Place, str]:
    if slip is not None:
        return slips.attribute_slip(counter, slip)
    if visit.channel == "rotating":
        return attribute_screen(connection, counter, visit.opened_at)
    return attribute_poster(connection, counter, visit.opened_at, sent.timing, desk.settings.zone)


def _clear(connection: Connection, desk: Desk, now: datetime) -> None:
    """Erase once a minute what is counted no longer."""
    minute = sources.minute_of(now)
    if desk.cleared[0] != minute:
        sources.forget(connection, now, desk.settings.zone)
        desk.cleared[0] = minute
