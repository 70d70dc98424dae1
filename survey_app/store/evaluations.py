"""Evaluations: figures that were made, what they are made of, and what was decided about responses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
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


class Stage(Table):
    """A step in the life of a period: ``review``, ``open`` (again), ``published``; closings are revisions."""

    __tablename__ = "stage"
    __table_args__ = (CheckConstraint("name IN ('open', 'review', 'published')", name="name"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10), index=True)
    name: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))


class Revision(Table):
    """A closed state of a period; number 0 is the first closing.

    ``last_response`` is the cut-off by order of arrival. ``manifest`` names every file with its digest and
    all that the figures rest on; ``signature`` is that of its bytes under the key ``key_id``.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("period", "number"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    last_response: Mapped[int] = mapped_column(Number)
    manifest: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))


class Frozen(Table):
    """One file of a closed state: an output, or the columns that were read, which nobody may download."""

    __tablename__ = "frozen"

    revision_id: Mapped[int] = mapped_column(Number, ForeignKey("revision.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Objection(Table):
    """What an officer, or somebody for them, holds against their figures, and what was decided."""

    __tablename__ = "objection"
    __table_args__ = (CheckConstraint("decision IN ('upheld', 'partly', 'refused')", name="decision"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10), index=True)
    officer_id: Mapped[int] = mapped_column(Number, ForeignKey("officer.id"))
    text: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[int] = mapped_column(Number, ForeignKey("account.id"))
    raised_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class Proposal(Table):
    """What one person proposes to do with responses, and another confirms or refuses.

    ``exclude`` leaves them out of the figures, ``include`` takes them back, ``correct`` gives them another
    attribution. The last confirmed one of a response counts.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("kind IN ('exclude', 'include', 'correct')", name="kind"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(kind = 'correct') = (unit_id IS NOT NULL)", name="attribution"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    period: Mapped[str] = mapped_column(String(10), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    objection_id: Mapped[int | None] = mapped_column(Number, ForeignKey("objection.id"))
    unit_id: Mapped[int | None] = mapped_column(Number, ForeignKey("unit.id"))
    deciding_unit_id: Mapped[int | None] = mapped_column(Number, ForeignKey("unit.id"))
    counter_id: Mapped[int | None] = mapped_column(Number, ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))
    proposed_by: Mapped[int] = mapped_column(Number, ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    confirmed: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class Proposed(Table):
    """A response that a proposal is about."""

    __tablename__ = "proposed"

    proposal_id: Mapped[int] = mapped_column(Number, ForeignKey("proposal.id"), primary_key=True)
    response_number: Mapped[int] = mapped_column(
        Number, ForeignKey("response.number"), primary_key=True, index=True
    )
