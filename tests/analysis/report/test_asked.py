from __future__ import annotations

from dataclasses import replace

from analysis.report import asked
from analysis.report.style import Style, style_of
from analysis.report.wording import wording
from analysis.summary import Row, Summary


def styled(summary: Summary, **labels: str) -> Style:
    return style_of(summary, wording("vi"), {key.replace("__", ":"): label for key, label in labels.items()})


def questions(summary: Summary) -> list[Row]:
    return [row for row in summary.rows if row.measure.startswith("question:")]


def test_trips_leave_out_who_cannot_recall(judged: Summary) -> None:
    counts = asked.counts_of(judged, judged.rows[0])
    assert asked.sentences(counts, styled(judged)) == [
        "40,0% người trả lời phải đến từ 2 lần trở lên (1.000 câu trả lời; không tính người không nhớ).",
        "12 trên 1.000 người trả lời cho biết có người gợi ý trả thêm tiền; 97 người không muốn trả lời.",
    ]


def test_questions_that_were_not_asked_have_no_sentence(judged: Summary) -> None:
    assert asked.sentences({}, styled(judged)) == []
    assert asked.sentences({"trips": {"unknown": 4}, "extra_payment": {"refused": 2}}, styled(judged)) == []


def test_question_with_a_hidden_choice__is_left_out_whole(judged: Summary) -> None:
    answers = tuple(
        row._replace(count=None) if (row.question, row.choice) == ("trips", "3") else row
        for row in judged.answers
    )
    counts = asked.counts_of(replace(judged, answers=answers), judged.rows[0])
    assert "trips" not in counts
    assert counts["extra_payment"]["yes"] == 12


def test_weakest_question_gives_a_reason_only_in_words(judged: Summary) -> None:
    counts = asked.counts_of(judged, judged.rows[0])
    assert asked.weakest(questions(judged), counts, styled(judged)) == 'Thấp nhất là "parking" (70,0%).'
    style = styled(judged, choice__reasons__wait="Chờ lâu", choice__reasons__rude="Cán bộ thiếu lịch sự")
    assert asked.weakest(questions(judged), counts, style) == (
        'Thấp nhất là "parking" (70,0%); lý do được nêu nhiều nhất: Chờ lâu (693 phiếu).'
    )


def test_one_question_alone_is_not_the_weakest(judged: Summary) -> None:
    assert asked.weakest(questions(judged)[:1], {}, styled(judged)) is None


def test_spread_draws_rated_questions_alone_and_says_them_in_words(judged: Summary) -> None:
    top = judged.rows[0]
    counts = asked.counts_of(judged, top)
    figures = asked.spread(questions(judged), top, counts, styled(judged))
    assert len(figures) == 1
    assert str(figures[0]["chart"]).startswith("<?xml")
    assert "Biểu đồ câu trả lời của 2 câu hỏi" in str(figures[0]["alternative"])
    assert asked.spread(questions(judged), top, {"trips": counts["trips"]}, styled(judged)) == []
