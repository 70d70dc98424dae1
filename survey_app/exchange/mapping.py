"""Mapping: how another program's columns, dates and codes become ours; README.md shows a whole file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from survey_app.exchange.csvfile import folded
from survey_app.questionnaire.definition import NOT_APPLICABLE, REFUSED, Question, Questionnaire
from survey_app.questionnaire.entries import Entry, keys, string, strings, table, whole
from survey_app.questionnaire.faults import Fault, Report
from survey_app.questionnaire.lines import line_numbers

UNMAPPED = "unmapped"
"""The code of an answer that none of the question's choices stands for; it is never satisfied."""

OWN_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
OWN_CODES: Mapping[str, str | None] = {
    "skipped": None,
    NOT_APPLICABLE: NOT_APPLICABLE,
    "not_applicable": NOT_APPLICABLE,
    REFUSED: REFUSED,
    UNMAPPED: UNMAPPED,
}
"""What stands for no choice in a file in our own codes; None is a skipped question."""

PLACES = ("unit", "counter", "deciding_unit", "officer", "procedure")
_APART: Mapping[str, str | None] = {
    "skipped": None,
    "na": NOT_APPLICABLE,
    "refused": REFUSED,
    "unmapped": UNMAPPED,
}
_NEEDED = ("source", "questionnaire", "version")
_ALLOWED = ("id", "answered_at", *PLACES, "language", "channel", "questions")

Released = Callable[[str, int], Questionnaire | None]


class MapFaults(ValueError):
    """A mapping file cannot be used; the text lists every fault."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{file}, {fault}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: a ``column``, through ``values`` if there are any, or one for all rows.

    ``needed`` tells that the file must have the column.
    """

    column: str | None
    values: Mapping[str, str] | None = None
    constant: str = ""
    needed: bool = True


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


@dataclass(frozen=True, slots=True)
class ResponseMap:
    """A mapping file, held against its questionnaire and the header of the file it maps.

    ``day`` is the one day of all rows, else ``answered_at`` names the column. Without ``identity`` a response
    is told by the file and its row number.
    """

    source: str
    questionnaire: Questionnaire
    identity: tuple[str, ...]
    day: date | None
    answered_at: str
    formats: tuple[str, ...]
    places: Mapping[str, Source]
    language: Source
    channel: Source
    answers: tuple[AnswerSource, ...]
    others: bool

    @property
    def columns(self) -> tuple[list[str], list[str]]:
        """Give the columns that must be there, and those that may."""
        sources = [*self.places.values(), self.language, self.channel]
        needed = [*self.identity, *([] if self.day else [self.answered_at])]
        needed += [source.column for source in sources if source.column and source.needed]
        needed += [answer.column for answer in self.answers]
        optional = [source.column for source in sources if source.column and not source.needed]
        return list(dict.fromkeys(needed)), [name for name in dict.fromkeys(optional) if name not in needed]


def load_map(text: str, file: str, released: Released, header: Sequence[str]) -> ResponseMap:
    """Give the map that a file's text defines; ``released`` finds a questionnaire by id and version.

    Raises MapFaults with every fault found.
    """
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        advice = "Write key = value, and close every quote and bracket"
        raise MapFaults(file, [Fault(None, "", str(error), advice)]) from None
    report = Report(content, line_numbers(text))
    top = Entry(content, (), report)
    keys(top, _NEEDED, _ALLOWED)
    questionnaire = _questionnaire(top, released)
    if questionnaire is None:
        raise MapFaults(file, report.faults)
    day, column, formats = _answered_at(top)
    found = ResponseMap(
        source=string(top, "source"),
        questionnaire=questionnaire,
        identity=strings(top, "id"),
        day=day,
        answered_at=column,
        formats=formats,
        places={name: _source(top, name, f"{name}_code") for name in PLACES},
        language=_source(top, "language", "language"),
        channel=_source(top, "channel", "channel"),
        answers=tuple(_answers(top, questionnaire, header)),
        others="questions" in content,
    )
    _check_source(top, found)
    if report.faults:
        raise MapFaults(file, report.faults)
    return found


def _check_source(top: Entry, found: ResponseMap) -> None:
    if not found.source or len(found.source) > 200:
        top.fault("source", "it names no source", "Write the program or survey in up to 200 signs")
    if not found.answers and "questions" in top.values:
        top.fault("questions", "no question is mapped", "Add [questions.…] with its column")


def _questionnaire(top: Entry, released: Released) -> Questionnaire | None:
    id, version = string(top, "questionnaire"), whole(top, "version", 1)
    if not id or version is None:
        return None
    questionnaire = released(id, version)
    if questionnaire is None:
        advice = "Release it first: survey questionnaire release FILE"
        top.fault("questionnaire", f'"{id}" version {version} is not released', advice)
    return questionnaire


def _answered_at(top: Entry) -> tuple[date | None, str, tuple[str, ...]]:
    value = top.values.get("answered_at")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value, "", ()
    if value is None:
        return None, "answered_at", OWN_FORMATS
    if not isinstance(value, dict):
        top.fault("answered_at", f"found {value}", "Write a date (2021-09-30), or { column, formats }")
        return None, "", ()
    entry = table(top, "answered_at")
    keys(entry, ("column",), ("formats",))
    formats = strings(entry, "formats") or OWN_FORMATS
    for form in formats:
        if not _names_a_day(form):
            entry.fault("formats", f'"{form}" names no whole date', "Use %d, %m, %Y and perhaps %H:%M:%S")
    return None, string(entry, "column"), formats


def _names_a_day(form: str) -> bool:
    moment = datetime(2024, 2, 29, 13, 5, 6, tzinfo=UTC)
    try:
        return datetime.strptime(moment.strftime(form), form).date() == moment.date()
    except ValueError:
        return False


def _source(top: Entry, key: str, own_column: str) -> Source:
    value = top.values.get(key)
    if value is None:
        return Source(own_column, needed=False)
    if isinstance(value, str):
        return Source(None, constant=string(top, key))
    entry = table(top, key)
    keys(entry, ("column",), ("values",))
    values = _words(entry, "values") if "values" in entry.values else None
    return Source(string(entry, "column"), values)


def _words(entry: Entry, key: str) -> dict[str, str]:
    """Give a table of texts by the cells they stand for."""
    listed = table(entry, key)
    return {folded(cell): string(listed, cell) for cell in listed.values}


def _answers(top: Entry, questionnaire: Questionnaire, header: Sequence[str]) -> Iterator[AnswerSource]:
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
    codes: dict[str, str | None] = dict(_words(entry, "choices"))
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
