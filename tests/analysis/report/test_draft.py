from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table

from analysis.report import Letterhead
from analysis.report.draft import draft
from analysis.report.draft.blocks import UnknownBlock, elements_of
from analysis.report.draft.page import blank
from analysis.report.draft.setting import Setting
from analysis.report.numerals import Language, number, percent
from analysis.report.provenance import Provenance, Revision
from analysis.report.style import style_of
from analysis.report.wording import wording
from analysis.summary import Row, Summary
from tests.office_program import printed_by_office

Letterheads = Mapping[Language, Letterhead]


def read(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def texts(document: Document) -> list[str]:
    """Give the text of every paragraph, those of tables too, in their order."""
    body = document.element.body
    return [
        "".join(
            "\n" if each.tag == qn("w:br") else "\t" if each.tag == qn("w:tab") else each.text or ""
            for each in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab"))
        )
        for paragraph in body.iter(qn("w:p"))
    ]


def tables(document: Document) -> Iterator[tuple[str, list[list[str]]]]:
    """Give the caption and the cells of each table that has a caption."""
    for table in document.tables:
        caption = table._tbl.tblPr.find(qn("w:tblCaption"))
        if caption is not None:
            yield caption.get(qn("w:val")), [[cell.text for cell in row.cells] for row in table.rows]


def table_about(document: Document, words: str) -> list[list[str]]:
    return next(cells for caption, cells in tables(document) if words in caption)


def small(summary: Summary, **changes: object) -> Summary:
    return replace(summary, rows=summary.rows[:20], **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def vietnamese(province: Summary, letterheads: Letterheads) -> bytes:
    return draft(province, language="vi", letterhead=letterheads["vi"], minimum=10)


@pytest.fixture(scope="module")
def english(province: Summary, letterheads: Letterheads) -> bytes:
    return draft(province, language="en", letterhead=letterheads["en"], minimum=10)


def test_draft_carries_the_form_of_an_administrative_document(vietnamese: bytes) -> None:
    said = texts(read(vietnamese))
    for words in (
        "ỦY BAN NHÂN DÂN TỈNH MẪU",
        "SỞ NỘI VỤ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:          /BC-SNV",
        "DỰ THẢO",
        "BÁO CÁO",
        "Kính gửi: Ủy ban nhân dân tỉnh Mẫu.",
        "Nơi nhận:",
        "- Như trên;",
        "(chức vụ, chữ ký, họ và tên)",
    ):
        assert words in said
    assert said.index("BÁO CÁO") < said.index("Kính gửi: Ủy ban nhân dân tỉnh Mẫu.") < said.index("Nơi nhận:")


def test_paper_and_styles_follow_the_decree(vietnamese: bytes) -> None:
    document = read(vietnamese)
    for section in document.sections:
        assert abs(section.page_width - Mm(210)) < Mm(0.1)
        assert abs(section.page_height - Mm(297)) < Mm(0.1)
        edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        for edge, asked in zip(edges, (20, 20, 30, 15), strict=True):
            assert edge is not None
            assert abs(edge - Mm(asked)) < Mm(0.1)
        assert section.different_first_page_header_footer
    for name in ("Normal", "Body Text", "Heading 1", "Heading 2", "Title"):
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))
    used = {each.style.name for each in document.paragraphs if each.style is not None}
    assert {"Heading 1", "Heading 2", "Body Text", "Caption", "Title", "Lettered"} <= used


def test_page_numbers_begin_on_the_second_page_and_anew_in_annexes(vietnamese: bytes) -> None:
    document = read(vietnamese)
    first = document.sections[0]
    assert "PAGE" in first.header._element.xml
    assert "PAGE" not in first.first_page_header._element.xml
    for section in document.sections:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_headings_of_the_five_sections_stand_in_their_order(vietnamese: bytes) -> None:
    headings = [
        each.text
        for each in read(vietnamese).paragraphs
        if each.style is not None and each.style.name == "Heading 1"
    ]
    assert headings == [
        "TÌNH HÌNH LẤY Ý KIẾN",
        "KẾT QUẢ CHUNG",
        "KẾT QUẢ THEO ĐƠN VỊ",
        "CHẤT LƯỢNG SỐ LIỆU VÀ GIỚI HẠN",
        "NHẬN XÉT, KIẾN NGHỊ",
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_tables_hold_the_figures_of_every_unit(
    province: Summary, language: Language, request: pytest.FixtureRequest
) -> None:
    document = read(request.getfixturevalue({"vi": "vietnamese", "en": "english"}[language]))
    told = table_about(document, {"vi": "xã, phường, theo", "en": "communes and wards, in"}[language])
    lines = {line[0].partition("\n")[0]: line for line in told}
    thresholds = (0.65, 0.8, 0.9)
    rows = [row for row in province.rows if row.kind == "commune"]
    assert len(told) == len(rows) + 1
    for row in rows:
        line = lines[row.name]
        if row.rate is None or row.low is None or row.high is None or "insufficient" in row.status:
            assert line[1] in ("ẩn (ít phiếu)", "chưa có phiếu", "chưa đủ phiếu") or language == "en"
            assert not re.search(r"\d", line[1])
            continue
        rate, low, high = (percent(each, language, thresholds, "") for each in (row.rate, row.low, row.high))
        assert line[1:4] == [rate, f"{low}–{high}", number(row.responses or 0, language)]
        if row.coverage is not None:
            assert line[4] == percent(row.coverage, language, thresholds)


def test_rate_without_bars_still_stands_with_its_interval_and_method(vietnamese: bytes) -> None:
    document = read(vietnamese)
    for _, cells in tables(document):
        if "Hài lòng, %" in cells[0]:
            assert "Khoảng tin cậy 95%" in cells[0]
    said = texts(document)
    assert any(text.startswith("Khoảng tin cậy 95%: Wilson, cỡ mẫu hiệu dụng.") for text in said)
    assert not any("Chấm: tỷ lệ" in text or "Vạch đứng" in text for text in said)


def test_heads_of_tables_come_again_and_rows_are_not_torn(vietnamese: bytes) -> None:
    for table in read(vietnamese).tables:
        assert isinstance(table, Table)
        rows = table._tbl.tr_lst
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
        if table._tbl.tblPr.find(qn("w:tblCaption")) is not None:
            assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * (
                len(rows) - 1
            )


def test_sentences_and_honesty_lines_are_those_of_the_printed_report(vietnamese: bytes) -> None:
    text = " ".join(texts(read(vietnamese)))
    for words in (
        "Trong kỳ có 612.400 lượt phục vụ, thu được 41.286 phiếu, độ phủ 6,7%.",
        "84,1% số câu trả lời là hài lòng hoặc rất hài lòng (khoảng tin cậy 95% từ 83,7% đến 84,5%; "
        "41.286 câu trả lời).",
        "không phải Chỉ số SIPAS",
        'Ô ghi "ẩn" có dưới 10 phiếu',
        "318 phiếu được đánh dấu rà soát.",
    ):
        assert words in text
    assert [each[:2] for each in texts(read(vietnamese)) if re.match(r"[a-zđ]\)", each)][:5] == [
        *("a)", "b)", "c)", "d)", "đ)")
    ]


def test_officers_stand_in_a_restricted_annex_only_if_they_are_there(
    province: Summary, vietnamese: bytes, letterheads: Letterheads
) -> None:
    said = texts(read(vietnamese))
    assert said.index("LƯU HÀNH NỘI BỘ") < next(
        place for place, text in enumerate(said) if text.endswith("KẾT QUẢ THEO CÁN BỘ")
    )
    assert "Cán bộ Mẫu 10" in said
    units = tuple(row for row in province.rows if row.kind != "officer")
    without = texts(read(draft(replace(province, rows=units), language="vi", letterhead=letterheads["vi"])))
    assert "LƯU HÀNH NỘI BỘ" not in without


def test_english_draft_is_a_translation_without_motto_and_number(english: bytes) -> None:
    said = texts(read(english))
    assert "Translation for information" in said
    assert "DRAFT" in said
    assert not any("CỘNG HÒA" in text or "BC-SNV" in text for text in said)


@pytest.mark.parametrize(("language", "region"), [("vi", "vi-VN"), ("en", "en-GB")])
def test_file_tells_its_language_title_and_day(
    language: Language, region: str, request: pytest.FixtureRequest
) -> None:
    document = read(request.getfixturevalue({"vi": "vietnamese", "en": "english"}[language]))
    told = document.core_properties
    assert (told.language, told.created, told.modified) == (region, *(datetime(2026, 6, 14, tzinfo=UTC),) * 2)
    assert "2026" in told.title
    assert told.comments == ""
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {region}


def test_picture_has_a_text_alternative(vietnamese: bytes) -> None:
    described = [each.get("descr") for each in read(vietnamese).element.body.iter(qn("wp:docPr"))]
    assert described
    assert all(described)
    assert any(text.startswith("Biểu đồ 127 tỷ lệ hài lòng với khoảng tin cậy 95%.") for text in described)


def test_made_up_data_and_source_are_said_on_every_page(province: Summary, vietnamese: bytes) -> None:
    section = read(vietnamese).sections[0]
    for head in (section.header, section.first_page_header):
        assert "SỐ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU THẬT" in head.paragraphs[0].text
    for foot in (section.footer, section.first_page_footer):
        assert "SHA-256 summary.csv" in foot.paragraphs[0].text


@pytest.mark.parametrize(
    "name", ['#read("x")', "$x$ {rate}", '=HYPERLINK("a","b")', "\\ * _a_ @label", "<w:t>&amp;</w:t> ]]>"]
)
def test_hostile_text_is_printed_as_it_is(
    renamed: Callable[[str], Summary], letterheads: Letterheads, name: str
) -> None:
    hostile = replace(letterheads["vi"], addressee=name, issuer=name, recipients=(name,))
    made = draft(renamed(name), language="vi", letterhead=hostile, labels={"question:parking": name})
    said = texts(read(made))
    assert name in said
    assert {f"Kính gửi: {name}.", f"- {name}", name.upper()} <= set(said)


def test_signs_that_no_file_can_hold_are_shown_by_number(
    renamed: Callable[[str], Summary], letterheads: Letterheads
) -> None:
    made = draft(renamed("Xã\x01\u202eMẫu"), language="vi", letterhead=letterheads["vi"])
    assert any(text.startswith("Xã[U+0001][U+202E]Mẫu") for text in texts(read(made)))


def test_revision_files_and_audit_are_printed(province: Summary, letterheads: Letterheads) -> None:
    provenance = Provenance(
        Revision(2, date(2026, 9, 1), "phiếu đến muộn"), "ef" * 32, "key-7", {"summary.csv": "ab" * 32}
    )
    made = draft(small(province), language="vi", letterhead=letterheads["vi"], provenance=provenance)
    text = " ".join(texts(read(made)))
    for words in ("ngày 01 tháng 9 năm 2026", "phiếu đến muộn", "ab" * 32, "ef" * 32, "key-7"):
        assert words in text


def test_same_arguments_give_the_same_bytes_and_no_clock(province: Summary, letterheads: Letterheads) -> None:
    def made() -> bytes:
        return draft(small(province), language="vi", letterhead=letterheads["vi"])

    content = made()
    assert content == made()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert not [name for name in archive.namelist() if "thumbnail" in name]


@pytest.mark.parametrize("kept", [0, 1, 14])
def test_thin_summary_still_makes_a_draft(province: Summary, letterheads: Letterheads, kept: int) -> None:
    thin = replace(province, rows=province.rows[:kept], answers=(), pools=())
    said = texts(read(draft(thin, language="en", letterhead=letterheads["en"])))
    assert ("The period has no responses yet." in said) == (kept == 0)


def test_every_answer_satisfied_is_said_with_the_low_end(province: Summary, letterheads: Letterheads) -> None:
    top: Row = province.rows[0]._replace(
        answers=40, responses=40, satisfied=40, rate=1.0, low=0.912, high=1.0
    )
    made = draft(replace(province, rows=(top,)), language="vi", letterhead=letterheads["vi"])
    assert "tỷ lệ thực có thể thấp tới mức 91,2%." in " ".join(texts(read(made)))


def test_block_of_a_kind_that_is_not_known_is_refused(province: Summary) -> None:
    setting = Setting(
        blank("vi-VN"), style_of(province, wording("vi"), {}), {"table": "Bảng", "figure": "Hình"}
    )
    with pytest.raises(UnknownBlock, match="block with dance: not known"):
        list(elements_of({"dance": 1}, setting))


def test_office_program_opens_it_and_prints_vietnamese(vietnamese: bytes, tmp_path: Path) -> None:
    pages = printed_by_office(vietnamese, "summary.docx", tmp_path)
    for words in ("DỰ THẢO", "I. TÌNH HÌNH LẤY Ý KIẾN", "1. Thời gian, phạm vi", "6 tháng đầu năm 2026"):
        assert words in pages[0]
    text = " ".join(pages)
    for words in ("V. NHẬN XÉT, KIẾN NGHỊ", "Bảng 2.", "Hình 1.", "ẩn (ít phiếu)", "LƯU HÀNH NỘI BỘ"):
        assert words in text
