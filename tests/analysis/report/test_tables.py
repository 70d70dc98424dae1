from __future__ import annotations

import csv
import io
import json
import math
import time
from dataclasses import fields, replace

import pytest

from analysis.report.tables import (
    ANSWER_COLUMNS,
    answers_csv,
    summary_csv,
    summary_json,
)
from analysis.summary import COLUMNS, AnswerRow, Row, Summary
from analysis.table import NotANumber, kind_of


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def one(summary: Summary, **changes: object) -> Summary:
    return replace(summary, rows=(summary.rows[0]._replace(**changes),))  # type: ignore[arg-type]


def test_csv_of_summary_starts_with_a_byte_order_mark_and_the_contract_columns(province: Summary) -> None:
    content = summary_csv(province)
    assert content.startswith(b"\xef\xbb\xbfperiod,revision,kind,role,code,valid_from,name,parent_code,")
    assert tuple(read(content)[0]) == COLUMNS
    assert len(read(content)) == len(province.rows)


def test_csv_of_answers_has_the_contract_columns(province: Summary) -> None:
    rows = read(answers_csv(province))
    assert tuple(rows[0]) == ANSWER_COLUMNS
    assert [(row["choice"], row["count"], row["share"]) for row in rows] == [
        ("4", "3", "0.75"),
        ("5", "1", "0.25"),
        ("skipped", "9", ""),
    ]


def test_figure_written_with_twelve_significant_digits(province: Summary) -> None:
    row = read(summary_csv(one(province, rate=2 / 3, design_effect=12345.678901234567, change=-0.0)))[0]
    assert (row["rate"], row["design_effect"], row["change"]) == ("0.666666666667", "12345.6789012", "0")


def test_missing_figure_leaves_the_cell_empty_and_is_null_in_json(province: Summary) -> None:
    bare = one(province, rate=None, served=None, valid_from=None)
    row = read(summary_csv(bare))[0]
    assert (row["rate"], row["served"], row["valid_from"]) == ("", "", "")
    made = json.loads(summary_json(bare))["rows"][0]
    assert (made["rate"], made["served"], made["valid_from"]) == (None, None, None)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_starts_a_formula_is_neutralised_in_csv_only(province: Summary, sign: str) -> None:
    name = sign + 'HYPERLINK("http://x","y")'
    assert read(summary_csv(one(province, name=name)))[0]["name"] == "'" + name
    assert json.loads(summary_json(one(province, name=name)))["rows"][0]["name"] == name


def test_negative_number_is_never_neutralised(province: Summary) -> None:
    assert read(summary_csv(one(province, change=-0.031)))[0]["change"] == "-0.031"


def test_lists_are_joined_with_semicolons(province: Summary) -> None:
    row = read(summary_csv(one(province, status=("default_pool", "single_day"))))[0]
    assert (row["versions"], row["status"]) == ("counter-service.v1", "default_pool;single_day")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_figure_that_is_not_finite_is_refused_with_its_column(province: Summary, value: float) -> None:
    for write in (summary_csv, summary_json):
        with pytest.raises(NotANumber, match="column rate"):
            write(one(province, rate=value))


def test_json_holds_the_head_and_rows_in_the_order_of_the_columns(province: Summary) -> None:
    made = json.loads(summary_json(province))
    assert tuple(made["rows"][0]) == COLUMNS
    assert made["head"]["period"] == {
        "label": "2026-H1",
        "first_day": "2025-12-15",
        "last_day": "2026-06-14",
    }
    assert (made["head"]["demo"], made["head"]["responses"]) == (True, 41286)
    assert {field.name for field in fields(province.pools[0])} == set(made["head"]["pools"][0])


def test_json_and_csv_carry_the_same_figures(province: Summary) -> None:
    for row, made in zip(
        read(summary_csv(province)), json.loads(summary_json(province))["rows"], strict=True
    ):
        for column in COLUMNS:
            if kind_of(column) == "figure":
                assert made[column] == (float(row[column]) if row[column] else None)


def test_kind_of_every_column_fits_its_annotation() -> None:
    kinds = {"str": "text", "str | None": "text", "tuple[str, ...]": "list"}
    kinds |= {"int": "count", "int | None": "count", "float | None": "figure"}
    for record in (Row, AnswerRow):
        for column in record._fields:
            annotation = record.__annotations__[column]
            assert kind_of(column) == kinds[getattr(annotation, "__forward_arg__", annotation)], column


def test_empty_summary_writes_heads_only(province: Summary) -> None:
    empty = replace(province, rows=(), answers=())
    assert summary_csv(empty).decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
    assert json.loads(summary_json(empty))["rows"] == []


def test_fifteen_thousand_rows_are_written_quickly(province: Summary) -> None:
    many = replace(province, rows=(province.rows * 100)[:15_000])
    times = []
    for _ in range(3):
        start = time.process_time()
        summary_csv(many)
        times.append(time.process_time() - start)
    assert min(times) < 0.6  # a third of it on an idle machine
