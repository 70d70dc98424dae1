"""Slip sheets: slips for a counter, made and printed ten to a sheet with marks to cut along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, or_, select

from survey_app.collect.attribution import unit_on
from survey_app.collect.codes import spaced
from survey_app.collect.drawing import squares, svg
from survey_app.config import Settings
from survey_app.store.organisation import Counter, Officer, Procedure

TEMPLATE = Path(__file__).with_name("slips.typ")


class UnknownCode(ValueError):
    """A code of a counter, officer or procedure that there is none of; the text lists every fault."""


@dataclass(frozen=True, slots=True)
class HandedOutFor:
    """What slips are handed out for, by the store's ids, and what is printed of it."""

    counter_id: int
    counter: str
    unit: str
    officer_id: int | None
    procedure_id: int | None


def find_codes(
    connection: Connection, counter: str, officer: str | None, procedure: str | None, day: date
) -> HandedOutFor:
    """Give what codes name on a local day.

    Raises UnknownCode if one names nothing then.
    """
    faults = []
    found = connection.execute(
        select(Counter.id, Counter.name, Counter.unit_id).where(Counter.code == counter, *_on(Counter, day))
    ).one_or_none()
    if found is None:
        faults.append(
            f"counter {counter!r}: none has this code on {day}; 'survey import counters FILE' adds it"
        )
    officer_id = procedure_id = None
    if officer is not None:
        officer_id = connection.scalar(select(Officer.id).where(Officer.code == officer, *_on(Officer, day)))
        if officer_id is None:
            faults.append(
                f"officer {officer!r}: nobody has this code on {day}; 'survey import officers FILE' adds them"
            )
    if procedure is not None:
        procedure_id = connection.scalar(select(Procedure.id).where(Procedure.code == procedure))
        if procedure_id is None:
            faults.append(
                f"procedure {procedure!r}: none has this code; 'survey import procedures FILE' adds it"
            )
    if found is None or faults:
        raise UnknownCode("\n".join(faults))
    unit = unit_on(connection, found.unit_id, day)
    return HandedOutFor(found.id, found.name, unit.name, officer_id, procedure_id)


def _on(table: type[Counter | Officer], day: date) -> tuple[ColumnElement[bool], ...]:
    return (table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to >= day))


def print_slips(codes: Sequence[str], handed: HandedOutFor, settings: Settings) -> bytes:
    """Give the sheets as one PDF; an officer, procedure or stage is not printed."""
    from analysis.report.typesetting import typeset

    base_url = settings.base_url.rstrip("/")
    data = {
        "asker": {"vi": settings.asker.vi},
        "unit": handed.unit,
        "counter": handed.counter,
        "site": f"{urlsplit(base_url).netloc}/q/",
        "slips": [{"code": spaced(code), "drawing": svg(squares(f"{base_url}/q/{code}"))} for code in codes],
    }
    return typeset(TEMPLATE, data)
