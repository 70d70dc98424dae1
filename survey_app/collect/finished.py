"""Finished pages: bytes made once, with one slot that every request fills anew, gzip and all."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
WINDOW = 1 << 15


@dataclass(frozen=True)
class FinishedPage:
    """A page but for one slot.

    The two sides are compressed once; the slot goes between them as a stored block, so that a request costs
    two checksums in place of a compression. What follows the slot refers back across it, so its length is
    fixed. ``heard`` says that recordings are played in the page. Format: RFC 1951 3.2.4 and RFC 1952.
    """

    before: bytes
    after: bytes
    size: int
    heard: bool = False

    @classmethod
    def around(cls, page: str, slot: str, size: int, heard: bool = False) -> FinishedPage:
        """Give the page around the one place where the slot's text stands, for so many bytes."""
        before, found, after = page.partition(slot)
        assert found
        assert slot not in after
        return cls(before.encode(), after.encode(), size, heard)

    def filled(self, value: bytes) -> bytes:
        """Give the page with a value in its slot."""
        return b"".join((self.before, value, self.after))

    def compressed(self, value: bytes) -> bytes:
        """Give the same as one gzip member.

        Raises ValueError if the value has another length than the slot.
        """
        if len(value) != self.size:
            raise ValueError(f"slot: {len(value)} bytes for a place of {self.size}; make the page anew")
        before, before_sum, after = self._compressed_sides
        checksum = zlib.crc32(self.after, zlib.crc32(value, before_sum))
        size = len(self.before) + len(value) + len(self.after)
        stored = struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF)
        return b"".join((before, stored, value, after, struct.pack("<II", checksum, size)))

    @cached_property
    def _compressed_sides(self) -> tuple[bytes, int, bytes]:
        first = zlib.compressobj(9, zlib.DEFLATED, -15)
        before = GZIP_HEAD + first.compress(self.before) + first.flush(zlib.Z_FULL_FLUSH)
        seen = (self.before + bytes(self.size))[-WINDOW:]  # no page has zero bytes: none is referred to
        second = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=seen)
        after = second.compress(self.after) + second.flush(zlib.Z_FINISH)
        return before, zlib.crc32(self.before), after
