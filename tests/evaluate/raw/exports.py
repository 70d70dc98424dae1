"""What tests of exports stand on: responses of every sort, exports made of them, files read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pyreadstat
from sqlalchemy import func, insert, select

from survey_app.collect.attribution import Place
from survey_app.collect.intake import Arrival, record_response
from survey_app.collect.releases import release
from survey_app.config import Settings
from survey_app.evaluate.raw.export import Exported, Form, Order, export_responses
from survey_app.questionnaire.toml import load
from survey_app.store.accounts import Account, Grant
from survey_app.store.engine import Database
from survey_app.store.responses import Flag
from tests.evaluate.test_reading import arrival, decide
from tests.offices import MONDAY_9, QUESTIONNAIRES, SmallOffice

SETTINGS = Settings(database_url="unused")
Row = dict[str, str]

MORE = """
[[questions]]
id = "minutes"
kind = "number"
minimum = 0
maximum = 600
text.vi = "Ông/Bà chờ bao nhiêu phút?"
text.en = "How many minutes did you wait?"
text.fr = "Combien de minutes avez-vous attendu ?"

[[questions]]
id = "channel"
kind = "choice"
text.vi = "Ông/Bà đến bằng cách nào?"
text.en = "How did you come?"
text.fr = "Comment êtes-vous venu ?"
choices = [
  { code = "foot", vi = "Đi bộ", en = "On foot", fr = "À pied" },
  { code = "bus", vi = "Xe buýt", en = "By bus", fr = "En bus" },
]
"""
"""A number, and a question that is called as another column of exports is."""


@dataclass(frozen=True)
class Stored:
    """An office with responses, the account that may name officers, and the rows that must come out."""

    office: SmallOffice
    account: int
    rows: list[Row]


def release_more(database: Database) -> int:
    text = (QUESTIONNAIRES / "kiosk-quick.v1.toml").read_text(encoding="utf-8")
    text = text.replace('id = "kiosk-quick"', 'id = "quick-more"') + MORE
    with database.writing() as connection:
        return release(connection, load(text, "quick-more.v1.toml"), MONDAY_9)[0]


def add_account(database: Database, login: str, *, role: str | None = None, unit: int | None = None) -> int:
    with database.writing() as connection:
        id = 10 + (connection.scalar(select(func.max(Account.id))) or 0)  # apart from those that decide
        account: dict[str, Any] = {"id": id, "login": login, "name": "Cán bộ Mẫu", "session_stamp": "s"}
        connection.execute(insert(Account).values(account | {"created_at": MONDAY_9}))
        if role is not None:
            connection.execute(insert(Grant).values(account_id=id, role=role, unit_id=unit))
    return id


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Give a moment of Monday 2 March by the clock of Viet Nam."""
    return datetime(2026, 3, 2, hour - 7, minute, second, 900_000, tzinfo=UTC)


def store_every_sort(database: Database, office: SmallOffice) -> Stored:
    """Store one response of every sort; give the rows that they must become, officers by their codes."""
    more = release_more(database)
    plain = arrival(office, 1)
    a, b, c = office.officers
    at_desk = Place(office.commune, office.department, office.counter, a)
    said = plain.answers
    parts = [
        replace(plain, id="parts", part=2, answers={"overall": "4", "procedures": "na"}),
        replace(plain, id="parts", answers={"overall": "1", "access": "3", "reasons": ["wait", "rude"]}),
    ]
    arrivals: list[Arrival] = [
        *parts,  # number 1
        replace(plain, id="excluded", place=at_desk),
        replace(plain, id="corrected", place=at_desk, answered_at=at(11, 59, 59)),
        replace(plain, id="doubted", answered_at=at(12), place=replace(at_desk, officer_id=b)),
        replace(plain, id="imported", answered_at=None, channel="import", language="en",
                answers={"overall": "unmapped", "extra_payment": "refused", "stage": "result"}),
        replace(plain, id="before", service_day=date(2025, 12, 14)),
        replace(plain, id="number", release_id=more, channel="kiosk", service_day=date(2026, 6, 14),
                answered_at=None, answers={"overall": "2", "minutes": 45, "channel": "bus"}),
        replace(plain, id="no-number", release_id=more, channel="kiosk", service_day=date(2026, 6, 14),
                answered_at=None, answers={"overall": "2", "minutes": "na", "channel": "refused"}),
    ]  # fmt: skip
    with database.writing() as connection:
        numbers = {one.id: record_response(connection, one).number for one in arrivals}
        for rule in (3, 1):
            flag = {"rule": rule, "evidence": "{}", "raised_at": MONDAY_9}
            connection.execute(insert(Flag).values(response_number=numbers["doubted"], **flag))
    decide(database, numbers["excluded"], "exclude", confirmed=True)
    decide(database, numbers["doubted"], "exclude", confirmed=None)
    decide(
        database,
        numbers["corrected"],
        "correct",
        confirmed=True,
        unit_id=office.department,
        deciding_unit_id=office.province,
        officer_id=c,
    )
    account = add_account(database, "thongke", role="statistician")
    monday, last = "2026-03-02", "2026-06-14"
    quick = {"day": last, "questionnaire": "quick-more", "channel": "kiosk", "overall": "2", "half": ""}
    assert said == {"overall": "5"}
    rows = [
        row(overall="4", procedures="not_applicable", access="3", reasons="wait;rude"),
        row(unit="S1", deciding_unit="40", officer="C3"),
        row(deciding_unit="S1", officer="C2", half="pm", flagged="1", rules="1;3"),
        row(half="", channel="import", language="en", overall="unmapped", extra_payment="refused",
            stage="result"),
        row(**quick, minutes="45", q_channel="bus"),
        row(**quick, minutes="not_applicable", q_channel="refused"),
    ]  # fmt: skip
    assert {each["day"] for each in rows} == {monday, last}
    return Stored(office, account, rows)


def row(**cells: str) -> Row:
    """Give a row of the commune on the Monday morning, but for what is said."""
    usual = {
        "unit": "01",
        "deciding_unit": "01",
        "day": "2026-03-02",
        "half": "am",
        "channel": "poster",
        "language": "vi",
        "questionnaire": "counter-service",
        "version": "1",
        "officer": "",
        "overall": "5",
        "flagged": "0",
        "rules": "",
    }
    return usual | cells


def export(database: Database, file: Path, form: Form = "csv", **order: Any) -> Exported:
    period = order.pop("period", "2026-H1")
    told = order.pop("told", None)
    return export_responses(database, SETTINGS, Order(period, form, **order), file, MONDAY_9, told)


def manifest(done: Exported) -> Any:
    return json.loads(done.manifest.read_bytes())


def answered(rows: list[Row]) -> list[Row]:
    """Leave out the numbers of rows and questions that were skipped, as the expected rows do."""
    return [{k: v for k, v in each.items() if k != "row" and v != "skipped"} for each in rows]


def ordered(rows: list[Row]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(each.items()) for each in rows)


def read_csv(done: Exported) -> list[Row]:
    with done.file.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_parquet(done: Exported) -> list[Row]:
    table = pyarrow.parquet.read_table(done.file).to_pylist()
    return [{name: "" if cell is None else str(cell) for name, cell in each.items()} for each in table]


def open_xlsx(done: Exported) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(done.file.read_bytes()))


def read_xlsx(done: Exported) -> list[Row]:
    book = open_xlsx(done)
    head, *lines = book.worksheets[0].iter_rows(values_only=True)
    names = [str(name) for name in head]
    return [
        {name: "" if cell is None else str(cell) for name, cell in zip(names, line, strict=True)}
        for line in lines
    ]


def read_sav(done: Exported) -> list[Row]:
    """Read a .sav file and turn its numbers back into codes as the manifest says."""
    columns, _ = pyreadstat.read_sav(done.file, user_missing=True, output_format="dict")
    codes = {
        column["name"]: {code["sav"]: code["code"] for code in column.get("codes", []) if "sav" in code}
        for column in manifest(done)["columns"]
    }
    names = list(columns)
    return [
        {name: _text(cell, codes[name]) for name, cell in zip(names, line, strict=True)}
        for line in zip(*columns.values(), strict=True)
    ]


def _text(cell: Any, codes: dict[int, str]) -> str:
    if isinstance(cell, float):
        return codes.get(int(cell), f"{cell:.0f}")
    return str(cell)


READERS: dict[Form, Callable[[Exported], list[Row]]] = {
    "csv": read_csv,
    "csv-plain": read_csv,
    "parquet": read_parquet,
    "xlsx": read_xlsx,
    "sav": read_sav,
}
