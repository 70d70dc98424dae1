"""Attribution: whose service a response is about, and on what evidence that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, or_, select

from survey_app.store.organisation import Counter, CounterCode, Posting, Succession, Unit


@dataclass(frozen=True, slots=True)
class Place:
    """What a response is attributed to, by the store's ids."""

    unit_id: int
    deciding_unit_id: int
    counter_id: int | None = None
    officer_id: int | None = None
    procedure_id: int | None = None


@dataclass(frozen=True, slots=True)
class PostedCounter:
    """A counter as a printed code names it on one day. ``retired`` codes and closed counters ask nothing."""

    counter_id: int
    name: str
    unit_id: int
    unit_name: str
    unit_name_en: str | None
    deciding_unit_id: int
    opens: time | None
    closes: time | None
    retired: bool

    @property
    def place(self) -> Place:
        """Give unit and counter, nobody named."""
        return Place(self.unit_id, self.deciding_unit_id, self.counter_id)

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the moment lies within the counter's hours; False if they are not known."""
        if self.opens is None or self.closes is None:
            return False
        return self.opens <= at.astimezone(zone).time() < self.closes


def find_counter(connection: Connection, code: str, day: date) -> PostedCounter | None:
    """Give the counter of a printed code on a local day, None if no such code was ever made."""
    query = (
        select(*Counter.__table__.columns, CounterCode.retired_at)
        .join(CounterCode, CounterCode.counter_id == Counter.id)
        .where(CounterCode.code == code)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _posted(connection, row, day, row.retired_at is not None)


def counter_on(connection: Connection, counter_id: int, day: date) -> PostedCounter:
    """Give a counter on a local day, whatever codes it has."""
    row = connection.execute(select(*Counter.__table__.columns).where(Counter.id == counter_id)).one()
    return _posted(connection, row, day, retired=False)


def _posted(connection: Connection, row: Any, day: date, retired: bool) -> PostedCounter:
    unit = unit_on(connection, row.unit_id, day)
    deciding = unit_on(connection, row.deciding_unit_id, day) if row.deciding_unit_id else unit
    closed = row.valid_to is not None and row.valid_to < day
    return PostedCounter(
        counter_id=row.id,
        name=row.name,
        unit_id=unit.id,
        unit_name=unit.name,
        unit_name_en=unit.name_en,
        deciding_unit_id=deciding.id,
        opens=row.opens,
        closes=row.closes,
        retired=retired or closed,
    )


def unit_on(connection: Connection, unit_id: int, day: date) -> Row[int, str, str | None, date | None]:
    """Give the unit (id, name, name_en, valid_to) that stands on a day where the given one stood.

    A counter outlives its unit: mergers and renamings are followed.

    After a split nobody can say which of the new units it is, until the counter is given to one: then the old
    one is kept.
    """
    seen = set()
    while True:
        unit = connection.execute(
            select(Unit.id, Unit.name, Unit.name_en, Unit.valid_to).where(Unit.id == unit_id)
        ).one()
        seen.add(unit_id)
        if unit.valid_to is None or day <= unit.valid_to:
            return unit
        successors = connection.execute(
            select(Succession.new_unit_id).where(Succession.old_unit_id == unit_id, Succession.date <= day)
        ).scalars()
        following = set(successors) - seen
        if len(following) != 1:
            return unit
        unit_id = following.pop()


OFFICERS_AT = select(Posting.officer_id).where(
    Posting.counter_id == bindparam("counter"),
    Posting.starts_at <= bindparam("at"),
    or_(Posting.ends_at.is_(None), Posting.ends_at > bindparam("at")),
)


def officers_at(connection: Connection, counter_id: int, at: datetime) -> Sequence[int]:
    """Give the officers posted at a counter at a moment."""
    return connection.execute(OFFICERS_AT, {"counter": counter_id, "at": at}).scalars().all()


def attribute_poster(
    connection: Connection, counter: PostedCounter, opened_at: datetime, timing: str | None, zone: ZoneInfo
) -> tuple[Place, str]:
    """Give place and attribution of an answer to a poster, opened at a moment.

    A poster names the officer only if the page was opened inside the counter's hours, the person says the
    visit was just now, and one posting alone was in force when the page was opened.
    """
    if timing != "now" or not counter.is_open(opened_at, zone):
        return counter.place, "none"
    officers = officers_at(connection, counter.counter_id, opened_at)
    if len(officers) == 1:
        place = counter.place
        return Place(place.unit_id, place.deciding_unit_id, place.counter_id, officers[0]), "poster_now"
    return counter.place, "ambiguous" if officers else "none"


def attribute_screen(
    connection: Connection, counter: PostedCounter, opened_at: datetime
) -> tuple[Place, str]:
    """Give place and attribution of an answer to a code that a screen showed when the page was opened.

    It names the officer if one posting alone was in force then.
    """
    place, officers = counter.place, officers_at(connection, counter.counter_id, opened_at)
    if len(officers) == 1:
        return Place(place.unit_id, place.deciding_unit_id, place.counter_id, officers[0]), "rotating"
    return place, "ambiguous" if officers else "none"
