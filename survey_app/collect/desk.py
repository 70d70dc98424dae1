"""Desk: what the citizen's page works with, and what it keeps between requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import Flask

from survey_app.collect.asked import Opened, Releases, TenSeconds
from survey_app.collect.attribution import PostedCounter
from survey_app.collect.finished import FinishedPage
from survey_app.collect.published import Published
from survey_app.collect.visits import Signer, issue
from survey_app.config import Settings, load_keys
from survey_app.store.engine import Database
from survey_app.store.together import Together

RECORDED = Path(__file__).parents[2] / "questionnaires" / "audio"
"""Where the project keeps recordings; those of the instance folder go first."""


@dataclass(frozen=True)
class Desk:
    """The store, the settings, the clock, the keys (newest first) and what is kept.

    ``together`` writes what several visits send at the same moment. ``cleared`` holds the minute in
    which this process last erased what is counted no longer, ``audio`` the folders of recordings.
    """

    database: Database
    together: Together
    settings: Settings
    clock: Callable[[], datetime]
    secrets: Path
    signer: Signer
    slip_keys: Sequence[str]
    screen_keys: Sequence[str]
    forms: TenSeconds[tuple[Opened, FinishedPage]] = field(default_factory=TenSeconds)
    counters: TenSeconds[PostedCounter] = field(default_factory=TenSeconds)
    thanks: TenSeconds[FinishedPage] = field(default_factory=TenSeconds)
    releases: Releases = field(default_factory=Releases)
    published: Published = field(default_factory=Published)
    cleared: list[int] = field(default_factory=lambda: [0])
    audio: Sequence[Path] = ()


def desk_of(app: Flask, instance: Path) -> Desk:
    """Give the desk of an app with the keys of its instance folder."""
    database: Database = app.extensions["database"]
    return Desk(
        database,
        Together(database),
        app.extensions["settings"],
        app.extensions["clock"],
        instance / "secrets",
        Signer.of(load_keys(instance, "visit")),
        load_keys(instance, "slip"),
        load_keys(instance, "screen"),
        audio=(instance / "audio", RECORDED),
    )


def visit_token(desk: Desk, opened: Opened, language: str, now: datetime) -> str:
    """Give the token of a visit that begins now."""
    return issue(
        desk.signer,
        code=opened.code,
        release_id=opened.released.id,
        language=language,
        channel=opened.channel,
        now=now,
    )
