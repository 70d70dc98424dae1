"""Places: the units of today, for what roles are granted on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, or_, select

from survey_app.store.organisation import Unit


def units_now(connection: Connection, today: date) -> Sequence[Row[Any]]:
    """Give code and name of the units that there are today, by name."""
    query = (
        select(Unit.code, Unit.name)
        .where(Unit.valid_from <= today, or_(Unit.valid_to.is_(None), Unit.valid_to >= today))
        .order_by(Unit.name, Unit.code)
    )
    return connection.execute(cast(Select[Any], query)).all()
