"""Doubtful: the responses that a doubt points to, to be chosen from, and whom they may belong to instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, or_, select

from analysis.period import Period
from survey_app.config import Settings
from survey_app.evaluate.doubt_lines import SINGLY
from survey_app.evaluate.proposals import Attribution
from survey_app.store.organisation import Counter, Officer, Posting
from survey_app.store.responses import Response

CHUNK = 10_000


@dataclass(frozen=True)
class Group:
    """The responses of one local day at one counter; ``singly`` has them one by one unless there are many."""

    day: date
    counter: str
    counter_id: int | None
    numbers: tuple[int, ...]
    singly: tuple[Row[Any], ...]

    @property
    def key(self) -> str:
        """Give what a form calls the group."""
        return f"{self.day}.{self.counter_id or 0}"


@dataclass(frozen=True)
class Posted:
    """A counter, with an officer who was posted there in the period or with none."""

    counter_id: int
    counter: str
    officer_id: int | None
    officer: str

    @property
    def key(self) -> str:
        """Give what a form calls the place."""
        return f"{self.counter_id}.{self.officer_id or 0}"


def groups(connection: Connection, numbers: Sequence[int]) -> list[Group]:
    """Give responses by local day and counter."""
    rows: list[Row[Any]] = []
    for start in range(0, len(numbers), CHUNK):
        query = (
            select(
                Response.number,
                Response.service_day,
                Response.answered_at,
                Response.channel,
                Response.counter_id,
                Counter.name.label("counter"),
                Officer.name.label("officer"),
            )
            .outerjoin(Counter, Counter.id == Response.counter_id)
            .outerjoin(Officer, Officer.id == Response.officer_id)
            .where(Response.number.in_(numbers[start : start + CHUNK]))
        )
        rows += connection.execute(cast(Select[Any], query)).all()
    found: dict[tuple[date, str, int], list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.service_day, row.counter or "", row.number)):
        found.setdefault((row.service_day, row.counter or "", row.counter_id or 0), []).append(row)
    few = len(rows) <= SINGLY
    return [
        Group(day, counter, id or None, tuple(row.number for row in its), tuple(its) if few else ())
        for (day, counter, id), its in found.items()
    ]


def chosen_of(found: Iterable[Group], numbers: Collection[str], keys: Collection[str]) -> list[int]:
    """Give the responses that a form chose: one by one, or as whole days at a counter."""
    return [
        number for group in found for number in group.numbers if group.key in keys or str(number) in numbers
    ]


def of_officer(connection: Connection, this: Period, officer_id: int) -> list[int]:
    """Give the responses of a period that name an officer, by the officer's code whatever its number."""
    same = select(Officer.id).where(
        Officer.code == select(Officer.code).where(Officer.id == officer_id).scalar_subquery()
    )
    query = select(Response.number).where(
        Response.officer_id.in_(same), Response.service_day.between(this.first_day, this.last_day)
    )
    return list(connection.scalars(query.order_by(Response.number)))


def postings(connection: Connection, settings: Settings, this: Period, unit_id: int) -> list[Posted]:
    """Give the counters of a unit, each with none and with every officer posted there in the period."""
    first = datetime.combine(this.first_day, time(), settings.zone)
    last = datetime.combine(this.last_day, time.max, settings.zone)
    query = (
        select(Counter.id, Counter.name, Officer.id, Officer.name)
        .outerjoin(
            Posting,
            (Posting.counter_id == Counter.id)
            & (Posting.starts_at <= last)
            & or_(Posting.ends_at.is_(None), Posting.ends_at > first),
        )
        .outerjoin(Officer, Officer.id == Posting.officer_id)
        .where(Counter.unit_id == unit_id, Counter.valid_from <= this.last_day)
        .where(or_(Counter.valid_to.is_(None), Counter.valid_to >= this.first_day))
        .order_by(Counter.name, Counter.id, Officer.name)
    )
    found: dict[tuple[int, int], Posted] = {}
    for counter_id, counter, officer_id, officer in connection.execute(cast(Select[Any], query)):
        found.setdefault((counter_id, 0), Posted(counter_id, counter, None, ""))
        if officer_id is not None:
            found.setdefault((counter_id, officer_id), Posted(counter_id, counter, officer_id, officer))
    return list(found.values())


def attribution(
    connection: Connection, unit_id: int, places: Iterable[Posted], key: str
) -> Attribution | None:
    """Give the attribution to a place that a form chose: the unit alone (``unit``), or one of the places."""
    if key == "unit":
        return Attribution(unit_id, unit_id)
    known: Mapping[str, Posted] = {each.key: each for each in places}
    if key not in known:
        return None
    place = known[key]
    deciding = connection.scalar(select(Counter.deciding_unit_id).where(Counter.id == place.counter_id))
    return Attribution(unit_id, deciding or unit_id, place.counter_id, place.officer_id)
