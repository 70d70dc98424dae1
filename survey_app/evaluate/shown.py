"""Shown: what the pages of a snapshot show to each audience, as small finished files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection

from analysis.summary import Row
from survey_app.config import Settings
from survey_app.evaluate.arrived import Arrived, read_arrived
from survey_app.evaluate.basis import FOUND, Basis
from survey_app.evaluate.details import (
    Detail,
    decoded,
    encoded,
    name_of,
    of_officers,
    of_units,
)
from survey_app.evaluate.domains import read_domains
from survey_app.evaluate.evaluation import Evaluated
from survey_app.evaluate.gradual import next_detail
from survey_app.evaluate.outputs import cut, for_others

ARRIVED = "arrived.json"
"""How many responses came in, by unit and day."""
DESK = "desk.json"
"""The headline rows of units and counters."""
UNIT, STAFF, HEAD, SELF = "unit", "staff", "head", "self"
"""Folders: units and officers as inspectors see them, a unit as its head, an officer as themself."""
GRADUAL = (HEAD, SELF)
"""Folders whose files move by ten responses at least."""


def pages(
    evaluated: Evaluated,
    settings: Settings,
    arrived: Arrived,
    shown: Mapping[str, bytes] | None,
) -> dict[str, bytes]:
    """Give the files that the pages read; ``shown`` are those that heads and officers saw last.

    None: the period is closed, and everybody sees its figures.
    """
    internal, _ = cut(evaluated, settings, "internal")
    files = {
        DESK: encode_rows(internal.rows),
        ARRIVED: msgspec.json.encode(arrived),
        FOUND: msgspec.json.encode(evaluated.findings),
    }
    files |= encoded(of_units(internal, evaluated.trend, arrived), UNIT)
    files |= encoded(of_officers(internal), STAFF)
    if for_others(evaluated):
        head, _ = cut(evaluated, settings, "head")
        own, _ = cut(evaluated, settings, "officer")
        files |= encoded(_gradually(of_units(head, (), arrived), HEAD, shown), HEAD)
        files |= encoded(_gradually(of_officers(own), SELF, shown), SELF)
    return files


def arrived_of(connection: Connection, settings: Settings, basis: Basis) -> Arrived:
    """Count what came in of a basis."""
    domains = read_domains(connection, basis.period, settings.zone)
    return read_arrived(connection, basis.period, basis.last_response, domains)


def encode_rows(rows: Iterable[Row]) -> bytes:
    """Give the headline rows of units and counters as one file."""
    return msgspec.json.encode([row for row in rows if row.measure == "overall" and row.kind != "officer"])


def decode_rows(content: bytes) -> tuple[Row, ...]:
    """Read headline rows."""
    return msgspec.json.decode(content, type=tuple[Row, ...])


def _gradually(
    details: Mapping[str, Detail], folder: str, shown: Mapping[str, bytes] | None
) -> dict[str, Detail]:
    if shown is None:
        return dict(details)
    found = {}
    for code, detail in details.items():
        before = shown.get(name_of(folder, code))
        found[code] = next_detail(decoded(before) if before is not None else None, detail)
    return found
