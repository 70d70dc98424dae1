"""Intake: the only writer of responses, whatever channel they come by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from survey_app.collect import sources
from survey_app.collect.attribution import Place
from survey_app.collect.rules import MANY_FROM_ONE_SOURCE
from survey_app.store.responses import Comment, Flag, Part, Receipt, Response

LATER_PARTS = timedelta(minutes=30)
"""How long after the first part of a response further ones are taken."""

Answer = str | int | list[str]


class OtherContent(ValueError):
    """The same part of the same response came with other content: the first one counts."""


class TooLate(ValueError):
    """A further part came too long after the first."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One part of a response as it arrives, checked against its questionnaire.

    ``answered_at`` is the instant that counts (None where only the day is known), ``service_day`` its local
    day. ``timing`` is what the person said of the visit (``now``, ``earlier``). ``receipt`` is what is given
    out for it; it also keys the digest, so that stored digests do not give comments away. ``stage`` is what
    a slip says of the matter. ``source`` is counted where it is known; ``doubts`` are what rules saw, as JSON
    by the number of the rule, and become flags.
    """

    id: str
    release_id: int
    place: Place
    attribution: str
    channel: str
    language: str
    answers: Mapping[str, Answer]
    service_day: date
    received_at: datetime
    answered_at: datetime | None
    part: int = 1
    comments: Mapping[str, str] = field(default_factory=dict)
    timing: str | None = None
    batch_id: int | None = None
    receipt: str | None = None
    stage: str | None = None
    source: bytes | None = None
    doubts: Mapping[int, str] = field(default_factory=dict)

    @property
    def digest(self) -> bytes:
        """Give what tells a repeat from other content."""
        content = msgspec.json.encode([self.answers, self.comments, self.timing], order="deterministic")
        return hashlib.blake2b(content, key=(self.receipt or "").encode("ascii"), digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an arrival: the response's number, and whether this part was new."""

    number: int
    stored: bool


def record_response(connection: Connection, arrival: Arrival) -> Recorded:
    """Store one part of a response, once; the database decides which of two comes first.

    Raises OtherContent if the part is there with other content, TooLate if it is a further part and came more
    than 30 minutes after the first, TooMany if its source sends too much. The caller's transaction is then to
    be rolled back.
    """
    number = _insert_new(connection, Response, "number", _response_of(arrival))
    first = number is not None
    if number is None:
        number = connection.execute(select(Response.number).where(Response.id == arrival.id)).scalar_one()
    if _insert_new(connection, Part, "part", _part_of(arrival, number)) is None:
        kept = connection.execute(
            select(Part.digest).where(Part.response_number == number, Part.part == arrival.part)
        ).scalar_one()
        if kept != arrival.digest:
            raise OtherContent("response: this part is stored with other content; the first one counts")
        return Recorded(number, stored=False)
    if not first:
        _complete(connection, number, arrival)
    counted = _counted(connection, arrival) if first else {}
    _raise_flags(connection, number, {**arrival.doubts, **counted}, arrival.received_at)
    for comment in _comments_of(arrival, number):
        connection.execute(insert(Comment), comment)
    if arrival.receipt is not None:
        _insert_new(connection, Receipt, "receipt", _receipt_of(arrival))
    return Recorded(number, stored=True)


def record_together(connection: Connection, arrivals: Sequence[Arrival]) -> list[Recorded | None]:
    """Store many responses of one part that come together, each as record_response does, in few statements.

    None stands for one that is there with other content; the others are stored all the same.
    """
    assert all(arrival.part == 1 and arrival.source is None and not arrival.doubts for arrival in arrivals)
    first: dict[str, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.id, arrival)
    insertion = _insert_unless_there(Response, ("number", "id"), connection.dialect.name)
    rows = [_response_of(arrival) for arrival in first.values()]
    numbers = {row.id: row.number for row in connection.execute(insertion, rows)} if rows else {}
    new = [(first[id], number) for id, number in numbers.items()]
    if new:
        connection.execute(insert(Part), [_part_of(*each) for each in new])
    if comments := [comment for each in new for comment in _comments_of(*each)]:
        connection.execute(insert(Comment), comments)
    if receipts := [_receipt_of(arrival) for arrival, _ in new if arrival.receipt is not None]:
        connection.execute(_insert_unless_there(Receipt, (), connection.dialect.name), receipts)
    recorded: list[Recorded | None] = []
    for arrival in arrivals:
        if arrival.id in numbers and first[arrival.id] is arrival:
            recorded.append(Recorded(numbers[arrival.id], stored=True))
            continue
        try:
            recorded.append(record_response(connection, arrival))
        except OtherContent:
            recorded.append(None)
    return recorded


def _part_of(arrival: Arrival, number: int) -> dict[str, Any]:
    return {
        "response_number": number,
        "part": arrival.part,
        "answers": msgspec.json.encode(arrival.answers).decode(),
        "timing": arrival.timing,
        "digest": arrival.digest,
        "received_at": arrival.received_at,
    }


def _comments_of(arrival: Arrival, number: int) -> list[dict[str, Any]]:
    return [
        {"response_number": number, "part": arrival.part, "question": question, "text": text}
        for question, text in arrival.comments.items()
    ]


def _receipt_of(arrival: Arrival) -> dict[str, Any]:
    return {"receipt": arrival.receipt, "month": f"{arrival.received_at:%Y-%m}"}


def _response_of(arrival: Arrival) -> dict[str, Any]:
    place = arrival.place
    return {
        "id": arrival.id,
        "release_id": arrival.release_id,
        "unit_id": place.unit_id,
        "deciding_unit_id": place.deciding_unit_id,
        "counter_id": place.counter_id,
        "officer_id": place.officer_id,
        "procedure_id": place.procedure_id,
        "batch_id": arrival.batch_id,
        "channel": arrival.channel,
        "attribution": arrival.attribution,
        "language": arrival.language,
        "answered_at": arrival.answered_at,
        "received_at": arrival.received_at,
        "service_day": arrival.service_day,
        "stage": arrival.stage,
    }


def _counted(connection: Connection, arrival: Arrival) -> dict[int, str]:
    """Count a new response for its source; give the doubt if there are many.

    What is refused is not counted: the transaction ends without a trace, and the count falls by the minute.
    """
    if arrival.source is None:
        return {}
    sent = sources.count(connection, arrival.source, arrival.received_at)
    if sent >= sources.MOST:
        raise sources.TooMany("source: sent too much in ten minutes; wait a minute, then send again")
    if sent < sources.MANY:
        return {}
    seen = {"responses": sent, "minutes": sources.WINDOW}
    return {MANY_FROM_ONE_SOURCE: msgspec.json.encode(seen).decode()}


def _raise_flags(connection: Connection, number: int, doubts: Mapping[int, str], now: datetime) -> None:
    for rule, evidence in doubts.items():
        flag = {"response_number": number, "rule": rule, "evidence": evidence}
        _insert_new(connection, Flag, "rule", flag | {"raised_at": now})


def _complete(connection: Connection, number: int, arrival: Arrival) -> None:
    """Hold a further part against the first one's time; let it say of the visit what was left unsaid."""
    began = connection.execute(
        select(func.min(Part.received_at)).where(Part.response_number == number, Part.part != arrival.part)
    ).scalar_one()
    if began is not None and arrival.received_at - began > LATER_PARTS:
        raise TooLate("response: a further part came more than 30 minutes after the first; open a new form")
    if arrival.timing is not None:
        connection.execute(
            update(Response)
            .where(Response.number == number)
            .values(officer_id=arrival.place.officer_id, attribution=arrival.attribution)
        )


Once = type[Response | Part | Receipt | Flag]

KEYS: Mapping[Once, tuple[str, ...]] = {
    Flag: ("response_number", "rule"),
    Response: ("id",),
    Part: ("response_number", "part"),
    Receipt: ("receipt",),
}


@cache
def _insert_unless_there(table: Once, given: tuple[str, ...], dialect: str) -> Executable:
    """Give the statement that inserts a row unless its key is there, and gives some of its columns if not."""
    made = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement = made.on_conflict_do_nothing(index_elements=KEYS[table])
    columns = [getattr(table, name) for name in given]
    executable: Executable = statement.returning(*columns) if columns else statement
    return executable


def _insert_new(connection: Connection, table: Once, given: str, values: Mapping[str, Any]) -> Any:
    return connection.execute(_insert_unless_there(table, (given,), connection.dialect.name), values).scalar()
