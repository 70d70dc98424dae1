"""Devices: kiosks are paired by a one-time code, known by what they sign, and revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import Connection, Row, Select, insert, select, update

from survey_app.access.audit import record
from survey_app.collect.attribution import officers_at
from survey_app.collect.codes import new_receipt
from survey_app.collect.releases import newest_release
from survey_app.collect.sealed import CURVE
from survey_app.store.devices import Device, DeviceCounter
from survey_app.store.organisation import Counter, Unit

CODE_LASTS = timedelta(hours=1)
PIN_ROUNDS = 200_000


class WrongCode(ValueError):
    """No device waits for this code, or it waited too long."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What is shown once, when a device is made: its pairing code and the PIN of its staff screen."""

    id: int
    code: str
    pin: str


def make_device(
    connection: Connection,
    *,
    name: str,
    unit: str,
    counters: Sequence[str],
    questionnaire: str,
    now: datetime,
    day: date,
) -> NewDevice:
    """Let a device come to counters of a unit with a code that works once, within an hour.

    Raises ValueError with every fault.
    """
    unit_id = connection.scalar(select(Unit.id).where(Unit.code == unit, *_valid(Unit, day)))
    faults = [] if unit_id is not None else [f"unit {unit!r}: there is none today; see 'survey import units'"]
    ids = []
    for code in dict.fromkeys(counters):
        row = connection.execute(
            select(Counter.id, Counter.unit_id).where(Counter.code == code, *_valid(Counter, day))
        ).one_or_none()
        if row is None or (unit_id is not None and row.unit_id != unit_id):
            faults.append(
                f"counter {code!r}: unit {unit!r} runs no such counter today; name one that it does"
            )
        else:
            ids.append(row.id)
    if newest_release(connection, questionnaire) is None:
        faults.append(
            f"questionnaire {questionnaire!r}: is not being asked; "
            "release it with 'survey questionnaire release'"
        )
    if not name.strip() or len(name) > 100:
        faults.append(f"name {name!r}: give one of 1 to 100 signs")
    if faults:
        raise ValueError("\n".join(faults))
    code, pin = new_receipt(), f"{secrets.randbelow(1_000_000):06}"
    device_id = connection.execute(
        insert(Device)
        .values(
            name=name.strip(),
            unit_id=unit_id,
            questionnaire=questionnaire,
            pin=hashed_pin(pin),
            made_at=now,
            pairing_hash=_hash(code),
            pairing_until=now + CODE_LASTS,
        )
        .returning(Device.id)
    ).scalar_one()
    connection.execute(insert(DeviceCounter), [{"device_id": device_id, "counter_id": id} for id in ids])
    return NewDevice(device_id, code, pin)


def pair(connection: Connection, code: str, public_key: bytes, now: datetime) -> int:
    """Give a device that came with its code the key that it signs with; the code is spent.

    Raises WrongCode, or ValueError if the key is no point of P-256.
    """
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    typed = code.upper().replace(" ", "").replace("-", "")
    device_id: int | None = connection.scalar(
        update(Device)
        .where(Device.pairing_hash == _hash(typed), Device.pairing_until > now, Device.revoked_at.is_(None))
        .values(
            public_key=public_key,
            paired_at=now,
            last_contact_at=now,
            pairing_hash=None,
            pairing_until=None,
        )
        .returning(Device.id)
    )
    if device_id is None:
        raise WrongCode("pairing: no device waits for this code, or it waited too long; ask for a new one")
    return device_id


def find_device(connection: Connection, device_id: int, *, locked: bool = False) -> Row[Any] | None:
    """Give a paired device; ``locked`` lets nobody else store for it until the transaction ends."""
    query = select(*Device.__table__.columns).where(Device.id == device_id, Device.paired_at.is_not(None))
    return connection.execute(query.with_for_update() if locked else query).one_or_none()


def counters_of(connection: Connection, device_id: int) -> list[int]:
    """Give the counters that a device stands at."""
    query = select(DeviceCounter.counter_id).join(Counter).where(DeviceCounter.device_id == device_id)
    return list(connection.scalars(query.order_by(Counter.code)))


def signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a key signed a message (ECDSA with SHA-256, r and s side by side)."""
    if len(signature) != 64:
        return False
    both = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key).verify(
            encode_dss_signature(*both), message, ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return False
    return True


def revoke(connection: Connection, device_id: int, now: datetime) -> str:
    """Take nothing more from a device; give its name.

    Raises ValueError if there is none, or it is revoked already.
    """
    return _changed(connection, device_id, {"revoked_at": now, "pairing_hash": None})


def trust(connection: Connection, device_id: int) -> str:
    """Take responses of a device again that had been copied; give its name.

    Raises ValueError if there is none, or it is revoked.
    """
    return _changed(connection, device_id, {"cloned_at": None})


def list_devices(connection: Connection) -> Sequence[Row[Any]]:
    """Give every device with the code of its unit, in order."""
    query: Select[Any] = select(*Device.__table__.columns, Unit.code.label("unit_code"))
    return connection.execute(
        query.join_from(Device, Unit, Device.unit_id == Unit.id).order_by(Device.id)
    ).all()


def note_officer(
    connection: Connection, device: Row[Any], counter_id: int | None, officer_id: int | None, now: datetime
) -> None:
    """Keep who is on duty by the staff screen, and write into the audit that it changed."""
    if officer_id == device.officer_id:
        return
    if officer_id is not None and (
        counter_id not in counters_of(connection, device.id)
        or officer_id not in officers_at(connection, counter_id or 0, now)
    ):
        return
    connection.execute(update(Device).where(Device.id == device.id).values(officer_id=officer_id))
    record(connection, "device.officer", now, device=device.id, officer=officer_id)


def hashed_pin(pin: str) -> str:
    """Give what a device needs to check a PIN without a line."""
    salt = secrets.token_bytes(16)
    hashed = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, PIN_ROUNDS)
    return f"{PIN_ROUNDS}.{salt.hex()}.{hashed.hex()}"


def _changed(connection: Connection, device_id: int, values: dict[str, datetime | None]) -> str:
    name: str | None = connection.scalar(
        update(Device)
        .where(Device.id == device_id, Device.revoked_at.is_(None))
        .values(values)
        .returning(Device.name)
    )
    if name is None:
        raise ValueError(f"device {device_id}: there is none, or it is revoked; see 'survey device list'")
    return name


def _valid(table: type[Unit | Counter], day: date) -> tuple[Any, Any]:
    return table.valid_from <= day, (table.valid_to.is_(None)) | (table.valid_to >= day)


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
