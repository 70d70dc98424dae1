"""Translations: the sentences of pages by language; English sentences are their own keys."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
LANGUAGES = ("vi", "en", "fr")
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Catalogues carry no clock: the same sentences give the same bytes."""


def sentences() -> Catalog:
    """Give the sentences that the code and the templates say, with no translation."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it open
    keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2)}
    catalogue = Catalog(creation_date=_UNDATED)
    found = extract_from_dir(FOLDER.parent, methods, options, keywords, strip_comment_tags=True)
    for name, line, sentence, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
        catalogue.add(sentence, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def read(language: str) -> Catalog:
    """Give the catalogue of a language."""
    with _file(language).open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, wanted: Catalog) -> Catalog:
    """Give the catalogue of a language with just the sentences that are said."""
    catalogue = read(language) if _file(language).exists() else Catalog(locale=language)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.creation_date = catalogue.revision_date = _UNDATED
    catalogue.fuzzy = False
    catalogue.project, catalogue.version, catalogue.header_comment = "survey_app", "1", ""
    catalogue.msgid_bugs_address = catalogue.copyright_holder = ""
    catalogue.last_translator = catalogue.language_team = ""
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Give the sentences that have no translation."""
    return [str(message.id) for message in catalogue if message.id and not all(_texts(message.string))]


def compiled(catalogue: Catalog) -> bytes:
    """Give a catalogue as the program reads it."""
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def renew() -> dict[str, list[str]]:
    """Bring all catalogues up to date; give the sentences that still miss a translation, by language."""
    wanted = sentences()
    left = {}
    for language in LANGUAGES:
        catalogue = updated(language, wanted)
        text = io.BytesIO()
        write_po(text, catalogue, width=108, ignore_obsolete=True, include_lineno=False)
        _file(language).parent.mkdir(parents=True, exist_ok=True)
        _file(language).write_bytes(text.getvalue())
        _file(language).with_suffix(".mo").write_bytes(compiled(read(language)))
        left[language] = missing(catalogue)
    return left


def _file(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def _texts(string: str | Iterable[str] | None) -> tuple[str, ...]:
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)
