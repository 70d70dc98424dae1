"""Citizens: how made-up people answer a questionnaire, given how good the service was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from survey_app.demo.comments import CONTENT, CRITICAL
from survey_app.questionnaire.definition import (
    NOT_APPLICABLE,
    REFUSED,
    Answer,
    Question,
    Questionnaire,
    applies,
)

BOUNDS = (-2.1, -1.1, 0.0, 1.5)
"""Where, on the scale of how good a service felt, one choice of five ends and the next begins."""

SHORT = 0.33
"""Share of people who answer the first question only."""

SKIPPED = 0.05
ABSENT = {"result": 0.18, "feedback": 0.7}
"""Share for whom a question does not apply, where that is not rare."""

EASE = {"overall": 0.1, "procedures": -0.35, "access": -0.1, "result": 0.1, "feedback": -0.3}
"""How much better or worse than the rest a side of the service is."""

LIKELY: Mapping[str, Mapping[str, float]] = {
    "trips": {"1": 52, "2": 28, "3": 10, "4": 3, "5plus": 2, "unknown": 5},
    "extra_payment": {"no": 90, "yes": 1, REFUSED: 9},
    "stage": {"inquiry": 12, "received": 45, "supplement": 9, "rejected": 1, "result": 30, "other": 3},
    "respondent": {"citizen": 76, "business": 13, "organisation": 3, "proxy": 8},
    "reasons": {
        "wait": 30, "unclear": 18, "extra_papers": 12, "sent_around": 12, "late": 14, "place": 9, "rude": 7,
        "absent": 6, "wrong": 4, "no_reason": 3, "other": 6,
    },
    "best": {"attitude": 30, "guidance": 24, "time": 20, "result": 14, "procedure": 7, "place": 5},
    "improve": {"time": 34, "procedure": 26, "guidance": 14, "place": 12, "result": 8, "attitude": 6},
}  # fmt: skip
"""How often each choice of a question that is no scale is taken, where not all are taken alike."""


@dataclass(frozen=True, slots=True)
class Service:
    """How good a service was, and how much of that is the officer's doing; 0 is half satisfied."""

    quality: float
    officer: float


def answer(
    questionnaire: Questionnaire, service: Service, chance: Random
) -> tuple[dict[str, Answer], dict[str, str]]:
    """Give one person's answers, and apart from them the comments, both by question id."""
    mood = chance.gauss(0, 1.0)
    short = chance.random() < SHORT
    answers: dict[str, Answer] = {}
    comments: dict[str, str] = {}
    for question in questionnaire.questions:
        if not question.required and (short or chance.random() < SKIPPED):
            continue
        if not applies(question.when, answers, {}):
            continue
        if question.kind == "text":
            if text := _comment(answers.get(questionnaire.headline), chance):
                comments[question.id] = text
        elif question.kind == "scale":
            answers[question.id] = _rating(question, service, mood, chance)
        elif question.kind == "multiple":
            answers[question.id] = _several(question, chance)
        else:
            answers[question.id] = _one(question, chance)
    return answers, comments


def _rating(question: Question, service: Service, mood: float, chance: Random) -> str:
    if question.na is not None and chance.random() < ABSENT.get(question.id, 0.02):
        return NOT_APPLICABLE
    of_officer = 1.0 if question.factor == "officials" else 0.5 if question.factor is None else 0.2
    felt = service.quality + of_officer * service.officer + mood + chance.gauss(0, 1.0)
    felt += EASE.get(question.id, 0.0)
    return question.choices[sum(felt > bound for bound in BOUNDS)].code


def _one(question: Question, chance: Random) -> str:
    likely = LIKELY.get(question.id) or {choice.code: 1.0 for choice in question.choices}
    return chance.choices(list(likely), list(likely.values()))[0]


def _several(question: Question, chance: Random) -> list[str]:
    taken = {_one(question, chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))}
    return [choice.code for choice in question.choices if choice.code in taken]


def _comment(headline: Answer | None, chance: Random) -> str:
    low = headline in ("1", "2", "3")
    if chance.random() > (0.2 if low else 0.04):
        return ""
    return chance.choice(CRITICAL if low else CONTENT)
