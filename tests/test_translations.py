from __future__ import annotations

import io
from typing import IO

import pytest
from babel.messages.mofile import read_mo

from survey_app.translations import FOLDER, LANGUAGES, compiled, missing, read, sentences, updated


def texts(compiled: IO[bytes]) -> dict[str, object]:
    return {str(message.id): message.string for message in read_mo(compiled) if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_says_what_its_text_says(language: str) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        assert texts(file) == texts(io.BytesIO(compiled(read(language))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_just_the_sentences_that_are_said(language: str) -> None:
    assert {str(m.id) for m in read(language)} == {str(m.id) for m in updated(language, sentences())}


def test_vietnamese_catalogue_misses_no_sentence() -> None:
    assert missing(updated("vi", sentences())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_fills_the_places_of_its_sentence(language: str) -> None:
    catalogue = read(language)
    faults = [str(error) for message in catalogue for error in message.check(catalogue)]
    assert faults == []
