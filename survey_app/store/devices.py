"""Devices: paired kiosks, the counters they stand at, and which of their numbered records arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Device(Table):
    """A kiosk, the public key it signs with, and what it last said of itself.

    ``pairing_hash`` is of the one-time code, until the device has come with it. ``made``, ``sent``,
    ``quarantined`` and ``waiting`` are its own counts, ``held`` the ranges of numbers it still holds (JSON),
    ``clock_error`` how many milliseconds its clock was ahead. A ``cloned_at`` device does not count until an
    administrator decides.
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    unit_id: Mapped[int] = mapped_column(Number, ForeignKey("unit.id"))
    questionnaire: Mapped[str] = mapped_column(String(60))
    pin: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    pairing_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    pairing_until: Mapped[datetime | None]
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(200))
    paired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    cloned_at: Mapped[datetime | None]
    last_contact_at: Mapped[datetime | None]
    made: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    held: Mapped[str] = mapped_column(Text, default="[]")
    clock_error: Mapped[int | None] = mapped_column(Number)
    version: Mapped[str | None] = mapped_column(String(20))
    officer_id: Mapped[int | None] = mapped_column(Number, ForeignKey("officer.id"))


class DeviceCounter(Table):
    """A counter that a device stands at."""

    __tablename__ = "device_counter"

    device_id: Mapped[int] = mapped_column(Number, ForeignKey("device.id"), primary_key=True)
    counter_id: Mapped[int] = mapped_column(Number, ForeignKey("counter.id"), primary_key=True)


class DeviceRecord(Table):
    """A numbered record that arrived: the digest of what was sent, and the response it became or its fault.

    When the response is erased the number stays, so that it is not missing.
    """

    __tablename__ = "device_record"
    __table_args__ = ({"sqlite_with_rowid": False},)

    device_id: Mapped[int] = mapped_column(Number, ForeignKey("device.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    response_number: Mapped[int | None] = mapped_column(
        Number, ForeignKey("response.number", ondelete="SET NULL"), index=True
    )
    fault: Mapped[str | None] = mapped_column(String(20))


class DeviceContact(Table):
    """When a device first said that it had made so many records: what it made later came after that."""

    __tablename__ = "device_contact"
    __table_args__ = ({"sqlite_with_rowid": False},)

    device_id: Mapped[int] = mapped_column(Number, ForeignKey("device.id"), primary_key=True)
    made: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
