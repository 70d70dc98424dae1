"""Drawing: the QR code of an address, as squares and as one outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

QUIET = 4
"""Squares of white that a reader needs around a code."""


def squares(address: str) -> list[list[bool]]:
    """Give the dark squares of an address's QR code, row by row, without the quiet zone.

    A quarter of the code may be dirty or torn and it still reads (error correction Q).
    """
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def outline(dark: Sequence[Sequence[bool]], quiet: int = QUIET) -> str:
    """Give the path of an SVG that fills the dark squares of a code, a square a unit.

    >>> outline([[True, True, False], [False, False, True]])
    'M4 4h2v1h-2zM6 5h1v1h-1z'
    """
    path = []
    for y, row in enumerate(dark, start=quiet):
        x = quiet
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(path)


def svg(dark: Sequence[Sequence[bool]], quiet: int = QUIET) -> str:
    """Give a code as an SVG of its own, in ink on white."""
    side = len(dark) + 2 * quiet
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#15191e" d="{outline(dark, quiet)}"/></svg>'
    )
