"""A small made-up office for tests: two units, three counters, three officers, one questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Connection, insert

from survey_app.collect.codes import new_code
from survey_app.collect.releases import release
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.toml import load
from survey_app.store.organisation import Counter, CounterCode, Officer, Posting, Unit

QUESTIONNAIRES = Path(__file__).resolve().parents[1] / "questionnaires"
FOUNDED = date(2025, 7, 1)
MONDAY_9 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Nine in the morning in Viet Nam."""


def questionnaire(name: str = "counter-service.v1") -> Questionnaire:
    path = QUESTIONNAIRES / f"{name}.toml"
    return load(path.read_text(encoding="utf-8"), path.name)


@dataclass(frozen=True)
class SmallOffice:
    release_id: int
    province: int
    commune: int
    department: int
    counter: int
    code: str
    shared_counter: int
    shared_code: str
    officers: tuple[int, int, int]


def small_office(connection: Connection) -> SmallOffice:
    """Officer A sits at counter 1 until 10:00 on the Monday, then B; B and C share counter 2."""

    def add(table: type, **values: object) -> int:
        return int(connection.execute(insert(table).values(values)).inserted_primary_key[0])

    province = add(Unit, code="40", name="Tỉnh Mẫu", kind="province", valid_from=FOUNDED)
    commune = add(
        Unit,
        code="01",
        name="Xã Mẫu",
        name_en="Mau Commune",
        kind="commune",
        parent_id=province,
        valid_from=FOUNDED,
    )
    department = add(
        Unit, code="S1", name="Sở Mẫu", kind="department", parent_id=province, valid_from=FOUNDED
    )
    hours = {"opens": time(7, 30), "closes": time(16, 30), "valid_from": FOUNDED}
    first = add(Counter, code="Q1", name="Quầy 1", unit_id=commune, **hours)
    second = add(Counter, code="Q2", name="Quầy 2", unit_id=commune, deciding_unit_id=department, **hours)
    codes = new_code(), new_code()
    for counter, code in zip((first, second), codes, strict=True):
        connection.execute(insert(CounterCode).values(code=code, counter_id=counter, created_at=MONDAY_9))
    officers = tuple(
        add(Officer, code=f"C{n}", name=f"Cán bộ Mẫu {n:02}", unit_id=commune, valid_from=FOUNDED)
        for n in (1, 2, 3)
    )
    change = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    start = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)
    add(Posting, officer_id=officers[0], counter_id=first, starts_at=start, ends_at=change)
    add(Posting, officer_id=officers[1], counter_id=first, starts_at=change)
    add(Posting, officer_id=officers[1], counter_id=second, starts_at=start)
    add(Posting, officer_id=officers[2], counter_id=second, starts_at=start)
    release_id, _ = release(connection, questionnaire(), MONDAY_9)
    return SmallOffice(release_id, province, commune, department, first, codes[0], second, codes[1], officers)
