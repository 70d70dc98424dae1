"""Laney chart: limits as steps, signals, baseline, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.report.charts import ChartError, laney_plot, laney_text
from analysis.report.charts.marks import BAND, GACH, LAM
from analysis.report.numerals import Language
from tests.analysis.report.charts.conftest import boxes, dots, months, path, texts

MONTHS = ["2025-11", "2025-12", "2026-01", "2026-02"]
RATES = [0.84, 0.95, 0.83, 0.7]
LOWS = [0.8, 0.79, 0.78, 0.77]
HIGHS = [0.88, 0.89, 0.9, 0.91]
OUTSIDE = [False, True, False, True]
GIVEN: dict[str, Any] = {"centre": 0.84, "baseline": 3}


def test_signals_are_triangles_that_point_away_and_bear_their_month() -> None:
    figure = laney_plot(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, **GIVEN)
    assert [y for _, y in dots(figure, GACH, "^")] == [0.95]
    assert [y for _, y in dots(figure, GACH, "v")] == [0.7]
    assert [y for _, y in dots(figure, LAM)] == [0.84, 0.83]
    assert {"12/2025", "2/2026"} <= set(texts(figure))


def test_limits_are_steps_as_wide_as_their_months() -> None:
    figure = laney_plot(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, **GIVEN)
    low, high = (path(line) for line in figure.axes[0].lines if line.get_color() == BAND)
    assert [float(y) for _, y in low] == [limit for limit in LOWS for _ in range(2)]
    assert [float(y) for _, y in high] == [limit for limit in HIGHS for _ in range(2)]
    assert float(low[1][0]) == float(low[2][0]) == 2025 * 12 + 10.5


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", {"giới hạn dưới", "trung bình 84,0%", "giới hạn trên", "làm gốc", "theo dõi"}),
        ("en", {"lower limit", "mean 84.0%", "upper limit", "baseline", "watched"}),
    ],
)
def test_lines_bear_their_names(language: Language, words: set[str]) -> None:
    assert words <= set(texts(laney_plot(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, language=language, **GIVEN)))


def test_nothing_is_watched_where_all_months_make_the_limits() -> None:
    shown = texts(laney_plot(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, centre=0.84, baseline=4))
    assert not {"làm gốc", "theo dõi"} & set(shown)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_name_never_lies_on_the_end_of_the_baseline(language: Language) -> None:
    n = 24
    for row in range(n):
        rates = np.full(n, 0.84)
        rates[row] = 0.71
        figure = laney_plot(
            months(n),
            rates,
            np.full(n, 0.78),
            np.full(n, 0.9),
            rates < 0.78,
            centre=0.84,
            baseline=18,
            language=language,
        )
        at = figure.axes[0].transData.transform((2025 * 12 + 6 + 17.5, 0.8))[0] * 72 / figure.dpi
        for text, (left, _, right, _) in boxes(figure):
            if text.endswith("2026") and text != "2026":
                assert not left < at < right, (row, text)


def test_provisional_limits_are_said_in_picture_and_words() -> None:
    figure = laney_plot(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, centre=0.84, baseline=4, provisional=True)
    sentence = "Giới hạn tạm tính: mới dựa trên 4 tháng."
    assert sentence in texts(figure)
    assert laney_text(
        MONTHS, RATES, LOWS, HIGHS, OUTSIDE, centre=0.84, baseline=4, provisional=True
    ).endswith(sentence)


@pytest.mark.parametrize("n", [1, 2, 36, 120])
@pytest.mark.parametrize("width", [100.0, 165.0])
def test_months_in_any_number_with_signals_everywhere_stay_readable(
    n: int,
    width: float,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    rates = np.where(np.arange(n) % 2, 0.95, 0.7)
    figure = laney_plot(
        months(n),
        rates,
        np.full(n, 0.8),
        np.full(n, 0.88),
        np.full(n, True),
        centre=0.84,
        baseline=max(1, n // 2),
        width=width,
    )
    assert outside(figure) == []
    assert overlaps(figure) == []


def test_words_are_made_from_the_numbers() -> None:
    assert laney_text(MONTHS, RATES, LOWS, HIGHS, OUTSIDE, **GIVEN) == (
        "Biểu đồ kiểm soát tỷ lệ hài lòng theo tháng, từ tháng 11 năm 2025 đến tháng 02 năm 2026, "
        "với giới hạn quanh mức trung bình 84,0%. 2 tháng có tín hiệu: tháng 12 năm 2025 (95,0%, cao hơn); "
        "tháng 02 năm 2026 (70,0%, thấp hơn)."
    )
    said = laney_text(MONTHS, RATES, LOWS, HIGHS, [False] * 4, language="en", **GIVEN)
    assert said.endswith("No month gives a signal.")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"baseline": 0}, "a baseline of 0 of 4 months; give 1 to 4"),
        ({"baseline": 5}, "a baseline of 5"),
        ({"centre": -0.1}, "centre is -0.1"),
        ({"rates": [0.5] * 3}, "3 rates, 4 lows"),
        ({"outside": [True]}, "4 months, 4 rates, 1 outside"),
        ({"lows": [0.95] * 4}, "low 0.95 is above high 0.88"),
        ({"months": MONTHS[::-1]}, "does not follow"),
        ({"months": [], "rates": [], "lows": [], "highs": [], "outside": []}, "0 rates"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(change: dict[str, Any], found: str) -> None:
    given = {"months": MONTHS, "rates": RATES, "lows": LOWS, "highs": HIGHS, "outside": OUTSIDE, **GIVEN}
    for chart in (laney_plot, laney_text):
        with pytest.raises(ChartError, match=found):
            chart(**given | change)
