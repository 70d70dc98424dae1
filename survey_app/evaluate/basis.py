"""Basis: all that the figures of a period are computed from, read from the store or from closed periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from analysis.period import Period, before, halves_of, period
from analysis.ratings import Ratings
from survey_app.config import Settings
from survey_app.evaluate.domains import Map
from survey_app.evaluate.findings import Finding, find
from survey_app.evaluate.frozen import thaw
from survey_app.evaluate.lifecycle import StepFault, find_revision, newest_revision
from survey_app.evaluate.placed import place
from survey_app.evaluate.reading import read_ratings, read_released
from survey_app.questionnaire.definition import Questionnaire
from survey_app.store.evaluations import Frozen

FROZEN = "columns.zip"
"""Name of the file with the columns that a closed state was computed from."""


FOUND = "findings.json"
"""Name of the file with what looked odd, which nobody may download either."""


class _Kept(msgspec.Struct):
    """What a year needs of the manifests of its halves."""

    demo: bool
    excluded: int


@dataclass(frozen=True)
class Basis:
    """What the figures of a period are computed from.

    ``this`` and ``earlier`` are the columns of the period and of the one before, on the units of the
    period's last day. ``rests_on`` names the closed states they were taken from (``2026-H1`` and the number
    of the revision); without them they were read from the responses up to ``last_response``, but for those
    ``excluded`` by two people. ``halves`` are the periods that a year is made of, and their columns as they
    were closed: what others than inspectors know already.
    """

    period: Period
    past: Period
    this: Ratings
    earlier: Ratings
    questionnaires: tuple[Questionnaire, ...]
    last_response: int
    demo: bool
    excluded: int = 0
    findings: tuple[Finding, ...] = ()
    rests_on: tuple[tuple[str, int], ...] = ()
    halves: tuple[tuple[Period, Ratings], ...] = ()


def read_basis(
    connection: Connection,
    settings: Settings,
    label: str,
    *,
    map: Map = "today",
    last_response: int | None = None,
    until: datetime | None = None,
) -> Basis:
    """Read what a period is computed from; a year from its halves, if both are closed.

    The period before is taken from its newest closed state, if there is one. ``last_response`` and ``until``
    are those of `read_ratings`.

    Raises ValueError if the label names no period.
    """
    this = period(label, settings.period_scheme)
    past = before(this, settings.period_scheme)
    rests: list[tuple[str, int]] = []
    states = _closed_halves(connection, this)
    halves = _columns(connection, settings, states)
    if halves:
        rests += [(half.period, half.number) for half in states]
        ratings = place(connection, [columns for _, columns in halves], this, settings.zone, map=map)
        reading = None
    else:
        reading = read_ratings(
            connection, this, settings.zone, map=map, last_response=last_response, until=until
        )
        ratings = reading.ratings
    manifests = [msgspec.json.decode(half.manifest, type=_Kept) for half in states]
    last = reading.last_response if reading else max(half.last_response for half in states)
    closed = newest_revision(connection, past.label)
    if closed is not None:
        rests.append((past.label, closed.number))
        kept = [read_frozen(connection, closed.id)["this"]]
        earlier = place(connection, kept, past, settings.zone, map=map, as_of=this.last_day)
    else:
        earlier = read_ratings(
            connection, past, settings.zone, map=map, last_response=last, as_of=this.last_day, until=until
        ).ratings
    return Basis(
        period=this,
        past=past,
        this=ratings,
        earlier=earlier,
        questionnaires=tuple(read_released(connection).values()),
        last_response=last,
        demo=reading.demo if reading else any(half.demo for half in manifests),
        excluded=reading.excluded if reading else sum(half.excluded for half in manifests),
        findings=find(connection, reading, settings.zone) if reading else (),
        rests_on=tuple(rests),
        halves=halves,
    )


def frozen_basis(
    connection: Connection,
    settings: Settings,
    label: str,
    kept: Mapping[str, Ratings],
    *,
    last_response: int,
    demo: bool,
    excluded: int,
    findings: tuple[Finding, ...],
    halves: tuple[tuple[Period, Ratings], ...] = (),
) -> Basis:
    """Give the basis of a closed state from its columns, whatever became of the responses."""
    this = period(label, settings.period_scheme)
    return Basis(
        period=this,
        past=before(this, settings.period_scheme),
        this=kept["this"],
        earlier=kept["previous"],
        questionnaires=tuple(read_released(connection).values()),
        last_response=last_response,
        demo=demo,
        excluded=excluded,
        findings=findings,
        halves=halves,
    )


def read_found(connection: Connection, revision_id: int) -> tuple[Finding, ...]:
    """Give what looked odd when a period was closed."""
    query = select(Frozen.content).where(Frozen.revision_id == revision_id, Frozen.name == FOUND)
    return decode_findings(connection.scalar(query) or b"[]")


def decode_findings(content: bytes) -> tuple[Finding, ...]:
    """Read findings with the responses that they point to."""
    return msgspec.json.decode(content, type=tuple[Finding, ...])


def read_frozen(connection: Connection, revision_id: int) -> dict[str, Ratings]:
    """Give the columns of a closed state: ``this`` and ``previous``.

    Raises StepFault if they are not there, FrozenFault if they are damaged.
    """
    query = select(Frozen.content).where(Frozen.revision_id == revision_id, Frozen.name == FROZEN)
    content = connection.scalar(query)
    if content is None:
        raise StepFault(f"revision {revision_id}: its columns are missing; restore them from a backup")
    return thaw(content)


def _closed_halves(connection: Connection, this: Period) -> list[Row[Any]]:
    found = [newest_revision(connection, half) for half in halves_of(this.label)]
    closed = [each for each in found if each is not None]
    return closed if len(closed) == len(found) else []


def named_halves(
    connection: Connection, settings: Settings, label: str, rests_on: Sequence[tuple[str, int]]
) -> tuple[tuple[Period, Ratings], ...]:
    """Give the columns of the halves that a closed year rests on; nothing for other periods.

    Raises StepFault if one of them is not there any more.
    """
    named = dict(rests_on)
    states = [find_revision(connection, half, named[half]) for half in halves_of(label) if half in named]
    return _columns(connection, settings, states)


def _columns(
    connection: Connection, settings: Settings, halves: Sequence[Row[Any]]
) -> tuple[tuple[Period, Ratings], ...]:
    scheme = settings.period_scheme
    return tuple((period(each.period, scheme), read_frozen(connection, each.id)["this"]) for each in halves)
