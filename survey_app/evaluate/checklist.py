"""Checklist: what must be done, and what should be known, before a period is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, func, select

from analysis.period import halves_of, is_half_year
from survey_app.collect.kiosk_counts import gaps
from survey_app.config import Settings
from survey_app.evaluate.doubt_lines import lines, states
from survey_app.evaluate.doubts import cases
from survey_app.evaluate.lifecycle import Life, newest_revision
from survey_app.evaluate.shown import DESK, decode_rows
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.store.evaluations import Objection

What = Literal[
    "closable",
    "over",
    "review",
    "halves",
    "proposals",
    "objections",
    "snapshot",
    "workload",
    "kiosks",
    "doubts",
]
State = Literal["done", "missing", "warning"]


@dataclass(frozen=True)
class Item:
    """One thing of the list: done, missing (nothing is closed before), or a warning; with its numbers."""

    what: What
    state: State
    day: date | None = None
    count: int = 0
    total: int = 0
    names: tuple[str, ...] = ()


def checklist(connection: Connection, settings: Settings, stands: Life, today: date) -> list[Item]:
    """Give the list for a period."""
    return list(_items(connection, settings, stands, today))


def ready(items: list[Item]) -> bool:
    """Whether nothing is missing."""
    return all(each.state != "missing" for each in items)


def _items(connection: Connection, settings: Settings, stands: Life, today: date) -> Iterator[Item]:
    label = stands.period.label
    halves = halves_of(label)
    if not halves and not is_half_year(label):
        yield Item("closable", "missing")
        return
    first = stands.closes_from(settings.closing_grace_days)
    yield Item("over", "done" if today >= first or stands.closed else "missing", day=first)
    if halves:
        open_halves = tuple(half for half in halves if newest_revision(connection, half) is None)
        yield Item("halves", "missing" if open_halves else "done", names=open_halves)
    else:
        yield Item("review", "done" if stands.closed or stands.step == "review" else "missing")
    yield Item("proposals", "missing" if stands.undecided else "done", count=stands.undecided)
    raised = select(func.count()).select_from(Objection).where(Objection.period == label)
    waiting = connection.scalar(raised.where(Objection.decided_at.is_(None))) or 0
    yield Item("objections", "warning" if waiting else "done", count=waiting)
    missing = gaps(connection, stands.period, settings.zone)
    lost = sum(each.missing for each in missing)
    yield Item("kiosks", "warning" if lost else "done", count=lost, total=len(missing))
    yield from _of_the_figures(connection, stands)


def _of_the_figures(connection: Connection, stands: Life) -> Iterator[Item]:
    label = stands.period.label
    made = newest(connection, label)
    yield Item("snapshot", "done" if made is not None else "warning")
    content = read_file(connection, made.id, DESK) if made is not None else None
    rows = decode_rows(content) if content is not None else ()
    units = [row for row in rows if row.kind != "counter" and row.role == "serving" and row.responses]
    known = sum(row.served is not None for row in units)
    yield Item("workload", "done" if known == len(units) else "warning", count=known, total=len(units))
    found = lines(cases(connection, stands.period), (), states(connection, label))
    undecided = sum(line.state != "decided" for line in found)
    yield Item("doubts", "warning" if undecided else "done", count=undecided, total=len(found))
