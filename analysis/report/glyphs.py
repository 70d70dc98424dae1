"""Glyphs: which characters the print fonts can show, and what stands for those they cannot."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
SERIF = FONTS / "Tinos-Regular.ttf"
SANS = FONTS / "Arimo-Regular.ttf"

# Signs that turn the direction of the text around them: a name could disguise itself and its neighbours.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _segments(table: bytes) -> Iterator[int]:
    """Give the characters of a character map of format 4 (two-byte segments)."""
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    for start, end in zip(starts, ends, strict=True):
        if start != 0xFFFF:
            yield from range(start, end + 1)


def _groups(table: bytes) -> Iterator[int]:
    """Give the characters of a character map of format 12 (four-byte groups)."""
    for index in range(struct.unpack_from(">L", table, 12)[0]):
        start, end, _ = struct.unpack_from(">3L", table, 16 + 12 * index)
        yield from range(start, end + 1)


def _covered(font: bytes) -> frozenset[str]:
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4s3L", font, 12 + 16 * index) for index in range(tables))
    base = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", font, base + 2)[0]):
        table = font[base + struct.unpack_from(">L", font, base + 8 + 8 * index)[0] :]
        match struct.unpack_from(">H", table)[0]:
            case 4:
                found.update(_segments(table))
            case 12:
                found.update(_groups(table))
    return frozenset(chr(code) for code in found)


@cache
def printable() -> frozenset[str]:
    """Give the characters that both print fonts show, with tab and line feed."""
    fonts = _covered(SERIF.read_bytes()) & _covered(SANS.read_bytes())
    controls = {sign for sign in fonts if unicodedata.category(sign) in ("Cc", "Co", "Cs")}
    return (fonts - controls - _DIRECTIONS) | {"\t", "\n"}


def legible(text: str) -> str:
    r"""Give a text that the print fonts can show: composed (NFC), other characters by their number.

    Examples
    --------
    >>> legible("Mẫu \u4e2d\u0007")
    'Mẫu [U+4E2D][U+0007]'
    """
    composed = unicodedata.normalize("NFC", text)
    shown = printable()
    if shown.issuperset(composed):
        return composed
    return "".join(sign if sign in shown else f"[U+{ord(sign):04X}]" for sign in composed)
