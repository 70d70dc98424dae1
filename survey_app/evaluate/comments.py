"""Comments: read by inspectors, who black out what names somebody; heads get them in groups of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, or_, select, update

from analysis.period import Period, period
from survey_app.access.audit import record
from survey_app.config import Settings
from survey_app.evaluate.inclusion import bounds_of, read_decisions
from survey_app.store.organisation import Unit
from survey_app.store.responses import Comment, Response

BLACKED = "█████"
"""What stands for a place that was blacked out: of one length, so that a name's does not show."""
HIDDEN = "[đã che]"
"""What stands for a comment that was hidden as a whole."""

Span = tuple[int, int]
"""The first letter of a place, and the one after its last."""


class CommentFault(ValueError):
    """A comment that cannot be redacted as asked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote under a question, as heads may read it."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Month:
    """The comments of a report month, in an order that tells nothing."""

    period: Period
    comments: tuple[Said, ...]


def unreviewed(
    connection: Connection, period: Period, units: Collection[str] | None = None
) -> list[Row[Any]]:
    """Give the comments of a period that no inspector has reviewed, of units by their codes (all if None)."""
    query = (
        select(
            Comment.response_number,
            Comment.part,
            Comment.question,
            Comment.text,
            Response.service_day,
            Unit.code.label("unit_code"),
            Unit.name.label("unit_name"),
        )
        .join(Response, Response.number == Comment.response_number)
        .join(Unit, Unit.id == Response.unit_id)
        .where(Comment.redacted_at.is_(None), *_inside(period))
    )
    if units is not None:
        query = query.where(Unit.code.in_(units))
    ordered = query.order_by(Comment.response_number, Comment.part, Comment.question)
    return list(connection.execute(cast(Select[Any], ordered)))


def redact(
    connection: Connection,
    response_number: int,
    part: int,
    question: str,
    now: datetime,
    account_id: int | None,
    *,
    seen: str,
    spans: Sequence[Span] = (),
    whole: bool = False,
) -> str:
    """Black out places of a comment, or all of it, and note that it is reviewed; give what is left of it.

    ``seen`` is the text that the inspector read and the places were counted in. With no place the comment is
    reviewed and stays as it is. What is blacked out is kept nowhere.

    Raises CommentFault if there is no such comment, it has another text by now, or a place is not in it.
    """
    same = (
        Comment.response_number == response_number,
        Comment.part == part,
        Comment.question == question,
    )
    where = f"comment {response_number}/{part}/{question}"
    text = connection.scalar(select(Comment.text).where(*same).with_for_update())
    if text is None:
        raise CommentFault(f"{where}: is not there; it may have been erased")
    if text != seen:
        raise CommentFault(f"{where}: was redacted by somebody else meanwhile; read it again")
    left = HIDDEN if whole else _blacked(text, spans, where)
    connection.execute(update(Comment).where(*same).values(text=left, redacted_at=now))
    action = "comment.reviewed" if left == text else "comment.redacted"
    record(
        connection,
        action,
        now,
        account_id,
        response=response_number,
        part=part,
        question=question,
        whole=whole,
        places=0 if whole else len(spans),
    )
    return left


def grouped(
    connection: Connection, settings: Settings, period: Period, unit_id: int, today: date
) -> list[Month]:
    """Give the reviewed comments on a unit by report month, for its head.

    A month is there once it is over, if at least ``minimum_people`` people's comments can be read. Of a
    comment only question and text are given, in the order of a digest of both: neither counter, officer and
    day nor the order of arrival can be told. Only comments on the unit itself are given: groups of all below
    it, less those of each, would leave the ones that are too few.
    """
    months: dict[str, list[tuple[int, Said]]] = defaultdict(list)
    over = [month for month in months_of(period, settings) if month.last_day < today]
    for row in _reviewed(connection, period, unit_id):
        for month in over:
            if row.service_day in month:
                months[month.label].append((row.response_number, Said(row.question, row.text)))
    return [
        Month(month, tuple(sorted((said for _, said in months[month.label]), key=_digest)))
        for month in over
        if len({number for number, _ in months[month.label]}) >= settings.minimum_people
    ]


def months_of(whole: Period, settings: Settings) -> list[Period]:
    """Give the report months of a half-year, year, quarter or month.

    >>> [month.label for month in months_of(period("2026-Q1"), Settings())]
    ['2026-01', '2026-02', '2026-03']
    """
    year = whole.label.partition("-")[0]
    months = (period(f"{year}-{number:02}", settings.period_scheme) for number in range(1, 13))
    return [month for month in months if month.first_day in whole]


def _reviewed(connection: Connection, period: Period, unit_id: int) -> list[Row[Any]]:
    """Give the reviewed comments that can be read of responses that count for a unit."""
    decisions = read_decisions(connection, bounds_of(connection, period))
    number, corrected = decisions.number, decisions.corrected
    excluded = set(number[decisions.excluded].tolist())
    units = dict(
        zip(number[corrected].tolist(), decisions.attribution["unit"][corrected].tolist(), strict=True)
    )
    arrived = [number for number, unit in units.items() if unit == unit_id]
    query = (
        select(
            Comment.response_number, Comment.question, Comment.text, Response.service_day, Response.unit_id
        )
        .join(Response, Response.number == Comment.response_number)
        .where(Comment.redacted_at.is_not(None), *_inside(period))
        .where(or_(Response.unit_id == unit_id, Response.number.in_(arrived)))
    )
    return [
        row
        for row in connection.execute(cast(Select[Any], query))
        if row.response_number not in excluded
        and units.get(row.response_number, row.unit_id) == unit_id
        and any(letter.isalnum() for letter in row.text.replace(HIDDEN, ""))
    ]


def _blacked(text: str, spans: Sequence[Span], where: str) -> str:
    left, end = "", 0
    for first, after in sorted(spans):
        if not 0 <= first < after <= len(text):
            raise CommentFault(
                f"{where}: place {first}-{after} is not in its {len(text)} letters; mark it anew"
            )
        if first >= end:
            left += text[end:first] + BLACKED
        end = max(end, after)
    return left + text[end:]


def _digest(said: Said) -> bytes:
    return sha256(f"{said.question}\n{said.text}".encode()).digest()


def _inside(period: Period) -> tuple[Any, ...]:
    return (Response.service_day >= period.first_day, Response.service_day <= period.last_day)
