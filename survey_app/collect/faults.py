"""Faults: what is said beside the fields of a form that cannot be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.numbers import format_decimal
from flask_babel import get_locale, gettext, lazy_gettext

from survey_app.questionnaire.definition import Question, Questionnaire
from survey_app.web import counted as ngettext  # extraction of messages goes by this name

ERRORS = {
    "required": lazy_gettext("Please choose one."),
    "unknown": lazy_gettext("This choice is not in the form, please choose again."),
}


def worded(questionnaire: Questionnaire, errors: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Give the words of the first error of each question, by its id."""
    return {id: _error(questionnaire.question(id), codes[0]) for id, codes in errors.items()}


def _error(question: Question, code: str) -> str:
    if code == "unknown" and question.kind == "number":
        least, most = (
            format_decimal(each or 0, locale=get_locale()) for each in (question.minimum, question.maximum)
        )
        return str(gettext("Please write a whole number from %(least)s to %(most)s.", least=least, most=most))
    if code != "long":
        return str(ERRORS[code])
    return ngettext(
        "Longer than %(num)s character, please shorten.",
        "Longer than %(num)s characters, please shorten.",
        question.maximum_length or 0,
    )
