"""Kiosk time: when a record was really made, and between which moments that lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AGREE = timedelta(seconds=60)
"""How far the two clocks of a device may move apart between two readings and still be believed."""
EXACT = timedelta(seconds=5)
DRIFT = 1e-4
"""A quartz is less than a hundred millionths off; this is as much, whatever the heat."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The clocks of a device: the wall clock, and one that runs steadily from the start named ``start``."""

    start: str
    mono: int
    wall: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A moment at which server and device spoke: what the server's clock and the device's clocks showed."""

    at: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class Corrected:
    """The moment of a record, and the bounds that are certain."""

    at: datetime
    earliest: datetime
    latest: datetime

    def straddles(self, moments: Sequence[datetime]) -> bool:
        """Whether one of these moments lies between the bounds."""
        return any(self.earliest < moment <= self.latest for moment in moments)


def correct(
    record: Reading,
    acknowledged: Contact | None,
    arrival: Contact,
    *,
    not_before: datetime,
    not_after: datetime,
    after: datetime | None = None,
    before: datetime | None = None,
) -> Corrected:
    """Give the moment of a record.

    It lies between the last contact that the device knew of when it made the record (``not_before`` where
    there was none) and the first at which the server knew of it (``not_after``). Where a contact belongs to
    the same start and both clocks agree on the time between, the record is as certain as that contact; else
    the wall clock only says where between the bounds. ``after`` and ``before`` are the moments of the records
    numbered lower and higher: time never runs backwards along the numbers.
    """
    earliest = max(acknowledged.at, not_before) if acknowledged else not_before
    latest = max(min(arrival.at, not_after), earliest)
    near = next((each for each in (acknowledged, arrival) if each and _agree(each.reading, record)), None)
    if near is not None:
        elapsed = timedelta(milliseconds=record.mono - near.reading.mono)
        at = _between(near.at, elapsed, earliest, latest)
        doubt = EXACT + abs(elapsed) * DRIFT
        earliest = at - min(doubt, at - earliest)
        latest = at + min(doubt, latest - at)
    else:
        apart = timedelta(milliseconds=record.wall - arrival.reading.wall)
        at = _between(arrival.at, apart, earliest, latest)
    at = max(at, after) if after else at
    at = min(at, before) if before else at
    return Corrected(at, min(earliest, at), max(latest, at))


def _agree(one: Reading, other: Reading) -> bool:
    if one.start != other.start:
        return False
    apart = (other.mono - one.mono) - (other.wall - one.wall)
    return timedelta(milliseconds=abs(apart)) <= AGREE


def _between(moment: datetime, apart: timedelta, earliest: datetime, latest: datetime) -> datetime:
    """Give what is so far apart from a moment, at least and at most the bounds.

    Clocks may show any year at all, also one that no date can hold: so the distance is bounded, not the sum.
    """
    return moment + max(earliest - moment, min(apart, latest - moment))
