"""Sealed: what a kiosk encrypts to the server's public key, opened with the private keys kept here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (FIPS 186-5): a private key is a number below it."""
KEY_ID, POINT, NONCE = 8, 65, 12
PURPOSE = b"kiosk record 1"


class Unopened(ValueError):
    """No key here opens it, or it was changed on the way."""


@dataclass(frozen=True)
class Opener:
    """The private keys by the ids of their public ones, the newest first."""

    keys: Mapping[bytes, ec.EllipticCurvePrivateKey]

    @classmethod
    def of(cls, keys: Sequence[str]) -> Opener:
        """Give the opener of keys in hexadecimal, newest first."""
        made = [_private(bytes.fromhex(key)) for key in keys]
        return cls({key_id(point(private.public_key())): private for private in made})

    @property
    def public(self) -> bytes:
        """Give the point of the newest public key, which kiosks encrypt to."""
        return point(next(iter(self.keys.values())).public_key())

    def open(self, sealed: bytes, device_id: int) -> bytes:
        """Give what a device sealed.

        Layout: id of the public key, ephemeral point, nonce, ciphertext with its tag. Raises Unopened.
        """
        private = self.keys.get(sealed[:KEY_ID])
        if private is None:
            raise Unopened("sealed: to a key that is not in secrets/kiosk.keys; put that key back")
        ephemeral = sealed[KEY_ID : KEY_ID + POINT]
        rest = sealed[KEY_ID + POINT :]
        try:
            shared = private.exchange(
                ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, ephemeral)
            )
            secret = derived(shared, ephemeral)
            return AESGCM(secret).decrypt(rest[:NONCE], rest[NONCE:], bound_to(device_id))
        except (InvalidTag, ValueError):
            raise Unopened(f"sealed: not by device {device_id}, or changed on the way") from None


def key_id(public: bytes) -> bytes:
    """Give the short name of a public key."""
    return sha256(public).digest()[:KEY_ID]


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """Give a public key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived(shared: bytes, ephemeral: bytes) -> bytes:
    """Give the key of one record from what both sides share."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE + ephemeral).derive(shared)


def bound_to(device_id: int) -> bytes:
    """Give what ties a record to its device."""
    return f"device {device_id}".encode("ascii")


def _private(key: bytes) -> ec.EllipticCurvePrivateKey:
    # Forty bytes more than the order has: the remainder favours no number.
    wide = HKDF(hashes.SHA256(), 48, salt=None, info=b"kiosk private key").derive(key)
    return ec.derive_private_key(int.from_bytes(wide, "big") % (ORDER - 1) + 1, CURVE)
