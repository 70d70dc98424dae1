import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pyreadstat
import pytest
from sqlalchemy import insert

from survey_app.collect.attribution import Place
from survey_app.evaluate.raw.export import FORMS, Form
from survey_app.store.engine import Database
from survey_app.store.organisation import Unit
from tests.evaluate.raw.exports import (
    READERS,
    Stored,
    answered,
    export,
    manifest,
    open_xlsx,
    ordered,
    read_csv,
    read_parquet,
    row,
)
from tests.evaluate.test_reading import arrival, store
from tests.offices import FOUNDED, SmallOffice

HOSTILE = '=HYPERLINK("http://x.example","a")'
REASON = "Kiểm tra phương pháp"


@pytest.mark.parametrize("form", FORMS)
def test_export__every_sort_of_response__reads_back_as_it_counts(
    database: Database, stored: Stored, tmp_path: Path, form: Form
) -> None:
    done = export(
        database, tmp_path / "h1", form, with_officers=True, reason=REASON, account_id=stored.account
    )
    rows = READERS[form](done)
    assert ordered(answered(rows)) == ordered(stored.rows)
    assert [each["row"] for each in rows] == [str(number) for number in range(1, len(rows) + 1)]
    made = manifest(done)
    assert [column["name"] for column in made["columns"]] == list(rows[0])
    assert made["rows"] == done.rows == len(rows)
    assert made["sha256"] == done.digest == hashlib.sha256(done.file.read_bytes()).hexdigest()
    assert (made["bytes"], made["file"], made["format"]) == (done.file.stat().st_size, "h1", form)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".h1", "h1"))) == [
        "h1",
        "h1.manifest.json",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_export__no_response_in_the_period__head_alone(
    database: Database, office: SmallOffice, tmp_path: Path, form: Form
) -> None:
    done = export(database, tmp_path / "h1", form)
    assert (READERS[form](done), done.rows) == ([], 0)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_export__hostile_codes__no_formula_in_sheets_and_nothing_lost(
    database: Database, office: SmallOffice, tmp_path: Path, form: Form
) -> None:
    with database.writing() as connection:
        unit = connection.execute(
            insert(Unit)
            .values(code=HOSTILE, name="A", kind="ward", parent_id=office.province, valid_from=FOUNDED)
            .returning(Unit.id)
        ).scalar_one()
    store(database, replace(arrival(office, 1), place=Place(unit, unit), language='-1+2,"\r\n@'))
    done = export(database, tmp_path / "h1", form)
    (read,) = answered(READERS[form](done))
    shown = "" if form == "parquet" else "'"
    assert (read["unit"], read["language"].replace("\n", "").replace("_x000D_", "\r")) == (
        shown + HOSTILE,
        shown + '-1+2,"\r@',
    )
    if form == "xlsx":
        sheet = open_xlsx(done).worksheets[0]
        assert sheet["B2"].data_type == "s"


def test_csv__with_and_without_mark__same_rows(database: Database, stored: Stored, tmp_path: Path) -> None:
    with_mark = export(database, tmp_path / "a.csv").file.read_bytes()
    plain = export(database, tmp_path / "b.csv", "csv-plain").file.read_bytes()
    assert with_mark.startswith(b"\xef\xbb\xbfrow,unit,")
    assert plain.startswith(b"row,unit,")
    assert with_mark.endswith(b"\r\n")
    assert with_mark.count(b"\r\n") == len(stored.rows) + 1


def test_csv__blocks_of_several_days__numbers_go_on(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    days = [date(2026, 3, 1 + n % 5) for n in range(50)]
    store(database, *(arrival(office, n, day, overall=str(day.day)) for n, day in enumerate(days)))
    rows = read_csv(export(database, tmp_path / "h1.csv"))
    assert [int(each["row"]) for each in rows] == list(range(1, 51))
    assert [each["day"] for each in rows] == sorted(each["day"] for each in rows)
    assert {(each["day"], each["overall"]) for each in rows} == {
        (f"2026-03-0{n + 1}", str(n + 1)) for n in range(5)
    }


def test_parquet__texts__dictionaries_and_nulls_in_groups(
    database: Database, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_app.evaluate.raw.parquet.GROUP", 2)
    done = export(database, tmp_path / "h1.parquet", "parquet")
    file = pyarrow.parquet.ParquetFile(done.file)
    schema = file.schema_arrow
    assert schema.field("overall").type == pa.dictionary(pa.int32(), pa.string())
    assert (schema.field("day").type, schema.field("row").type) == (pa.date32(), pa.int64())
    assert file.metadata.num_row_groups == 2
    assert file.read().column("half").null_count == 3
    assert [each["row"] for each in read_parquet(done)] == ["1", "2", "3", "4", "5", "6"]


def test_xlsx__numbers_are_numbers_and_codes_of_units_texts(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.xlsx", "xlsx")
    head, first, *_ = open_xlsx(done).worksheets[0].iter_rows(values_only=True)
    line = dict(zip(head, first, strict=True))
    assert (line["row"], line["version"], line["unit"]) == (1, 1, "01")
    assert isinstance(line["flagged"], int)


def test_sav__labels_in_vietnamese__and_codes_of_no_answer_missing(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.sav", "sav")
    _, meta = pyreadstat.read_sav(done.file, user_missing=True, output_format="dict")
    assert meta.number_rows == len(stored.rows)
    labels: dict[str, Any] = dict(meta.variable_value_labels)
    overall = labels["overall"]
    assert (overall[1.0], overall[5.0]) == ("Rất không hài lòng", "Rất hài lòng")
    assert (overall[-1.0], overall[-3.0]) == (
        "Bỏ qua: không trả lời, hoặc câu hỏi không được hỏi",
        "Không muốn trả lời",
    )
    assert labels["extra_payment"][-3.0] == "Tôi không muốn trả lời"
    assert labels["channel"]["kiosk"] == "Máy tại quầy"
    assert labels["q_channel"][2.0] == "Xe buýt"
    assert meta.missing_ranges["overall"] == [{"lo": -4.0, "hi": -1.0}]
    assert str(meta.column_names_to_labels["overall"]).startswith("Nhìn chung, Ông/Bà hài lòng")
    assert (meta.variable_measure["overall"], meta.variable_measure["minutes"]) == ("ordinal", "scale")


def test_manifest__data_dictionary__meanings_and_codes_in_both_languages(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    made = manifest(export(database, tmp_path / "h1.csv"))
    columns = {column["name"]: column for column in made["columns"]}
    assert all(set(column["meaning"]) == {"vi", "en"} for column in columns.values())
    wait = next(code for code in columns["reasons"]["codes"] if code["code"] == "wait")
    assert wait == {"code": "wait", "vi": "Chờ lâu", "en": "Long wait"}
    assert columns["reasons"]["separator"] == ";"
    missing = [code["code"] for code in columns["overall"]["codes"][5:]]
    assert missing == ["skipped", "not_applicable", "refused", "unmapped"]
    assert [code["sav"] for code in columns["q_channel"]["codes"]] == [1, 2, -1, -2, -3, -4]
    assert columns["q_channel"]["question"] == "channel"
    assert columns["overall"]["asked_in"] == ["counter-service.v1", "quick-more.v1"]
    assert [code["code"] for code in columns["half"]["codes"]] == ["am", "pm"]
    assert made["period"] == {"label": "2026-H1", "first_day": "2025-12-15", "last_day": "2026-06-14"}
    assert (made["demo"], made["made_by"], made["filters"]["unit"]) == (False, None, None)
    assert made["made_at"] == "2026-03-02T02:00:00+00:00"
    assert set(made["notes"]) == {"people", "officers", "several"}


def test_export__what_it_holds__no_counter_id_or_comment(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    one = arrival(office, 1, overall="5")
    store(database, replace(one, id="ma-rieng", comments={"comment": "Lời góp ý"}))
    done = export(database, tmp_path / "h1.csv")
    (read,) = read_csv(done)
    assert set(read) >= set(row())
    assert not {"counter", "id", "procedure", "comment", "answered_at", "attribution"} & set(read)
    for word in ("ma-rieng", "Lời góp ý", "Q1", "Quầy"):
        assert word not in done.file.read_text(encoding="utf-8")
