from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from analysis.report import Letterhead, Provenance, Revision, write
from analysis.report.document import report_pdf
from analysis.report.numerals import Language
from analysis.rules import Rules
from analysis.summary import Summary
from tests.analysis.report.printed import pages_of

Letterheads = Mapping[Language, Letterhead]

DIGEST = sha256(b"summary").hexdigest()
PROVENANCE = Provenance(
    revision=Revision(2, date(2026, 7, 5), "đơn vị bổ sung số lượt phục vụ."),
    audit_head=sha256(b"audit").hexdigest(),
    signed_by="#key 4f2a $x$",
    manifest={"summary.csv": DIGEST, "=1+1.csv": sha256(b"x").hexdigest()},
    excluded=12,
    notes=("Máy đánh giá 3: thiếu 4 phiếu theo số thứ tự.",),
)
LABELS = {
    "question:trips": "Số lần đến",
    "text:trips": "Ông/Bà đã đến mấy lần vì việc này?",
    "choice:trips:1": "1 lần",
    "choice:trips:5plus": "5 lần trở lên",
}


@pytest.fixture(scope="module")
def whole(judged: Summary, letterheads: Letterheads) -> list[str]:
    pdf = report_pdf(
        judged, language="vi", letterhead=letterheads["vi"], labels=LABELS, provenance=PROVENANCE
    )
    return pages_of(pdf)


def test_annexes_stand_in_their_order_and_are_numbered(whole: list[str]) -> None:
    text = " ".join(whole)
    titles = (
        "Phụ lục I PHƯƠNG PHÁP",
        "Phụ lục II KẾT QUẢ THEO ĐƠN VỊ",
        "Phụ lục III KẾT QUẢ THEO QUẦY",
        "LƯU HÀNH NỘI BỘ Phụ lục IV KẾT QUẢ THEO CÁN BỘ",
        "Phụ lục V PHIẾU HỎI",
        "Phụ lục VI TỆP VÀ MÃ BĂM",
    )
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_first_two_pages_hold_what_is_official_alone(whole: list[str]) -> None:
    first, rest = " ".join(whole[:2]), " ".join(whole[2:])
    for words in ("84,1%", "từ 83,7% đến 84,5%", "41.286", "độ phủ 6,7%", "Mức hài lòng: Cao"):
        assert words in first
    for words in ("Phân bố câu trả lời", "Trung bình tỷ lệ của các câu hỏi", "Nếu mọi lượt không có phiếu"):
        assert words not in first
        assert words in rest


def test_revision_stands_below_the_subject_with_its_reason(whole: list[str]) -> None:
    assert (
        "Bản sửa đổi số 2, ngày 05 tháng 7 năm 2026, thay bản trước vì đơn vị bổ sung số lượt phục vụ."
        in whole[0]
    )


def test_every_page_but_the_first_says_draft_in_its_head(whole: list[str]) -> None:
    assert "DỰ THẢO" in whole[0]
    assert all(page.startswith("DỰ THẢO ") for page in whole[1:])


def test_exclusions_and_gaps_stand_in_section_four(whole: list[str]) -> None:
    text = " ".join(whole)
    section = text[text.index("IV. CHẤT LƯỢNG") : text.index("V. NHẬN XÉT")]
    assert "12 phiếu bị loại khỏi kết quả, do hai người cùng quyết định" in section
    assert "Thiết bị, phiếu thiếu Máy đánh giá 3: thiếu 4 phiếu theo số thứ tự." in section


def test_files_audit_and_key_are_printed_whole_and_as_they_are(whole: list[str]) -> None:
    last = whole[-1]
    for words in (DIGEST, "=1+1.csv", "#key 4f2a $x$", PROVENANCE.audit_head or ""):
        assert words in last


def test_questions_are_printed_with_their_choices(whole: list[str]) -> None:
    text = " ".join(whole)
    annex = text[text.index("PHIẾU HỎI") :]
    assert "Ông/Bà đã đến mấy lần vì việc này?" in annex
    assert "1 lần · 5 lần trở lên" in annex
    assert "Số lần đến trips" in annex


def test_unit_has_band_verdict_change_and_rank_in_its_rows(judged: Summary, whole: list[str]) -> None:
    text = " ".join(whole)
    body = text[text.index("III. KẾT QUẢ THEO ĐƠN VỊ") : text.index("IV. CHẤT LƯỢNG")]
    assert re.search(
        r"(Cao|Rất cao|Trung bình), (chắc chắn|khá chắc|sát ngưỡng) (cao hơn|thấp hơn|chưa rõ)", body
    )
    assert "so với mục tiêu 85,0%" in body.lower()
    annex = text[text.index("Phụ lục II KẾT QUẢ") : text.index("Phụ lục III")]
    assert re.search(r"[+−]\d,\d [+−]\d,\d đến [+−]\d,\d (tăng|giảm|chưa rõ) \d+–\d+", annex)


def test_officers_have_a_verdict_and_no_band_or_rank(whole: list[str]) -> None:
    text = " ".join(whole)
    annex = text[text.index("KẾT QUẢ THEO CÁN BỘ") : text.index("Phụ lục V ")]
    assert "Kết quả của từng cán bộ là dữ liệu cá nhân" in annex
    assert "cao hơn" in annex
    for words in ("Mức, độ chắc chắn", "Khoảng thứ hạng", "Rất cao"):
        assert words not in annex


def test_summary_without_officers_has_no_restricted_annex(judged: Summary, letterheads: Letterheads) -> None:
    rows = tuple(row for row in judged.rows if row.kind != "officer")
    text = " ".join(
        pages_of(report_pdf(replace(judged, rows=rows), language="vi", letterhead=letterheads["vi"]))
    )
    assert "LƯU HÀNH NỘI BỘ" not in text
    assert "Cán bộ Mẫu" not in text


def test_every_page_with_officers_and_no_other_is_restricted(
    judged: Summary, letterheads: Letterheads
) -> None:
    pages = pages_of(report_pdf(judged, language="vi", letterhead=letterheads["vi"], labels=LABELS))
    assert any("Cán bộ Mẫu" in page for page in pages)
    for page in pages:
        assert ("LƯU HÀNH NỘI BỘ" in page) == ("Cán bộ Mẫu" in page)


def test_nothing_is_said_of_what_was_not_handed_over(judged: Summary, letterheads: Letterheads) -> None:
    text = " ".join(pages_of(report_pdf(judged, language="vi", letterhead=letterheads["vi"])))
    for words in ("Bản sửa đổi số", "bị loại khỏi kết quả", "Thiết bị, phiếu thiếu", "MÃ BĂM", "PHIẾU HỎI"):
        assert words not in text


def test_bounds_of_the_rules_are_drawn_and_said(judged: Summary, letterheads: Letterheads) -> None:
    rules = Rules(bounds=(0.55, 0.75, 0.925))
    pdf = report_pdf(judged, language="vi", letterhead=letterheads["vi"], rules=rules)
    text = " ".join(pages_of(pdf))
    assert "Vạch dọc: 55, 75, 92,5%." in text
    assert "ngưỡng từ 55, 75, 92,5%" in text


def test_files_with_provenance_in_both_languages_are_the_same_twice(
    judged: Summary, letterheads: Letterheads
) -> None:
    rows = judged.rows[:30]

    def made() -> dict[str, bytes]:
        return write(
            replace(judged, rows=rows),
            ["pdf"],
            ["vi", "en"],
            letterheads,
            labels={"vi": LABELS},
            rules=Rules(target=0.85),
            provenance=PROVENANCE,
        )

    files = made()
    assert files == made()
    assert "Revision 2 of 5 July 2026 replaces the earlier one" in pages_of(files["summary.en.pdf"])[0]
