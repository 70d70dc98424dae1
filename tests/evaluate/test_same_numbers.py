"""The same number on screen, in PDF, XLSX, DOCX, CSV and JSON, whatever was flagged, decided and revised."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from analysis.report.numerals import number, percent
from survey_app import create_app
from survey_app.access.accounts import add_account
from survey_app.config import load_settings
from survey_app.evaluate.closing import close
from survey_app.evaluate.package import Wanted, make_package, member
from survey_app.evaluate.snapshots import read_file
from survey_app.store.engine import Database, open_database
from survey_app.store.responses import Flag
from survey_app.store.upgrade import upgrade
from tests.evaluate.closed import H1_CLOSES, ONE, SETTINGS, add, closed, decide, filled
from tests.pages import Clock, PageClient, come_in, parsed

BOUNDS = (0.65, 0.80, 0.90)
COMPARED = (
    "responses",
    "answers",
    "satisfied",
    "rate",
    "low",
    "high",
    "design_effect",
    "effective_n",
    "flagged",
)


def revised(database: Database, instance: Path, rng: random.Random) -> bytes:
    """Fill, flag, exclude, correct, close, let answers come late and revise; give the package."""
    office = filled(database, days=rng.randrange(13, 16), each=rng.randrange(3, 6))
    with database.writing() as connection:
        for response in rng.sample(range(1, 19), 4):
            connection.execute(
                insert(Flag).values(response_number=response, rule=3, evidence="{}", raised_at=H1_CLOSES)
            )
        for response in rng.sample(range(1, 19), 3):
            decide(connection, response, "exclude", H1_CLOSES - timedelta(days=2))
        elsewhere = {"unit_id": office.department, "deciding_unit_id": office.department}
        for response in rng.sample(range(1, 19), 2):
            decide(connection, response, "correct", H1_CLOSES - timedelta(days=1), **elsewhere)
    closed(database, instance)
    with database.writing() as connection:
        add(connection, office, "late", 2, rng.randrange(1, 4), date(2026, 5, 4), seed=rng.randrange(99))
    close(
        database,
        SETTINGS,
        instance,
        "2026-H1",
        H1_CLOSES + timedelta(days=9),
        account=ONE,
        reason="answers of a kiosk arrived late",
    )
    wanted = Wanted("2026-H1")
    made = make_package(database, SETTINGS, instance, wanted)
    with database.reading() as connection:
        return read_file(connection, made, wanted.name) or b""


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


def rows_of_json(package: bytes) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = json.loads(member(package, "summary.json") or b"")["rows"]
    return {(row["kind"], row["role"], row["code"], row["measure"]): row for row in rows}


def same_in_csv(package: bytes, rows: dict[tuple[str, ...], dict[str, Any]]) -> None:
    table = csv.DictReader(io.StringIO((member(package, "summary.csv") or b"").decode("utf-8-sig")))
    found = {(row["kind"], row["role"], row["code"], row["measure"]): row for row in table}
    assert found.keys() == rows.keys()
    for key, row in rows.items():
        for name in COMPARED:
            assert found[key][name] == ("" if row[name] is None else f"{row[name]:.12g}")


def same_in_xlsx(
    package: bytes, rows: dict[tuple[str, ...], dict[str, Any]], english: dict[str, str]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(member(package, "summary.en.xlsx") or b""))
    seen = set()
    for sheet in ("Units", "Counters", "Officers"):
        lines = list(book[sheet].iter_rows(values_only=True))
        head = next(line for line in lines if english["code"] in line)
        for line in lines[lines.index(head) + 1 :]:
            cells = dict(zip(head, line, strict=True))
            row = next(
                (
                    row
                    for row in rows.values()
                    if row["code"] == cells[english["code"]]
                    and abs(_number(row["rate"]) - _number(cells[english["rate"]])) < 1e-9
                    and row["answers"] == cells[english["answers"]]
                ),
                None,
            )
            if row is None:
                assert _number(cells[english["rate"]]) < 0, cells
                continue
            seen.add((row["kind"], row["code"]))
            for name in ("rate", "low", "high"):
                assert abs(cells[english[name]] - row[name]) < 1e-11
    assert ("commune", "01") in seen


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else -1.0


def shown_of(row: dict[str, Any]) -> Iterator[str]:
    yield percent(row["rate"], "vi", BOUNDS, sign="")
    yield f"{percent(row['low'], 'vi', BOUNDS, sign='')}–{percent(row['high'], 'vi', BOUNDS, sign='')}"


def same_in_text(text: str, rows: dict[tuple[str, ...], dict[str, Any]], where: str) -> None:
    both = (("province", "serving", "40", "overall"), ("commune", "serving", "01", "overall"))
    for key in (key for key in both if key in rows):
        for shown in shown_of(rows[key]):
            assert shown.replace("–", " đến ") in text.replace("%", "") or shown in text, (where, key, shown)
        assert number(rows[key]["responses"], "vi") in text


def same_on_screen(instance: Path, rows: dict[tuple[str, ...], dict[str, Any]]) -> None:
    clock = Clock(H1_CLOSES + timedelta(days=10))
    app = create_app(instance, load_settings(instance, {}), clock)
    app.test_client_class = PageClient
    database: Database = app.extensions["database"]
    with database.writing() as connection:
        password = add_account(connection, "inspector03", "Thanh tra Mẫu 3", clock())
    client = app.test_client()
    assert isinstance(client, PageClient)
    come_in(client, "inspector03", password, clock())
    for address in ("/evaluations/2026-H1", "/evaluations/2026-H1/units/01", "/evaluations/2026-H1/units/40"):
        answer = client.get(address)
        assert answer.status_code == 200
        text = plain(" ".join(parsed(answer).itertext())).replace(" – ", "–")
        codes = {"01": ("01",), "40": ("40",)}.get(address.rpartition("/")[2], ("01", "40"))
        kept = {key: row for key, row in rows.items() if key[2] in codes}
        same_in_text(text, kept, address)
    database.engine.dispose()


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 10_000))
def test_same_number_everywhere(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        database = open_database(f"sqlite:///{instance / 'survey.sqlite3'}")
        upgrade(database)
        try:
            package = revised(database, instance, random.Random(seed))
        finally:
            database.engine.dispose()
        rows = rows_of_json(package)
        top = rows["province", "serving", "40", "overall"]
        assert top["revision"] == 1
        same_in_csv(package, rows)
        same_on_screen(instance, rows)
        from analysis.report.workbook.columns import COLUMNS

        same_in_xlsx(package, rows, {name: column.heading("en") for name, column in COLUMNS.items()})
        pdf = pypdfium2.PdfDocument(member(package, "summary.pdf") or b"")
        same_in_text(plain(" ".join(page.get_textpage().get_text_range() for page in pdf)), rows, "pdf")
        pdf.close()
        letter = docx.Document(io.BytesIO(member(package, "summary.docx") or b""))
        parts = [paragraph.text for paragraph in letter.paragraphs]
        parts += [cell.text for table in letter.tables for line in table.rows for cell in line.cells]
        same_in_text(plain(" ".join(parts)), rows, "docx")
