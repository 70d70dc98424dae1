"""Fields: which field of service a response belongs to, and whose peers its officer is among."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analysis.ratings import NOBODY, Domain
from survey_app.store.organisation import Counter, Procedure
from survey_app.store.organisation import Workload as Served


@dataclass(frozen=True)
class Fields:
    """The fields of service in the order of the alphabet; which one a procedure, a counter belongs to."""

    names: tuple[str, ...]
    of_procedure: Mapping[int, int]
    of_counter: Mapping[int, int]


def read_fields(connection: Connection) -> Fields:
    """Read the fields that procedures, counters and workloads name."""
    procedures, counters = (
        {id: field for id, field in connection.execute(select(table.id, table.field)) if field}
        for table in (Procedure, Counter)
    )
    served = connection.scalars(select(Served.field).where(Served.field.is_not(None)).distinct())
    names = tuple(sorted({*procedures.values(), *counters.values(), *filter(None, served)}))
    place = {name: number for number, name in enumerate(names)}
    return Fields(
        names,
        {id: place[name] for id, name in procedures.items()},
        {id: place[name] for id, name in counters.items()},
    )


def field_of(procedure: NDArray[np.int32], counter: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give the field of each response: its procedure's, else its counter's, else nobody's."""
    return np.where(procedure != NOBODY, procedure, counter)


def with_peers(
    officers: Sequence[Domain], officer: NDArray[np.int32], field: NDArray[np.int32], names: Sequence[str]
) -> tuple[Domain, ...]:
    """Give the officers with the field that most of their responses belong to as their peers'."""
    if not names:
        return tuple(officers)
    known = (officer != NOBODY) & (field != NOBODY)
    cells = officer[known] * len(names) + field[known]
    table = np.bincount(cells, minlength=len(officers) * len(names)).reshape(len(officers), len(names))
    return tuple(
        replace(each, peers=names[most]) if row[most] else each
        for each, row, most in zip(officers, table, table.argmax(axis=1).tolist(), strict=True)
    )
