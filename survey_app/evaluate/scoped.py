"""Scoped: which units of a period the person at the desk may work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import abort
from sqlalchemy import Connection, Select, or_, select

from analysis.period import Period, period
from survey_app.access.scope import lies_in, scope_of
from survey_app.ground import person, settings
from survey_app.store.organisation import Unit


@dataclass(frozen=True)
class UnitName:
    """A unit of a period: its number in the store, code, name, kind and the code of the one above it."""

    id: int
    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True)
class Scope:
    """The units of a period by their codes, and those of them whose subtrees were granted (None: all)."""

    units: Mapping[str, UnitName]
    granted: frozenset[str] | None

    @property
    def whole(self) -> bool:
        """Whether everything may be seen."""
        return self.granted is None

    def holds(self, code: str | None) -> bool:
        """Whether a unit may be seen."""
        if self.granted is None:
            return True
        parents = {each.code: each.parent for each in self.units.values()}
        return code is not None and lies_in(self.granted, code, parents)

    def codes(self) -> list[str] | None:
        """Give the codes of all units that may be seen; None: all."""
        return None if self.granted is None else [code for code in self.units if self.holds(code)]

    def name(self, code: str | None) -> str:
        """Give the name of a unit, its code if it has none here."""
        found = self.units.get(code or "")
        return found.name if found is not None else code or ""


def period_or_404(label: str) -> Period:
    """Give the period of a label; there is no page for another word."""
    try:
        return period(label, settings().period_scheme)
    except ValueError:
        abort(404)


def scope_in(connection: Connection, this: Period, *roles: str) -> Scope:
    """Give what the person at the desk may see of a period in any of these roles."""
    return Scope(units_of(connection, this), scope_of(person(), *roles))


def units_of(connection: Connection, this: Period) -> dict[str, UnitName]:
    """Give the units of a period by code, of two with one code the later, parents first or not."""
    above = Unit.__table__.alias("above")
    query = cast(
        Select[Any],
        select(Unit.id, Unit.code, Unit.name, Unit.kind, above.c.code.label("parent"))
        .outerjoin(above, above.c.id == Unit.parent_id)
        .where(Unit.valid_from <= this.last_day)
        .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= this.first_day))
        .order_by(Unit.valid_from, Unit.code),
    )
    return {row.code: UnitName(*row) for row in connection.execute(query)}
