from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.period import period
from analysis.report import comparisons
from analysis.report.numerals import Language
from analysis.report.style import Style, style_of
from analysis.report.wording import wording
from analysis.summary import Row, Summary


@pytest.fixture(scope="module")
def unit(judged: Summary) -> Row:
    return next(row for row in judged.rows if row.code == "X001" and row.kind == "commune")


def styled(summary: Summary, language: Language = "vi") -> Style:
    return style_of(summary, wording(language), {})


@pytest.mark.parametrize(
    ("change", "low", "high", "vietnamese", "english"),
    [
        (
            *(0.048, 0.006, 0.09),
            "So với 6 tháng cuối năm 2025, tỷ lệ tăng 4,8 điểm phần trăm (từ 0,6 đến 9,0), "
            "vượt quá dao động ngẫu nhiên.",
            "Compared with the second half of 2025, up 4.8 points (0.6 to 9.0), more than chance variation.",
        ),
        (
            *(-0.048, -0.09, -0.006),
            "So với 6 tháng cuối năm 2025, tỷ lệ giảm 4,8 điểm phần trăm (từ 0,6 đến 9,0), "
            "vượt quá dao động ngẫu nhiên.",
            "Compared with the second half of 2025, down 4.8 points (0.6 to 9.0), "
            "more than chance variation.",
        ),
        (
            *(-0.012, -0.03, 0.006),
            "So với 6 tháng cuối năm 2025, chưa thấy khác biệt rõ: chênh −1,2 điểm phần trăm, "
            "khoảng tin cậy từ −3,0 đến +0,6.",
            "Compared with the second half of 2025, no clear difference: −1.2 points, interval −3.0 to +0.6.",
        ),
    ],
)
def test_change_is_up_or_down_only_where_its_interval_leaves_out_zero(
    judged: Summary, unit: Row, change: float, low: float, high: float, vietnamese: str, english: str
) -> None:
    row = unit._replace(change=change, change_low=low, change_high=high)
    assert comparisons.change(judged.period, row, styled(judged)) == vietnamese
    assert comparisons.change(judged.period, row, styled(judged, "en")) == english


@pytest.mark.parametrize(
    ("status", "reason"),
    [("version_change", "câu hỏi đã đổi"), ("no_baseline", "không có kỳ trước để so")],
)
def test_change_that_is_not_compared_says_why(judged: Summary, unit: Row, status: str, reason: str) -> None:
    row = unit._replace(change=None, change_low=None, change_high=None, status=(status,))
    assert comparisons.change(judged.period, row, styled(judged)) == (
        f"Không so sánh với 6 tháng cuối năm 2025 vì {reason}."
    )
    assert comparisons.change(judged.period, row._replace(status=()), styled(judged)) is None


def test_earlier_period_is_of_the_same_scheme() -> None:
    for scheme in ("vn-report", "calendar"):
        this = period("2026-H1", scheme)  # type: ignore[arg-type]  # both are schemes
        assert comparisons.earlier(this) == period("2025-H2", scheme)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "low", "high", "sentence"),
    [
        ("above", 0.86, 0.91, "Tỷ lệ cao hơn mục tiêu 85,0%, kể cả ở cận dưới."),
        ("above", 0.849, 0.91, "Tỷ lệ cao hơn mục tiêu 85,0%, vượt quá dao động ngẫu nhiên."),
        ("below", 0.70, 0.84, "Tỷ lệ thấp hơn mục tiêu 85,0%, kể cả ở cận trên."),
        ("below", 0.70, 0.851, "Tỷ lệ thấp hơn mục tiêu 85,0%, vượt quá dao động ngẫu nhiên."),
        (
            *("not_distinguishable", 0.80, 0.90),
            "Chưa thể kết luận đạt hay không đạt mục tiêu 85,0%, vì mục tiêu nằm trong khoảng tin cậy.",
        ),
        (
            *("not_distinguishable", 0.851, 0.90),
            "Từ số phiếu này chưa thể kết luận đạt hay không đạt mục tiêu 85,0%.",
        ),
    ],
)
def test_target_names_an_end_of_the_interval_only_where_that_lies_there(
    judged: Summary, unit: Row, verdict: str, low: float, high: float, sentence: str
) -> None:
    row = unit._replace(against_target=verdict, target=0.85, low=low, high=high)
    assert comparisons.target(row, styled(judged)) == sentence


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("above", "cao hơn, vượt quá dao động ngẫu nhiên"),
        ("below", "thấp hơn, vượt quá dao động ngẫu nhiên"),
        ("not_distinguishable", "chưa phân biệt được"),
    ],
)
def test_verdict_is_against_the_rest_of_the_group(
    judged: Summary, unit: Row, verdict: str, words: str
) -> None:
    said = comparisons.verdict(unit._replace(verdict=verdict), styled(judged))
    assert said == f"So với phần còn lại của nhóm so sánh: {words}."


def test_rank_is_a_range_of_so_many_only_where_all_are_there(judged: Summary, unit: Row) -> None:
    row = unit._replace(rank_best=3, rank_worst=97)
    ranked = sum(
        each.rank_best is not None and each.peer_group == "commune" and each.role == "serving"
        for each in judged.rows
    )
    assert comparisons.rank(judged, row, styled(judged)) == (
        f"Thứ hạng từ 3 đến 97 trong {ranked} đơn vị của nhóm so sánh."
    )
    alone = replace(judged, rows=(row,))
    assert comparisons.rank(alone, row, styled(judged)) == "Thứ hạng từ 3 đến 97 trong nhóm so sánh."


def test_units_that_cannot_be_told_apart_are_not_ranked(judged: Summary, unit: Row) -> None:
    row = unit._replace(rank_best=None, rank_worst=None, status=("not_distinguishable",))
    rows = tuple(
        each._replace(status=("not_distinguishable",)) if each.code in ("X002", "X003") else each
        for each in judged.rows
    )
    rows = tuple(row if each.code == unit.code and each.kind == "commune" else each for each in rows)
    assert comparisons.rank(replace(judged, rows=rows), row, styled(judged)) == (
        "Chưa phân biệt được 3 đơn vị với nhau, nên không xếp thứ hạng."
    )


def test_hidden_row_is_compared_with_nothing(judged: Summary, unit: Row) -> None:
    row, style = unit._replace(status=("suppressed",)), styled(judged)
    assert comparisons.target(row, style) is None
    assert comparisons.verdict(row, style) is None
    assert comparisons.rank(judged, row, style) is None
    assert comparisons.change(judged.period, row, style) is None
