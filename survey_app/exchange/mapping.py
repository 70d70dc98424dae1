"""Mapping: how another program's columns, dates and codes become ours; README.md shows a whole file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from survey_app.exchange.answer_mapping import AnswerSource, answer_sources, words
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.entries import Entry, keys, string, strings, table, whole
from survey_app.questionnaire.faults import Fault, Report
from survey_app.questionnaire.lines import line_numbers

OWN_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")

PLACES = ("unit", "counter", "deciding_unit", "officer", "procedure")
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
        answers=tuple(answer_sources(top, questionnaire, header)),
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
    values = words(entry, "values") if "values" in entry.values else None
    return Source(string(entry, "column"), values)
