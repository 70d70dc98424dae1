"""Batches: the records of one device, opened, checked and stored together, each of them once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from analysis.period import half_year_of
from survey_app.collect import slips
from survey_app.collect.asked import Released
from survey_app.collect.codes import read_any
from survey_app.collect.devices import counters_of
from survey_app.collect.intake import Arrival, OtherContent, record_response
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
from survey_app.collect.kiosk_message import Message, Record, read_stamp
from survey_app.collect.kiosk_place import Counters, attribute_kiosk
from survey_app.collect.kiosk_record import Content, FaultyRecord, checked_answers, read_content
from survey_app.collect.kiosk_time import Contact, Corrected, correct
from survey_app.collect.releases import load_release
from survey_app.collect.sealed import Opener, Unopened
from survey_app.collect.visits import Signer
from survey_app.config import LANGUAGES, Settings
from survey_app.questionnaire.form import form_class
from survey_app.store.devices import Device, DeviceContact, DeviceRecord
from survey_app.store.responses import Release, Response


class Cloned(ValueError):
    """A number came a second time with another content: somebody copied the device."""

    def __init__(self, number: int) -> None:
        super().__init__(f"device: number {number} came twice with different contents; it was copied")
        self.number = number


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens records, what proves contacts, and what names slips."""

    opener: Opener
    signer: Signer
    slips: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: stored now or before, or a fault."""

    number: int
    digest: bytes
    fault: str | None


@dataclass
class Releases:
    """Released questionnaires by id, read once: they never change."""

    loaded: dict[int, Released] = field(default_factory=dict)

    def get(self, connection: Connection, release_id: int) -> Released:
        """Give a released questionnaire with its form.

        Raises FaultyRecord if there is none.
        """
        if release_id not in self.loaded:
            if connection.scalar(select(Release.id).where(Release.id == release_id)) is None:
                raise FaultyRecord("release")
            questionnaire, _ = load_release(connection, release_id)
            self.loaded[release_id] = Released(release_id, questionnaire, form_class(questionnaire))
        return self.loaded[release_id]


@dataclass
class _Batch:
    """What stands fixed while the records of a batch are gone through."""

    connection: Connection
    device: Row[Any]
    arrival: Contact
    settings: Settings
    keys: Keys
    releases: Releases
    bound: frozenset[int]
    counters: Counters
    contacts: Sequence[Row[Any]]
    circumstances: list[Circumstances] = field(default_factory=list)


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
    batch = _Batch(
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
    outcomes, rows = [], []
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
            outcomes.append(Outcome(record.n, digest, stored.fault))
            continue
        number, fault = None, None
        try:
            made = _store(batch, record, floor, before[place])
            number, floor = made.response_number, made.at
        except FaultyRecord as faulty:
            fault = str(faulty)
        outcomes.append(Outcome(record.n, digest, fault))
        rows.append(
            {
                "device_id": device.id,
                "number": record.n,
                "digest": digest,
                "response_number": number,
                "fault": fault,
            }
        )
    if rows:
        connection.execute(insert(DeviceRecord), rows)
    _doubt(batch, now)
    return outcomes


def mark_cloned(connection: Connection, device_id: int, number: int, now: datetime) -> int:
    """Let a copied device count no longer, and doubt what it sent since it was surely one; give how many."""
    connection.execute(
        update(Device).where(Device.id == device_id, Device.cloned_at.is_(None)).values(cloned_at=now)
    )
    return raise_doubts(connection, cloned_since(connection, device_id, number), now)


def _store(batch: _Batch, record: Record, floor: datetime | None, ceiling: datetime | None) -> Made:
    """Store one record; raises FaultyRecord."""
    device, settings = batch.device, batch.settings
    try:
        opened = batch.keys.opener.open(record.sealed, device.id)
    except Unopened:
        raise FaultyRecord("unreadable") from None
    content = read_content(opened, LANGUAGES)
    if content.counter not in batch.bound:
        raise FaultyRecord("counter")
    answers, comments = checked_answers(content, batch.releases.get(batch.connection, content.release))
    time = _time_of(batch, content, record.n, floor, ceiling)
    day, over_edge = _service_day(time, settings)
    counter = batch.counters.on(content.counter, day)
    chosen = content.officer[0] if content.officer else None
    place, attribution, uncertain = attribute_kiosk(batch.counters, counter, time, chosen)
    slip = _slip_of(batch, content)
    if slip is not None:
        place, attribution = slips.attribute_slip(counter, slip)
    try:
        recorded = record_response(
            batch.connection,
            Arrival(
                id=content.id,
                release_id=content.release,
                place=place,
                attribution=attribution,
                channel="kiosk",
                language=content.language,
                answers=answers,
                comments=comments,
                service_day=day,
                answered_at=time.at,
                received_at=batch.arrival.at,
                receipt=content.receipt,
            ),
        )
    except OtherContent:
        raise FaultyRecord("other_content") from None
    made = Made(record.n, recorded.number, time.at, content.counter)
    batch.circumstances.append(
        Circumstances(
            made,
            counter,
            time,
            uncertain or over_edge,
            content.late,
            timedelta(milliseconds=content.officer[1]) if content.officer else None,
        )
    )
    return made


def _time_of(
    batch: _Batch, content: Content, number: int, floor: datetime | None, ceiling: datetime | None
) -> Corrected:
    # Contacts come in the order of what was made: the first one after the record knew of it.
    first = bisect_left(batch.contacts, number, key=lambda row: row.made)
    known_by = batch.contacts[first].at if first < len(batch.contacts) else batch.arrival.at
    return correct(
        content.reading,
        read_stamp(batch.keys.signer, batch.device.id, content.stamp),
        batch.arrival,
        not_before=batch.device.paired_at,
        not_after=known_by,
        after=floor,
        before=ceiling,
    )


def _service_day(time: Corrected, settings: Settings) -> tuple[date, bool]:
    """Give the local day that counts, and whether the bounds lie in two half-years: then the later counts."""
    at, earliest, latest = (
        each.astimezone(settings.zone).date() for each in (time.at, time.earliest, time.latest)
    )
    if earliest == latest:
        return at, False
    scheme = settings.period_scheme
    over_edge = half_year_of(earliest, scheme) != half_year_of(latest, scheme)
    return (latest if over_edge else at), over_edge


def _slip_of(batch: _Batch, content: Content) -> Row[Any] | None:
    """Spend the slip that was scanned or typed at the kiosk; one that leads nowhere changes nothing."""
    code = read_any(content.slip) if content.slip else None
    slip = slips.find_slip(batch.connection, batch.keys.slips, code) if code else None
    if slip is None or slip.counter_id != content.counter:
        return None
    try:
        slips.spend(batch.connection, slip, content.id, batch.arrival.at)
    except slips.Spent:
        return None
    return slip


def _known(connection: Connection, device_id: int, first: int, last: int) -> Sequence[Row[Any]]:
    """Give the records known from the last one before a range to the first one after it, in order."""
    mine = DeviceRecord.device_id == device_id
    stored = mine, DeviceRecord.response_number.is_not(None)
    lowest = connection.scalar(
        select(func.max(DeviceRecord.number)).where(*stored, DeviceRecord.number < first)
    )
    highest = connection.scalar(
        select(func.min(DeviceRecord.number)).where(*stored, DeviceRecord.number > last)
    )
    query: Select[Any] = select(
        DeviceRecord.number, DeviceRecord.digest, DeviceRecord.fault, Response.answered_at
    ).outerjoin(Response, Response.number == DeviceRecord.response_number)
    return connection.execute(
        query.where(mine, DeviceRecord.number.between(lowest or first, highest or last)).order_by(
            DeviceRecord.number
        )
    ).all()


def _ahead_of(known: Sequence[Row[Any]]) -> list[datetime | None]:
    """Give for each place among the known records the moment of the next one at or after it."""
    moments: list[datetime | None] = [None]
    for row in reversed(known):
        moments.append(row.answered_at or moments[-1])
    return moments[::-1]


def _contacts(connection: Connection, device_id: int, first: int) -> Sequence[Row[Any]]:
    query: Select[Any] = select(DeviceContact.made, DeviceContact.at).where(
        DeviceContact.device_id == device_id, DeviceContact.made >= first
    )
    return connection.execute(query.order_by(DeviceContact.made)).all()


def _doubt(batch: _Batch, now: datetime) -> None:
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


def _with_those_before(batch: _Batch) -> list[Made]:
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
