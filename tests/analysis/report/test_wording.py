from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from analysis.report import wording as module
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.wording import CATALOGUES, UnknownLanguage, wording

KEYWORDS = {"say": None, "count": (1, 2), "mark": None}


def source(language: Language) -> Catalog:
    path = CATALOGUES / language / "LC_MESSAGES" / "report.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def sentences(catalogue: Catalog) -> dict[object, object]:
    def plain(text: object) -> object:
        return tuple(text) if isinstance(text, list | tuple) else text

    return {plain(message.id): plain(message.string) for message in catalogue if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_that_of_its_source(language: Language) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, source(language))
    compiled.seek(0)
    committed = (CATALOGUES / language / "LC_MESSAGES" / "report.mo").read_bytes()
    assert sentences(read_mo(compiled)) == sentences(read_mo(io.BytesIO(committed)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_the_sentences_of_the_code_and_no_others(language: Language) -> None:
    folder = Path(module.__file__).parent
    # A workbook says the phrases of its own list.
    methods = [("workbook/**.py", "ignore"), ("**.py", "python")]
    found = extract_from_dir(folder, method_map=methods, keywords=KEYWORDS)
    used = {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}
    assert used == set(sentences(source(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_keeps_the_placeholders_and_is_never_empty(language: Language) -> None:
    for message in source(language):
        if not message.id:
            continue
        asked = message.id if isinstance(message.id, tuple) else (message.id,)
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in given:
            assert text, message.id
            assert placeholders(text) <= placeholders(asked[-1]), message.id
            assert placeholders(asked[-1]) - {"n"} <= placeholders(text), message.id


def test_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert wording("en").say("{unit}: {word}.", unit="{word}", word="x") == "{word}: x."


def test_english_has_a_plural_and_vietnamese_has_none() -> None:
    one, several = "{n} commune or ward", "{n} communes and wards"
    assert [wording("en").count(one, several, n) for n in (1, 1200)] == [
        "1 commune or ward",
        "1,200 communes and wards",
    ]
    assert [wording("vi").count(one, several, n) for n in (1, 1200)] == ["1 xã, phường", "1.200 xã, phường"]


def test_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage, match="choose one of vi, en"):
        wording("xx")  # type: ignore[arg-type]
