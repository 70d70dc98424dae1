"""A province's worth of made-up rows, written straight into the tables: only for measuring."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert

from survey_app.collect.codes import new_code
from survey_app.collect.releases import release
from survey_app.store.backup import continue_counting
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter, CounterCode, Officer, Unit
from survey_app.store.responses import Part, Response
from tests.offices import FOUNDED, MONDAY_9, questionnaire

UNITS, COUNTERS, OFFICERS, DAYS = 150, 500, 1_500, 182
FIRST_DAY = date(2025, 12, 15)
CHUNK = 20_000


def fill(database: Database, responses: int, seed: int = 1) -> str:
    """Fill an empty database with a half-year of responses; give a counter's code."""
    rng = np.random.default_rng(seed)
    code = new_code()
    with database.writing() as connection:
        release_id, _ = release(connection, questionnaire(), MONDAY_9)
        province = {"id": 1, "code": "40", "name": "Tỉnh Mẫu", "kind": "province", "parent_id": None}
        units = [
            {"id": n + 2, "code": f"U{n:03}", "name": f"Xã Mẫu {n:03}", "kind": "commune", "parent_id": 1}
            for n in range(UNITS)
        ]
        connection.execute(insert(Unit), [unit | {"valid_from": FOUNDED} for unit in (province, *units)])
        hours = {"opens": time(7), "closes": time(17), "valid_from": FOUNDED}
        connection.execute(
            insert(Counter),
            [
                {"id": n + 1, "code": f"Q{n}", "name": f"Quầy {n}", "unit_id": n % UNITS + 2} | hours
                for n in range(COUNTERS)
            ],
        )
        connection.execute(insert(CounterCode).values(code=code, counter_id=1, created_at=MONDAY_9))
        connection.execute(
            insert(Officer),
            [
                {
                    "id": n + 1,
                    "code": f"C{n}",
                    "name": f"Cán bộ Mẫu {n:03}",
                    "unit_id": n % UNITS + 2,
                    "valid_from": FOUNDED,
                }
                for n in range(OFFICERS)
            ],
        )
    for start in range(0, responses, CHUNK):
        with database.writing() as connection:
            days = np.arange(start, min(start + CHUNK, responses)) * DAYS // responses
            _chunk(connection, rng, start + 1, days, release_id)
    with database.writing() as connection:
        continue_counting(connection)
    return code


def _chunk(
    connection: Connection, rng: np.random.Generator, first: int, days: NDArray[np.int64], release_id: int
) -> None:
    size = len(days)
    counters = rng.integers(0, COUNTERS, size)
    rated = [q.id for q in questionnaire().questions if q.kind == "scale"]
    answers = rng.choice(6, (size, len(rated)), p=[0.03, 0.05, 0.12, 0.45, 0.3, 0.05])
    facts = rng.integers(1, 4, size)
    turns = rng.integers(0, OFFICERS // COUNTERS, size)
    rows, parts = [], []
    for place in range(size):
        given = {
            question: str(answer + 1) if answer < 5 else "na"
            for question, answer in zip(rated, answers[place].tolist(), strict=True)
        }
        given["overall"] = str(min(answers[place, 0] + 1, 5))
        given |= {
            "trips": str(facts[place]),
            "extra_payment": "no",
            "stage": "result",
            "respondent": "citizen",
        }
        if place % 7 == 0:
            given["reasons"] = ["wait", "unclear"]
        number, counter = first + place, int(counters[place])
        day = FIRST_DAY + timedelta(days=int(days[place]))
        moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        rows.append(
            {
                "number": number,
                "id": f"load-{number}",
                "release_id": release_id,
                "unit_id": counter % UNITS + 2,
                "deciding_unit_id": counter % UNITS + 2,
                "counter_id": counter + 1,
                "officer_id": counter + int(turns[place]) * COUNTERS + 1,
                "channel": "poster",
                "attribution": "poster_now",
                "language": "vi",
                "answered_at": moment,
                "received_at": moment,
                "service_day": day,
            }
        )
        document = msgspec.json.encode(given).decode()
        parts.append(
            {
                "response_number": number,
                "part": 1,
                "answers": document,
                "timing": "now",
                "digest": b"",
                "received_at": moment,
            }
        )
    connection.execute(insert(Response), rows)
    connection.execute(insert(Part), parts)
