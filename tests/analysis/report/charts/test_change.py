"""Change plot: differences between halves, their words, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.report.charts import ChartError, change_plot, change_text
from analysis.report.numerals import Language
from tests.analysis.report.charts.conftest import bold, dots, names, texts

NAN = float("nan")
LABELS = ["Xã Mẫu 1", "Xã Mẫu 2", "Xã Mẫu 3"]
DIFFERENCES, LOWS, HIGHS = [0.052, 0.004, -0.07], [0.011, -0.03, -0.1], [0.093, 0.04, -0.04]


def test_each_row_says_its_direction_before_its_figures() -> None:
    figure = change_plot(LABELS, DIFFERENCES, LOWS, HIGHS)
    shown = texts(figure)
    assert [x for x, _ in dots(figure)] == DIFFERENCES
    for label, row in (
        ("Xã Mẫu 1", ["tăng", "+5,2", "(+1,1 đến +9,3)"]),
        ("Xã Mẫu 2", ["chưa rõ", "+0,4", "(−3,0 đến +4,0)"]),
        ("Xã Mẫu 3", ["giảm", "−7,0", "(−10,0 đến −4,0)"]),
    ):
        at = shown.index(label)
        assert shown[at + 1 : at + 4] == row


def test_only_clear_rows_are_bold() -> None:
    figure = change_plot(LABELS, DIFFERENCES, LOWS, HIGHS)
    assert bold(figure) == {"tăng", "+5,2", "giảm", "−7,0"}


def test_zero_is_always_on_the_axis() -> None:
    for sign in (1, -1):
        low, high = sorted((0.02 * sign, 0.05 * sign))
        figure = change_plot(["A"], [0.03 * sign], [low], [high])
        left, right = figure.axes[0].get_xlim()
        assert left <= 0 <= right
        assert "0" in texts(figure)


def test_direction_may_come_from_a_test() -> None:
    said = change_text(LABELS, DIFFERENCES, LOWS, HIGHS, directions=[0, 0, -1], language="en")
    assert "Higher: 0. Lower: 1. No clear difference: 2." in said
    assert texts(change_plot(LABELS, DIFFERENCES, LOWS, HIGHS, directions=[0, 0, -1])).count("chưa rõ") == 2


def test_row_without_a_difference_is_not_compared_and_not_counted() -> None:
    differences, lows, highs = [0.05, NAN, -0.01], [0.01, NAN, -0.04], [0.09, NAN, 0.02]
    figure = change_plot(LABELS, differences, lows, highs)
    assert [x for x, _ in dots(figure)] == [0.05, -0.01]
    assert texts(figure).count("không so sánh") == 1
    assert change_text(LABELS, differences, lows, highs, language="en") == (
        "Chart of 2 changes with their 95% intervals, in percentage points. Higher: 1. Lower: 0. "
        "No clear difference: 1. Greatest rise: Xã Mẫu 1, +5.0 (+1.0 to +9.0). Not compared: Xã Mẫu 2."
    )


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("n", [1, 36, 130])
def test_unit_of_the_axis_stays_on_the_sheet(
    language: Language,
    sign: int,
    n: int,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    middle = np.full(n, 0.2 * sign)
    figure = change_plot(names(n), middle, middle - 0.1, middle + 0.1, language=language)
    assert outside(figure) == []
    assert overlaps(figure) == []
    unit = {"vi": "điểm phần trăm", "en": "percentage points"}[language]
    assert unit in texts(figure)


@pytest.mark.parametrize("width", [90.0, 120.0, 240.0])
def test_narrow_and_wide_sheets_hold_their_texts(
    width: float,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    figure = change_plot(LABELS, DIFFERENCES, LOWS, HIGHS, width=width)
    assert outside(figure) == []
    assert overlaps(figure) == []


def test_words_are_made_from_the_numbers() -> None:
    assert change_text(LABELS, DIFFERENCES, LOWS, HIGHS) == (
        "Biểu đồ 3 mức thay đổi với khoảng tin cậy 95%, tính bằng điểm phần trăm. "
        "Tăng: 1. Giảm: 1. Chưa rõ: 1. Tăng nhiều nhất: Xã Mẫu 1, +5,2 (từ +1,1 đến +9,3). "
        "Giảm nhiều nhất: Xã Mẫu 3, −7,0 (từ −10,0 đến −4,0)."
    )


def test_numbers_of_the_words_stand_in_the_picture() -> None:
    shown = " ".join(texts(change_plot(LABELS, DIFFERENCES, LOWS, HIGHS)))
    for figure in ("+5,2", "+1,1", "+9,3", "−7,0", "−10,0", "−4,0"):
        assert figure in shown


@pytest.mark.parametrize(
    ("differences", "directions", "found"),
    [
        ([], None, "0 differences"),
        ([NAN, NAN], None, "no row has a difference"),
        ([1.5, 0.0], None, "row 1: differences is 1.5"),
        ([0.0, 0.0], [0, 2], "row 2: direction 2; give 1"),
        ([0.0, NAN], [0, 1], "row 2: direction 1 of no difference"),
        ([0.0, 0.0], [0], "2 labels, 2 differences, 1 directions"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(
    differences: list[float], directions: list[int] | None, found: str
) -> None:
    labels = ["A", "B"][: len(differences)]
    for chart in (change_plot, change_text):
        with pytest.raises(ChartError, match=found):
            chart(labels, differences, differences, differences, directions=directions)
