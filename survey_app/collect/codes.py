"""Codes: what is printed at a counter, typed by hand, and leads to its page."""

from __future__ import annotations

import secrets

ALPHABET = "346789ACDEFHJKMNPRTVWXY"
"""No 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V Q: nothing that is read for another sign. A prime number of them."""

LENGTH = 8

SLIP, ROTATING = 12, 16
"""Lengths of what leads to a page besides: slips, and a counter's code with eight of a screen behind it."""

PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)

_BETWEEN = {ord(sign): None for sign in " -\u00a0"}


def check_character(signs: str) -> str:
    """Give the character that follows the signs of a code.

    The places weigh 1, 2, 3, …, which differ modulo the prime 23: one wrong sign, or two that changed places,
    never give the same character.

    >>> check_character("K7M4XAR")
    '7'
    """
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, start=1))
    return ALPHABET[total % len(ALPHABET)]


def new_code() -> str:
    """Give a random code of eight characters, the last of which checks the others."""
    signs = new_signs(LENGTH - 1)
    return signs + check_character(signs)


def read_code(typed: str) -> str | None:
    """Give the code that was typed or scanned, None if it cannot be one.

    Case, spaces and hyphens do not matter.

    >>> read_code(" k7m4 xar7 "), read_code("K4M4XAR7")
    ('K7M4XAR7', None)
    """
    code = typed.upper().translate(_BETWEEN)
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def read_any(typed: str) -> str | None:
    """Give the code of a counter, a slip or a screen that was typed or scanned, None if it can be none.

    >>> read_any("k7m4-xar7"), read_any("K7M4 XARX WD9K"), read_any("K7M4 XAR7 WD9K 3TRA"), read_any("K7M4")
    ('K7M4XAR7', 'K7M4XARXWD9K', 'K7M4XAR7WD9K3TRA', None)
    """
    code = typed.upper().translate(_BETWEEN)
    if any(sign not in ALPHABET for sign in code):
        return None
    if len(code) == SLIP:
        return code
    return code if len(code) in (LENGTH, ROTATING) and read_code(code[:LENGTH]) else None


def new_signs(count: int) -> str:
    """Give so many random characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def spaced(code: str) -> str:
    """Give a code or a receipt in groups of four, as it is printed.

    >>> spaced("K7M4XARX")
    'K7M4 XARX'
    """
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def new_receipt() -> str:
    """Give a random receipt of twelve characters."""
    number = secrets.randbelow(len(PAIRS) ** 6)
    pairs = []
    for _ in range(6):
        number, pair = divmod(number, len(PAIRS))
        pairs.append(PAIRS[pair])
    return "".join(pairs)
