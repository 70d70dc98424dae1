"""Accounts: who may sign in, what they may see, and what was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Account(Table):
    """A person who signs in. ``one_time_until`` is set while the password works once and then ends.

    ``second_factor`` is the encrypted secret of the person's authenticator, ``second_factor_step`` the last
    time step it was used in. ``subject`` names the person to the provider that signs them in elsewhere.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None]
    session_stamp: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(String(200))
    second_factor: Mapped[bytes | None] = mapped_column(LargeBinary(300))
    second_factor_step: Mapped[int | None] = mapped_column(Number)
    subject: Mapped[str | None] = mapped_column(String(300), unique=True)


class RecoveryCode(Table):
    """A code on paper that stands in once for the authenticator: its keyed hash."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(Number, ForeignKey("account.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    spent_at: Mapped[datetime | None]


class FailedSignIn(Table):
    """A sign-in that failed: the keyed hash of what is slowed down (a login from one source)."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    source: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime]


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
