"""Questions: read from the tables of a questionnaire file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast, get_args

from survey_app.questionnaire.choices import Scale, read_choices
from survey_app.questionnaire.definition import ORIGINAL, PLACE_FACTS, Condition, Kind, Question, Text
from survey_app.questionnaire.entries import (
    Entry,
    Languages,
    flag,
    keys,
    string,
    strings,
    table,
    tables,
    text,
    whole,
)

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "scale": ("scale", "short"),
    "choice": ("choices",),
    "multiple": ("choices",),
    "number": ("minimum", "maximum"),
    "text": ("maximum_length",),
}
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "scale": ("factor", "na", "refused"),
    "choice": ("short", "na", "refused"),
    "multiple": ("short",),
    "number": ("short",),
    "text": ("short",),
}
_EVERY_NEEDED = ("id", "kind", "text")
_EVERY_ALLOWED = ("hint", "required", "when")
_NO_SCALE = Scale((), None)


def read_questions(top: Entry, languages: Languages, scales: Mapping[str, Scale]) -> tuple[Question, ...]:
    """Return the questions of a file in their order."""
    entries = tables(top, "questions")
    ids = [id for entry in entries if isinstance(id := entry.values.get("id"), str)]
    questions: list[Question] = []
    for entry in entries:
        questions.append(_question(entry, languages, scales, questions, ids))
    return tuple(questions)


def _question(
    entry: Entry,
    languages: Languages,
    scales: Mapping[str, Scale],
    earlier: Sequence[Question],
    ids: Sequence[str],
) -> Question:
    kind = _kind(entry)
    scale = _chosen_scale(entry, scales) if kind == "scale" else _NO_SCALE
    minimum = whole(entry, "minimum", 0)
    maximum = whole(entry, "maximum", 0)
    if minimum is not None and maximum is not None and minimum > maximum:
        entry.fault("maximum", f"{maximum} is below the minimum {minimum}", "Make it at least the minimum")
    return Question(
        id=string(entry, "id"),
        kind=kind,
        text=text(entry, "text", languages) or Text({ORIGINAL: ""}),
        short=text(entry, "short", languages),
        hint=text(entry, "hint", languages),
        factor=string(entry, "factor") or None,
        required=flag(entry, "required"),
        choices=read_choices(entry, languages) if kind in ("choice", "multiple") else scale.choices,
        na=_not_applicable(entry, languages, scale),
        refused=text(entry, "refused", languages),
        when=_condition(entry, earlier, ids),
        minimum=minimum,
        maximum=maximum,
        maximum_length=whole(entry, "maximum_length", 1),
    )


def _kind(entry: Entry) -> Kind:
    """Return the kind, and check the keys that go with it."""
    kind = string(entry, "kind")
    if kind in _NEEDED:
        keys(entry, (*_EVERY_NEEDED, *_NEEDED[kind]), (*_EVERY_ALLOWED, *_ALLOWED[kind]))
        return cast(Kind, kind)
    kinds = get_args(Kind)
    if kind:
        entry.fault("kind", f'the kind is "{kind}"', f"Use one of {', '.join(kinds)}")
    every = {key for kind in kinds for key in (*_NEEDED[kind], *_ALLOWED[kind])}
    keys(entry, _EVERY_NEEDED, (*_EVERY_ALLOWED, *sorted(every)))
    return "text"


def _chosen_scale(entry: Entry, scales: Mapping[str, Scale]) -> Scale:
    name = string(entry, "scale")
    if name and name not in scales:
        known = ", ".join(scales) or "no scale stands in this file"
        entry.fault("scale", f'there is no scale "{name}"', f"Use one of [scales]: {known}")
    return scales.get(name, _NO_SCALE)


def _not_applicable(entry: Entry, languages: Languages, scale: Scale) -> Text | None:
    """Return the question's own words, none for ``na = false``, else those of its scale."""
    if "na" not in entry.values:
        return scale.na
    return None if entry.values["na"] is False else text(entry, "na", languages)


def _condition(entry: Entry, earlier: Sequence[Question], ids: Sequence[str]) -> Condition | None:
    if "when" not in entry.values:
        return None
    when = table(entry, "when")
    if not when.values:
        return None
    keys(when, ("is",), ("any", "question", "place"))
    codes = strings(when, "is")
    subjects = [key for key in ("any", "question", "place") if key in when.values]
    if len(subjects) != 1:
        when.fault("", f"found {len(subjects)} of any, question, place", "Write exactly one of them")
        return None
    target = string(when, subjects[0])
    if subjects[0] == "place":
        return _place_condition(when, target, codes)
    if subjects[0] == "any":
        asked = [question for question in earlier if question.kind == target]
    else:
        asked = [question for question in earlier if question.id == target]
    if not asked:
        _missing_target(when, subjects[0], target, ids)
        return None
    _check_codes(when, codes, frozenset().union(*(question.answer_codes for question in asked)))
    return Condition(frozenset(codes), tuple(question.id for question in asked))


def _place_condition(when: Entry, fact: str, codes: tuple[str, ...]) -> Condition | None:
    if fact not in PLACE_FACTS:
        if fact:
            when.fault("place", f'the place has no "{fact}"', f"Use one of {', '.join(PLACE_FACTS)}")
        return None
    _check_codes(when, codes, frozenset(PLACE_FACTS[fact]))
    return Condition(frozenset(codes), place=fact)


def _missing_target(when: Entry, subject: str, target: str, ids: Sequence[str]) -> None:
    if subject == "any":
        when.fault(subject, f'no question of kind "{target}" stands before this one', "Name a kind above")
    elif target in ids:
        when.fault(subject, f'the question "{target}" does not stand before this one', "Move it up")
    elif target:
        when.fault(subject, f'there is no question "{target}"', "Use the id of a question above")


def _check_codes(when: Entry, codes: tuple[str, ...], known: frozenset[str]) -> None:
    if "is" in when.values and not codes:
        when.fault("is", "no code is given", f"Use one or more of {', '.join(sorted(known))}")
    for code in codes:
        if code not in known:
            advice = (
                f"Use one or more of {', '.join(sorted(known))}" if known else "Name a question with choices"
            )
            when.fault("is", f'"{code}" is no code of what is asked about', advice)
