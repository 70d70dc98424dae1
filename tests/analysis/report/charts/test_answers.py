"""Answers plot: diverging bars, the rates beside them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.report.charts import ChartError, answers_plot, answers_text
from tests.analysis.report.charts.conftest import bands, dots, texts

NAN = float("nan")
LABELS = ["Nhìn chung", "Thủ tục"]
COUNTS = [[8, 20, 36, 206, 130], [40, 60, 52, 148, 100]]
RATES, LOWS, HIGHS = [0.84, 0.62], [0.79, 0.56], [0.88, 0.68]


def bars(figure: Figure) -> list[tuple[float, float]]:
    """List from where to where the answers reach, without those of the legend."""
    return [
        (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in figure.axes[1].patches
        if isinstance(patch, Rectangle)
    ]


def test_bars_meet_in_the_middle_of_the_neutral_answer() -> None:
    figure = answers_plot(LABELS, COUNTS, RATES, LOWS, HIGHS)
    spans = bars(figure)
    for row, counts in enumerate(COUNTS):
        shares = [count / 400 for count in counts]
        five = spans[5 * row : 5 * row + 5]
        assert [right - left for left, right in five] == pytest.approx(shares)
        assert sum(five[2]) == pytest.approx(0.0)
        assert all(one[1] == pytest.approx(other[0]) for one, other in pairwise(five))


def test_rates_stand_on_their_own_axis_with_number_and_answers() -> None:
    figure = answers_plot(LABELS, COUNTS, RATES, LOWS, HIGHS, level="90%")
    shown = texts(figure)
    assert [x for x, _ in dots(figure)] == RATES
    assert bands(figure) == list(zip(LOWS, HIGHS, strict=True))
    assert {"84,0", "62,0", "Hài lòng trở lên, khoảng tin cậy 90%"} <= set(shown)
    assert shown.count("400") == 2


def test_small_shares_bear_no_number() -> None:
    shown = texts(answers_plot(["A"], [[6, 0, 0, 0, 94]], [0.94], [0.9], [0.97], language="en"))
    assert "94" in shown
    assert not {"6", "0"} & set(shown)


def test_words_of_the_answers_may_be_those_of_the_questionnaire() -> None:
    choices = ["$a$", "b", "c", "d", "Rất tốt"]
    assert set(choices) <= set(texts(answers_plot(LABELS, COUNTS, RATES, LOWS, HIGHS, choices=choices)))


def test_question_without_answers_or_without_a_rate_says_so() -> None:
    counts = [COUNTS[0], [0] * 5, [0, 0, 0, 1, 2]]
    labels = ["A", "B", "C"]
    rates, lows, highs = [0.84, NAN, NAN], [0.79, NAN, NAN], [0.88, NAN, NAN]
    shown = texts(answers_plot(labels, counts, rates, lows, highs))
    assert shown.count("chưa có phiếu") == 1
    assert shown.count("chưa đủ phiếu") == 1
    assert answers_text(labels, counts, rates, lows, highs, language="en").endswith("Without a rate: B, C.")


def test_no_question_at_all_with_answers() -> None:
    none = [NAN]
    assert "chưa có phiếu" in texts(answers_plot(["A"], [[0] * 5], none, none, none))
    assert answers_text(["A"], [[0] * 5], none, none, none) == (
        "Biểu đồ câu trả lời của 1 câu hỏi, với tỷ lệ hài lòng và khoảng tin cậy 95%. Chưa có tỷ lệ: A."
    )


@pytest.mark.parametrize(
    "counts", [[100, 0, 0, 0, 0], [0, 0, 100, 0, 0], [0, 0, 0, 0, 100], [0, 100, 0, 0, 0]]
)
def test_answers_that_are_all_alike_stay_on_the_sheet(
    counts: list[int],
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    rate = sum(counts[3:]) / 100
    figure = answers_plot(["A"], [counts], [rate], [max(0.0, rate - 0.1)], [min(1.0, rate + 0.1)])
    assert outside(figure) == []
    assert overlaps(figure) == []
    left, right = figure.axes[1].get_xlim()
    assert all(left - 1e-9 <= start and end <= right + 1e-9 for start, end in bars(figure))


def test_words_are_made_from_the_numbers() -> None:
    assert answers_text(LABELS, COUNTS, RATES, LOWS, HIGHS, language="en") == (
        "Chart of the answers to 2 questions with the rates of the satisfied and their 95% intervals. "
        "Lowest: Thủ tục: 25.0% dissatisfied, 13.0% neutral, 62.0% satisfied (56.0% to 68.0%; answers: 400). "
        "Highest: Nhìn chung: 7.0% dissatisfied, 9.0% neutral, 84.0% satisfied (79.0% to 88.0%; answers: "
        "400)."
    )


def test_words_and_picture_round_alike_beside_a_bound() -> None:
    figures = ["A"], [[5, 5, 0, 40, 50]], [0.79998], [0.7], [0.9]
    assert "79,998" in texts(answers_plot(*figures))
    assert "79,998%" in answers_text(*figures)


@pytest.mark.parametrize(
    ("counts", "rates", "found"),
    [
        ([], [], "counts have the shape"),
        ([[1, 2, 3, 4]], [0.5], "counts have the shape"),
        ([[1, 2, 3, 4, -5]], [0.5], "answer 5 is -5"),
        ([[1, 2, 3, 4, NAN]], [0.5], "answer 5 is nan"),
        ([[0] * 5], [0.5], "a rate of 0.5 of no answers"),
        ([[1] * 5], [0.5, 0.5], "1 counts, 2 rates"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(
    counts: list[list[float]], rates: list[float], found: str
) -> None:
    for chart in (answers_plot, answers_text):
        with pytest.raises(ChartError, match=found):
            chart(["A"] * len(counts), counts, rates, rates, rates)


def test_five_choices_are_asked_for() -> None:
    with pytest.raises(ChartError, match="2 choices; give 5"):
        answers_plot(LABELS, COUNTS, RATES, LOWS, HIGHS, choices=["a", "b"])
