"""Manifest: what an export holds, by whom and how it was made, and what its columns and codes mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from survey_app.evaluate.raw.columns import Column
from survey_app.evaluate.raw.words import LANGUAGES, NOTES
from survey_app.questionnaire.definition import Text

PACKAGE = "citizen-satisfaction"
TYPES = {"number": "whole number", "day": "date", "text": "text", "code": "code"}


def manifest(made: Mapping[str, Any], columns: Sequence[Column]) -> bytes:
    """Give the manifest of a file: what was made, then the notes for its readers and the data dictionary."""
    content = {
        **made,
        "code_version": version(PACKAGE),
        "notes": {name: _words(text) for name, text in NOTES.items()},
        "columns": [_column(column) for column in columns],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "type": TYPES[column.kind],
        "meaning": _words(column.meaning),
    }
    if column.question is not None:
        described |= {
            "question": column.question.id,
            "kind": column.question.kind,
            "asked_in": list(column.asked_in),
        }
        if column.question.kind == "multiple":
            described["separator"] = ";"
    if column.codes:
        described["codes"] = [
            {"code": code.code}
            | ({} if code.number is None or not _single(column) else {"sav": code.number})
            | _words(code.meaning)
            for code in column.codes
        ]
    return described


def _single(column: Column) -> bool:
    return column.question is not None and column.question.kind != "multiple"


def _words(text: Text) -> dict[str, str]:
    return {language: text[language] for language in LANGUAGES}
