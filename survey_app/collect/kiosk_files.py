"""Kiosk files: the application on the tablet, all of one version, whatever was fetched when."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_babel import force_locale

from survey_app.collect.kiosk_words import WORDS
from survey_app.config import LANGUAGES

FOLDER = Path(__file__).parents[1] / "static" / "kiosk"
AUDIO = Path(__file__).parents[1] / "static" / "kiosk-audio"
"""Spoken questions, where an installation has them: <question>.<language>.mp3."""
WORKER, WORDS_FILE = "worker.js", "words.json"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True)
class Files:
    """The files by name, and the version that stands for all of their bytes."""

    version: str
    contents: Mapping[str, bytes]
    compressed: Mapping[str, bytes]
    worker: str

    def service_worker(self, page: str, prefix: str) -> str:
        """Give the service worker of this version, with what it keeps at hand."""
        kept = [page, *(f"{prefix}{name}" for name in sorted(self.contents))]
        head = f"const VERSION = {json.dumps(self.version)};\nconst FILES = {json.dumps(kept)};\n"
        return head + self.worker


def load_files() -> Files:
    """Read the files of this release; call it with an application at hand, for the words."""
    contents = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.name != WORKER}
    contents[WORDS_FILE] = json.dumps(words(), ensure_ascii=False, separators=(",", ":")).encode()
    worker = (FOLDER / WORKER).read_text(encoding="utf-8")
    page = (Path(__file__).parents[1] / "templates" / "kiosk" / "kiosk.html").read_bytes()
    whole = hashlib.sha256(worker.encode() + page)
    for name, content in contents.items():
        whole.update(name.encode() + b"\0" + content + b"\0")
    compressed = {name: gzip.compress(content, 9, mtime=0) for name, content in contents.items()}
    return Files(whole.hexdigest()[:12], contents, compressed, worker)


def words() -> dict[str, dict[str, str]]:
    """Give the fixed words of the kiosk by language and name."""
    spoken = {}
    for language in LANGUAGES:
        with force_locale(language):
            spoken[language] = {name: str(text) for name, text in WORDS.items()}
    return spoken


def spoken_files() -> list[str]:
    """Give the names of the spoken questions that this installation has."""
    return sorted(path.name for path in AUDIO.glob("*.mp3")) if AUDIO.is_dir() else []
