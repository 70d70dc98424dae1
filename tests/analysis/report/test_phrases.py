from __future__ import annotations

import string
from pathlib import Path

import pytest

from analysis.report import phrases
from analysis.report.phrases import VIETNAMESE, phrase

CODES = ("KINDS", "ROLES", "VERDICTS", "GRADES", "CERTAINTIES", "AUDIENCES", "NO_ANSWERS")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_phrase_keeps_its_placeholders() -> None:
    for english, vietnamese in VIETNAMESE.items():
        assert vietnamese
        assert placeholders(english) == placeholders(vietnamese), english


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_a_phrase(name: str) -> None:
    assert set(getattr(phrases, name).values()) <= set(VIETNAMESE)


def test_every_phrase_is_said_somewhere() -> None:
    folder = Path(phrases.__file__).parent
    code = "".join(
        file.read_text() for room in ("workbook", "draft") for file in (folder / room).glob("*.py")
    )
    coded = {text for name in CODES for text in getattr(phrases, name).values()}
    assert [text for text in VIETNAMESE if text not in coded and text not in code] == []


def test_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert phrase("Of every row: {things}.", "en", things="{things}") == "Of every row: {things}."
