"""Entries: values of a questionnaire file, taken one by one with their faults noted."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from survey_app.questionnaire.definition import ORIGINAL, Text
from survey_app.questionnaire.faults import Report
from survey_app.questionnaire.lines import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of the file at its path."""

    values: Mapping[str, object]
    path: Path
    report: Report

    def fault(self, key: str, found: str, advice: str) -> None:
        """Note a fault at a key of this table."""
        self.report.add((*self.path, key) if key else self.path, found, advice)


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a file, and those in which no text may be missing."""

    spoken: tuple[str, ...]
    complete: tuple[str, ...]


def keys(entry: Entry, needed: Collection[str], allowed: Collection[str] = ()) -> None:
    """Note every key that is missing, and every one that the table does not know."""
    known = (*needed, *allowed)
    for key in needed:
        if key not in entry.values:
            entry.fault("", f'"{key}" is missing', f'Add "{key}"')
    for key in entry.values:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f'Perhaps "{near[0]}" is meant' if near else f"Use only {', '.join(known)}, or remove it"
            entry.fault(key, f'the key "{key}" is not known here', hint)


def string(entry: Entry, key: str) -> str:
    """Return a string that is not empty; an empty one where there is a fault or nothing."""
    value = entry.values.get(key, "")
    if key in entry.values and (not isinstance(value, str) or not value.strip()):
        _wrong(entry, key, value, 'Write words between quotes: "…"')
    return value if isinstance(value, str) else ""


def flag(entry: Entry, key: str) -> bool:
    """Return true or false; false where nothing is written."""
    value = entry.values.get(key, False)
    if not isinstance(value, bool):
        _wrong(entry, key, value, "Write true or false, without quotes")
    return value is True


def whole(entry: Entry, key: str, least: int) -> int | None:
    """Return a whole number, None where nothing is written."""
    value = entry.values.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        _wrong(entry, key, value, f"Write a whole number from {least} on, without quotes")
        return None
    return value


def strings(entry: Entry, key: str) -> tuple[str, ...]:
    """Return a list of strings; a single string is a list of one."""
    value = entry.values.get(key, [])
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
        _wrong(entry, key, value, 'Write a list of words: ["…", "…"]')
        return ()
    if len(set(listed)) < len(listed):
        entry.fault(key, "something stands in this list twice", "Keep it once")
    return tuple(listed)


def table(entry: Entry, key: str) -> Entry:
    """Return the table at a key; an empty one where there is a fault or nothing."""
    value = entry.values.get(key, {})
    if not isinstance(value, dict):
        _wrong(entry, key, value, f"Write a table: [{key}], or {{ … = … }} on one line")
        value = {}
    return Entry(value, (*entry.path, key), entry.report)


def tables(entry: Entry, key: str) -> list[Entry]:
    """Return the tables of a list."""
    value = entry.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        _wrong(entry, key, value, f"Write a list of tables: [[{key}]], or [ {{ … }}, {{ … }} ]")
        return []
    return [Entry(item, (*entry.path, key, number), entry.report) for number, item in enumerate(value)]


def text(entry: Entry, key: str, languages: Languages) -> Text | None:
    """Return the text at a key, None where nothing is written."""
    if key not in entry.values:
        return None
    written = table(entry, key)
    return words(written, languages) if isinstance(entry.values[key], dict) else None


def words(
    entry: Entry, languages: Languages, needed: Collection[str] = (), allowed: Collection[str] = ()
) -> Text:
    """Return the text whose languages are keys of this table, beside the other keys named."""
    keys(entry, needed, (*languages.spoken, *allowed))
    for language in languages.complete:
        if language not in entry.values:
            entry.fault("", f'the words in "{language}" are missing', f'Add {language} = "…"')
    spoken = {language: string(entry, language) for language in languages.spoken if language in entry.values}
    return Text({ORIGINAL: "", **spoken})


def _wrong(entry: Entry, key: str, value: object, advice: str) -> None:
    entry.fault(key, f"found {_quoted(value)}", advice)


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"' if value.strip() else "an empty text"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return str(value)
