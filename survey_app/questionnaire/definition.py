"""Definition: a questionnaire as the code sees it, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["scale", "choice", "multiple", "number", "text"]
Answer = str | list[str] | int

ORIGINAL = "vi"
"""The language that every questionnaire is written in first."""

NOT_APPLICABLE, REFUSED = "na", "refused"
"""Codes of an answer that is none of the question's choices."""

UNKNOWN = "unknown"
"""What a condition on the place reads where the counter's code does not say it."""

PLACE_FACTS: Mapping[str, tuple[str, ...]] = {
    "stage": (UNKNOWN, "inquiry", "received", "supplement", "rejected", "result", "other"),
}
"""What a condition may ask about the place, with its codes."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in several languages."""

    words: Mapping[str, str]

    def __getitem__(self, language: str) -> str:
        """Return the words in a language, in Vietnamese where that language lacks them."""
        return self.words.get(language) or self.words[ORIGINAL]

    def speaks(self, language: str) -> bool:
        """Tell whether the words are there in a language, so that no Vietnamese stands in."""
        return bool(self.words.get(language))


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a question; ``score``, ``satisfied`` and ``low`` belong to scales."""

    code: str
    text: Text
    score: float | None = None
    satisfied: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """A side of the service that several rated questions can describe."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked.

    It holds if one of ``questions`` was answered with one of ``codes``; or, where ``place`` names a fact of
    the place, if that fact is one of ``codes``.
    """

    codes: frozenset[str]
    questions: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question; what does not belong to its kind is empty."""

    id: str
    kind: Kind
    text: Text
    short: Text | None = None
    hint: Text | None = None
    factor: str | None = None
    required: bool = False
    choices: tuple[Choice, ...] = ()
    na: Text | None = None
    refused: Text | None = None
    when: Condition | None = None
    minimum: int | None = None
    maximum: int | None = None
    maximum_length: int | None = None

    @property
    def label(self) -> Text:
        """The short label, or the whole question where there is none."""
        return self.short or self.text

    @property
    def answer_codes(self) -> frozenset[str]:
        """Every code that may stand as an answer: choices, not applicable, refused."""
        codes = {choice.code for choice in self.choices}
        if self.na:
            codes.add(NOT_APPLICABLE)
        if self.refused:
            codes.add(REFUSED)
        return frozenset(codes)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire of one id and version.

    ``languages`` are those it speaks, Vietnamese among them; ``complete`` those in which no text is missing;
    ``names`` is what those call themselves that pages have no words in.
    ``text`` is the canonical text of its file and ``digest`` the SHA-256 of that in hexadecimal.
    """

    id: str
    version: int
    languages: tuple[str, ...]
    complete: tuple[str, ...]
    headline: str
    factors: tuple[Factor, ...]
    questions: tuple[Question, ...]
    intro: Mapping[str, Text]
    thanks: Text
    digest: str
    text: str = field(repr=False)
    names: Mapping[str, str] = field(default_factory=dict)

    def question(self, id: str) -> Question:
        """Return the question with this id; KeyError if there is none."""
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)


def applies(
    condition: Condition | None, answers: Mapping[str, Answer], place: Mapping[str, str | None]
) -> bool:
    """Tell whether a question with this condition is asked, given the answers before it and the place."""
    if condition is None:
        return True
    if condition.place is not None:
        return (place.get(condition.place) or UNKNOWN) in condition.codes
    for id in condition.questions:
        answer = answers.get(id)
        if isinstance(answer, list):
            if not condition.codes.isdisjoint(answer):
                return True
        elif answer in condition.codes:
            return True
    return False
