"""Flag evidence: what a numbered rule saw of the responses of a case, the strongest in words and bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any

import flask_babel
import msgspec
from sqlalchemy import Connection, select

from survey_app.collect import rules
from survey_app.collect.kiosk_flags import OFFICER_CHANGED, RUN
from survey_app.collect.sources import MANY
from survey_app.config import Settings
from survey_app.evaluate.evidence import Evidence, bars, day_of
from survey_app.evaluate.flag_notes import Sight, between, note, seconds
from survey_app.evaluate.words import count, day, moment
from survey_app.store.organisation import Counter
from survey_app.store.responses import Flag, Response

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types

CHUNK = 10_000


def of_flags(connection: Connection, settings: Settings, rule: int, numbers: Sequence[int]) -> Evidence:
    """Tell what a rule saw of responses: the strongest of it in words and bars, and each in a few words."""
    sights = _read(connection, rule, numbers)
    notes = {sight.number: note(rule, sight) for sight in sights}
    known = [sight for sight in sights if notes[sight.number]]
    if not known:
        return Evidence()
    return replace(_TOLD[rule](known, settings), notes=notes)


def _read(connection: Connection, rule: int, numbers: Sequence[int]) -> list[Sight]:
    found = []
    for start in range(0, len(numbers), CHUNK):
        query = (
            select(Flag.response_number, Response.service_day, Flag.evidence, Counter.opens, Counter.closes)
            .join(Response, Response.number == Flag.response_number)
            .outerjoin(Counter, Counter.id == Response.counter_id)
            .where(Flag.rule == rule, Flag.response_number.in_(numbers[start : start + CHUNK]))
            .order_by(Flag.response_number)
        )
        for of, on, evidence, opens, closes in connection.execute(query):
            found.append(Sight(of, on, _decoded(evidence), (opens, closes)))
    return found


def _decoded(evidence: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(evidence, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _many(sights: Sequence[Sight], settings: Settings) -> Evidence:
    most = max((each.seen for each in sights), key=lambda seen: float(seen["responses"]))
    words = gettext(
        "Up to %(responses)s answers came from one connection within %(minutes)s minutes; this is noted from "
        "%(least)s on.",
        responses=count(most["responses"]),
        minutes=count(most["minutes"]),
        least=count(MANY),
    )
    found = gettext("Answers from one connection: %(number)s", number=count(most["responses"]))
    beside = gettext("Noted from: %(number)s", number=count(MANY))
    return Evidence((words,), bars(found, most["responses"], beside, MANY))


def _hidden(sights: Sequence[Sight], settings: Settings) -> Evidence:
    most = max(int(each.seen["letters"]) for each in sights)
    told = gettext("Up to %(number)s characters stood in a field that people do not see.", number=count(most))
    return Evidence((told,))


def _fast(sights: Sequence[Sight], settings: Settings) -> Evidence:
    first = min((each.seen for each in sights), key=lambda seen: seen["seconds"] / _least(seen))
    least = _least(first)
    words = gettext(
        "The fastest was sent %(seconds)s after it was opened, with %(answers)s answers; nobody reads and "
        "answers so many in less than %(least)s.",
        seconds=seconds(first["seconds"]),
        answers=count(first["answers"]),
        least=seconds(least),
    )
    found = gettext("The fastest: %(seconds)s", seconds=seconds(first["seconds"]))
    beside = gettext(
        "Least for %(answers)s answers: %(seconds)s", answers=first["answers"], seconds=seconds(least)
    )
    return Evidence((words,), bars(found, first["seconds"], beside, least))


def _least(seen: Mapping[str, Any]) -> float:
    answers: int = seen["answers"]
    return max(rules.FASTEST, rules.FASTEST_ANSWER * answers).total_seconds()


def _cloned(sights: Sequence[Sight], settings: Settings) -> Evidence:
    twice = sorted({int(each.seen["number"]) for each in sights})
    words = gettext(
        "Came twice from the kiosk, with different contents: number %(numbers)s. What it sent since it was "
        "last surely the only one is doubtful.",
        numbers=", ".join(count(each) for each in twice),
    )
    return Evidence((words,))


def _soon(sights: Sequence[Sight], least: float, told: str, shortest: str) -> Evidence:
    """Tell the shortest time, of those that are noted below a bound."""
    first = min(float(each.seen["seconds"]) for each in sights)
    words = told % {"seconds": seconds(first), "least": seconds(least)}
    beside = gettext("Noted below: %(seconds)s", seconds=seconds(least))
    return Evidence((words,), bars(shortest % {"seconds": seconds(first)}, first, beside, least))


def _quick(sights: Sequence[Sight], settings: Settings) -> Evidence:
    # Flask-Babel formats only where variables are given.
    told = gettext(
        "The shortest time after the answer before was %(seconds)s; as the desk is set now, less than "
        "%(least)s is noted."
    )
    return _soon(sights, settings.kiosk_gap_seconds, told, gettext("The shortest: %(seconds)s"))


def _changed(sights: Sequence[Sight], settings: Settings) -> Evidence:
    told = gettext(
        "The officer on duty was changed %(seconds)s before the answer that came soonest after; less than "
        "%(least)s is noted."
    )
    return _soon(sights, OFFICER_CHANGED.total_seconds(), told, gettext("The shortest: %(seconds)s"))


def _run(sights: Sequence[Sight], settings: Settings) -> Evidence:
    most = max(int(each.seen["run"]) for each in sights)
    words = gettext(
        "The longest row has %(run)s answers, each given less than %(seconds)s after the one before, as the "
        "desk is set now; rows are noted from %(least)s on.",
        run=count(most),
        seconds=seconds(settings.kiosk_visit_seconds),
        least=count(RUN),
    )
    found = gettext("Longest row: %(number)s", number=count(most))
    return Evidence((words,), bars(found, most, gettext("Noted from: %(number)s", number=count(RUN)), RUN))


def _outside(sights: Sequence[Sight], settings: Settings) -> Evidence:
    moments = sorted(time.fromisoformat(each.seen["time"]) for each in sights)
    hours = {each.hours for each in sights}
    opens, closes = hours.pop() if len(hours) == 1 else (None, None)
    given = {"first": f"{moments[0]:%H:%M}", "last": f"{moments[-1]:%H:%M}"}
    words = gettext("The earliest answer was given at %(first)s, the latest at %(last)s.", **given)
    if opens is None or closes is None:
        return Evidence((words,), day=day_of(moments, None, None))
    kept = gettext(
        "The counter is open from %(opens)s to %(closes)s.", opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}"
    )
    return Evidence((words, kept), day=day_of(moments, opens, closes))


def _served(sights: Sequence[Sight], settings: Settings) -> Evidence:
    most = max(sights, key=lambda each: float(each.seen["answers"]) - float(each.seen["served"]))
    answers, served = int(most.seen["answers"]), int(most.seen["served"])
    words = gettext(
        "On %(day)s the kiosk took %(answers)s answers, and %(served)s visits were counted at the counter.",
        day=day(most.day),
        answers=count(answers),
        served=count(served),
    )
    found = gettext("Answers: %(number)s", number=count(answers))
    beside = gettext("Visits: %(number)s", number=count(served))
    return Evidence((words,), bars(found, answers, beside, served))


def _uncertain(sights: Sequence[Sight], settings: Settings) -> Evidence:
    widest = max((between(each) for each in sights), key=lambda ends: ends[1] - ends[0])
    words = gettext(
        "The least certain answer was given between %(earliest)s and %(latest)s.",
        earliest=moment(widest[0]),
        latest=moment(widest[1]),
    )
    return Evidence((words,))


_TOLD: Mapping[int, Callable[[Sequence[Sight], Settings], Evidence]] = {
    rules.MANY_FROM_ONE_SOURCE: _many,
    rules.HIDDEN_FIELD: _hidden,
    rules.TOO_FAST: _fast,
    rules.KIOSK_CLONED: _cloned,
    rules.KIOSK_QUICK: _quick,
    rules.KIOSK_RUN: _run,
    rules.KIOSK_OUTSIDE_HOURS: _outside,
    rules.KIOSK_MORE_THAN_SERVED: _served,
    rules.KIOSK_OFFICER_CHANGED: _changed,
    rules.TIME_UNCERTAIN: _uncertain,
}
