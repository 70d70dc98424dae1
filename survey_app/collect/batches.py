"""Batches: the records of one device, opened, checked and stored together, each of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from survey_app.collect.devices import counters_of
from survey_app.collect.intake import record_together
from survey_app.collect.kiosk_batch import Batch, Keys, Prepared, Releases, prepare
from survey_app.collect.kiosk_flags import (
    Circumstances,
    Doubt,
    Made,
    cloned_since,
    doubts_among,
    doubts_of,
    doubts_over_served,
    raise_doubts,
)
from survey_app.collect.kiosk_message import Message, Record
from survey_app.collect.kiosk_place import Counters
from survey_app.collect.kiosk_record import FaultyRecord
from survey_app.collect.kiosk_time import Contact
from survey_app.config import Settings
from survey_app.store.devices import Device, DeviceContact, DeviceRecord
from survey_app.store.responses import Response


class Cloned(ValueError):
    """A number came a second time with another content: somebody copied the device."""

    def __init__(self, number: int) -> None:
        super().__init__(f"device: number {number} came twice with different contents; it was copied")
        self.number = number


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: stored now or before, or a fault."""

    number: int
    digest: bytes
    fault: str | None


def store_batch(
    connection: Connection,
    device: Row[Any],
    message: Message,
    now: datetime,
    *,
    settings: Settings,
    keys: Keys,
    releases: Releases,
) -> list[Outcome]:
    """Store the records of a device in the caller's transaction; a faulty one is named and the others stay.

    The device must be locked. Raises Cloned if a number is known with another content; then the transaction
    is to be rolled back.
    """
    if not message.records:
        return []
    first, last = message.records[0].n, message.records[-1].n
    known = _known(connection, device.id, first, last)
    batch = Batch(
        connection=connection,
        device=device,
        arrival=Contact(now, message.reading),
        settings=settings,
        keys=keys,
        releases=releases,
        bound=frozenset(counters_of(connection, device.id)),
        counters=Counters(connection),
        contacts=_contacts(connection, device.id, first),
    )
    results: list[tuple[Record, bytes, str | None, Prepared | None]] = []
    before = _ahead_of(known)
    floor: datetime | None = None
    place = 0
    for record in message.records:
        while place < len(known) and known[place].number < record.n:
            floor = known[place].answered_at or floor
            place += 1
        digest = sha256(record.sealed).digest()
        stored = known[place] if place < len(known) and known[place].number == record.n else None
        if stored is not None:
            if stored.digest != digest:
                raise Cloned(record.n)
            results.append((record, digest, stored.fault, None))
            continue
        try:
            prepared = prepare(batch, record, digest, floor, before[place])
            floor = prepared.time.at
            results.append((record, digest, None, prepared))
        except FaultyRecord as faulty:
            results.append((record, digest, str(faulty), None))
    known_numbers = {row.number for row in known}
    faulty_now = [
        {
            "device_id": device.id,
            "number": record.n,
            "digest": digest,
            "response_number": None,
            "fault": fault,
        }
        for record, digest, fault, prepared in results
        if prepared is None and record.n not in known_numbers
    ]
    failed = _record(batch, [prepared for *_, prepared in results if prepared is not None], faulty_now)
    _doubt(batch, now)
    return [Outcome(record.n, digest, failed.get(record.n, fault)) for record, digest, fault, _ in results]


def _record(batch: Batch, prepared: Sequence[Prepared], rows: list[dict[str, Any]]) -> Mapping[int, str]:
    """Store what was prepared and, beside faulty rows, which response each number became; give new faults."""
    failed = {}
    recorded = record_together(batch.connection, [each.arrival for each in prepared])
    for each, found in zip(prepared, recorded, strict=True):
        if found is None:
            failed[each.number] = "other_content"
        else:
            made = Made(each.number, found.number, each.time.at, each.content.counter)
            batch.circumstances.append(
                Circumstances(
                    made,
                    each.counter,
                    each.time,
                    each.uncertain,
                    each.content.late,
                    timedelta(milliseconds=each.content.officer[1]) if each.content.officer else None,
                )
            )
        rows.append(
            {
                "device_id": batch.device.id,
                "number": each.number,
                "digest": each.digest,
                "response_number": found.number if found else None,
                "fault": failed.get(each.number),
            }
        )
    if rows:
        batch.connection.execute(insert(DeviceRecord), rows)
    return failed


def mark_cloned(connection: Connection, device_id: int, number: int, now: datetime) -> int:
    """Let a copied device count no longer, and doubt what it sent since it was surely one; give how many."""
    connection.execute(
        update(Device).where(Device.id == device_id, Device.cloned_at.is_(None)).values(cloned_at=now)
    )
    return raise_doubts(connection, cloned_since(connection, device_id, number), now)


def _known(connection: Connection, device_id: int, first: int, last: int) -> Sequence[Any]:
    """Give the records known from the last one before a range to the first one after it, in order."""
    mine = DeviceRecord.device_id == device_id
    stored = mine, DeviceRecord.response_number.is_not(None)
    lowest = connection.scalar(
        select(func.max(DeviceRecord.number)).where(*stored, DeviceRecord.number < first)
    )
    highest = connection.scalar(
        select(func.min(DeviceRecord.number)).where(*stored, DeviceRecord.number > last)
    )
    query = select(
        DeviceRecord.number, DeviceRecord.digest, DeviceRecord.fault, Response.answered_at
    ).outerjoin(Response, Response.number == DeviceRecord.response_number)
    return connection.execute(
        query.where(mine, DeviceRecord.number.between(lowest or first, highest or last)).order_by(
            DeviceRecord.number
        )
    ).all()


def _ahead_of(known: Sequence[Any]) -> list[datetime | None]:
    """Give for each place among the known records the moment of the next one at or after it."""
    moments: list[datetime | None] = [None]
    for row in reversed(known):
        moments.append(row.answered_at or moments[-1])
    return moments[::-1]


def _contacts(connection: Connection, device_id: int, first: int) -> Sequence[Any]:
    query = select(DeviceContact.made, DeviceContact.at).where(
        DeviceContact.device_id == device_id, DeviceContact.made >= first
    )
    return connection.execute(query.order_by(DeviceContact.made)).all()


def _doubt(batch: Batch, now: datetime) -> None:
    settings = batch.settings
    doubts: list[Doubt] = []
    for each in batch.circumstances:
        doubts += doubts_of(each, settings.zone)
    made = _with_those_before(batch)
    doubts += doubts_among(
        made, timedelta(seconds=settings.kiosk_gap_seconds), timedelta(seconds=settings.kiosk_visit_seconds)
    )
    places = {
        (each.made.counter_id, each.made.at.astimezone(settings.zone).date()) for each in batch.circumstances
    }
    for counter_id, day in sorted(places):
        doubts += doubts_over_served(batch.connection, counter_id, day)
    raise_doubts(batch.connection, doubts, now)


def _with_those_before(batch: Batch) -> list[Made]:
    """Give the new records with the last ones before them, so that a run is seen across batches."""
    new = sorted((each.made for each in batch.circumstances), key=lambda made: made.number)
    if not new:
        return []
    query = (
        select(
            DeviceRecord.number, Response.number.label("response"), Response.answered_at, Response.counter_id
        )
        .join(Response, Response.number == DeviceRecord.response_number)
        .where(DeviceRecord.device_id == batch.device.id, DeviceRecord.number < new[0].number)
        .order_by(DeviceRecord.number.desc())
        .limit(5)
    )
    earlier = [
        Made(row.number, row.response, row.answered_at, row.counter_id)
        for row in batch.connection.execute(query)
        if row.answered_at is not None and row.counter_id is not None
    ]
    return [*reversed(earlier), *new]


def outcomes_told(outcomes: Sequence[Outcome]) -> Mapping[str, list[tuple[Any, ...]]]:
    """Give the receipts and the faults of a batch, as a device is told them."""
    return {
        "receipts": [(each.number, each.digest.hex()) for each in outcomes if each.fault is None],
        "faults": [(each.number, each.digest.hex(), each.fault) for each in outcomes if each.fault],
    }
