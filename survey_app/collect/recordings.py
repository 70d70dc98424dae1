"""Recordings: questions and choices spoken aloud, for those who hear a tongue better than they read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg"}
"""The sorts of files that browsers play, the one that all play first."""

_NAME = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?)\.(mp3|m4a|ogg)")


def find_recordings(folders: Sequence[Path], tag: str) -> Mapping[str, str]:
    """Give the addresses of what was recorded in a language, by ``question`` and ``question.choice``.

    Files of the first folder go before those of the next, and MP3 before other sorts. An address changes with
    its file, so that it may be kept for ever.
    """
    found: dict[str, str] = {}
    order = list(TYPES)
    for folder in folders:
        if not (folder / tag).is_dir():
            continue
        for path in sorted((folder / tag).iterdir(), key=lambda each: order.index(_sort(each) or order[0])):
            if (name := _NAME.fullmatch(path.name)) and path.is_file():
                version = f"{path.stat().st_mtime_ns:x}"
                found.setdefault(name[1], f"/q/audio/{tag}/{path.name}?v={version}")
    return found


def recording_at(folders: Sequence[Path], tag: str, name: str) -> tuple[Path, str] | None:
    """Give the file of a recording with its type, None if there is none."""
    if not _NAME.fullmatch(name) or not re.fullmatch(r"[a-z0-9-]{1,20}", tag):
        return None
    for folder in folders:
        path = folder / tag / name
        if path.is_file():
            return path, TYPES[name.rpartition(".")[2]]
    return None


def _sort(path: Path) -> str | None:
    sort = path.name.rpartition(".")[2]
    return sort if sort in TYPES else None
