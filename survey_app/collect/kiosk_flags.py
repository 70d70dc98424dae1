"""Kiosk flags: doubts about what one kiosk sent, as numbered rules with what was seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from survey_app.collect.attribution import PostedCounter
from survey_app.collect.kiosk_time import Corrected
from survey_app.collect.rules import (
    KIOSK_CLONED,
    KIOSK_LATE,
    KIOSK_MORE_THAN_SERVED,
    KIOSK_OFFICER_CHANGED,
    KIOSK_OUTSIDE_HOURS,
    KIOSK_QUICK,
    KIOSK_RUN,
    TIME_UNCERTAIN,
)
from survey_app.store.devices import DeviceContact, DeviceRecord
from survey_app.store.organisation import Workload
from survey_app.store.responses import Flag, Response

RUN = 3
"""So many answers one after another, each sooner than a visit can be, are a run."""
OFFICER_CHANGED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about a response: the rule, and what it saw as JSON."""

    response_number: int
    rule: int
    evidence: str


def _doubt(response_number: int, rule: int, **seen: float | str) -> Doubt:
    return Doubt(response_number, rule, json.dumps(seen))


@dataclass(frozen=True, slots=True)
class Made:
    """A record of a device that is stored: its number, its moment and counter."""

    number: int
    response_number: int
    at: datetime
    counter_id: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of one record may raise a doubt."""

    made: Made
    counter: PostedCounter
    time: Corrected
    uncertain: bool
    late: bool
    officer_chosen_before: timedelta | None


def doubts_of(record: Circumstances, zone: ZoneInfo) -> Iterator[Doubt]:
    """Give the doubts that one record raises by itself."""
    number, at = record.made.response_number, record.time.at
    if record.uncertain:
        earliest, latest = (
            f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (record.time.earliest, record.time.latest)
        )
        yield _doubt(number, TIME_UNCERTAIN, earliest=earliest, latest=latest)
    if record.counter.opens is not None and not record.counter.is_open(at, zone):
        yield _doubt(number, KIOSK_OUTSIDE_HOURS, time=f"{at.astimezone(zone):%H:%M}")
    before = record.officer_chosen_before
    if before is not None and before < OFFICER_CHANGED:
        yield _doubt(number, KIOSK_OFFICER_CHANGED, seconds=round(before.total_seconds()))
    if record.late:
        yield _doubt(number, KIOSK_LATE)


def doubts_among(records: Sequence[Made], gap: timedelta, visit: timedelta) -> Iterator[Doubt]:
    """Give the doubts that records of a device raise one after another, in the order of their numbers."""
    run: list[Made] = []
    for before, record in zip([None, *records], records, strict=False):
        apart = None if before is None else record.at - before.at
        if apart is not None and apart < gap:
            yield _doubt(record.response_number, KIOSK_QUICK, seconds=round(apart.total_seconds(), 1))
        if apart is None or apart >= visit or before is None or before.counter_id != record.counter_id:
            run = []
        run.append(record)
        if len(run) == RUN:
            yield from (_doubt(each.response_number, KIOSK_RUN, run=RUN) for each in run)
        elif len(run) > RUN:
            yield _doubt(record.response_number, KIOSK_RUN, run=len(run))


def cloned_since(connection: Connection, device_id: int, number: int) -> list[Doubt]:
    """Give the doubts about what a copied device sent since the last contact at which it was surely one.

    That is the last one before it had made the number that came twice.
    """
    clean = connection.scalar(
        select(func.max(DeviceContact.made)).where(
            DeviceContact.device_id == device_id, DeviceContact.made < number
        )
    )
    since = select(DeviceRecord.response_number).where(
        DeviceRecord.device_id == device_id,
        DeviceRecord.number > (clean or 0),
        DeviceRecord.response_number.is_not(None),
    )
    return [
        _doubt(each, KIOSK_CLONED, number=number) for each in connection.scalars(since) if each is not None
    ]


def doubts_over_served(connection: Connection, counter_id: int, day: date) -> list[Doubt]:
    """Give the doubts about a counter's answers of a day beyond the visits that were counted there.

    The latest ones are doubted; where visits were not counted by day and counter, none are.
    """
    served = connection.scalar(
        select(func.sum(Workload.served)).where(
            Workload.counter_id == counter_id, Workload.first_day == day, Workload.last_day == day
        )
    )
    if served is None:
        return []
    mine = Response.counter_id == counter_id, Response.service_day == day, Response.channel == "kiosk"
    numbers = connection.scalars(select(Response.number).where(*mine).order_by(Response.number)).all()
    return [
        _doubt(number, KIOSK_MORE_THAN_SERVED, answers=len(numbers), served=int(served))
        for number in numbers[int(served) :]
    ]


def raise_doubts(connection: Connection, doubts: Sequence[Doubt], now: datetime) -> int:
    """Store doubts that are not stored already; give how many."""
    fresh = {(each.response_number, each.rule): each for each in doubts}
    numbers = list({number for number, _ in fresh})
    for start in range(0, len(numbers), 500):
        known = connection.execute(
            select(Flag.response_number, Flag.rule).where(
                Flag.response_number.in_(numbers[start : start + 500])
            )
        )
        for row in known:
            fresh.pop((row.response_number, row.rule), None)
    rows = [
        {
            "response_number": each.response_number,
            "rule": each.rule,
            "evidence": each.evidence,
            "raised_at": now,
        }
        for each in fresh.values()
    ]
    if rows:
        connection.execute(insert(Flag), rows)
    return len(rows)
