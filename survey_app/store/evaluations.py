"""Evaluations: figures that were made, what they are made of, and what was decided about responses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Evaluation(Table):
    """The figures of a period as of one moment: a snapshot, made from responses up to ``last_response``."""

    __tablename__ = "evaluation"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10), index=True)
    made_at: Mapped[datetime]
    last_response: Mapped[int] = mapped_column(Number)
    responses: Mapped[int]
    demo: Mapped[bool]


class Output(Table):
    """One finished file of an evaluation."""

    __tablename__ = "output"

    evaluation_id: Mapped[int] = mapped_column(Number, ForeignKey("evaluation.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Revision(Table):
    """A closed state of a period; number 0 is the first closing."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("period", "number"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    closed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    manifest: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Exclusion(Table):
    """A response left out of the figures: proposed by one person, confirmed by another."""

    __tablename__ = "exclusion"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    response_number: Mapped[int] = mapped_column(Number, ForeignKey("response.number"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(Number, ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]


class Correction(Table):
    """Another attribution for a response: proposed by one person, confirmed by another."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    response_number: Mapped[int] = mapped_column(Number, ForeignKey("response.number"), index=True)
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    deciding_unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    counter_id: Mapped[int | None] = mapped_column(Number, ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(Number, ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
