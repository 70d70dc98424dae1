"""Kiosk setup: what a paired device is told: its place, what is asked there, keys, settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from survey_app.collect import rotating
from survey_app.collect.attribution import counter_on, unit_on
from survey_app.collect.devices import counters_of
from survey_app.collect.drawing import squares
from survey_app.collect.kiosk_message import to_base64
from survey_app.collect.posters import numbered
from survey_app.collect.releases import newest_release
from survey_app.collect.sealed import Opener, key_id
from survey_app.config import LANGUAGES, Settings
from survey_app.questionnaire.definition import Choice, Question, Questionnaire, Text
from survey_app.store.organisation import CounterCode, Officer, Posting

POSTINGS_AHEAD = timedelta(days=14)
"""How long without a line a kiosk still knows who is posted where."""


def setup_of(
    connection: Connection,
    device: Row[Any],
    settings: Settings,
    opener: Opener,
    screen_keys: Sequence[str],
    questionnaire_of: Callable[[Connection, int], Questionnaire],
    now: datetime,
) -> dict[str, Any]:
    """Give the setup of a device; its ``state`` says in one word whether it may ask."""
    day = now.astimezone(settings.zone).date()
    unit = unit_on(connection, device.unit_id, day)
    release_id = newest_release(connection, device.questionnaire)
    counters = [
        _counter(connection, counter_id, screen_keys, now, settings)
        for counter_id in counters_of(connection, device.id)
        if not counter_on(connection, counter_id, day).retired
    ]
    ended = unit.valid_to is not None and unit.valid_to < day
    rounds, salt, hashed = device.pin.split(".")
    setup: dict[str, Any] = {
        "state": "unit_ended" if ended or not counters else "ok" if release_id else "closed",
        "device": device.id,
        "name": device.name,
        "unit": {"vi": unit.name, "en": unit.name_en or unit.name, "fr": unit.name},
        "asker": {language: settings.asker.text(language) for language in LANGUAGES},
        "base": settings.base_url.rstrip("/"),
        "counters": counters,
        "release": release_id,
        "questions": [],
        "languages": list(LANGUAGES),
        "key": {"id": to_base64(key_id(opener.public)), "point": to_base64(opener.public)},
        "idle": settings.kiosk_idle_seconds,
        "pin": {"rounds": int(rounds), "salt": salt, "hash": hashed},
    }
    if release_id is not None:
        questionnaire = questionnaire_of(connection, release_id)
        setup["languages"] = [each for each in LANGUAGES if each in questionnaire.complete]
        setup["questions"] = [
            _question(question)
            for question in questionnaire.questions
            if question.kind != "text" or settings.kiosk_comments
        ]
    return setup


def digest_of(setup: dict[str, Any]) -> str:
    """Give what tells one setup from another."""
    return hashlib.sha256(json.dumps(setup, sort_keys=True).encode()).hexdigest()[:16]


def _counter(
    connection: Connection, counter_id: int, screen_keys: Sequence[str], now: datetime, settings: Settings
) -> dict[str, Any]:
    counter = counter_on(connection, counter_id, now.astimezone(settings.zone).date())
    code = connection.scalar(
        select(CounterCode.code)
        .where(CounterCode.counter_id == counter_id, CounterCode.retired_at.is_(None))
        .order_by(CounterCode.created_at.desc())
        .limit(1)
    )
    secrets = rotating.secrets_of(connection, screen_keys, counter_id)
    number, rest = numbered(counter.name)
    posted = connection.execute(
        select(Officer.id, Officer.name, Posting.starts_at, Posting.ends_at)
        .join(Officer, Officer.id == Posting.officer_id)
        .where(
            Posting.counter_id == counter_id,
            Posting.starts_at <= now + POSTINGS_AHEAD,
            Posting.ends_at.is_(None) | (Posting.ends_at > now),
        )
        .order_by(Officer.name, Posting.starts_at)
    ).all()
    return {
        "id": counter_id,
        "name": counter.name,
        "number": number,
        "rest": rest,
        "code": code,
        "secret": to_base64(secrets[0]) if secrets else None,
        "squares": squares_of(f"{settings.base_url.rstrip('/')}/q/{code}") if code else [],
        "officers": [
            {
                "id": row.id,
                "name": row.name,
                "from": _milliseconds(row.starts_at),
                "to": _milliseconds(row.ends_at) if row.ends_at else None,
            }
            for row in posted
        ],
    }


@lru_cache(maxsize=4096)
def squares_of(address: str) -> list[str]:
    """Give the dark squares of an address's QR code, a row a text of 0 and 1."""
    return ["".join("01"[dark] for dark in row) for row in squares(address)]


def _question(question: Question) -> dict[str, Any]:
    when = question.when
    return {
        "id": question.id,
        "kind": question.kind,
        "text": _text(question.text),
        "hint": _text(question.hint) if question.hint else None,
        "required": question.required,
        "choices": [_choice(choice) for choice in question.choices],
        "na": _text(question.na) if question.na else None,
        "refused": _text(question.refused) if question.refused else None,
        "when": {"codes": sorted(when.codes), "questions": list(when.questions), "place": when.place}
        if when
        else None,
        "longest": question.maximum_length,
        "range": None if question.minimum is None else [question.minimum, question.maximum],
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {"code": choice.code, "text": _text(choice.text)}


def _text(text: Text) -> dict[str, str]:
    return {language: text[language] for language in LANGUAGES}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
