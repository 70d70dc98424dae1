"""Answers: the cells of a row, read as answers to a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterable

from survey_app.exchange.answer_mapping import UNMAPPED, AnswerSource
from survey_app.exchange.csvfile import Row, folded
from survey_app.questionnaire.definition import Answer

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_DIGITS = re.compile("[0-9]{1,9}")


def read_answers(row: Row, sources: Iterable[AnswerSource]) -> tuple[dict[str, Answer], dict[str, str]]:
    """Give the answers of a row and, apart from them, its comments; skipped questions are left out."""
    answers: dict[str, Answer] = {}
    comments: dict[str, str] = {}
    for source in sources:
        cell = row.cells[source.column]
        if not cell:
            continue
        id, kind = source.question.id, source.question.kind
        if kind == "text":
            if comment := _comment(row, source, cell):
                comments[id] = comment
            continue
        if kind == "multiple":
            answer = _several(row, source, cell)
        elif kind == "number":
            answer = _number(row, source, cell)
        else:
            answer = _code(row, source, cell)
        if answer is not None:
            answers[id] = answer
    return answers, comments


def _code(row: Row, source: AnswerSource, cell: str) -> str | None:
    if cell in source.codes:
        return source.codes[cell]
    word = folded(cell)
    if word in source.codes:
        return source.codes[word]
    if source.rest:
        return UNMAPPED
    known = ", ".join(repr(word) for word in source.codes)
    remedy = f"map it to a choice, or list it as skipped or unmapped; known are {known}"
    row.fault(source.column, f"{cell[:80]!r} stands for no choice of {source.question.id!r}", remedy)
    return None


def _several(row: Row, source: AnswerSource, cell: str) -> Answer | None:
    """Give the codes in the questionnaire's order; one cell that is unmapped leaves the answer unmapped."""
    found = {_code(row, source, part.strip()) for part in cell.split(source.separator) if part.strip()}
    apart = [code for code in found if code in (UNMAPPED, "na", "refused")]
    if apart:
        return UNMAPPED if UNMAPPED in apart else apart[0]
    return [choice.code for choice in source.question.choices if choice.code in found] or None


def _number(row: Row, source: AnswerSource, cell: str) -> Answer | None:
    if folded(cell) in source.codes:
        return source.codes[folded(cell)]
    least, most = source.question.minimum or 0, source.question.maximum or 0
    if _DIGITS.fullmatch(cell) and least <= int(cell) <= most:
        return int(cell)
    if source.rest:
        return UNMAPPED
    row.fault(source.column, f"{cell[:80]!r} is no whole number from {least} to {most}", "mend the number")
    return None


def _comment(row: Row, source: AnswerSource, cell: str) -> str | None:
    if folded(cell) in source.codes:
        return None
    comment = _CONTROLS.sub(" ", cell.replace("\r\n", "\n").replace("\r", "\n")).strip()
    longest = source.question.maximum_length or 0
    if len(comment) > longest:
        row.fault(source.column, f"the text has {len(comment)} signs", f"shorten it to {longest}")
        return None
    return comment
