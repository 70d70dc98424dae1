"""Kiosk message: what a device says of itself with every contact, signed, and what it is told back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from survey_app.collect.kiosk_time import Contact, Reading
from survey_app.collect.visits import ForgedToken, Signer

PROTOCOL = 1
"""What kiosks and server say to each other; a kiosk's files are one of it."""
OLDEST = max(1, PROTOCOL - 2)
"""The oldest that is understood: a kiosk may come back after two releases."""


class Record(msgspec.Struct, frozen=True):
    """A numbered record: sealed, and named by the digest of that."""

    n: int
    box: str

    @property
    def sealed(self) -> bytes:
        """Give the bytes of the sealed record; empty if they are none."""
        return from_base64(self.box)


class Message(msgspec.Struct, frozen=True):
    """The counts and the clocks of a device, and the records it sends."""

    protocol: int
    version: str
    start: str
    mono: int
    wall: int
    made: int
    sent: int
    quarantined: int
    waiting: int
    held: list[tuple[int, int]]
    setup: str = ""
    counter: int | None = None
    officer: int | None = None
    records: list[Record] = []

    @property
    def reading(self) -> Reading:
        """Give what the clocks of the device showed when it wrote this."""
        return Reading(self.start, self.mono, self.wall)


_DECODER = msgspec.json.Decoder(Message)
_LARGEST = 2**31 - 1


def read_message(body: bytes) -> Message:
    """Give the message of a body.

    Raises ValueError if it is none.
    """
    try:
        message = _DECODER.decode(body)
    except UnicodeDecodeError:
        raise ValueError("message: is not UTF-8") from None
    counts = message.made, message.sent, message.quarantined, message.waiting
    numbers = [record.n for record in message.records]
    edges = [edge for pair in message.held for edge in pair]
    if not all(0 <= count <= _LARGEST for count in (*counts, *edges)) or len(message.held) > 200:
        raise ValueError("message: a count is out of its range")
    if not all(0 <= count < 2**53 for count in (message.mono, message.wall)):
        raise ValueError("message: a clock is out of its range")
    if any(not 1 <= number <= message.made for number in numbers) or sorted(set(numbers)) != numbers:
        raise ValueError("message: records must be numbered, rising, up to those made")
    if len(message.version) > 20 or not 1 <= len(message.start) <= 40 or "." in message.start:
        raise ValueError("message: version or start are none")
    return message


def range_of(message: Message) -> str:
    """Give the range of numbers that a message carries, as it stands beside the signature."""
    return f"{message.records[0].n}-{message.records[-1].n}" if message.records else "-"


def signed_text(path: str, device_id: int, numbers: str, body: bytes) -> bytes:
    """Give what a device signs: what for, which device, which numbers, and the digest of what it says."""
    return "\n".join((path, str(device_id), numbers, sha256(body).hexdigest())).encode("ascii")


def stamp(signer: Signer, device_id: int, contact: Contact) -> str:
    """Give the proof of a contact, which the device puts into the records that it makes after it."""
    at, reading = int(contact.at.timestamp() * 1000), contact.reading
    return signer.sign("contact", f"{device_id}.{at}.{reading.start}.{reading.mono}.{reading.wall}")


def read_stamp(signer: Signer, device_id: int, stamped: str | None) -> Contact | None:
    """Give the contact of a stamp, None if it is not one of ours to this device."""
    if not stamped:
        return None
    try:
        device, at, start, mono, wall = signer.unsign("contact", stamped).split(".")
    except (ForgedToken, ValueError):
        return None
    if device != str(device_id):
        return None
    moment = datetime.fromtimestamp(int(at) / 1000, UTC)
    return Contact(moment, Reading(start, int(mono), int(wall)))


def to_base64(content: bytes) -> str:
    """Give bytes in the letters of addresses, without padding."""
    return urlsafe_b64encode(content).decode("ascii").rstrip("=")


def from_base64(text: str) -> bytes:
    """Give the bytes of such letters; none if they are others."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
