"""Responses: those that another program collected, stored once however often they are handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from survey_app.access.audit import record
from survey_app.collect.intake import Arrival, OtherContent, record_response
from survey_app.exchange import cells
from survey_app.exchange.answer_mapping import UNMAPPED
from survey_app.exchange.answers import read_answers
from survey_app.exchange.csvfile import Row, choose_columns, read_table
from survey_app.exchange.mapping import MapFaults, ResponseMap, load_map
from survey_app.exchange.organisation import take_turn
from survey_app.exchange.places import Codes, find_place, load_codes, value_of
from survey_app.questionnaire.definition import ORIGINAL, Questionnaire
from survey_app.questionnaire.faults import Fault
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database
from survey_app.store.responses import CHANNELS, Batch, Release, Response

CHUNK = 500
"""How many ids are looked up at once."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the rows of a file, and how many of its answers are unmapped."""

    rows: int
    stored: int
    unmapped: int

    def __str__(self) -> str:
        return f"{self.stored} new, {self.rows - self.stored} already there, {self.unmapped} answers unmapped"


@dataclass(frozen=True, slots=True)
class Intake:
    """What every row of a file is read with."""

    plan: ResponseMap
    release_id: int
    batch_id: int
    digest: str
    codes: Codes
    zone: ZoneInfo
    now: datetime


def import_responses(
    database: Database,
    content: bytes,
    file: str,
    map_text: str,
    map_file: str,
    *,
    zone: ZoneInfo,
    now: datetime,
    account_id: int | None = None,
) -> Received:
    """Store the responses of a file whole, as its map says; on any fault nothing of it.

    Raises ImportFaults or MapFaults with all faults.
    """
    table = read_table(content, file)
    with database.writing() as connection:
        take_turn(connection)
        plan = load_map(map_text, map_file, partial(_released, connection), table.header)
        if plan.day is not None and plan.day > now.astimezone(zone).date():
            fault = Fault(None, "answered_at", f"{plan.day} is not yet", "Write the day of the answers")
            raise MapFaults(map_file, [fault])
        sheet = choose_columns(table, *plan.columns, others=plan.others)
        batch = {
            "kind": "responses",
            "source": plan.source,
            "digest": table.digest,
            "rows": len(sheet.rows),
            "stored": 0,
            "unmapped": 0,
            "received_at": now,
        }
        batch_id = connection.execute(insert(Batch).values(batch).returning(Batch.id)).scalar_one()
        release_id = _release_id(connection, plan.questionnaire)
        intake = Intake(plan, release_id, batch_id, table.digest, load_codes(connection), zone, now)
        arrivals = [(row, arrival) for row in sheet.rows if (arrival := _arrival(row, intake))]
        _check_stored(connection, arrivals)
        received = _record(connection, arrivals)
        sheet.faults.refuse()
        same = Batch.id == batch_id
        if received.stored:
            numbers = {"stored": received.stored, "unmapped": received.unmapped}
            connection.execute(update(Batch).where(same).values(numbers))
        else:
            connection.execute(delete(Batch).where(same))
        record(
            connection,
            "responses.imported",
            now,
            account_id,
            file=file,
            digest=table.digest,
            source=plan.source,
            **asdict(received),
        )
    return received


def _released(connection: Connection, id: str, version: int) -> Questionnaire | None:
    """Give a questionnaire that was released, whether or not it is still asked."""
    query = select(Release.text).where(Release.questionnaire == id, Release.version == version)
    text = connection.execute(query).scalar()
    return load(text, f"{id}.v{version}") if text is not None else None


def _release_id(connection: Connection, questionnaire: Questionnaire) -> int:
    query = select(Release.id).where(
        Release.questionnaire == questionnaire.id, Release.version == questionnaire.version
    )
    return connection.execute(query).scalar_one()


def _arrival(row: Row, intake: Intake) -> Arrival | None:
    plan = intake.plan
    answers, comments = read_answers(row, plan.answers)
    language = value_of(row, plan.language) or ORIGINAL
    channel = value_of(row, plan.channel) or "import"
    if channel not in CHANNELS:
        row.fault(
            plan.channel.column or "channel", f"{channel!r} is no channel", f"use {', '.join(CHANNELS)}"
        )
    if not (language.isascii() and language.isalpha() and len(language) <= 3):
        row.fault(plan.language.column or "language", f"{language!r} is no language", "write vi, en, fr")
    id = _id(row, intake)
    day, moment = _answered(row, intake)
    place = find_place(row, plan.places, day, intake.codes) if day else None
    if id is None or day is None or place is None:
        return None
    return Arrival(
        id=id,
        release_id=intake.release_id,
        place=place,
        attribution="none",
        channel=channel,
        language=language,
        answers=answers,
        comments=comments,
        service_day=day,
        answered_at=moment,
        received_at=intake.now,
        batch_id=intake.batch_id,
    )


def _id(row: Row, intake: Intake) -> str | None:
    """Give the id of a response: of what the source calls it, else of its place in this very file."""
    plan = intake.plan
    if not plan.identity:
        return _digest([intake.digest, row.number])
    said = [cells.given(row, column) for column in plan.identity]
    return _digest([plan.source, *said]) if all(said) else None


def _digest(parts: Sequence[str | int]) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:40]


def _answered(row: Row, intake: Intake) -> tuple[date | None, datetime | None]:
    """Give the local day of a row and, where the file tells the time too, the moment."""
    plan = intake.plan
    if plan.day is not None:
        return plan.day, None
    cell = cells.given(row, plan.answered_at)
    if not cell:
        return None, None
    found = set(_readings(cell, plan.formats))
    if len(found) != 1:
        kind = (
            "can be " + " or ".join(sorted(f"{local.date()}" for local, _ in found))
            if found
            else "is no date"
        )
        remedy = "name the one format in the map's answered_at, or one day for the whole file"
        row.fault(plan.answered_at, f"{cell[:80]!r} {kind} by the formats of the map", remedy)
        return None, None
    local, timed = found.pop()
    moment = _moment(row, local, intake) if timed else None
    day = moment.astimezone(intake.zone).date() if moment else local.date()
    if timed and moment is None:
        return None, None
    today = intake.now.astimezone(intake.zone).date()
    if day.year < cells.FIRST_YEAR or day > today or (moment and moment > intake.now):
        row.fault(plan.answered_at, f"{cell!r} is not yet, or too long ago", "mend the date or its format")
        return None, None
    return day, moment


def _readings(cell: str, formats: Sequence[str]) -> Iterator[tuple[datetime, bool]]:
    """Give what a cell can mean, and whether that tells a time."""
    for form in formats:
        try:
            yield datetime.strptime(cell, form), "%H" in form or "%I" in form
        except ValueError:
            continue


def _moment(row: Row, local: datetime, intake: Intake) -> datetime | None:
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    return cells.instant(row, intake.plan.answered_at, local, intake.zone)


def _check_stored(connection: Connection, arrivals: Sequence[tuple[Row, Arrival]]) -> None:
    """Note every row whose response is stored for another questionnaire, place or day."""
    stored: dict[str, tuple[int, int, date]] = {}
    ids = [arrival.id for _, arrival in arrivals]
    for start in range(0, len(ids), CHUNK):
        query = select(Response.id, Response.release_id, Response.unit_id, Response.service_day).where(
            Response.id.in_(ids[start : start + CHUNK])
        )
        stored |= {row.id: (row[1], row[2], row[3]) for row in connection.execute(query)}
    for row, arrival in arrivals:
        same = arrival.release_id, arrival.place.unit_id, arrival.service_day
        if stored.setdefault(arrival.id, same) != same:
            row.fault(None, "this response came before with another questionnaire, unit or day", _FIRST)


_FIRST = "the first one counts: leave the row out, or give it an id of its own"


def _record(connection: Connection, arrivals: Sequence[tuple[Row, Arrival]]) -> Received:
    stored = unmapped = 0
    for row, arrival in arrivals:
        try:
            recorded = record_response(connection, arrival)
        except OtherContent:
            row.fault(None, "this response came before with other answers", _FIRST)
            continue
        if recorded.stored:
            stored += 1
            unmapped += sum(answer == UNMAPPED for answer in arrival.answers.values())
    return Received(len(arrivals), stored, unmapped)
