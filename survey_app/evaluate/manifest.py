"""Manifest: what a closed state rests on, and the digest of each of its files, as signed bytes."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

from survey_app.config import Settings
from survey_app.evaluate.basis import Basis

if TYPE_CHECKING:
    from analysis.rules import Rules

LIBRARIES = ("numpy", "scipy", "matplotlib", "typst", "xlsxwriter", "python-docx", "babel")
"""Whose versions the bytes of rendered files depend on."""


class File(msgspec.Struct, frozen=True):
    """Digest and size of a file."""

    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the manifest of a closed state.

    ``last_response`` is the cut-off by order of arrival; decisions and flags count as they stood at
    ``closed_at``. ``rests_on`` names closed states that columns were taken from. ``rules`` and ``settings``
    are those that the figures follow, ``versions`` those of the program and of what its files depend on.
    ``audit_head`` is the last link of the audit before the closing, ``missing`` says of which device how many
    numbered records did not arrive.
    """

    period: str
    first_day: str
    last_day: str
    revision: int
    reason: str
    closed_at: datetime
    closed_by: str
    last_response: int
    responses: int
    excluded: int
    demo: bool
    rests_on: tuple[tuple[str, int], ...]
    rules: dict[str, Any]
    settings: dict[str, Any]
    questionnaires: dict[str, str]
    versions: dict[str, str]
    audit_head: str
    files: dict[str, File]
    missing: tuple[tuple[str, int], ...] = ()

    def encoded(self) -> str:
        """Give the text that is signed."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1).decode() + "\n"


def decode(text: str | bytes) -> Manifest:
    """Read a manifest.

    Raises msgspec.DecodeError if it is none.
    """
    return msgspec.json.decode(text, type=Manifest)


def files_of(files: Mapping[str, bytes]) -> dict[str, File]:
    """Give digest and size of each file."""
    return {name: file_of(content) for name, content in sorted(files.items())}


def file_of(content: bytes) -> File:
    """Give digest and size of a file."""
    return File(sha256(content).hexdigest(), len(content))


def settings_of(settings: Settings) -> dict[str, Any]:
    """Give the settings that the figures depend on."""
    names = ("period_scheme", "time_zone", "minimum_people", "grade_bounds", "satisfaction_target")
    return {name: getattr(settings, name) for name in names}


def rules_by_name(rules: Rules) -> dict[str, Any]:
    """Give rules by their names."""
    return asdict(rules)


def rules_in(manifest: Manifest) -> Rules:
    """Give the rules that a closed state followed."""
    from analysis.compare.grading import Minimum
    from analysis.rules import Rules

    kept = manifest.rules
    return Rules(**kept | {"minimum": Minimum(**kept["minimum"]), "bounds": tuple(kept["bounds"])})


def versions_now() -> dict[str, str]:
    """Give the versions of the program, of Python and of what rendered files depend on."""
    found = {name: version(name) for name in LIBRARIES}
    return {"survey": version("citizen-satisfaction"), "python": platform.python_version()} | found


def questionnaires_of(basis: Basis, digests: Mapping[str, str]) -> dict[str, str]:
    """Give the digest of every version that was answered in the period."""
    labels = [f"{id}.v{number}" for id, number in basis.this.versions]
    return {label: digests[label] for label in labels if label in digests}
