"""Columns: what an export holds, which is its data dictionary."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis import ratings
from survey_app.evaluate.raw import words
from survey_app.questionnaire.definition import Question, Questionnaire, Text
from survey_app.store.responses import CHANNELS

Kind = Literal["number", "day", "text", "code"]

MISSING = tuple(words.MISSING)
TAKEN = frozenset(
    {*words.COLUMNS, *["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"]}
)
"""Names that no question has in an export: those of other columns, and those that SPSS keeps for itself."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code and its meaning; ``number`` stands for it where a format wants numbers."""

    code: str
    meaning: Text
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export; ``texts`` are all that can stand in it, None if only the rows tell.

    ``question`` is the question that a column of kind ``code`` holds the answers to, ``asked_in`` the
    versions that ask it.
    """

    name: str
    kind: Kind
    meaning: Text
    texts: tuple[str, ...] | None = None
    codes: tuple[Code, ...] = ()
    question: ratings.Question | None = None
    asked_in: tuple[str, ...] = ()


def columns_of(
    released: Sequence[Questionnaire],
    questions: Collection[ratings.Question],
    units: Sequence[str],
    officers: Sequence[str],
    *,
    named: bool,
) -> tuple[Column, ...]:
    """Give the columns of an export of responses to released versions, in their order.

    ``units`` and ``officers`` are what stands for each; ``named`` says that officers' codes do.
    """
    places = (*units, "")
    versions = [(each.id, str(each.version)) for each in released]
    return (
        _fixed("row", "number"),
        _fixed("unit", "text", places),
        _fixed("deciding_unit", "text", places),
        _fixed("day", "day"),
        _fixed("half", "text", (*words.HALVES, ""), words.HALVES),
        _fixed("channel", "text", CHANNELS, words.CHANNELS),
        _fixed("language", "text"),
        _fixed("questionnaire", "text", tuple(id for id, _ in versions)),
        _fixed("version", "number", tuple(version for _, version in versions)),
        Column(
            "officer",
            "text",
            words.OFFICER_NAMED if named else words.COLUMNS["officer"],
            (*officers, ""),
        ),
        *(_asked(question, released) for question in questions),
        _fixed("flagged", "number", tuple(words.FLAGGED), words.FLAGGED),
        _fixed("rules", "text"),
    )


def _fixed(
    name: str, kind: Kind, texts: tuple[str, ...] | None = None, meanings: Mapping[str, Text] | None = None
) -> Column:
    codes = tuple(Code(code, meaning) for code, meaning in (meanings or {}).items())
    return Column(name, kind, words.COLUMNS[name], texts, codes)


def _asked(question: ratings.Question, released: Sequence[Questionnaire]) -> Column:
    """Give the column of a question, with the words of the newest version that asks it."""
    asked = {
        f"{questionnaire.id}.v{questionnaire.version}": each
        for questionnaire in released
        for each in questionnaire.questions
        if each.id == question.id
    }
    newest = list(asked.values())[-1]
    return Column(
        f"q_{question.id}" if question.id.removeprefix("q_") in TAKEN else question.id,
        "code",
        newest.text,
        (*question.choices, *reversed(MISSING)) if question.kind in ("scale", "choice") else None,
        _codes(question, list(asked.values()), newest),
        question,
        tuple(asked),
    )


def _codes(question: ratings.Question, asked: Sequence[Question], newest: Question) -> tuple[Code, ...]:
    meanings = {choice.code: choice.text for each in asked for choice in each.choices}
    whole = all(code.isdecimal() for code in question.choices)
    choices = (
        Code(code, meanings.get(code, Text({"vi": code})), int(code) if whole else place)
        for place, code in enumerate(question.choices, start=1)
    )
    own = {"not_applicable": newest.na, "refused": newest.refused}
    missing = (
        Code(code, own.get(code) or meaning, -place)
        for place, (code, meaning) in enumerate(words.MISSING.items(), start=1)
    )
    return (*choices, *missing)
