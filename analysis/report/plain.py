"""Plain: texts of others as the files of office programs can hold them."""

from __future__ import annotations

import unicodedata

_UNWRITTEN = frozenset(("Cc", "Cs", "Cn"))
_BREAKS = frozenset("\t\n")
# Signs that turn the direction of the text around them: a name could disguise itself and its neighbours.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    r"""Give a text composed (NFC); signs that XML cannot hold, or that turn text around, by their number.

    Examples
    --------
    >>> plain('=HYPERLINK("x") \u202ea\x07'), plain("Xa\u0303")
    ('=HYPERLINK("x") [U+202E]a[U+0007]', 'Xã')
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed
    return "".join(sign if _written(sign) else f"[U+{ord(sign):04X}]" for sign in composed)


def _written(sign: str) -> bool:
    return sign in _BREAKS or (unicodedata.category(sign) not in _UNWRITTEN and sign not in _DIRECTIONS)
