from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

import pypdfium2
import pypdfium2.raw as raw
import pytest

from analysis.report import Letterhead, Provenance, UnknownFormat, write
from analysis.report.document import report_pdf
from analysis.report.numerals import Language
from analysis.report.tables import summary_csv
from analysis.summary import Summary
from tests.analysis.report.printed import pages_of

Letterheads = Mapping[Language, Letterhead]


@pytest.fixture(scope="module")
def vietnamese(province: Summary, letterheads: Letterheads) -> bytes:
    return report_pdf(province, language="vi", letterhead=letterheads["vi"], minimum=10)


@pytest.fixture(scope="module")
def english(province: Summary, letterheads: Letterheads) -> bytes:
    return report_pdf(province, language="en", letterhead=letterheads["en"], minimum=10)


def small(summary: Summary, **changes: object) -> Summary:
    return replace(summary, rows=summary.rows[:20], **changes)  # type: ignore[arg-type]


def test_report_carries_the_form_of_an_administrative_document(vietnamese: bytes) -> None:
    first = pages_of(vietnamese)[0]
    for words in (
        "ỦY BAN NHÂN DÂN TỈNH MẪU",
        "SỞ NỘI VỤ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-SNV",
        "DỰ THẢO",
        "BÁO CÁO",
        "Kính gửi: Ủy ban nhân dân tỉnh Mẫu.",
        "6 tháng đầu năm 2026 (từ ngày 15 tháng 12 năm 2025 đến hết ngày 14 tháng 6 năm 2026)",
        "I. TÌNH HÌNH LẤY Ý KIẾN",
        "Trong kỳ có 612.400 lượt phục vụ, thu được 41.286 phiếu, độ phủ 6,7%.",
        "84,1% số câu trả lời là hài lòng hoặc rất hài lòng (khoảng tin cậy 95% từ 83,7% đến 84,5%; "
        "41.286 câu trả lời).",
    ):
        assert words in first


def test_report_has_its_five_sections_end_and_annexes(vietnamese: bytes) -> None:
    text = " ".join(pages_of(vietnamese))
    parts = (
        "I. TÌNH HÌNH LẤY Ý KIẾN",
        "II. KẾT QUẢ CHUNG",
        "III. KẾT QUẢ THEO ĐƠN VỊ",
        "IV. CHẤT LƯỢNG SỐ LIỆU VÀ GIỚI HẠN",
        "V. NHẬN XÉT, KIẾN NGHỊ",
        "./.",
        "Nơi nhận:",
        "Phụ lục I PHƯƠNG PHÁP",
        "Phụ lục II KẾT QUẢ THEO ĐƠN VỊ",
        "Phụ lục III KẾT QUẢ THEO QUẦY",
        "LƯU HÀNH NỘI BỘ",
        "Phụ lục IV KẾT QUẢ THEO CÁN BỘ",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_every_page_says_demo_and_where_its_figures_come_from(province: Summary, vietnamese: bytes) -> None:
    digest = sha256(summary_csv(province)).hexdigest()
    for page in pages_of(vietnamese):
        assert "SỐ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU THẬT" in page
        assert "Kỳ 2026-H1, chưa chốt · counter-service.v1 · Wilson, cỡ mẫu hiệu dụng 95%" in page
        assert f"{digest[:8]}…{digest[-8:]}" in page


def test_report_of_real_data_says_nothing_of_demo(province: Summary, letterheads: Letterheads) -> None:
    pdf = report_pdf(small(province, demo=False), language="vi", letterhead=letterheads["vi"])
    assert "DEMO" not in " ".join(pages_of(pdf))


def test_hidden_and_missing_figures_are_words(vietnamese: bytes) -> None:
    text = " ".join(pages_of(vietnamese))
    assert re.search(r"Xã Hòa Khánh ẩn \(ít phiếu\) Phường Hòa Lộc", text)
    assert "chưa có phiếu 0" in text
    assert "chưa đủ phiếu 12 1,3%" in text
    assert 'Ô ghi "ẩn" có dưới 10 phiếu' in text


def test_row_shows_rate_interval_and_n_and_the_table_its_method(vietnamese: bytes) -> None:
    text = " ".join(pages_of(vietnamese))
    assert "Thủ tục hành chính 76,8 76,3–77,3 39.100" in text
    assert "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị 89,96 89,6–90,4 36.400" in text
    assert text.count("Vạch: khoảng tin cậy 95% (Wilson, cỡ mẫu hiệu dụng).") == 8


def test_units_stand_in_vietnamese_order(vietnamese: bytes) -> None:
    text = " ".join(pages_of(vietnamese))
    table = text[text.index("Tỷ lệ hài lòng: xã, phường") : text.index("Tỷ lệ hài lòng: cơ quan giải quyết")]
    names = ["Phường An An", "Xã An Bình", "Xã Đại Hưng", "Xã Đông Sơn", "Xã Giang Châu", "Phường Yên Thịnh"]
    places = [table.index(name) for name in names]
    assert places == sorted(places)


def test_english_edition_is_a_translation_without_motto_and_number(english: bytes) -> None:
    pages = pages_of(english)
    assert "Translation for information" in pages[0]
    assert "DRAFT" in pages[0]
    assert "CỘNG HÒA" not in pages[0]
    assert "BC-SNV" not in pages[0]
    assert "612,400 visits in the period gave 41,286 responses, a coverage of 6.7%." in pages[0]
    assert "hidden (small number)" in " ".join(pages)


@pytest.mark.parametrize(("edition", "language"), [("vietnamese", b"vi-VN"), ("english", b"en-GB")])
def test_pdf_is_tagged_titled_and_dateless(
    edition: str, language: bytes, request: pytest.FixtureRequest
) -> None:
    pdf: bytes = request.getfixturevalue(edition)
    assert b"/Lang(" + language + b")" in pdf
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid" in pdf
    assert b"CreationDate" not in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert "2026" in document.get_metadata_value("Title")
    assert 8 <= len(document) <= 20
    document.close()


def alternatives(element: raw.FPDF_STRUCTELEMENT) -> Iterator[str]:
    length = raw.FPDF_StructElement_GetAltText(element, None, 0)
    if length:
        text = ctypes.create_string_buffer(length)
        raw.FPDF_StructElement_GetAltText(element, text, length)
        yield text.raw.decode("utf-16-le").rstrip("\0")
    for index in range(raw.FPDF_StructElement_CountChildren(element)):
        if child := raw.FPDF_StructElement_GetChildAtIndex(element, index):
            yield from alternatives(child)


def test_chart_and_nothing_else_has_a_text_alternative(vietnamese: bytes) -> None:
    document = pypdfium2.PdfDocument(vietnamese)
    found: list[str] = []
    for page in document:
        tree = raw.FPDF_StructTree_GetForPage(page)
        for index in range(raw.FPDF_StructTree_CountChildren(tree)):
            found += alternatives(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
        raw.FPDF_StructTree_Close(tree)
    document.close()
    assert len(found) == 1
    assert found[0].startswith("Biểu đồ 127 tỷ lệ hài lòng với khoảng tin cậy 95%. Thấp nhất: Xã Nghĩa Hưng")


@pytest.mark.parametrize(
    "name",
    [
        '#read("x")',
        "$x$ {rate}",
        '=HYPERLINK("a","b")',
        "\\ * _a_ @label",
        "<script>x</script>",
    ],
)
def test_hostile_name_is_printed_as_it_is(
    renamed: Callable[[str], Summary], letterheads: Letterheads, name: str
) -> None:
    assert name in " ".join(pages_of(report_pdf(renamed(name), language="vi", letterhead=letterheads["vi"])))


def test_hostile_letterhead_and_labels_are_printed_as_they_are(
    province: Summary, letterheads: Letterheads
) -> None:
    hostile = replace(letterheads["vi"], addressee="#panic() $x$ @a", recipients=("*x* <b>;",))
    labels = {"question:parking": '#read("y") {n}'}
    text = " ".join(pages_of(report_pdf(small(province), language="vi", letterhead=hostile, labels=labels)))
    for words in ("Kính gửi: #panic() $x$ @a.", "- *x* <b>;", '#read("y") {n}'):
        assert words in text


@pytest.mark.parametrize("kept", [0, 1, 13, 14])
def test_thin_summary_still_makes_a_report(province: Summary, letterheads: Letterheads, kept: int) -> None:
    thin = replace(province, rows=province.rows[:kept], answers=(), pools=())
    text = " ".join(pages_of(report_pdf(thin, language="en", letterhead=letterheads["en"])))
    assert ". DATA QUALITY AND LIMITS" in text
    assert ("The period has no responses yet." in text) == (kept == 0)


@pytest.mark.parametrize("kept", [3, 12, 20, 60, 10_000])
def test_tables_and_sections_are_numbered_on_whatever_page_they_come_to_stand(
    province: Summary, letterheads: Letterheads, kept: int
) -> None:
    cut = replace(province, rows=province.rows[:kept])
    text = " ".join(pages_of(report_pdf(cut, language="vi", letterhead=letterheads["vi"], minimum=10)))
    tables = [int(number) for number in re.findall(r"Bảng (\d+)\. ", text)]
    assert tables == list(range(1, len(tables) + 1))
    sections = re.findall(r"\b(IV|V|I{1,3})\. \S", text)
    assert sections[-1] in ("IV", "V")
    assert sections == ["I", "II", "III", "IV", "V"][: len(sections)]


def test_closed_period_says_so_on_every_page(province: Summary, letterheads: Letterheads) -> None:
    cut = small(province)
    say = {"language": "vi", "letterhead": letterheads["vi"], "minimum": 10}
    closed = pages_of(report_pdf(cut, **say, provenance=Provenance(closed=True)))  # type: ignore[arg-type]
    assert all("bản sửa đổi số 0" in page for page in closed)
    assert all("chưa chốt" in page for page in pages_of(report_pdf(cut, **say)))  # type: ignore[arg-type]


def test_report_of_a_single_unit_names_it(province: Summary, letterheads: Letterheads) -> None:
    unit = next(row for row in province.rows if row.code == "X001")
    own = replace(province, rows=(unit,), audience="head")
    assert (
        f"việc phục vụ tại {unit.name} 6 tháng"
        in pages_of(report_pdf(own, language="vi", letterhead=letterheads["vi"]))[0]
    )


def test_missing_visits_are_said_and_not_counted_as_full_coverage(
    province: Summary, letterheads: Letterheads
) -> None:
    rows = tuple(
        row._replace(served=None, coverage=None, offered=None, status=(*row.status, "coverage_unknown"))
        for row in province.rows[:20]
    )
    text = " ".join(
        pages_of(report_pdf(replace(province, rows=rows), language="vi", letterhead=letterheads["vi"]))
    )
    assert "Thu được 41.286 phiếu. Chưa có số lượt phục vụ nên chưa tính được độ phủ." in text
    assert "Độ phủ" not in text[: text.index("Phụ lục I")]
    assert "Chung cho mọi dòng: chưa có số lượt phục vụ." in text


def test_answers_that_are_all_satisfied_are_said_with_the_low_end(
    province: Summary, letterheads: Letterheads
) -> None:
    top = province.rows[0]._replace(answers=40, responses=40, satisfied=40, rate=1.0, low=0.912, high=1.0)
    text = " ".join(
        pages_of(report_pdf(replace(province, rows=(top,)), language="vi", letterhead=letterheads["vi"]))
    )
    assert "cả 40 câu trả lời đều hài lòng; với số phiếu này, tỷ lệ thực có thể thấp tới mức 91,2%." in text


def test_several_methods_are_told_apart_row_by_row(province: Summary, letterheads: Letterheads) -> None:
    rows = tuple(row._replace(method="exact") if row.code == "X001" else row for row in province.rows[:22])
    text = " ".join(
        pages_of(report_pdf(replace(province, rows=rows), language="en", letterhead=letterheads["en"]))
    )
    assert "(¹ exact; ² Wilson, effective sample size)" in text
    assert re.search(r"\d–\d+\.\d+¹ ", text)


def test_files_are_named_listed_in_the_manifest_and_the_same_twice(
    province: Summary, letterheads: Letterheads
) -> None:
    def made() -> dict[str, bytes]:
        return write(small(province), ["csv", "json", "pdf"], ["vi", "en"], letterheads)

    files = made()
    assert files == made()
    assert set(files) == {
        "summary.csv",
        "answers.csv",
        "summary.json",
        "summary.pdf",
        "summary.en.pdf",
        "manifest.json",
    }
    manifest = files["manifest.json"].decode()
    for name in set(files) - {"manifest.json"}:
        assert sha256(files[name]).hexdigest() in manifest
        assert f'"bytes": {len(files[name])}' in manifest


def test_only_what_is_asked_for_is_written(province: Summary, letterheads: Letterheads) -> None:
    assert set(write(province, ["json"], ["vi"], {})) == {"summary.json", "manifest.json"}
    english = write(small(province), ["pdf"], ["en"], letterheads)
    assert set(english) == {"summary.en.pdf", "manifest.json"}


def test_unknown_format_is_refused(province: Summary) -> None:
    with pytest.raises(UnknownFormat, match="odt"):
        write(province, ["csv", "odt"], [], {})


def test_missing_records_of_devices_are_named(province: Summary, letterheads: Letterheads) -> None:
    provenance = Provenance(missing=(("Xã Mẫu, máy 1", 3),))
    for language, words in (
        ("vi", "thiếu 3 phiếu theo số thứ tự"),
        ("en", "3 responses missing by serial number"),
    ):
        pdf = report_pdf(
            small(province),
            language=language,  # type: ignore[arg-type]
            letterhead=letterheads[language],  # type: ignore[index]
            provenance=provenance,
        )
        assert any(f"Xã Mẫu, máy 1: {words}" in page for page in pages_of(pdf))


def test_nothing_stands_in_the_foot_of_a_page_but_the_foot(vietnamese: bytes) -> None:
    """A chart of many units is as high as the page: its caption must not run into the foot."""
    document = pypdfium2.PdfDocument(vietnamese)
    try:
        feet = [page.get_textpage().get_text_bounded(top=20 * 72 / 25.4) for page in document]
    finally:
        document.close()
    for foot in feet:
        assert re.fullmatch(r"Kỳ 2026-H1, .* SHA-256 summary\.csv \S+", re.sub(r"\s+", " ", foot).strip())
