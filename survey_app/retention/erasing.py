"""Erasing: does what the rules say, a little at a time, and notes how much in the audit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from survey_app import jobs
from survey_app.access.audit import record
from survey_app.config import Settings
from survey_app.retention.rules import Keys, Rule, rules
from survey_app.store.engine import Database

RETENTION = "retention"
"""The kind of job that erases; its argument is the local day."""
CHUNK = 500
"""How many rows one transaction erases: writers wait for it no longer than for an import's few rows."""
PAUSE = 0.01
"""Seconds between two transactions: without it the next could begin before writers that wait."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule and how many rows it erases now."""

    rule: Rule
    rows: int


def plan(connection: Connection, settings: Settings, now: datetime) -> list[Planned]:
    """Give what would be erased now."""
    return [
        Planned(rule, connection.scalar(select(func.count()).select_from(rule.doomed.subquery())) or 0)
        for rule in rules(connection, settings, now)
    ]


def erase(
    database: Database,
    settings: Settings,
    now: datetime,
    progress: Callable[[str], None] = lambda _: None,
    chunk: int = CHUNK,
) -> Mapping[str, int]:
    """Erase what is due by every rule and note it in the audit; give how many rows by the rule's name."""
    with database.reading() as connection:
        due = rules(connection, settings, now)
    erased: dict[str, int] = {}
    for rule in due:
        progress(rule.what)
        erased[rule.name] = 0
        # Looked up once: a look from the beginning for every transaction takes longer with each.
        with database.reading() as connection:
            keys = connection.scalars(rule.doomed.order_by(*rule.doomed.selected_columns)).all()
        for start in range(0, len(keys), chunk):
            erased[rule.name] += _erase_some(database, rule, keys[start : start + chunk])
            time.sleep(PAUSE)
    with database.writing() as connection:
        record(connection, "retention.run", now, **erased)
    return erased


def ask_nightly(connection: Connection, day: date, due: datetime, now: datetime) -> bool:
    """Ask for what is to be erased on a local day, once from the moment on at which it is due."""
    tried = jobs.latest(connection, RETENTION, f"{day}")
    if tried is not None and tried.asked_at >= due:
        return False
    return jobs.ask(connection, RETENTION, f"{day}", now)


def _erase_some(database: Database, rule: Rule, keys: Keys) -> int:
    """Erase the rows of some keys that are still to be erased; give how many."""
    (key,) = rule.doomed.selected_columns
    with database.writing() as connection:
        still = connection.scalars(rule.doomed.where(key.in_(keys))).all()
        if still:
            rule.erase(connection, still)
    return len(still)
