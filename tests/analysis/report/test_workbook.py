from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.period import period
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.provenance import Provenance
from analysis.report.tables import summary_json
from analysis.report.workbook import Flag, workbook
from analysis.report.workbook.columns import ANSWERS, COLUMNS
from analysis.report.workbook.rows import ORDER, SHARED
from analysis.summary import COLUMNS as CONTRACT
from analysis.summary import AnswerRow, Row, Summary, WeightedRow
from analysis.table import kind_of
from tests.office_program import printed_by_office

HOSTILE = (
    '#read("x")',
    "$x$ {rate}",
    '=HYPERLINK("http://a","b")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "<b>&amp;</b>",
    "_x0041_ ]]>",
    "{=1+1}",
)
NUMBERS = [name for name in ORDER if kind_of(name) in ("count", "figure")]
MEASURES = ("overall", "factor:officials", "question:parking", "index:pooled")
SHEETS = {"Units": ("province", "commune"), "Counters": ("counter",), "Officers": ("officer",)}


def random_row(random_: random.Random, kind: str, code: str, measure: str) -> Row:
    """Make a row in which every column may be empty, and a figure may have seventeen digits."""
    made: dict[str, object] = {
        "period": "2026-H1",
        "revision": 3,
        "kind": kind,
        "role": random_.choice(("serving", "deciding")) if kind == "commune" else "serving",
        "code": code,
        "valid_from": random_.choice((None, "2025-07-01")),
        "name": f"Xã Mẫu {code}",
        "parent_code": None if kind == "province" else "P0",
        "questionnaire": "counter-service",
        "versions": ("counter-service.v1",),
        "measure": measure,
        "rate": random_.random(),
        "low": random_.random(),
        "high": random_.random(),
        "status": random_.choice(((), ("single_day",), ("insufficient", "merged_in_period"))),
        "grade": random_.choice((None, "very_high", "low")),
        "verdict": random_.choice((None, "above", "not_distinguishable")),
        "method": "wilson-moderated",
    }
    for name in NUMBERS:
        if name not in made and random_.random() < 0.8:
            counted = kind_of(name) == "count"
            made[name] = (
                random_.randrange(10**7) if counted else random_.uniform(-1, 1) * 10 ** random_.randint(-3, 3)
            )
    row = Row(**made)  # type: ignore[arg-type]
    return Row(*row[:11], status=("suppressed",)) if random_.random() < 0.1 else row


def random_summary(seed: int) -> Summary:
    random_ = random.Random(seed)
    domains = [("province", "P0"), *(("commune", f"X{n}") for n in range(9))]
    domains += [*(("counter", f"Q{n}") for n in range(5)), *(("officer", f"C{n}") for n in range(7))]
    rows = [random_row(random_, kind, code, measure) for kind, code in domains for measure in MEASURES]
    answers = [
        AnswerRow(
            "2026-H1",
            3,
            kind,
            "serving",
            code,
            None,
            "parking",
            choice,
            random_.randrange(999),
            random_.random(),
        )
        for kind, code in domains
        for choice in ("1", "5", "skipped")
    ]
    return Summary(period("2026-H1"), rows, answers, revision=3, responses=77)


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def head_of(sheet: Worksheet) -> int:
    """Give the number of the head row: the panes are frozen below it."""
    assert sheet.freeze_panes is not None
    return int(re.sub(r"\D", "", str(sheet.freeze_panes))) - 1


def lines(sheet: Worksheet) -> Iterator[dict[str, object]]:
    """Give the rows of a sheet's table by heading."""
    head = head_of(sheet)
    heads = [str(cell.value) for cell in sheet[head] if cell.value is not None]
    for cells in sheet.iter_rows(min_row=head + 1, max_col=len(heads), values_only=True):
        yield dict(zip(heads, cells, strict=True))


def texts(sheet: Worksheet) -> list[str]:
    return [str(cell) for cells in sheet.iter_rows(values_only=True) for cell in cells if cell is not None]


@pytest.fixture(scope="module")
def vietnamese(province: Summary) -> bytes:
    return workbook(province, language="vi", issuer="Sở Nội vụ", minimum=10)


@pytest.mark.parametrize("seed", range(6))
def test_every_number_of_every_row_is_that_of_the_json(seed: int) -> None:
    summary = random_summary(seed)
    book = read(workbook(summary, language="en"))
    told = json.loads(summary_json(summary))["rows"]
    for name, kinds in SHEETS.items():
        sheet = book[name]
        above = " ".join(texts(sheet)[:6])
        found = {}
        for line in lines(sheet):
            role = line.get("Role", "where people were served")
            found[line["Code"], role, line["Measure"]] = line
        rows = [row for row in told if row["kind"] in kinds]
        assert sum(1 for _ in lines(sheet)) == len(rows)
        for row in rows:
            role = {"serving": "where people were served", "deciding": "who decides the file"}[row["role"]]
            measure = {
                "overall": "Overall satisfaction",
                "factor:officials": "Officials handling the work",
                "question:parking": "parking",
                "index:pooled": "All answers to rated questions pooled",
            }[row["measure"]]
            line = found[row["code"], role, measure]
            for column in NUMBERS:
                heading = COLUMNS[column].heading("en")
                if row["rate"] is None and column == "rate":
                    assert line[heading] == "hidden (small number)"
                elif column in SHARED and heading not in line:
                    assert heading in above or all(each[column] is None for each in rows)
                else:
                    assert line.get(heading) == row[column], (row["code"], column)


def test_rows_and_answers_are_typed(vietnamese: bytes) -> None:
    book = read(vietnamese)
    sheet = book["Đơn vị"]
    row = next(cells for cells in sheet.iter_rows() if cells[0].value == "Tỉnh Mẫu")
    heads = {cell.value: cell.column - 1 for cell in sheet[head_of(sheet)]}
    rate, served = row[heads["Tỷ lệ hài lòng"]], row[heads["Lượt phục vụ"]]
    assert (rate.value, rate.number_format) == (0.841, "0.0%")
    assert (served.value, served.number_format, type(served.value)) == (612400, "#,##0", int)
    told = list(lines(book["Câu trả lời"]))
    assert [(each["Lựa chọn"], each["Số lần chọn"], each["Tỷ lệ"]) for each in told] == [
        ("Hài lòng", 3, 0.75),
        ("Rất hài lòng", 1, 0.25),
        ("bỏ qua", 9, None),
    ]
    days = [
        cell.value
        for cells in book["Tổng hợp"].iter_rows()
        for cell in cells
        if isinstance(cell.value, datetime)
    ]
    assert days == [datetime(2025, 12, 15), datetime(2026, 6, 14)]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "vi",
            [
                "Tổng hợp",
                "Đơn vị",
                "Quầy",
                "Cán bộ",
                "Câu trả lời",
                "Rà soát",
                "Phương pháp",
                "Từ điển dữ liệu",
            ],
        ),
        (
            "en",
            ["Summary", "Units", "Counters", "Officers", "Questions", "Flags", "Method", "Data dictionary"],
        ),
    ],
)
def test_sheets_and_properties_in_both_languages(
    province: Summary, language: Language, names: list[str]
) -> None:
    book = read(workbook(province, language=language, issuer="Sở Nội vụ"))
    assert book.sheetnames == names
    assert "2026" in str(book.properties.title)
    assert book.properties.creator == "Sở Nội vụ"
    assert book.properties.created == datetime(2026, 6, 14)
    assert book.custom_doc_props["Language"].value == {"vi": "vi-VN", "en": "en-GB"}[language]


def test_sheets_are_set_up_to_be_read_and_printed(vietnamese: bytes) -> None:
    book = read(vietnamese)
    for name in ("Đơn vị", "Quầy", "Cán bộ", "Câu trả lời", "Từ điển dữ liệu"):
        sheet = book[name]
        assert sheet.print_title_rows == f"${head_of(sheet)}:${head_of(sheet)}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # One page across, as many down as it takes; 1 across is what a file need not say.
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet["A1"].font.name == "Arial"
    for name in ("Đơn vị", "Quầy", "Cán bộ", "Câu trả lời"):
        assert book[name].auto_filter.ref


def test_sheet_of_many_measures_opens_with_the_leading_one() -> None:
    book = read(workbook(random_summary(1), language="en"))
    for name, leading in (("Units", "Overall satisfaction"), ("Officers", "Officials handling the work")):
        sheet = book[name]
        head = head_of(sheet)
        for place, line in enumerate(lines(sheet), start=head + 1):
            assert sheet.row_dimensions[place].hidden == (line["Measure"] != leading)
        assert f"one measure: {leading}." in " ".join(texts(sheet)[:6])


def test_demo_and_hidden_cells_are_said_on_every_sheet(province: Summary, vietnamese: bytes) -> None:
    book = read(vietnamese)
    for sheet in book.worksheets:
        assert "SỐ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU THẬT" in str(sheet["A2"].value)
        assert "SỐ LIỆU MẪU" in str(sheet.oddHeader.right.text)
    hidden = [row for row in province.rows if "suppressed" in row.status and row.kind == "commune"]
    line = next(each for each in lines(book["Đơn vị"]) if each["Mã"] == hidden[0].code)
    assert (line["Tỷ lệ hài lòng"], line["Cận dưới"], line["Số phiếu"]) == ("ẩn (ít phiếu)", None, None)
    real = read(workbook(replace(province, demo=False), language="vi"))
    assert not any("SỐ LIỆU MẪU" in text for sheet in real.worksheets for text in texts(sheet))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_a_text(renamed: Callable[[str], Summary], name: str) -> None:
    flags = [Flag("commune", name, name, name, decision=name)]
    made = workbook(renamed(name), language="vi", issuer=name, labels={"question:parking": name}, flags=flags)
    book = read(made)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    shown = name.replace("_x0041_", "_x005F_x0041_") if "_x0041_" in name else name
    found = [cell for cell in cells if cell.value in (name, shown)]
    assert len(found) >= 5
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert all(cell.quotePrefix for cell in found) == name.startswith(("=", "+", "-", "@", "\t"))


def test_signs_that_no_file_can_hold_are_shown_by_number(renamed: Callable[[str], Summary]) -> None:
    book = read(workbook(renamed("Xã\x00\u202eMẫu\ud800"), language="vi"))
    assert "Xã[U+0000][U+202E]Mẫu[U+D800]" in texts(book["Đơn vị"])


def test_officers_are_marked_and_come_only_where_they_are(province: Summary, vietnamese: bytes) -> None:
    marked = texts(read(vietnamese)["Cán bộ"])
    assert "LƯU HÀNH NỘI BỘ" in marked
    assert any("dữ liệu cá nhân" in text for text in marked)
    units = tuple(row for row in province.rows if row.kind not in ("counter", "officer"))
    assert {"Cán bộ", "Quầy"}.isdisjoint(
        read(workbook(replace(province, rows=units), language="vi")).sheetnames
    )


def test_flags_trend_weighted_rates_and_files_have_their_place(province: Summary) -> None:
    top = province.rows[0]
    months = [top._replace(period=f"2026-{n:02}", rate=(80 + n) / 100) for n in range(1, 7)]
    weighted = (
        WeightedRow(
            "2026-H1", 0, "commune", "serving", "X001", None, "overall", 0.8125, 0.7, 0.9, 1.25, 2.5, 300.5
        ),
    )
    flags = [Flag("commune", "X001", "Xã A", "speed", 120, 0.31, 0.125, 0.004, 37, 0.9, 0.85, "giữ nguyên")]
    provenance = Provenance(manifest={"summary.csv": "ab" * 32}, signed_by="key-7", audit_head="cd" * 32)
    made = workbook(
        replace(province, weighted=weighted),
        language="vi",
        flags=flags,
        trend=months,
        provenance=provenance,
        labels={"indicator:speed": "Trả lời quá nhanh"},
    )
    book = read(made)
    assert [line["Tỷ lệ hài lòng"] for line in lines(book["Theo thời gian"])] == [row.rate for row in months]
    assert len(book["Theo thời gian"]._charts) == 1  # type: ignore[attr-defined]
    line = next(lines(book["Gia quyền"]))
    assert (line["Tỷ lệ hài lòng"], line["Hệ số gia quyền"], line["Cỡ mẫu hiệu dụng"]) == (
        0.8125,
        1.25,
        300.5,
    )
    sheet = book["Rà soát"]
    finding = next(cells for cells in sheet.iter_rows(values_only=True) if cells[3] == "Trả lời quá nhanh")
    assert finding == (
        "Xã A",
        "X001",
        "Xã",
        "Trả lời quá nhanh",
        120,
        0.31,
        0.125,
        0.004,
        37,
        0.9,
        0.85,
        "giữ nguyên",
    )
    assert {"ab" * 32, "key-7", "cd" * 32} <= set(texts(book["Phương pháp"]))


def test_dictionary_explains_every_column_of_the_contract_in_both_languages() -> None:
    assert tuple(COLUMNS) == CONTRACT
    for language in LANGUAGES:
        sheet = read(workbook(random_summary(2), language=language)).worksheets[-1]
        explained = [cells[1] for cells in sheet.iter_rows(min_row=head_of(sheet) + 1, values_only=True)]
        assert tuple(explained[: len(CONTRACT)]) == CONTRACT
    for column in (*COLUMNS.values(), *ANSWERS.values()):
        assert all((*column.vi, *column.en)), column.name
    assert set(ORDER) == set(CONTRACT) - {"period", "revision"}


def test_same_arguments_give_the_same_bytes_and_no_clock(province: Summary) -> None:
    made = workbook(province, language="vi")
    assert made == workbook(province, language="vi")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
    told = read(workbook(province, language="vi", made_on=date(2026, 7, 5))).properties
    assert (told.created, told.modified) == (datetime(2026, 7, 5),) * 2


@pytest.mark.parametrize("kept", [0, 1, 14])
def test_thin_summary_still_makes_a_workbook(province: Summary, kept: int) -> None:
    thin = replace(province, rows=province.rows[:kept], answers=(), pools=())
    book = read(workbook(thin, language="en"))
    assert sum(1 for line in lines(book["Units"]) if line["Name"]) == kept
    assert ("The period has no responses yet." in texts(book["Summary"])) == (kept == 0)


def test_office_program_opens_it_and_prints_vietnamese(vietnamese: bytes, tmp_path: Path) -> None:
    pages = printed_by_office(vietnamese, "summary.xlsx", tmp_path)
    text = " ".join(pages)
    for words in (
        "6 tháng đầu năm 2026",
        "Tỷ lệ hài lòng",
        "Trung tâm Phục vụ hành chính công",
        "ẩn (ít phiếu)",
    ):
        assert words in text
    assert "84.1%" in pages[0]


@pytest.mark.parametrize(
    ("rate", "shown"), [(0.7998, "0.00%"), (0.8, "0.0%"), (0.79996, "0.000%"), (0.81, "0.0%")]
)
def test_rate_that_would_round_onto_a_bound__more_decimals(rate: float, shown: str) -> None:
    row = random_row(random.Random(1), "commune", "X1", "overall")
    row = row._replace(rate=rate, role="serving", grade="medium", status=())
    sheet = read(workbook(Summary(period("2026-H1"), (row,), ()), language="en"))["Units"]
    head = head_of(sheet)
    place = next(cell.column for cell in sheet[head] if cell.value == COLUMNS["rate"].heading("en"))
    assert sheet.cell(head + 1, place).number_format == shown
