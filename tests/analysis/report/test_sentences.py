from __future__ import annotations

import pytest

from analysis.report import sentences
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.style import Style, style_of
from analysis.report.wording import wording
from analysis.rules import Rules
from analysis.summary import Row, Summary


@pytest.fixture(scope="module")
def top(judged: Summary) -> Row:
    return judged.rows[0]


def styled(summary: Summary, language: Language, rules: Rules | None = None) -> Style:
    return style_of(summary, wording(language), {}, rules)


def test_rate_stands_with_its_interval_and_answers(judged: Summary, top: Row) -> None:
    assert sentences.rate(top, styled(judged, "vi")) == (
        "Tỉnh Mẫu: 84,1% số câu trả lời là hài lòng hoặc rất hài lòng "
        "(khoảng tin cậy 95% từ 83,7% đến 84,5%; 41.286 câu trả lời)."
    )
    assert sentences.rate(top, styled(judged, "en")) == (
        "Tỉnh Mẫu: 84.1% of answers were satisfied or very satisfied "
        "(95% uncertainty interval 83.7% to 84.5%; 41,286 answers)."
    )


def test_too_few_responses__are_said_with_what_the_rules_ask_for(judged: Summary, top: Row) -> None:
    few = top._replace(status=("insufficient",), responses=12, clusters=3)
    said = sentences.rate(few, styled(judged, "vi"))
    assert said == (
        "Tỉnh Mẫu: mới có 12 phiếu trong 3 ngày; cần ít nhất 30 phiếu trong 8 ngày để xác định mức hài lòng."
    )


@pytest.mark.parametrize(
    ("grade", "certainty", "vietnamese", "english"),
    [
        ("high", "certain", "Cao (độ chắc chắn cao)", "High (high certainty)"),
        ("medium", "likely", "Trung bình (độ chắc chắn vừa phải)", "Medium (moderate certainty)"),
        ("medium", "borderline", "Trung bình (sát ngưỡng)", "Medium (borderline)"),
        (
            "very_high",
            "borderline",
            "Rất cao (sát ngưỡng với mức Cao)",
            "Very high (borderline with High)",
        ),
        ("low", "borderline", "Thấp (sát ngưỡng với mức Trung bình)", "Low (borderline with Medium)"),
    ],
)
def test_band_names_its_neighbour_only_where_one_alone_can_be(
    judged: Summary, top: Row, grade: str, certainty: str, vietnamese: str, english: str
) -> None:
    row = top._replace(grade=grade, certainty=certainty)
    assert sentences.band(row, styled(judged, "vi")) == f"Mức hài lòng: {vietnamese}."
    assert sentences.band(row, styled(judged, "en")) == f"Satisfaction band: {english}."


def test_band_under_review__says_so(judged: Summary, top: Row) -> None:
    row = top._replace(grade="high", certainty="likely", status=("under_review",))
    assert sentences.band(row, styled(judged, "vi")) == (
        "Mức hài lòng: Cao (độ chắc chắn vừa phải; đang rà soát)."
    )


def test_silent_are_said_with_bounds_and_tipping_point(judged: Summary, top: Row) -> None:
    row = top._replace(rate=0.841, coverage=0.139, grade="high", bound_low=0.117, bound_high=0.978)
    style = styled(judged, "vi")
    assert sentences.bounds(row, style) == (
        "Nếu mọi lượt không có phiếu đều không hài lòng, tỷ lệ là 11,7%; nếu đều hài lòng, 97,8%."
    )
    # (0.841 - 0.80) / (1 - 0.139), as in the example of statistics: 4.8 points.
    assert sentences.tipping(row, style) == (
        "Mức hài lòng sẽ đổi nếu những lượt không có phiếu kém hài lòng hơn 4,8 điểm phần trăm."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"grade": None},
        {"coverage": None},
        {"coverage": 1.0},
        {"grade": "low", "rate": 0.5},
        {"rate": 0.97, "coverage": 0.95},
        {"status": ("suppressed",)},
    ],
)
def test_tipping_point__that_is_unknown_or_cannot_be__is_not_said(
    judged: Summary, top: Row, changes: dict[str, object]
) -> None:
    row = top._replace(**changes)  # type: ignore[arg-type]  # some columns of a row
    assert sentences.tipping(row, styled(judged, "vi")) is None


def test_tipping_point_follows_the_bounds_of_the_rules(judged: Summary, top: Row) -> None:
    row = top._replace(rate=0.841, coverage=0.139, grade="high")
    said = sentences.tipping(row, styled(judged, "en", Rules(bounds=(0.5, 0.7, 0.95))))
    # (0.841 - 0.70) / (1 - 0.139)
    assert said == "The band would change if those who did not answer were 16.4 points less satisfied."


def test_flagged_responses_are_said_with_and_without(judged: Summary, top: Row) -> None:
    assert sentences.flagged(top, styled(judged, "vi")) == (
        "318 phiếu được đánh dấu rà soát. Không tính các phiếu này, tỷ lệ là 84,0%; tính cả, 84,1%."
    )
    assert sentences.flagged(top._replace(flagged=0), styled(judged, "vi")) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_hidden_row_tells_nothing_but_that_it_is_hidden(
    judged: Summary, top: Row, language: Language
) -> None:
    row, style = top._replace(status=("suppressed",)), styled(judged, language)
    assert not any(sign.isdigit() for sign in sentences.rate(row, style))
    for say in (sentences.band, sentences.bounds, sentences.tipping, sentences.flagged):
        assert say(row, style) is None
