"""Kiosk batch: the records of one device opened, checked, and placed in time and among postings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from analysis.period import half_year_of
from survey_app.collect import slips
from survey_app.collect.asked import Released
from survey_app.collect.attribution import PostedCounter
from survey_app.collect.codes import read_any
from survey_app.collect.intake import Arrival
from survey_app.collect.kiosk_flags import Circumstances
from survey_app.collect.kiosk_message import Record, read_stamp
from survey_app.collect.kiosk_place import Counters, attribute_kiosk
from survey_app.collect.kiosk_record import Content, FaultyRecord, checked_answers, read_content
from survey_app.collect.kiosk_time import Contact, Corrected, correct
from survey_app.collect.releases import load_release
from survey_app.collect.sealed import Opener, Unopened
from survey_app.collect.visits import Signer
from survey_app.config import LANGUAGES, Settings
from survey_app.questionnaire.form import form_class
from survey_app.store.responses import Release


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens records, what proves contacts, and what names slips."""

    opener: Opener
    signer: Signer
    slips: Sequence[str]


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
class Batch:
    """What stands fixed while the records of a batch are gone through."""

    connection: Connection
    device: Row[Any]
    arrival: Contact
    settings: Settings
    keys: Keys
    releases: Releases
    bound: frozenset[int]
    counters: Counters
    contacts: Sequence[Any]
    circumstances: list[Circumstances] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record that can be stored."""

    number: int
    digest: bytes
    content: Content
    time: Corrected
    uncertain: bool
    counter: PostedCounter
    arrival: Arrival


def prepare(
    batch: Batch, record: Record, digest: bytes, floor: datetime | None, ceiling: datetime | None
) -> Prepared:
    """Open and check one record, and say when and where it was made; raises FaultyRecord."""
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
    arrival = Arrival(
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
        stage=slip.stage if slip is not None else None,
    )
    return Prepared(record.n, digest, content, time, uncertain or over_edge, counter, arrival)


def _time_of(
    batch: Batch, content: Content, number: int, floor: datetime | None, ceiling: datetime | None
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


def _slip_of(batch: Batch, content: Content) -> Row[Any] | None:
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
