"""Quarantine: records that a device saved to a file, still sealed, taken in by an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete

from survey_app.collect.batches import Cloned, store_batch
from survey_app.collect.devices import find_device, signed_by
from survey_app.collect.kiosk_batch import Keys, Releases
from survey_app.collect.kiosk_message import from_base64, range_of, read_message, signed_text
from survey_app.config import Settings
from survey_app.store.devices import DeviceRecord


class Saved(msgspec.Struct, frozen=True):
    """The file: whose records, what it says of itself and holds, signed."""

    device: int
    message: str
    signature: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file: how many records are stored, and the faults of the others."""

    device_id: int
    stored: int
    faults: tuple[tuple[int, str], ...]


def take_in(
    connection: Connection, file: bytes, now: datetime, settings: Settings, keys: Keys, releases: Releases
) -> TakenIn:
    """Store the records of a file; those that were faulty before are tried again.

    A revoked device's file is taken too: that is the administrator's decision. Raises ValueError if the file
    is none, is not signed by its device, or a number is stored with another content.
    """
    try:
        saved = msgspec.json.decode(file, type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValueError(
            "quarantine: this is no file of a kiosk; save it again on its staff screen"
        ) from None
    device = find_device(connection, saved.device, locked=True)
    body = saved.message.encode()
    message = read_message(body)
    signature = from_base64(saved.signature)
    text = signed_text("quarantine", saved.device, range_of(message), body)
    if device is None or device.public_key is None or not signed_by(device.public_key, text, signature):
        raise ValueError(f"quarantine: not signed by device {saved.device} of this installation")
    numbers = [record.n for record in message.records]
    for start in range(0, len(numbers), 500):
        connection.execute(
            delete(DeviceRecord).where(
                DeviceRecord.device_id == device.id,
                DeviceRecord.fault.is_not(None),
                DeviceRecord.number.in_(numbers[start : start + 500]),
            )
        )
    try:
        outcomes = store_batch(
            connection, device, message, now, settings=settings, keys=keys, releases=releases
        )
    except Cloned as cloned:
        raise ValueError(f"quarantine: {cloned}") from None
    faults = tuple((each.number, each.fault) for each in outcomes if each.fault is not None)
    return TakenIn(device.id, len(outcomes) - len(faults), faults)
