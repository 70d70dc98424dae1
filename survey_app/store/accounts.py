"""Accounts: who may sign in, what they may see, and what was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Account(Table):
    """A person who signs in. ``one_time_until`` is set while the password works once and then ends."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None]
    session_stamp: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Grant(Table):
    """A role of an account on a unit and all below it (on everything if no unit)."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    account_id: Mapped[int] = mapped_column(Number, ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(Number, ForeignKey("unit.id"))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))


class AuditEntry(Table):
    """What was done, by whom, when; each entry carries the hash of the one before."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    action: Mapped[str] = mapped_column(String(60))
    details: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
