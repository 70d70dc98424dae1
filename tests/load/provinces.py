"""Ratings of a whole province in memory: only for measuring."""

from __future__ import annotations

import numpy as np

from analysis.ratings import Domain, Question, Ratings, Workload

UNITS, COUNTERS, OFFICERS, DAYS, FIELDS = 150, 450, 1_500, 125, 8
FACTORS = ("access", "procedures", "officials", "result", "feedback")
CHOICES = ("1", "2", "3", "4", "5")


def scale(id: str, factor: str | None) -> Question:
    """Give a question on the scale from 1 to 5; without a factor it is the headline."""
    return Question(
        id,
        "scale",
        CHOICES,
        factor,
        headline=factor is None,
        satisfied=frozenset("45"),
        very_satisfied=frozenset("5"),
        dissatisfied=frozenset("12"),
        scores={choice: float(choice) for choice in CHOICES},
    )


def province(responses: int = 300_000, questions: int = 12, seed: int = 1) -> Ratings:
    """Make responses of units and officers that differ, on days that differ, with some answers missing."""
    rng = np.random.default_rng(seed)
    officer = rng.integers(0, OFFICERS, responses)
    unit = officer % UNITS + 1
    day = rng.integers(0, DAYS, responses)
    level = rng.normal(0, 0.4, UNITS + 1)[unit] + rng.normal(0, 0.3, OFFICERS)[officer]
    level += rng.normal(0, 0.3, (UNITS + 1, DAYS))[unit, day] + rng.normal(0, 1.2, responses)
    asked = [scale("overall", None)]
    asked += [scale(f"q{n}", FACTORS[n % len(FACTORS)]) for n in range(1, questions)]
    ends = np.array([-2.2, -1.6, -0.9, 0.6])
    answers = {}
    for question in asked:
        given = np.searchsorted(ends, level + rng.normal(0, 0.6, responses) + 0.4).astype(np.int8)
        given[rng.random(responses) < (0.0 if question.headline else 0.08)] = -1
        answers[question.id] = given
    field = rng.integers(0, FIELDS, responses)
    served = np.full((UNITS + 1, FIELDS), np.nan)
    served[1:] = rng.integers(500, 3_000, (UNITS, FIELDS))
    communes = (Domain("commune", f"X{n:03}", f"Xã Mẫu {n:03}", parent=0) for n in range(1, UNITS + 1))
    return Ratings(
        units=(Domain("province", "T", "Tỉnh Mẫu"), *communes),
        counters=tuple(
            Domain("counter", f"Q{n:03}", f"Quầy {n}", parent=n % UNITS + 1) for n in range(COUNTERS)
        ),
        officers=tuple(
            Domain("officer", f"C{n:04}", f"Cán bộ Mẫu {n:04}", parent=n % UNITS + 1) for n in range(OFFICERS)
        ),
        questions=tuple(asked),
        versions=(("counter-service", 1),),
        day=(739_000 + day * 182 // DAYS).astype(np.int32),
        unit=unit.astype(np.int32),
        deciding_unit=unit.astype(np.int32),
        counter=(officer % COUNTERS).astype(np.int32),
        officer=officer.astype(np.int32),
        version=np.zeros(responses, np.int16),
        flagged=rng.random(responses) < 0.01,
        answers=answers,
        workload=Workload(
            unit_served=served.sum(axis=1),
            unit_offered=np.full(UNITS + 1, np.nan),
            counter_served=np.full(COUNTERS, np.nan),
            officer_served=np.full(OFFICERS, np.nan),
            field_served=served,
        ),
        fields=tuple(f"F{n}" for n in range(FIELDS)),
        field=field.astype(np.int32),
    )
