"""Letterhead: what the head and the end of an administrative document say, in one language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who reports to whom; every text in the language of the edition.

    ``parent`` is the body above the ``issuer``. ``symbol`` follows the number that the registry gives
    (``BC-SNV``), ``place`` stands before the date. ``recipients`` are the lines below "Nơi nhận".
    Number, day, signer and seal are never filled in.
    """

    parent: str
    issuer: str
    symbol: str
    place: str
    addressee: str
    recipients: tuple[str, ...] = ()
