"""Rows: the responses of an export, block by block, in an order that does not tell when they came."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from analysis import ratings
from survey_app.evaluate.domains import Domains
from survey_app.evaluate.inclusion import (
    Bounds,
    Columns,
    Flags,
    days,
    decided,
    last_answers,
    read_decisions,
    read_flags,
)
from survey_app.evaluate.raw.columns import MISSING, Column
from survey_app.evaluate.reading import indices
from survey_app.store.responses import CHANNELS

Places = NDArray[np.intp]

# Seconds since 1970, without their fractions: whether they lie before noon is all that is made of them.
ANSWERED = {
    "sqlite": "CAST(strftime('%s', substr(r.answered_at, 1, 19)) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM r.answered_at)) AS bigint)",
}
STORED = {
    "number": "r.number",
    "part": "p.part",
    "unit": "r.unit_id",
    "deciding_unit": "r.deciding_unit_id",
    "officer": "r.officer_id",
    "version": "r.release_id",
    "channel": f"CASE r.channel {' '.join(f'WHEN {c!r} THEN {n}' for n, c in enumerate(CHANNELS))} END",
}
_languages = msgspec.json.Decoder(list[str]).decode


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of a block: row i reads ``texts[place[i]]``; the texts are the column's own if it has any."""

    texts: Sequence[str]
    place: Places


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of an export, numbered from ``first``; cells of every column but the number of the row."""

    first: int
    rows: int
    cells: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read: up to where, of which units (indices; all if None), by whose map and clock."""

    bounds: Bounds
    zone: ZoneInfo
    domains: Domains
    releases: Sequence[int]
    columns: Sequence[Column]
    within: Collection[int] | None = None


def read_blocks(connection: Connection, wanted: Wanted) -> Generator[Block]:
    """Read the responses that count: days in their order, within a day by half, unit and chance."""
    stored = STORED | {"answered": ANSWERED[connection.dialect.name], "language": "r.language"}
    questions = [column.question for column in wanted.columns if column.question is not None]
    decisions = read_decisions(connection, wanted.bounds)
    flags = read_flags(connection, wanted.bounds)
    languages: dict[str, int] = {}
    first = 1
    with closing(days(connection, wanted.bounds, stored, questions)) as parts:
        for each in parts:
            columns: Columns = {name: each.numbers(name) for name in stored if name != "language"}
            columns["language"] = np.array(
                [languages.setdefault(code, len(languages)) for code in _languages(each.arrays["language"])]
            )
            columns, answers = decided(decisions, *last_answers(columns, each.answers))
            columns = _placed(columns, wanted, each.day)
            order = _order(columns, wanted)
            if not len(order):
                continue
            columns = {name: column[order] for name, column in columns.items()}
            own = {
                "day": Cells((each.day.isoformat(),), np.zeros(len(order), np.intp)),
                "language": Cells(tuple(languages), columns["language"]),
                **_flagged(columns["number"], flags),
            }
            cells = [own.get(c.name) or _cells(c, columns, answers, order) for c in wanted.columns[1:]]
            yield Block(first, len(order), tuple(cells))
            first += len(order)


def _placed(columns: Columns, wanted: Wanted, day: date) -> Columns:
    """Turn what the store keeps into places of texts; nobody is the last of them."""
    noon = datetime.combine(day, time(12), wanted.zone).timestamp()
    version = {id: place for place, id in enumerate(wanted.releases)}
    placed = columns | {
        "unit": indices(columns["unit"], wanted.domains.unit_of),
        "deciding_unit": indices(columns["deciding_unit"], wanted.domains.unit_of),
        "officer": indices(columns["officer"], wanted.domains.officer_of),
        "version": indices(columns["version"], version),
        "half": np.where(columns["answered"] == ratings.NOBODY, 2, columns["answered"] >= noon),
    }
    return placed | {"questionnaire": placed["version"]}


def _order(columns: Columns, wanted: Wanted) -> Places:
    """Give the responses that are wanted, in the order of their rows."""
    kept = np.arange(len(columns["number"]))
    if wanted.within is not None:
        units = list(wanted.within)
        kept = kept[np.isin(columns["unit"], units) | np.isin(columns["deciding_unit"], units)]
    # Of the system's own randomness: an order that could be worked out again would tell the arrival.
    chance = np.frombuffer(secrets.token_bytes(8 * len(kept)), np.uint64)
    return kept[np.lexsort((chance, columns["unit"][kept], columns["half"][kept]))]


def _cells(column: Column, columns: Columns, answers: Mapping[str, Any], order: Places) -> Cells:
    if column.question is None:
        assert column.texts is not None  # the others are read from the rows
        return Cells(column.texts, columns[column.name] % len(column.texts))
    codes = answers[column.question.id][order]
    if column.texts is not None:
        return Cells(column.texts, codes.astype(np.intp) % len(column.texts))
    found, place = np.unique(codes, return_inverse=True)
    text = _several if column.question.kind == "multiple" else _number
    return Cells([text(int(code), column.question.choices) for code in found.tolist()], place)


def _several(mask: int, choices: Sequence[str]) -> str:
    if mask < 0:
        return MISSING[-1 - mask]
    return ";".join(choice for bit, choice in enumerate(choices) if mask >> bit & 1)


def _number(value: int, _choices: Sequence[str]) -> str:
    return MISSING[-1 - value] if value < 0 else str(value)


def _flagged(numbers: NDArray[np.int64], flags: Flags) -> dict[str, Cells]:
    begins, ends = (np.searchsorted(flags.number, numbers, side) for side in ("left", "right"))
    flagged = ends > begins
    rules = {"": 0}
    place = np.zeros(len(numbers), np.intp)
    for row in np.flatnonzero(flagged).tolist():
        text = ";".join(map(str, flags.rule[begins[row] : ends[row]].tolist()))
        place[row] = rules.setdefault(text, len(rules))
    return {"flagged": Cells(("0", "1"), flagged.astype(np.intp)), "rules": Cells(tuple(rules), place)}
