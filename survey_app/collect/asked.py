"""Asked: what a code's page asks right now, kept for ten seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from flask_wtf import FlaskForm

from survey_app.collect.attribution import PostedCounter
from survey_app.collect.releases import load_release
from survey_app.collect.tongues import offered_by
from survey_app.config import LANGUAGES
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.form import form_class
from survey_app.store.engine import Database

KEPT = timedelta(seconds=10)
MOST = 512
"""How many things are kept at once: pages of counters nobody scans now make room."""

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Released:
    """A released questionnaire and its form."""

    id: int
    questionnaire: Questionnaire
    form: type[FlaskForm]

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages that its page can be had in."""
        return offered_by(self.questionnaire)


@dataclass(frozen=True)
class Opened:
    """A code that leads to a form: its counter and what is asked there, the time of the visit perhaps.

    ``facts`` are what the code says of the visit, so that nobody is asked for it.
    """

    code: str
    counter: PostedCounter
    released: Released
    timing_asked: bool
    channel: str = "poster"
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass
class TenSeconds(Generic[Kept]):
    """What was made at most ten seconds ago, by key."""

    kept: dict[tuple[str, ...], tuple[datetime, Kept]] = field(default_factory=dict)

    def get(self, key: tuple[str, ...], now: datetime) -> Kept | None:
        """Give what is kept under a key, None if there is nothing or it is older."""
        found = self.kept.get(key)
        return found[1] if found is not None and now < found[0] else None

    def put(self, key: tuple[str, ...], now: datetime, made: Kept) -> Kept:
        """Keep what was made now, and give it."""
        if len(self.kept) >= MOST:
            self.kept.clear()
        self.kept[key] = (now + KEPT, made)
        return made


@dataclass
class Releases:
    """Released questionnaires by id: they never change, so they are loaded once.

    ``offered`` are the languages that pages of any of them can be had in.
    """

    loaded: dict[int, Released] = field(default_factory=dict)
    offered: tuple[str, ...] = LANGUAGES

    def get(self, database: Database, release_id: int) -> Released:
        """Give a released questionnaire with its form."""
        if release_id not in self.loaded:
            with database.reading() as connection:
                questionnaire, _ = load_release(connection, release_id)
            self.loaded[release_id] = Released(release_id, questionnaire, form_class(questionnaire))
            self.offered = tuple(dict.fromkeys((*self.offered, *questionnaire.names)))
        return self.loaded[release_id]
