"""Stepper: the life of a period as four steps, each with its date or with what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import flask_babel
from flask_babel import lazy_gettext
from sqlalchemy import Connection, func, select

from survey_app.evaluate import words
from survey_app.evaluate.lifecycle import Life
from survey_app.store.evaluations import Stage
from survey_app.web import counted as ngettext  # extraction of messages goes by this name

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types

NAMES = {
    "open": lazy_gettext("Collection"),
    "review": lazy_gettext("Review"),
    "closed": lazy_gettext("Closing"),
    "published": lazy_gettext("Publication"),
}
ORDER = tuple(NAMES)


@dataclass(frozen=True)
class Step:
    """One step: its number, its name, what is said of it."""

    number: int
    name: str
    state: Literal["done", "now", "coming"]
    note: str


def steps(connection: Connection, stands: Life, grace: int) -> list[Step]:
    """Give the four steps of a period."""
    place = ORDER.index(stands.step) if stands.step in ORDER else -1
    taken = _taken(connection, stands.period.label)
    notes = (
        _collecting(stands, place),
        _reviewing(stands, place, taken.get("review")),
        _closing(stands, grace),
        _day_of(taken.get("published")) if stands.step == "published" else gettext("after closing"),
    )
    return [
        Step(
            number + 1,
            str(NAMES[name]),
            "done" if number < place else "now" if number == place else "coming",
            notes[number],
        )
        for number, name in enumerate(ORDER)
    ]


def _collecting(stands: Life, place: int) -> str:
    if place < 0:
        return str(gettext("from %(day)s", day=words.day(stands.period.first_day)))
    return str(gettext("up to %(day)s", day=words.day(stands.period.last_day)))


def _reviewing(stands: Life, place: int, began: datetime | None) -> str:
    if place > 1:
        return str(gettext("done"))
    if stands.undecided:
        return ngettext("%(num)s proposal to decide on", "%(num)s proposals to decide on", stands.undecided)
    return gettext("since %(day)s", day=_day_of(began)) if place == 1 and began else gettext("not begun")


def _closing(stands: Life, grace: int) -> str:
    if stands.revision is not None:
        return gettext(
            "revision %(number)s of %(day)s",
            number=stands.revision.number,
            day=_day_of(stands.revision.closed_at),
        )
    return str(gettext("possible from %(day)s", day=words.day(stands.closes_from(grace))))


def _taken(connection: Connection, label: str) -> dict[str, datetime]:
    """Give when a period took each step last."""
    query = select(Stage.name, func.max(Stage.at)).where(Stage.period == label).group_by(Stage.name)
    return dict(connection.execute(query).all())


def _day_of(moment: datetime | date | None) -> str:
    return words.moment(moment)[:10] if isinstance(moment, datetime) else ""
