"""Times: when responses were opened, how long they took, and when their counters were open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text

from analysis.ratings import NOBODY
from survey_app.evaluate.inclusion import AGGREGATES, numbers_of
from survey_app.evaluate.reading import Reading
from survey_app.store.organisation import Counter

UNTIMED = ("import", "paper")
"""Channels whose instants say when somebody typed, not when somebody answered."""

EPOCHS = {"sqlite": "unixepoch({})", "postgresql": "CAST(floor(extract(epoch FROM {})) AS bigint)"}
# A day comes as arrays, as in the reading itself. Instants of the channels above are nobody's.
TIMES = """
SELECT {number}, {answered}, {received}, {counter} FROM response r
WHERE r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response
GROUP BY r.service_day
"""


@dataclass(frozen=True)
class Times:
    """Of each response, seconds of its local day and of its answering; NaN where not known."""

    opened: NDArray[np.float64]
    duration: NDArray[np.float64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]


def read_times(connection: Connection, reading: Reading, zone: ZoneInfo) -> Times:
    """Read when the responses of a reading were opened and how long they took; NaN where that is erased."""
    ratings = reading.ratings
    first, last = (date.fromordinal(int(end)) for end in (ratings.day.min(), ratings.day.max()))
    bounds = {"first": first, "last": last, "last_response": reading.last_response}
    array, _ = AGGREGATES[connection.dialect.name]
    epoch = EPOCHS[connection.dialect.name]
    untimed = ", ".join(f"'{channel}'" for channel in UNTIMED)
    instant = f"CASE WHEN r.channel IN ({untimed}) THEN NULL ELSE {epoch} END"
    query = TIMES.format(
        number=array.format("r.number"),
        answered=array.format(instant.format("r.answered_at")),
        received=array.format(instant.format("r.received_at")),
        counter=array.format("r.counter_id"),
    )
    read = [[numbers_of(each) for each in day] for day in connection.execute(text(query), bounds)]
    number, *columns = (np.concatenate(column) for column in zip(*read, strict=True))
    order = np.argsort(number)
    place = order[np.searchsorted(number[order], reading.numbers)]
    answered, received, counter = (column[place] for column in columns)
    midnight = np.array(
        [
            datetime.combine(date.fromordinal(day), time(), zone).timestamp()
            for day in range(first.toordinal(), last.toordinal() + 1)
        ]
    )[ratings.day - first.toordinal()]
    known = answered != NOBODY
    duration = np.where(known & (received >= answered), received - answered, np.nan)
    opens, closes = _hours(connection, counter)
    return Times(np.where(known, answered - midnight, np.nan), duration, opens, closes)


def _hours(
    connection: Connection, counter: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the second of the day at which the counter of each response opens and closes."""
    rows = connection.execute(select(Counter.id, Counter.opens, Counter.closes)).all()
    table = np.full((max((row.id for row in rows), default=0) + 2, 2), np.nan)
    for row in rows:
        table[row.id] = [_seconds(row.opens), _seconds(row.closes)]
    table[NOBODY] = np.nan
    opens, closes = table[counter].T
    return opens, closes


def _seconds(moment: time | None) -> float:
    return np.nan if moment is None else float(moment.hour * 3600 + moment.minute * 60 + moment.second)
