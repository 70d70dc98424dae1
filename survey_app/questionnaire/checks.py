"""Checks: rules that hold across a whole questionnaire."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from survey_app.questionnaire.definition import Question, Questionnaire
from survey_app.questionnaire.faults import Report
from survey_app.questionnaire.form import FORM_PREFIXES, RESERVED_IDS
from survey_app.questionnaire.lines import Path

INTRO_PLACEHOLDERS = frozenset({"asker", "counter", "unit", "comment_months", "answer_years"})
"""What the page can put into the words of the introduction."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_QUESTIONNAIRE_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def check(questionnaire: Questionnaire, report: Report, source: str) -> None:
    """Note every rule that the questionnaire breaks."""
    _check_name(questionnaire, report, source)
    _check_ids("questions", (question.id for question in questionnaire.questions), report)
    _check_ids("factors", (factor.id for factor in questionnaire.factors), report)
    for number, question in enumerate(questionnaire.questions):
        _check_question(question, ("questions", number), questionnaire, report)
    _check_headline(questionnaire, report)
    _check_placeholders(questionnaire, report)
    for path, text in _strings(report.content, ()):
        if not unicodedata.is_normalized("NFC", text):
            report.add(path, "letters and their marks are apart (not Unicode NFC)", "Type the words anew")


def _check_name(questionnaire: Questionnaire, report: Report, source: str) -> None:
    if not questionnaire.id or not questionnaire.version:
        return
    if not _QUESTIONNAIRE_ID.fullmatch(questionnaire.id):
        advice = "Begin with a-z, then up to 39 of a-z, 0-9 and -"
        report.add(("id",), f'the id is "{questionnaire.id}"', advice)
    name = f"{questionnaire.id}.v{questionnaire.version}.toml"
    if source.endswith(".toml") and PurePath(source).name != name:
        found = f'the file is called "{PurePath(source).name}"'
        report.add(("id",), found, f'Call it "{name}", or mend id and version')


def _check_ids(group: str, ids: Iterable[str], report: Report) -> None:
    seen: dict[str, str] = {}
    for number, id in enumerate(ids):
        path: Path = (group, number, "id")
        if not id:
            continue
        if not _ID.fullmatch(id):
            report.add(path, f'the id is "{id}"', "Begin with a-z, then up to 39 of a-z, 0-9 and _")
        if group == "questions" and (id in RESERVED_IDS or id.startswith(FORM_PREFIXES)):
            report.add(path, f'the id "{id}" is used by the form itself', "Choose another word")
        known = seen.setdefault(id.casefold(), id)
        if known is not id and known == id:
            report.add(path, f'the id "{id}" stands twice', "Give each its own id")
        elif known != id:
            report.add(path, f'the ids "{known}" and "{id}" differ only in capitals', "Choose another word")


def _check_question(question: Question, path: Path, questionnaire: Questionnaire, report: Report) -> None:
    factors = [factor.id for factor in questionnaire.factors]
    if question.factor and question.factor not in factors:
        advice = f"Use one of {', '.join(factors)}" if factors else "Add it to factors"
        report.add((*path, "factor"), f'there is no factor "{question.factor}"', advice)
    if question.required and question.when:
        report.add((*path, "required"), "a question with a condition is required", "Remove one of the two")


def _check_headline(questionnaire: Questionnaire, report: Report) -> None:
    id = questionnaire.headline
    if not id:
        return
    for number, question in enumerate(questionnaire.questions):
        if question.id != id:
            continue
        path: Path = ("questions", number)
        if question.kind != "scale":
            report.add((*path, "kind"), f'the headline "{id}" is no scale', 'Write kind = "scale"')
        if not question.required:
            report.add(path, f'the headline "{id}" is not required', "Write required = true")
        if question.factor:
            report.add((*path, "factor"), f'the headline "{id}" has a factor', "Remove the factor")
        return
    report.add(
        ("headline",), f'there is no question "{id}"', "Use the id of the question that gives the rate"
    )


def _check_placeholders(questionnaire: Questionnaire, report: Report) -> None:
    for key, text in questionnaire.intro.items():
        for language, words in text.words.items():
            for brace in _BRACES.finditer(words):
                if brace[1] not in INTRO_PLACEHOLDERS:
                    advice = f"Use only {', '.join(f'{{{name}}}' for name in sorted(INTRO_PLACEHOLDERS))}"
                    report.add(("intro", key, language), f'"{brace[0]}" cannot be filled in', advice)


def _strings(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(inner, (*path, number))
