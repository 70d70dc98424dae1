"""Organisation: units and what follows them, counters and their codes, officers, postings, workload."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Unit(Table):
    """An organisational unit while its code, name and place in the tree hold; days are local, inclusive."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(
        Number, ForeignKey("unit.id", deferrable=True, initially="DEFERRED"), index=True
    )
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Succession(Table):
    """From ``date`` on, ``new_unit`` stands where ``old_unit`` stood."""

    __tablename__ = "succession"
    __table_args__ = (
        UniqueConstraint("old_unit_id", "new_unit_id", "date"),
        CheckConstraint("kind IN ('merge', 'split', 'rename', 'transfer')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    new_unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"), index=True)
    date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))


class Counter(Table):
    """A numbered service point: ``unit`` runs its reception, ``deciding_unit`` decides what it receives.

    ``opens`` and ``closes`` are local times of every working day; without them nobody can tell whether a
    poster was opened inside the counter's hours.
    """

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"), index=True)
    deciding_unit_id: Mapped[int | None] = mapped_column(Number, ForeignKey("unit.id"))
    field: Mapped[str | None] = mapped_column(String(100))
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CounterCode(Table):
    """A code that is printed at a counter; once retired it never names another."""

    __tablename__ = "counter_code"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    counter_id: Mapped[int] = mapped_column(Number, ForeignKey("counter.id"), index=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Officer(Table):
    """A public employee, contract and post staff included, who serves at counters."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Posting(Table):
    """An officer at a counter from ``starts_at`` until just before ``ends_at`` (open if None)."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="order"),
        Index("ix_posting_counter_id_starts_at", "counter_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    officer_id: Mapped[int] = mapped_column(Number, ForeignKey("officer.id"), index=True)
    counter_id: Mapped[int] = mapped_column(Number, ForeignKey("counter.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Procedure(Table):
    """An administrative procedure and the field it belongs to."""

    __tablename__ = "procedure"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(500))
    field: Mapped[str | None] = mapped_column(String(100))


class Workload(Table):
    """Citizens served, and invited to answer, from ``first_day`` to ``last_day`` (local, inclusive)."""

    __tablename__ = "workload"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="order"),
        CheckConstraint("served >= 0 AND (offered IS NULL OR offered >= 0)", name="count"),
        Index("ix_workload_first_day_last_day", "first_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    served: Mapped[int]
    offered: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(20))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))
    counter_id: Mapped[int | None] = mapped_column(Number, ForeignKey("counter.id"))
    procedure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("procedure.id"))
    field: Mapped[str | None] = mapped_column(String(100))
    channel: Mapped[str | None] = mapped_column(String(20))
