"""TOML: a questionnaire file read whole, or refused with all its faults."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata

from survey_app.questionnaire.checks import check
from survey_app.questionnaire.choices import read_scales
from survey_app.questionnaire.definition import ORIGINAL, Factor, Questionnaire, Text
from survey_app.questionnaire.entries import (
    Entry,
    Languages,
    keys,
    string,
    strings,
    table,
    tables,
    text,
    whole,
    words,
)
from survey_app.questionnaire.faults import Fault, QuestionnaireFaults, Report
from survey_app.questionnaire.lines import line_numbers
from survey_app.questionnaire.questions import read_questions

INTRO_KEYS = ("who", "free", "anonymous", "purpose", "kept", "length")
"""What is said before the first question."""

_NEEDED = ("id", "version", "languages", "complete", "headline", "intro", "thanks", "scales", "questions")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_LONGEST_LANGUAGE = 20
_NAMED_BY_PAGES = ("vi", "en", "fr")
"""Languages whose own names the pages know."""


def load(text: str, source: str) -> Questionnaire:
    """Return the questionnaire that a file's text defines.

    ``source`` is the file's path, or any other words that say where the text comes from.
    Raises QuestionnaireFaults with every fault of the file.
    """
    written = _plain_lines(text)
    try:
        content = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise QuestionnaireFaults(source, [_syntax_fault(str(error), written)]) from error
    report = Report(content, line_numbers(written))
    questionnaire = _questionnaire(Entry(content, (), report), canonical_text(text))
    check(questionnaire, report, source)
    if report.faults:
        raise QuestionnaireFaults(source, report.faults)
    return questionnaire


def canonical_text(text: str) -> str:
    """Return the text as its digest sees it: no byte-order mark, lines ended by LF, Unicode NFC."""
    return unicodedata.normalize("NFC", _plain_lines(text))


def _plain_lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _questionnaire(top: Entry, canonical: str) -> Questionnaire:
    keys(top, _NEEDED, ("factors", "names"))
    languages = _languages(top)
    intro = table(top, "intro")
    if "intro" in top.values:
        keys(intro, INTRO_KEYS)
    return Questionnaire(
        id=string(top, "id"),
        version=whole(top, "version", 1) or 0,
        languages=languages.spoken,
        complete=languages.complete,
        headline=string(top, "headline"),
        factors=tuple(
            Factor(string(entry, "id"), words(entry, languages, ("id",))) for entry in tables(top, "factors")
        ),
        questions=read_questions(top, languages, read_scales(top, languages)),
        intro={key: found for key in INTRO_KEYS if (found := text(intro, key, languages))},
        thanks=text(top, "thanks", languages) or Text({ORIGINAL: ""}),
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        text=canonical,
        names=_names(top, languages.spoken),
    )


def _languages(top: Entry) -> Languages:
    """Return the languages of the header; where they cannot be read, those that the file uses."""
    spoken, complete = strings(top, "languages"), strings(top, "complete")
    for key, listed in (("languages", spoken), ("complete", complete)):
        if listed and ORIGINAL not in listed:
            top.fault(
                key, f'"{ORIGINAL}" is not among the languages', f'Add "{ORIGINAL}": the others follow it'
            )
    for language in spoken:
        if not _LANGUAGE.fullmatch(language) or len(language) > _LONGEST_LANGUAGE:
            top.fault("languages", f'"{language}" is no language', 'Use codes such as "vi", "en", "fr"')
        if language.partition("-")[0] == "th":
            advice = "Write the code of the tongue itself, such as tyj, blt or thc"
            top.fault("languages", f'"{language}" is the Thai of Thailand', advice)
    for language in complete:
        if spoken and language not in spoken:
            top.fault("complete", f'"{language}" is not among languages', "Add it there, or remove it here")
    used = tuple(table(top, "thanks").values)
    spoken = spoken or used
    return Languages(spoken, tuple(language for language in complete if language in spoken))


def _names(top: Entry, spoken: tuple[str, ...]) -> dict[str, str]:
    """Return what the languages call themselves that the pages have no name for."""
    named = [language for language in spoken if language not in _NAMED_BY_PAGES]
    if not named and "names" not in top.values:
        return {}
    names = table(top, "names")
    keys(names, named)
    return {language: string(names, language) for language in named}


def _syntax_fault(message: str, written: str) -> Fault:
    """Turn the message of TOML's reader into a fault; it stops at the first."""
    found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if found is None:
        return Fault(None, "", message, _SYNTAX_ADVICE)
    line = int(found[2]) if found[2] else written.rstrip("\n").count("\n") + 1
    return Fault(line, f"column {found[3]}" if found[3] else "", found[1], _SYNTAX_ADVICE)


_SYNTAX_ADVICE = 'Write key = "words" with straight quotes, and close every quote and bracket'
