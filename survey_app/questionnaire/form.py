"""Form: the WTForms class of a questionnaire, and the answers that came in through it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields import Field
from wtforms.fields.core import UnboundField

from survey_app.questionnaire.definition import Answer, Kind, Question, Questionnaire, applies

REQUIRED, UNKNOWN_CHOICE, LONG = "required", "unknown", "long"
"""Codes of errors; the page gives them words."""

Read = Callable[[list[Any]], tuple[Answer | None, str | None]]
"""From the values sent under a question's id to its answer (None if skipped) and the code of an error."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DIGITS = re.compile("[0-9]{1,9}")
_MOST_MARKS = 4
"""No Vietnamese letter takes more code points than this when its marks are apart."""


class AnswersForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Answers to a questionnaire; the visit token stands in for a CSRF token, so no cookie is needed."""

    class Meta:
        """Settings of WTForms: errors are codes, so nothing is translated here."""

        csrf = False

        def get_translations(self, form: FlaskForm) -> None:
            """Give no translations."""


class AnswerField(Field):  # type: ignore[misc]  # WTForms carries no types
    """The answer to one question: read, checked and told in codes, without a field for every choice.

    Pages write their own markup, so what WTForms keeps for labels, widgets and filters is not set up: that
    takes more than half of the time of a form.
    """

    _datalist = None

    def __init__(self, read: Read, required: bool, name: str, _form: FlaskForm, **bound: Any) -> None:
        self._form = _form
        self.name = self.short_name = self.id = name
        self.read = read
        self.required = required

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:
        """Read what was sent; answers are never pre-filled, so ``data`` is left alone."""
        self.raw_data = formdata.getlist(self.name) if formdata is not None else []
        self.data, self.error = self.read(self.raw_data)

    def validate(self, form: FlaskForm, extra_validators: object = ()) -> bool:
        """Tell whether the answer is one of the question's, or rightly left out."""
        error = self.error or (REQUIRED if self.required and self.data is None else None)
        self.errors = (error,) if error else ()
        return error is None


PAGE_FIELDS = frozenset({"visit", "part", "when", "website", "lang", "by", "csrf_token"})
"""Names of the page's own fields."""

PAGE_PLACES = frozenset({"errors", "f1", "f2", "f3", "f4", "f5"})
"""Names of the page's own elements; each question gives its own to one."""

RESERVED_IDS = PAGE_FIELDS | PAGE_PLACES | frozenset(dir(AnswersForm(formdata=None)))
"""Ids that no question can have: the form has attributes of these names."""

FORM_PREFIXES = ("validate_", "filter_")
"""A field whose name begins so would be called as a check of another field."""


def form_class(questionnaire: Questionnaire) -> type[FlaskForm]:
    """Return the form of a questionnaire, with one field a question; keep it, making it takes time."""
    fields = {
        question.id: UnboundField(AnswerField, _READERS[question.kind](question), question.required)
        for question in questionnaire.questions
    }
    return type("QuestionnaireForm", (AnswersForm,), fields)


def answers_of(
    form: FlaskForm, questionnaire: Questionnaire, place: Mapping[str, str | None]
) -> tuple[dict[str, Answer], dict[str, str]]:
    """Return the answers of a valid form, and apart from them the comments, both by question id.

    Skipped questions are left out, and so are those whose condition does not hold.
    """
    answers: dict[str, Answer] = {}
    comments: dict[str, str] = {}
    for question in questionnaire.questions:
        answer = form[question.id].data
        if answer is None or not applies(question.when, answers, place):
            continue
        if question.kind == "text":
            comments[question.id] = answer
        else:
            answers[question.id] = answer
    return answers, comments


def _one_choice(question: Question) -> Read:
    codes = question.answer_codes

    def read(values: list[Any]) -> tuple[Answer | None, str | None]:
        given = [value for value in values if value != ""]
        if not given:
            return None, None
        code = given[0]
        if len(given) > 1 or not isinstance(code, str) or code not in codes:
            return None, UNKNOWN_CHOICE
        return code, None

    return read


def _several_choices(question: Question) -> Read:
    codes = [choice.code for choice in question.choices]

    def read(values: list[Any]) -> tuple[Answer | None, str | None]:
        given = [value for value in values if value != ""]
        if any(value not in codes for value in given):
            return None, UNKNOWN_CHOICE
        return [code for code in codes if code in given] or None, None

    return read


def _number(question: Question) -> Read:
    assert question.minimum is not None
    assert question.maximum is not None
    numbers = range(question.minimum, question.maximum + 1)

    def read(values: list[Any]) -> tuple[Answer | None, str | None]:
        given = str(values[0]).strip() if values else ""
        if not given:
            return None, None
        if not _DIGITS.fullmatch(given) or int(given) not in numbers:
            return None, UNKNOWN_CHOICE
        return int(given), None

    return read


def _comment(question: Question) -> Read:
    longest = question.maximum_length
    assert longest is not None

    def read(values: list[Any]) -> tuple[Answer | None, str | None]:
        written = str(values[0]).strip() if values else ""
        # Counted before it is changed, so that nobody pays for composing ten million letters.
        if len(written) > _MOST_MARKS * longest:
            return None, LONG
        lines = written.replace("\r\n", "\n").replace("\r", "\n")
        comment = unicodedata.normalize("NFC", _CONTROLS.sub("", lines)).strip()
        return (None, LONG) if len(comment) > longest else (comment or None, None)

    return read


_READERS: Mapping[Kind, Callable[[Question], Read]] = {
    "scale": _one_choice,
    "choice": _one_choice,
    "multiple": _several_choices,
    "number": _number,
    "text": _comment,
}
