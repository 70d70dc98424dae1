"""Rules: the numbers under which doubts are noted about responses; 1 to 19 are the citizen's page's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString, lazy_gettext


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that flags responses: its number in flags and files, its name, what it says of a response."""

    number: int
    name: str
    words: LazyString


MANY_FROM_ONE_SOURCE, HIDDEN_FIELD, TOO_FAST = 1, 2, 3

# From 20 to 39 those of kiosks.
KIOSK_CLONED, KIOSK_QUICK, KIOSK_RUN, KIOSK_OUTSIDE_HOURS = 20, 21, 22, 23
KIOSK_MORE_THAN_SERVED, KIOSK_OFFICER_CHANGED, TIME_UNCERTAIN, KIOSK_LATE = 24, 25, 26, 27

RULES: tuple[Rule, ...] = (
    Rule(
        MANY_FROM_ONE_SOURCE,
        "many_from_one_source",
        lazy_gettext("One of very many answers that came to this counter from one connection within minutes"),
    ),
    Rule(HIDDEN_FIELD, "hidden_field", lazy_gettext("A field that no person sees was filled in")),
    Rule(TOO_FAST, "too_fast", lazy_gettext("Sent sooner than a person can read and answer")),
    Rule(
        KIOSK_CLONED,
        "kiosk_cloned",
        lazy_gettext("The kiosk was copied: one number came twice with different contents"),
    ),
    Rule(KIOSK_QUICK, "kiosk_quick", lazy_gettext("Begun at the kiosk too soon after the answer before it")),
    Rule(
        KIOSK_RUN,
        "kiosk_run",
        lazy_gettext("One of several answers at the kiosk in a row with no time for a visit between them"),
    ),
    Rule(
        KIOSK_OUTSIDE_HOURS,
        "kiosk_outside_hours",
        lazy_gettext("Answered at the kiosk outside the counter's hours"),
    ),
    Rule(
        KIOSK_MORE_THAN_SERVED,
        "kiosk_more_than_served",
        lazy_gettext("The kiosk took more answers on this day than the counter had visits"),
    ),
    Rule(
        KIOSK_OFFICER_CHANGED,
        "kiosk_officer_changed",
        lazy_gettext("The officer on duty was changed on the kiosk within the five minutes before"),
    ),
    Rule(
        TIME_UNCERTAIN,
        "time_uncertain",
        lazy_gettext("The kiosk's clock leaves open when this was: another posting or period is possible"),
    ),
    Rule(
        KIOSK_LATE,
        "kiosk_late",
        lazy_gettext("The kiosk could not keep it at once; the person may have answered again by phone"),
    ),
)

FASTEST, FASTEST_ANSWER = timedelta(seconds=2), timedelta(seconds=0.5)
"""Less time than this between opening and sending, or for each answer, is no person's."""


def on_page(hidden: str, answers: int, spent: timedelta) -> dict[int, str]:
    """Give what looks odd about how a form was filled in: its hidden field, and the time that it took.

    >>> on_page("", 8, timedelta(seconds=30)), on_page("http://x", 8, timedelta(seconds=3))
    ({}, {2: '{"letters": 8}', 3: '{"answers": 8, "seconds": 3.0}'})
    """
    doubts = {}
    if hidden:
        doubts[HIDDEN_FIELD] = json.dumps({"letters": len(hidden)})
    if spent < max(FASTEST, FASTEST_ANSWER * answers):
        doubts[TOO_FAST] = json.dumps({"answers": answers, "seconds": round(spent.total_seconds(), 1)})
    return doubts
