"""Kiosk place: whose service a kiosk's record is about, from the postings around its moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from survey_app.collect.attribution import Place, PostedCounter, counter_on
from survey_app.collect.kiosk_time import Corrected
from survey_app.store.organisation import Posting


@dataclass
class Counters:
    """Counters and their postings, read once a batch."""

    connection: Connection
    days: dict[tuple[int, date], PostedCounter] = field(default_factory=dict)
    postings: dict[int, Sequence[Any]] = field(default_factory=dict)

    def on(self, counter_id: int, day: date) -> PostedCounter:
        """Give a counter on a local day."""
        key = counter_id, day
        if key not in self.days:
            self.days[key] = counter_on(self.connection, counter_id, day)
        return self.days[key]

    def posted(self, counter_id: int) -> Sequence[Any]:
        """Give every posting at a counter."""
        if counter_id not in self.postings:
            query = select(Posting.officer_id, Posting.starts_at, Posting.ends_at)
            found = self.connection.execute(query.where(Posting.counter_id == counter_id)).all()
            self.postings[counter_id] = found
        return self.postings[counter_id]


def attribute_kiosk(
    counters: Counters, counter: PostedCounter, time: Corrected, chosen: int | None
) -> tuple[Place, str, bool]:
    """Give place and attribution of a kiosk's record, and whether its time leaves open who was posted.

    The officer is named if one posting holds, or if one of several was chosen as being on duty.
    """
    postings = counters.posted(counter.counter_id)
    edges = [edge for row in postings for edge in (row.starts_at, row.ends_at) if edge is not None]
    if time.straddles(edges):
        return counter.place, "ambiguous", True
    officers = {row.officer_id for row in postings if _holds(row, time.at)}
    named = officers if len(officers) == 1 else officers & {chosen}
    if not named:
        return counter.place, "ambiguous" if officers else "none", False
    place = counter.place
    return Place(place.unit_id, place.deciding_unit_id, place.counter_id, next(iter(named))), "kiosk", False


def _holds(row: Row[Any], at: datetime) -> bool:
    return row.starts_at <= at and (row.ends_at is None or at < row.ends_at)
