"""Rated: what the figures need to know of a questionnaire's questions."""

from __future__ import annotations

from analysis import ratings
from survey_app.questionnaire.definition import Question, Questionnaire


def rating_questions(questionnaire: Questionnaire) -> tuple[ratings.Question, ...]:
    """Return the questions as the analysis knows them, in their order; texts are left out."""
    return tuple(
        _rating_question(question, question.id == questionnaire.headline)
        for question in questionnaire.questions
        if question.kind != "text"
    )


def _rating_question(question: Question, headline: bool) -> ratings.Question:
    assert question.kind != "text"
    scores = {choice.code: choice.score for choice in question.choices if choice.score is not None}
    satisfied = frozenset(choice.code for choice in question.choices if choice.satisfied)
    best = max((scores[code] for code in satisfied), default=None)
    return ratings.Question(
        id=question.id,
        kind=question.kind,
        choices=tuple(choice.code for choice in question.choices),
        factor=question.factor,
        headline=headline,
        satisfied=satisfied,
        very_satisfied=frozenset(code for code in satisfied if scores[code] == best),
        dissatisfied=frozenset(choice.code for choice in question.choices if choice.low),
        scores=scores,
    )
