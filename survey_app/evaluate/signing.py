"""Signing: manifests are signed with an Ed25519 key of the secrets folder, and checked against known ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey_app.config import load_keys

NAME = "signing"
"""Of the keys in the secrets folder; each is the seed of a private key in hexadecimal."""


@dataclass(frozen=True)
class Signature:
    """What stands below a manifest: the signature of its bytes, and a short name of the key."""

    bytes: bytes
    key_id: str


def sign(instance: Path, content: bytes) -> Signature:
    """Sign with the newest key, and remember its public half for as long as there are signatures of it.

    Raises ConfigFaults if there is no key.
    """
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(load_keys(instance, NAME)[0]))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    _remember(instance, public)
    return Signature(key.sign(content), key_id(public))


def is_signed(instance: Path, content: bytes, signature: Signature) -> bool:
    """Whether a signature of a known key fits a content."""
    for public in _known(instance):
        if key_id(public) == signature.key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature.bytes, content)
            except InvalidSignature:
                return False
            return True
    return False


def key_id(public: bytes) -> str:
    """Give the short name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def public_key(instance: Path, id: str) -> str | None:
    """Give a known public key in hexadecimal by its short name, for those who check without this program."""
    return next((public.hex() for public in _known(instance) if key_id(public) == id), None)


def _known(instance: Path) -> list[bytes]:
    path = _file(instance)
    lines = path.read_text(encoding="ascii").split() if path.exists() else []
    return [bytes.fromhex(line) for line in lines]


def _remember(instance: Path, public: bytes) -> None:
    if public in _known(instance):
        return
    opened = os.open(_file(instance), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(opened, "a", encoding="ascii") as file:
        file.write(public.hex() + "\n")


def _file(instance: Path) -> Path:
    return instance / "secrets" / f"{NAME}.public"
