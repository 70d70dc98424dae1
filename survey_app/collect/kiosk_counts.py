"""Kiosk counts: what devices made and what arrived of it; where numbers are missing, that is said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from analysis.period import Period
from survey_app.collect.kiosk_message import Message
from survey_app.store.devices import Device, DeviceContact, DeviceRecord
from survey_app.store.organisation import Unit
from survey_app.store.responses import Response

CONTACTS_KEPT = timedelta(days=90)
"""A contact after every visit tells when visits were: no longer than other exact times."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a device, from ``first`` to ``last``, that it made and that are neither here nor with it."""

    device: str
    unit_code: str
    unit_name: str
    first: int
    last: int

    @property
    def missing(self) -> int:
        """How many responses are missing."""
        return self.last - self.first + 1


def note_contact(
    connection: Connection, device: Row[Any], message: Message, now: datetime, stored: int, faulty: int
) -> None:
    """Keep what a device says of itself, and what becomes of it when it hears of what was stored.

    An older message that comes again changes nothing.
    """
    if message.made < device.made:
        return
    ahead = message.wall - int(now.timestamp() * 1000)
    connection.execute(
        update(Device)
        .where(Device.id == device.id)
        .values(
            last_contact_at=now,
            made=message.made,
            sent=message.sent + stored,
            quarantined=message.quarantined + faulty,
            waiting=max(0, message.waiting - stored - faulty),
            held=json.dumps(message.held, separators=(",", ":")),
            clock_error=ahead,
            version=message.version,
        )
    )
    newest = connection.scalar(
        select(func.max(DeviceContact.made)).where(DeviceContact.device_id == device.id)
    )
    if newest is None or newest < message.made:
        connection.execute(insert(DeviceContact).values(device_id=device.id, made=message.made, at=now))
        connection.execute(
            delete(DeviceContact).where(
                DeviceContact.device_id == device.id, DeviceContact.at < now - CONTACTS_KEPT
            )
        )


def missing_of(connection: Connection, device: Row[Any]) -> list[tuple[int, int]]:
    """Give the ranges of numbers that a device made and that are neither here nor, as it says, with it."""
    ends = (DeviceRecord.number, func.lag(DeviceRecord.number, 1, 0).over(order_by=DeviceRecord.number))
    numbered = select(ends[0].label("number"), ends[1].label("before")).where(
        DeviceRecord.device_id == device.id
    )
    inner = numbered.subquery()
    rows = connection.execute(
        select(inner.c.before, inner.c.number)
        .where(inner.c.number > inner.c.before + 1)
        .order_by(inner.c.number)
    ).all()
    last = connection.scalar(select(func.max(DeviceRecord.number)).where(DeviceRecord.device_id == device.id))
    open_ranges = [(row.before + 1, row.number - 1) for row in rows]
    if device.made > (last or 0):
        open_ranges.append(((last or 0) + 1, device.made))
    held = [(first, end) for first, end in json.loads(device.held)]
    return [left for each in open_ranges for left in _without(each, held)]


def gaps(connection: Connection, period: Period, zone: ZoneInfo) -> tuple[Gap, ...]:
    """Give the numbers missing in a period: made between two records of which one at least falls into it.

    What a device says that it still holds is not missing but late.
    """
    query: Select[Any] = select(
        *Device.__table__.columns, Unit.code.label("unit_code"), Unit.name.label("unit_name")
    )
    found = []
    for device in connection.execute(
        query.join_from(Device, Unit, Device.unit_id == Unit.id)
        .where(Device.paired_at.is_not(None))
        .order_by(Unit.code, Device.id)
    ).all():
        for first, last in missing_of(connection, device):
            since = _day_beside(connection, device.id, DeviceRecord.number < first, latest=True)
            until = _day_beside(connection, device.id, DeviceRecord.number > last, latest=False)
            since = since or device.paired_at.astimezone(zone).date()
            until = until or device.last_contact_at.astimezone(zone).date()
            if since <= period.last_day and until >= period.first_day:
                found.append(Gap(device.name, device.unit_code, device.unit_name, first, last))
    return tuple(found)


def _day_beside(connection: Connection, device_id: int, where: Any, *, latest: bool) -> date | None:
    order = DeviceRecord.number.desc() if latest else DeviceRecord.number
    return connection.scalar(
        select(Response.service_day)
        .join(DeviceRecord, DeviceRecord.response_number == Response.number)
        .where(DeviceRecord.device_id == device_id, where)
        .order_by(order)
        .limit(1)
    )


def _without(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, last = span
    for start, end in sorted(taken):
        if end < first or start > last:
            continue
        if start > first:
            yield first, start - 1
        first = max(first, end + 1)
    if first <= last:
        yield first, last
