"""Seen: what the person at the desk may see of a period, of its newest snapshot or closed state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import abort, current_app
from sqlalchemy import Connection
from sqlalchemy import Row as Record

from analysis.period import Period
from analysis.summary import Row
from survey_app.access.scope import lies_in, scope_of
from survey_app.evaluate.desk import find_unit, roots
from survey_app.evaluate.lifecycle import Life, life
from survey_app.evaluate.manifest import decode
from survey_app.evaluate.scoped import period_or_404
from survey_app.evaluate.snapshots import newest
from survey_app.evaluate.stored import Shelf
from survey_app.ground import person, settings, today

STAFF = ("inspector", "auditor")
"""Who reads the figures of units and officers."""


@dataclass(frozen=True)
class Seen:
    """A period and where it stands; ``made`` is its newest evaluation, ``rows`` what may be seen, by role.

    ``whole`` says that everything may be seen; ``bounds`` are those of the grades.
    """

    period: Period
    life: Life
    made: Record[Any] | None
    rows: Mapping[str, tuple[Row, ...]]
    whole: bool
    bounds: tuple[float, ...]

    @property
    def roles(self) -> list[str]:
        """Give the roles that there are figures of."""
        return [role for role, rows in self.rows.items() if rows]

    @property
    def top(self) -> Row | None:
        """Give the unit above all that may be seen; None if several stand side by side."""
        found = roots(self.rows.get("serving", ()))
        return found[0] if len(found) == 1 else None

    def of_role(self, role: str) -> tuple[Row, ...]:
        """Give the headline rows of a role."""
        return self.rows.get(role, ())

    def holds(self, code: str) -> bool:
        """Whether a unit is among the figures and may be seen."""
        return any(find_unit(rows, code) is not None for rows in self.rows.values())


def seen(connection: Connection, label: str) -> Seen:
    """Give what the person at the desk may see of a period; there is no page for another word."""
    return seen_of(connection, period_or_404(label))


def seen_of(connection: Connection, this: Period) -> Seen:
    """Give what the person at the desk may see of a period."""
    stands, made = life(connection, this, today()), newest(connection, this.label)
    scope = scope_of(person(), *STAFF)
    rows = shelf().read(connection, made.id).rows if made is not None else ()
    if scope is not None:
        parents = {row.code: row.parent_code for row in rows if row.kind != "counter"}
        inside = {code for code in parents if lies_in(scope, code, parents)}
        rows = tuple(
            row for row in rows if (row.parent_code if row.kind == "counter" else row.code) in inside
        )
    by_role = {role: tuple(row for row in rows if row.role == role) for role in ("serving", "deciding")}
    return Seen(this, stands, made, by_role, scope is None, _bounds(stands))


def shelf() -> Shelf:
    """Give the snapshots that this process read last."""
    return cast(Shelf, current_app.extensions["shelf"])


def made_or_404(found: Seen) -> Record[Any]:
    """Give the newest evaluation of a period; a period without figures has no such page."""
    if found.made is None:
        abort(404)
    return found.made


def _bounds(stands: Life) -> tuple[float, ...]:
    """Give the bounds of the grades: those that a closed period was graded by."""
    kept: Sequence[float] = settings().grade_bounds
    if stands.revision is not None:
        kept = decode(stands.revision.manifest).rules.get("bounds", kept)
    return tuple(kept)
