"""Own figures: what heads and officers see of theirs, out of the files of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from analysis.report.collation import unit_key
from analysis.report.terms import FACTORS, QUESTIONS
from analysis.report.wording import wording
from analysis.summary import Row
from survey_app.evaluate.details import Detail, decoded, name_of
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.evaluate.words import desk_language

LEADS = {"unit": "overall", "officer": "factor:officials"}


@dataclass(frozen=True)
class Own:
    """A unit or officer as its head or the officer sees it, as of a snapshot."""

    made: Any
    detail: Detail
    lead: Row | None

    def of(self, sort: str) -> list[Row]:
        """Give the rows of all factors or questions, in the order of the figures."""
        return [row for row in self.rows if row.measure.startswith(f"{sort}:")]

    @property
    def rows(self) -> list[Row]:
        """Give the rows about where people were served."""
        return [row for row in self.detail.rows if row.role == "serving"]

    def below(self, counters: bool) -> list[Row]:
        """Give the counters, or the units, right below, by name: in no order that ranks them."""
        return _by_name([row for row in self.detail.below if (row.kind == "counter") == counters])

    @property
    def officers(self) -> list[Row]:
        """Give the officers by name."""
        return _by_name(self.detail.officers)


def read_own(connection: Connection, label: str, folder: str, code: str) -> Own | None:
    """Read what is shown of a unit or officer in the newest snapshot; None where there is nothing."""
    made = newest(connection, label)
    content = read_file(connection, made.id, name_of(folder, code)) if made is not None else None
    if content is None:
        return None
    detail = decoded(content)
    lead = LEADS["officer" if any(row.kind == "officer" for row in detail.rows) else "unit"]
    rows = (row for row in detail.rows if row.role == "serving" and row.measure == lead)
    return Own(made, detail, next(rows, None))


def measure_name(measure: str) -> str:
    """Write the name of a factor or question."""
    sort, _, id = measure.partition(":")
    terms = {"factor": FACTORS, "question": QUESTIONS}.get(sort, {})
    return wording(desk_language()).term(id or measure, terms)


def question_name(id: str) -> str:
    """Write the name of a question; nothing where it has none, such as the one for comments."""
    return wording(desk_language()).term(id, QUESTIONS) if id in QUESTIONS else ""


def _by_name(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: unit_key(row.name))
