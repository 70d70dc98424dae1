"""Provenance: what stands around the figures of a period: revision, audit, files, exclusions, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Revision:
    """A closed state that replaces an earlier one: its number and day, and why it was made."""

    number: int
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a report says about its figures besides them, in one language; nothing is said of what is empty.

    ``closed`` says that the period is closed; ``revision`` is there if this state replaces an earlier one.
    ``audit_head`` is the hash of the last entry of the audit when the report was made: printed and signed, it
    is an anchor outside the system. ``signed_by`` names the key that signs the package, ``manifest`` gives
    the SHA-256 of its files by name. ``excluded`` counts the responses that two people left out. ``notes``
    are sentences about gaps, ``missing`` devices with how many serial numbers of theirs did not arrive.
    """

    revision: Revision | None = None
    audit_head: str | None = None
    signed_by: str | None = None
    manifest: Mapping[str, str] = field(default_factory=dict)
    excluded: int | None = None
    notes: tuple[str, ...] = ()
    closed: bool = False
    missing: tuple[tuple[str, int], ...] = ()
