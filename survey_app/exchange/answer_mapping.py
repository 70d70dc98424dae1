"""Answer mapping: the column of each question, and the codes of ours that its cells become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey_app.exchange.csvfile import folded
from survey_app.questionnaire.definition import NOT_APPLICABLE, REFUSED, Question, Questionnaire
from survey_app.questionnaire.entries import Entry, keys, string, strings, table

UNMAPPED = "unmapped"
"""The code of an answer that none of the question's choices stands for; it is never satisfied."""

OWN_CODES: Mapping[str, str | None] = {
    "skipped": None,
    NOT_APPLICABLE: NOT_APPLICABLE,
    "not_applicable": NOT_APPLICABLE,
    REFUSED: REFUSED,
    UNMAPPED: UNMAPPED,
}
"""What stands for no choice in a file in our own codes; None is a skipped question."""

_APART: Mapping[str, str | None] = {
    "skipped": None,
    "na": NOT_APPLICABLE,
    "refused": REFUSED,
    "unmapped": UNMAPPED,
}


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """The column of a question, and the code of ours for each of its cells (None: skipped).

    With ``rest`` every cell that has no code is unmapped. A cell of several choices is cut at ``separator``.
    """

    question: Question
    column: str
    codes: Mapping[str, str | None]
    rest: bool
    separator: str


def words(entry: Entry, key: str) -> dict[str, str]:
    """Give a table of texts by the cells they stand for."""
    listed = table(entry, key)
    return {folded(cell): string(listed, cell) for cell in listed.values}


def answer_sources(top: Entry, questionnaire: Questionnaire, header: Sequence[str]) -> Iterator[AnswerSource]:
    """Give the source of each question that is mapped; without a list, of those the header names."""
    questions = {question.id: question for question in questionnaire.questions}
    if "questions" not in top.values:
        names = {name.casefold() for name in header}
        for id, question in questions.items():
            if id in names:
                yield AnswerSource(question, id, _own_codes(question), rest=False, separator=";")
        return
    listed = table(top, "questions")
    for id in listed.values:
        if id in questions:
            yield _answer(table(listed, id), questions[id])
        else:
            listed.fault(
                id, f'{questionnaire.id} has no question "{id}"', f"Use one of {', '.join(questions)}"
            )


def _own_codes(question: Question) -> dict[str, str | None]:
    if question.kind == "text":
        return {}
    codes: dict[str, str | None] = {choice.code: choice.code for choice in question.choices}
    return codes | {cell: code for cell, code in OWN_CODES.items() if _offered(question, code)}


def _offered(question: Question, code: str | None) -> bool:
    return code not in (NOT_APPLICABLE, REFUSED) or code in question.answer_codes


def _answer(entry: Entry, question: Question) -> AnswerSource:
    apart = ("skipped",) if question.kind == "text" else tuple(_APART)
    chosen = ("choices", "separator") if question.choices else ()
    keys(entry, ("column",), (*apart, *chosen))
    codes = _choices(entry, question) if "choices" in entry.values else _own_codes(question)
    unmapped = entry.values.get("unmapped")
    for key in apart:
        if key == "unmapped" and isinstance(unmapped, bool):
            continue
        code = _APART[key]
        if key in entry.values and not _offered(question, code):
            entry.fault(key, f'the question "{question.id}" does not offer it', "List the cells as skipped")
        for cell in _cells(entry, key):
            if "choices" in entry.values and codes.get(cell, code) != code:
                entry.fault(key, f'"{cell}" stands in two lists', "Keep it in one")
            codes[cell] = code
    separator = string(entry, "separator") or ";"
    return AnswerSource(question, string(entry, "column"), codes, unmapped is True, separator)


def _choices(entry: Entry, question: Question) -> dict[str, str | None]:
    known = [choice.code for choice in question.choices]
    codes: dict[str, str | None] = dict(words(entry, "choices"))
    for cell, code in codes.items():
        if code and code not in known:
            listed = f"Use one of {', '.join(known)}"
            entry.fault("choices", f'"{cell}" becomes "{code}", which is no choice', listed)
    return codes


def _cells(entry: Entry, key: str) -> Iterator[str]:
    """Give the cells of a list; an empty one is skipped anyway, and may be listed."""
    value = entry.values.get(key)
    if isinstance(value, list):
        entry = Entry({**entry.values, key: [cell for cell in value if cell != ""]}, entry.path, entry.report)
    return map(folded, strings(entry, key))
