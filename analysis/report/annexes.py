"""Annexes: method, units, counters, officers, questionnaires and files, as blocks for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from analysis.report.collation import person_key, unit_key, vietnamese_key
from analysis.report.intervals import listing, table
from analysis.report.limits import officers_line
from analysis.report.listings import groups
from analysis.report.method import method
from analysis.report.provenance import Provenance
from analysis.report.sections import heading, paragraph
from analysis.report.style import PEOPLE, Line, Style, left_of, measure_name
from analysis.summary import Row, Summary

_NUMBERS = ("I", "II", "III", "IV", "V", "VI")
_UNITS = ("rate", "interval", "change", "change_interval", "direction", "rank")


def annexes(summary: Summary, top: Row | None, style: Style, provenance: Provenance) -> list[Line]:
    """Give the annexes that have something to say; numbered from two on.

    That of officers, under the mark of restricted papers, only where they are among the rows.
    """
    words = style.words
    restricted = words.say("INTERNAL USE ONLY")
    parts = (
        (words.say("Method"), None, method(summary, top, style) if top is not None else []),
        (words.say("Results by unit"), None, _by_unit(summary, top, style)),
        (words.say("Results by counter"), None, _counters(summary, top, style)),
        (words.say("Results by officer"), restricted, _officers(summary, style)),
        (words.say("Questionnaires"), None, _asked(summary, style)),
        (words.say("Files and digests"), None, _files(provenance, style)),
    )
    made = [_annex(title, mark, body, style) for title, mark, body in parts if body]
    for number, annex in zip(_NUMBERS, made, strict=False):
        alone = words.say("Annex")
        annex["name"] = alone if len(made) == 1 else words.say("Annex {number}", number=number)
    return made


def _annex(title: str, restricted: str | None, body: list[Line], style: Style) -> Line:
    belongs = style.words.say("(Attached to Report No.           of                              )")
    return {"title": title.upper(), "restricted": restricted, "belongs": belongs, "body": body}


def _by_unit(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    words = style.words
    blocks: list[Line] = []
    for group in groups(summary, top, style):
        caption = words.say("Interval, change and ranks: {units}", units=group.inside)
        blocks.append(table(caption, words.say("Unit"), [(None, group.rows)], style, None, None, _UNITS))
    return blocks


def _counters(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    words = style.words
    rows = [row for row in summary.rows if row.kind == "counter" and row.measure == "overall"]
    if not rows:
        return []
    rows.sort(key=lambda row: (vietnamese_key(row.name), row.code))
    parents = _by_parent(rows, _names(summary))
    title = words.say("Results by counter")
    return [table(title, words.say("Unit, counter"), parents, _own(style, rows), None, top)]


def _officers(summary: Summary, style: Style) -> list[Line]:
    words = style.words
    rows = [row for row in summary.rows if row.kind == "officer" and row.measure == "factor:officials"]
    if not rows:
        return []
    rows.sort(key=lambda row: (person_key(row.name), row.code))
    parents = _by_parent(rows, _names(summary))
    columns = ("rate", "interval", "plot", "n", "verdict")
    title = words.say("Results by officer")
    return [
        paragraph(officers_line(style)),
        table(title, words.say("Unit, officer"), parents, _own(style, rows), None, None, columns),
    ]


def _own(style: Style, rows: Sequence[Row]) -> Style:
    """Give the style with an axis that shows the rates of these rows."""
    return replace(style, left=left_of(rows))


def _names(summary: Summary) -> dict[str, str]:
    return {row.code: row.name for row in summary.rows if row.kind not in PEOPLE}


def _by_parent(rows: Sequence[Row], names: Mapping[str, str]) -> list[tuple[str | None, list[Row]]]:
    def parent(row: Row) -> str:
        return row.parent_code or ""

    ordered = sorted(rows, key=lambda row: (unit_key(names.get(parent(row), parent(row))), parent(row)))
    return [(names.get(code, code) or None, list(members)) for code, members in groupby(ordered, key=parent)]


def _asked(summary: Summary, style: Style) -> list[Line]:
    """Give the questions of the period with their words and choices, as far as their labels are known."""
    words, labels = style.words, style.labels
    choices: dict[str, list[str]] = {}
    for answer in summary.answers:
        known = choices.setdefault(answer.question, [])
        label = labels.get(f"choice:{answer.question}:{answer.choice}")
        if label is not None and label not in known:
            known.append(label)
    rows: list[Line] = [
        {
            "name": labels.get(f"text:{question}") or measure_name(f"question:{question}", style),
            "under": " · ".join(known),
            "cells": [_short(question, style), question],
        }
        for question, known in choices.items()
        if f"text:{question}" in labels or f"question:{question}" in labels
    ]
    if not rows:
        return []
    versions = ", ".join(sorted({version for row in summary.rows for version in row.versions}))
    columns = ((words.say("In tables"), 36.0), (words.say("Code"), 40.0))
    return [
        listing(words.say("Questions of {versions}", versions=versions), words.say("Question"), columns, rows)
    ]


def _short(question: str, style: Style) -> str:
    """Give the short label of a question; nothing where it is the whole question."""
    short = measure_name(f"question:{question}", style)
    return "" if short == style.labels.get(f"text:{question}") else short


def _files(provenance: Provenance, style: Style) -> list[Line]:
    words = style.words
    blocks: list[Line] = []
    if provenance.manifest:
        rows: list[Line] = [
            {"name": name, "under": "", "cells": [digest]}
            for name, digest in sorted(provenance.manifest.items())
        ]
        columns = (("SHA-256", 112.0),)
        blocks.append(listing(words.say("Files of the period"), words.say("File"), columns, rows))
    if provenance.signed_by:
        blocks += [
            heading(words.say("Signature of the files"), 2),
            paragraph(words.say("The files are signed with the key {key}.", key=provenance.signed_by)),
        ]
    if provenance.audit_head:
        blocks += [
            heading(words.say("Audit"), 2),
            paragraph(
                words.say(
                    "When this report was made, the last entry of the audit had the hash below. An entry "
                    "that is later altered or taken away no longer leads to it."
                )
            ),
            {"code": provenance.audit_head},
        ]
    return blocks
