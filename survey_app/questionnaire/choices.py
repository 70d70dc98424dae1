"""Choices: the scales and lists of a questionnaire file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.questionnaire.definition import NOT_APPLICABLE, REFUSED, Choice, Text
from survey_app.questionnaire.entries import (
    Entry,
    Languages,
    keys,
    string,
    strings,
    table,
    tables,
    text,
    words,
)

RESERVED_CODES = frozenset({NOT_APPLICABLE, REFUSED, "not_applicable", "skipped", "unmapped"})
"""Codes that figures use for an answer that is none of the choices."""

MOST_CHOICES = 60
"""Several choices of one answer are counted as bits of one number."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Scale:
    """Choices from worst to best, and the words of "not applicable"."""

    choices: tuple[Choice, ...]
    na: Text | None


def read_scales(top: Entry, languages: Languages) -> Mapping[str, Scale]:
    """Return the scales of a file by name."""
    scales = table(top, "scales")
    return {name: _scale(table(scales, name), languages) for name in scales.values}


def read_choices(entry: Entry, languages: Languages) -> tuple[Choice, ...]:
    """Return the choices of one question."""
    rows = _rows(entry)
    return tuple(Choice(string(row, "code"), words(row, languages, ("code",))) for row in rows)


def _scale(entry: Entry, languages: Languages) -> Scale:
    keys(entry, ("choices", "satisfied", "low"), ("na",))
    marks = {mark: strings(entry, mark) for mark in ("satisfied", "low")}
    choices = []
    for row in _rows(entry):
        code = string(row, "code")
        choice = Choice(
            code,
            words(row, languages, ("code", "score")),
            _score(row),
            code in marks["satisfied"],
            code in marks["low"],
        )
        choices.append(choice)
    _check_marks(entry, marks, choices)
    scores = [choice.score for choice in choices if choice.score is not None]
    if sorted(set(scores)) != scores:
        entry.fault("choices", f"the scores are {_listed(scores)}", "Order the choices from worst to best")
    return Scale(tuple(choices), text(entry, "na", languages))


def _rows(entry: Entry) -> list[Entry]:
    rows = tables(entry, "choices")
    if "choices" in entry.values and not 2 <= len(rows) <= MOST_CHOICES:
        entry.fault("choices", f"{len(rows)} choices", f"Give from 2 to {MOST_CHOICES}")
    seen: set[str] = set()
    for row in rows:
        code = row.values.get("code")
        if isinstance(code, str) and code:
            _check_code(row, code)
            if code in seen:
                row.fault("code", f'the code "{code}" stands twice', "Give every choice its own code")
            seen.add(code)
    return rows


def _check_code(row: Entry, code: str) -> None:
    if code[0] in "=+-@":
        row.fault("code", f'the code "{code}" reads as a formula', "Begin it with a letter or a digit")
    elif not _CODE.fullmatch(code):
        row.fault("code", f'the code is "{code}"', "Use up to 40 of a-z, 0-9 and _")
    elif code in RESERVED_CODES:
        row.fault("code", f'the code "{code}" is reserved', _RESERVED_ADVICE)


_RESERVED_ADVICE = "Use another; na.vi and refused.vi stand beside the choices"


def _score(row: Entry) -> float | None:
    score = row.values.get("score")
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        row.fault("score", f'found "{score}"', "Write a number without quotes")
        return None
    return float(score)


def _check_marks(entry: Entry, marks: Mapping[str, tuple[str, ...]], choices: list[Choice]) -> None:
    codes = {choice.code for choice in choices}
    for mark, marked in marks.items():
        if entry.values.get(mark) == []:
            entry.fault(mark, "no code is given", f"Use one or more of {_listed(sorted(codes))}")
        for code in marked:
            if code not in codes:
                entry.fault(mark, f'no choice has the code "{code}"', f"Use {_listed(sorted(codes))}")
    for choice in choices:
        if choice.satisfied and choice.low:
            entry.fault("low", f'the code "{choice.code}" is both satisfied and low', "Keep it in one list")


def _listed(values: list[str] | list[float]) -> str:
    return ", ".join(f"{value:g}" if isinstance(value, float) else value for value in values)
