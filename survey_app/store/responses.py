"""Responses: what was asked, who answered what of whom, in immutable parts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table

CHANNELS = ("poster", "slip", "rotating", "kiosk", "link", "paper", "import")
ATTRIBUTIONS = ("slip", "rotating", "kiosk", "poster_now", "ambiguous", "none")
STAGES = ("received", "more_papers", "refused", "result")


class Release(Table):
    """A released questionnaire version: its text and digest never change."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("questionnaire", "version"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    questionnaire: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Batch(Table):
    """Responses that came in together from a file; ``demo`` marks made-up ones."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    stored: Mapped[int]
    unmapped: Mapped[int]
    received_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)


class Response(Table):
    """One citizen's response: whose service it is about, and on what that rests.

    ``number`` counts in order of arrival; ``id`` comes from the visit and never leaves the store.
    ``answered_at`` is the instant that counts (a page: when it was opened), ``received_at`` the arrival,
    ``service_day`` the local day of ``answered_at``. ``stage`` is how far the matter was, where a slip says
    so.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"attribution IN {ATTRIBUTIONS}", name="attribution"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    release_id: Mapped[int] = mapped_column(Number, ForeignKey("release.id"))
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    deciding_unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    counter_id: Mapped[int | None] = mapped_column(Number, ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))
    procedure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("procedure.id"))
    batch_id: Mapped[int | None] = mapped_column(Number, ForeignKey("batch.id"))
    channel: Mapped[str] = mapped_column(String(10))
    attribution: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    service_day: Mapped[date] = mapped_column(index=True)
    stage: Mapped[str | None] = mapped_column(String(20))


class Part(Table):
    """One immutable part of a response: a JSON object {question id: choice code | [codes] | number}.

    ``timing`` is what the person said of the visit (``now``, ``earlier``), ``digest`` tells a repeat from
    other content under the same key.
    """

    __tablename__ = "part"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response_number: Mapped[int] = mapped_column(Number, ForeignKey("response.number"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[str] = mapped_column(Text)
    timing: Mapped[str | None] = mapped_column(String(10))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime | None]


class Comment(Table):
    """Free text of one question of one part, kept apart from the answers."""

    __tablename__ = "comment"
    __table_args__ = (
        ForeignKeyConstraint(["response_number", "part"], ["part.response_number", "part.part"]),
    )

    response_number: Mapped[int] = mapped_column(Number, primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    redacted_at: Mapped[datetime | None]


class Receipt(Table):
    """A receipt that was given out. Nothing ties it to a response; the month lets it be erased."""

    __tablename__ = "receipt"
    __table_args__ = ({"sqlite_with_rowid": False},)

    receipt: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), index=True)


class Flag(Table):
    """A doubt about a response: a numbered rule and what it saw. Flags exclude nothing."""

    __tablename__ = "flag"

    response_number: Mapped[int] = mapped_column(Number, ForeignKey("response.number"), primary_key=True)
    rule: Mapped[int] = mapped_column(primary_key=True)
    evidence: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]


class Slip(Table):
    """A single-use code on paper: the keyed hash of it and the visit it was handed out for."""

    __tablename__ = "slip"

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    counter_id: Mapped[int] = mapped_column(Number, ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))
    procedure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("procedure.id"))
    stage: Mapped[str | None] = mapped_column(String(20))
    made_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    response_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Screen(Table):
    """A screen at a counter with a code that changes: the hash of its secret link, the salt of its codes."""

    __tablename__ = "screen"

    counter_id: Mapped[int] = mapped_column(Number, ForeignKey("counter.id"), primary_key=True)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    made_at: Mapped[datetime]


class Sending(Table):
    """How many responses one source sent to one counter in one minute (counted from 1970).

    ``source`` is the hash of both under the day's key: it says nothing without it, and goes with it.
    """

    __tablename__ = "sending"
    __table_args__ = ({"sqlite_with_rowid": False},)

    source: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    minute: Mapped[int] = mapped_column(Number, primary_key=True, index=True)
    responses: Mapped[int]
