"""A made-up tablet: it seals, numbers, signs and sends as the application in the browser does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes, token_urlsafe
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.collect.codes import new_receipt
from survey_app.collect.kiosk_message import from_base64, signed_text, to_base64
from survey_app.collect.sealed import CURVE, bound_to, derived, key_id, point


@dataclass
class Clocks:
    """The clocks of a tablet, in milliseconds: steady since its start, and the one on the wall."""

    start: str = field(default_factory=lambda: token_urlsafe(16))
    mono: int = 1_000
    wall: int = 0

    def go(self, seconds: float) -> None:
        """Let time pass on both."""
        self.mono += int(seconds * 1000)
        self.wall += int(seconds * 1000)

    @property
    def reading(self) -> dict[str, Any]:
        """Give what both show."""
        return {"start": self.start, "mono": self.mono, "wall": self.wall}


@dataclass
class Tablet:
    """A tablet that was paired; ``held`` are its records by number."""

    client: FlaskClient
    device: int
    private: ec.EllipticCurvePrivateKey
    clocks: Clocks
    setup: dict[str, Any] = field(default_factory=dict)
    stamp: str | None = None
    made: int = 0
    sent: int = 0
    held: dict[int, bytes] = field(default_factory=dict)
    aside: dict[int, bytes] = field(default_factory=dict)
    protocol: int = 1

    def content(self, **changes: Any) -> dict[str, Any]:
        """Give what a visit that begins now says."""
        return {
            "id": token_urlsafe(16),
            "receipt": new_receipt(),
            "release": self.setup["release"],
            "counter": self.setup["counters"][0]["id"],
            "language": "vi",
            "answers": {"overall": "5"},
            **self.clocks.reading,
            "took": 8_000,
            "officer": None,
            "stamp": self.stamp,
        } | changes

    def seal(self, content: object) -> bytes:
        """Encrypt a content to the server."""
        return sealed_to(from_base64(self.setup["key"]["point"]), content, self.device)

    def keep(self, **changes: Any) -> int:
        """Make a visit and keep it; give its number."""
        return self.keep_sealed(self.seal(self.content(**changes)))

    def keep_sealed(self, box: bytes) -> int:
        """Keep a sealed record; give its number."""
        self.made += 1
        self.held[self.made] = box
        return self.made

    def message(self, numbers: list[int]) -> dict[str, Any]:
        """Give what the tablet says with records."""
        mine = sorted([*self.held, *self.aside])
        return {
            "protocol": self.protocol,
            "version": "test",
            **self.clocks.reading,
            "made": self.made,
            "sent": self.sent,
            "quarantined": len(self.aside),
            "waiting": len(self.held),
            "held": [(number, number) for number in mine][:200],
            "setup": "",
            "records": [{"n": number, "box": to_base64(self.held[number])} for number in numbers],
        }

    def send(self, numbers: list[int] | None = None, **changes: Any) -> TestResponse:
        """Send records (all that are held) and take in the answer."""
        numbers = sorted(self.held) if numbers is None else numbers
        body = json.dumps(self.message(numbers) | changes).encode()
        path = "/kiosk/responses" if numbers else "/kiosk/heartbeat"
        answer = self.post(path, body, f"{numbers[0]}-{numbers[-1]}" if numbers else "-")
        if answer.status_code == 200:
            self.take(answer.json or {})
        return answer

    def post(self, path: str, body: bytes, numbers: str, signature: bytes | None = None) -> TestResponse:
        """Send a body with its signature."""
        signature = signature or self.sign(path, numbers, body)
        headers = {
            "Kiosk-Device": str(self.device),
            "Kiosk-Range": numbers,
            "Kiosk-Signature": to_base64(signature),
        }
        return self.client.post(path, data=body, headers=headers, content_type="application/json")

    def sign(self, path: str, numbers: str, body: bytes) -> bytes:
        """Sign a body as WebCrypto does: r and s side by side."""
        text = signed_text(path, self.device, numbers, body)
        both = decode_dss_signature(self.private.sign(text, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in both)

    def take(self, answer: dict[str, Any]) -> None:
        """Delete what the server has, put aside what it cannot take."""
        for number, digest in answer["receipts"]:
            if sha256(self.held.get(number, b"")).hexdigest() == digest:
                del self.held[number]
                self.sent += 1
        for number, _digest, _fault in answer["faults"]:
            if number in self.held:
                self.aside[number] = self.held.pop(number)
        self.stamp = answer["stamp"]
        self.setup = answer["setup"] or self.setup


def sealed_to(public: bytes, content: object, device: int) -> bytes:
    """Encrypt a content to a public key, from a device."""
    ephemeral = ec.generate_private_key(CURVE)
    mine = point(ephemeral.public_key())
    shared = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public))
    nonce = token_bytes(12)
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    box = AESGCM(derived(shared, mine)).encrypt(nonce, plain, bound_to(device))
    return key_id(public) + mine + nonce + box


def paired(app: Flask, code: str, now_ms: int) -> Tablet:
    """Pair a tablet whose clocks are right, and let it hear of its setup."""
    client = app.test_client()
    private = ec.generate_private_key(CURVE)
    answer = client.post("/kiosk/pair", json={"code": code, "key": to_base64(point(private.public_key()))})
    assert answer.status_code == 200, answer.text
    tablet = Tablet(client, (answer.json or {})["device"], private, Clocks(wall=now_ms))
    assert tablet.send([]).status_code == 200
    return tablet
