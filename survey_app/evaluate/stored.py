"""Stored: figures of a snapshot as pages and downloads read them back."""

from __future__ import annotations

import csv
import io
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection

from analysis.summary import Row
from survey_app.evaluate.details import Detail, decoded, name_of
from survey_app.evaluate.shown import DESK, decode_rows
from survey_app.evaluate.snapshots import read_file

SHELF = 8
"""How many snapshots a process keeps decoded."""


class UnknownUnit(ValueError):
    """A unit that is not among the figures."""


class _Place(msgspec.Struct, gc=False):
    kind: str
    code: str
    parent_code: str | None
    measure: str


class _Rows(msgspec.Struct):
    head: msgspec.Raw
    rows: list[msgspec.Raw]


@dataclass(frozen=True)
class Stored:
    """A snapshot: the headline rows of units and counters by role."""

    rows: tuple[Row, ...] = ()

    def of_role(self, role: str) -> tuple[Row, ...]:
        """Give the rows of one role, ``serving`` or ``deciding``."""
        return tuple(row for row in self.rows if row.role == role)


@dataclass(frozen=True)
class Shelf:
    """The snapshots that were read last, by the number of their evaluation; they never change."""

    held: OrderedDict[int, Stored] = field(default_factory=OrderedDict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def read(self, connection: Connection, evaluation_id: int) -> Stored:
        """Give a snapshot."""
        with self.turn:
            if evaluation_id in self.held:
                self.held.move_to_end(evaluation_id)
                return self.held[evaluation_id]
        content = read_file(connection, evaluation_id, DESK)
        stored = Stored(decode_rows(content)) if content is not None else Stored()
        with self.turn:
            self.held[evaluation_id] = stored
            while len(self.held) > SHELF:
                self.held.popitem(last=False)
        return stored


def read_detail(connection: Connection, evaluation_id: int, folder: str, code: str) -> Detail | None:
    """Give what the page of one unit or officer shows."""
    content = read_file(connection, evaluation_id, name_of(folder, code))
    return decoded(content) if content is not None else None


def summary_json_of(summary: bytes, unit: str) -> bytes:
    """Give ``summary.json`` with the rows of a unit and all below it.

    Raises UnknownUnit if it is not among them.
    """
    everything = msgspec.json.decode(summary, type=_Rows)
    decoder = msgspec.json.Decoder(_Place)
    places = [decoder.decode(row) for row in everything.rows]
    below = subtree(((p.kind, p.code, p.parent_code) for p in places), unit)
    rows = [bytes(row) for row, p in zip(everything.rows, places, strict=True) if (p.kind, p.code) in below]
    return b'{"head":' + bytes(everything.head) + b',\n"rows":[\n' + b",\n".join(rows) + b"\n]}\n"


def csv_of(table: bytes, summary: bytes, unit: str) -> bytes:
    """Give ``summary.csv`` or ``answers.csv`` with its header and the rows of a unit and all below it.

    Raises UnknownUnit if it is not among those of ``summary.json``.
    """
    decoder = msgspec.json.Decoder(_Place)
    places = (decoder.decode(row) for row in msgspec.json.decode(summary, type=_Rows).rows)
    below = subtree(((p.kind, p.code, p.parent_code) for p in places), unit)
    rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    header = next(rows)
    kind, code = header.index("kind"), header.index("code")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(row for row in rows if (row[kind], row[code]) in below)
    return text.getvalue().encode("utf-8-sig")


def subtree(places: Iterable[tuple[str, str, str | None]], unit: str) -> set[tuple[str, str]]:
    """Give kind and code of a unit and of all below it, from kinds, codes and codes of parents.

    Raises UnknownUnit if it is not among them.

    >>> places = [("province", "T", None), ("commune", "X", "T"), ("counter", "Q", "X")]
    >>> sorted(subtree(places, "X"))
    [('commune', 'X'), ('counter', 'Q')]
    """
    known = set(places)
    units = {(code, parent) for kind, code, parent in known if kind not in ("counter", "officer")}
    inside = {unit}
    if unit not in {code for code, _ in units}:
        raise UnknownUnit(f"unit {unit!r}: not among the figures; see the codes in summary.csv")
    while grown := {code for code, parent in units if parent in inside} - inside:
        inside |= grown
    return {
        (kind, code)
        for kind, code, parent in known
        if (parent in inside if kind in ("counter", "officer") else code in inside)
    }
