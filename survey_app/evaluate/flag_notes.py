"""Flag notes: what a numbered rule saw of one response, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import flask_babel

from analysis.report.numerals import number
from survey_app.collect import rules
from survey_app.evaluate.words import count, desk_language, moment

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types


@dataclass(frozen=True)
class Sight:
    """What a rule saw of one response, with the response's day and the hours of its counter."""

    number: int
    day: date
    seen: Mapping[str, Any]
    hours: tuple[time | None, time | None]


def note(rule: int, sight: Sight) -> str:
    """Tell what a rule saw of a response; nothing where it noted nothing that this version knows."""
    tell = _NOTES.get(rule)
    try:
        return tell(sight) if tell is not None else ""
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return ""  # written by another version, or by hand


def seconds(figure: float) -> str:
    """Write seconds."""
    places = 0 if float(figure).is_integer() else 1
    return gettext("%(number)s seconds", number=number(figure, desk_language(), places))


def between(sight: Sight) -> tuple[datetime, datetime]:
    """Give the moments that an answer lies between."""
    earliest, latest = (datetime.fromisoformat(sight.seen[name]) for name in ("earliest", "latest"))
    if earliest.tzinfo is None or latest.tzinfo is None:
        raise ValueError("a moment without its zone")
    return earliest, latest


def _note_many(sight: Sight) -> str:
    given = {name: count(int(sight.seen[name])) for name in ("responses", "minutes")}
    return gettext("%(responses)s answers in %(minutes)s minutes", **given)


def _note_fast(sight: Sight) -> str:
    answers = count(int(sight.seen["answers"]))
    return gettext(
        "%(answers)s answers in %(seconds)s", answers=answers, seconds=seconds(sight.seen["seconds"])
    )


def _note_served(sight: Sight) -> str:
    given = {name: count(int(sight.seen[name])) for name in ("answers", "served")}
    return gettext("%(answers)s answers, %(served)s visits", **given)


def _note_uncertain(sight: Sight) -> str:
    earliest, latest = between(sight)
    return gettext("%(first)s to %(last)s", first=moment(earliest), last=moment(latest))


def _note_letters(sight: Sight) -> str:
    return gettext("%(number)s characters", number=count(int(sight.seen["letters"])))


def _note_cloned(sight: Sight) -> str:
    return gettext("number %(number)s came twice", number=count(int(sight.seen["number"])))


def _note_quick(sight: Sight) -> str:
    return gettext("%(seconds)s after the one before", seconds=seconds(sight.seen["seconds"]))


def _note_run(sight: Sight) -> str:
    return gettext("row of %(number)s", number=count(int(sight.seen["run"])))


def _note_outside(sight: Sight) -> str:
    return f"{time.fromisoformat(sight.seen['time']):%H:%M}"


def _note_changed(sight: Sight) -> str:
    return gettext("%(seconds)s after the change", seconds=seconds(sight.seen["seconds"]))


_NOTES: Mapping[int, Callable[[Sight], str]] = {
    rules.MANY_FROM_ONE_SOURCE: _note_many,
    rules.HIDDEN_FIELD: _note_letters,
    rules.TOO_FAST: _note_fast,
    rules.KIOSK_CLONED: _note_cloned,
    rules.KIOSK_QUICK: _note_quick,
    rules.KIOSK_RUN: _note_run,
    rules.KIOSK_OUTSIDE_HOURS: _note_outside,
    rules.KIOSK_MORE_THAN_SERVED: _note_served,
    rules.KIOSK_OFFICER_CHANGED: _note_changed,
    rules.TIME_UNCERTAIN: _note_uncertain,
}
