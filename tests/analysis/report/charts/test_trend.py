"""Trend by month: line, ribbon, gaps, periods, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from analysis.report.charts import ChartError, trend_plot, trend_text
from analysis.report.charts.marks import LAM
from tests.analysis.report.charts.conftest import months, path, texts

NAN = float("nan")
MONTHS = ["2025-11", "2025-12", "2026-01", "2026-02"]
RATES = [0.78, 0.8, 0.82, 0.841]
LOWS = [0.7, 0.72, 0.76, 0.791]
HIGHS = [0.85, 0.87, 0.88, 0.881]


def runs(figure: Figure) -> list[list[float]]:
    """List the rates of each unbroken line."""
    return [
        [float(y) for y in path(line)[:, 1]]
        for line in figure.axes[0].lines
        if line.get_color() == LAM and line.get_marker() == "o"
    ]


def test_line_and_ribbon_stand_at_their_numbers() -> None:
    figure = trend_plot(MONTHS, RATES, LOWS, HIGHS)
    assert runs(figure) == [RATES]
    (ribbon,) = (part for part in figure.axes[0].collections if isinstance(part, PolyCollection))
    heights = {round(float(y), 9) for y in np.asarray(ribbon.get_paths()[0].vertices)[:, 1]}
    assert heights == {*LOWS, *HIGHS}


def test_last_month_bears_its_figures() -> None:
    assert texts(trend_plot(MONTHS, RATES, LOWS, HIGHS, language="en"))[-2:] == ["79.1 – 88.1", "84.1%"]


def test_month_with_too_few_answers_is_a_gap_and_said() -> None:
    rates, lows, highs = ([column[0], NAN, *column[2:]] for column in (RATES, LOWS, HIGHS))
    figure = trend_plot(MONTHS, rates, lows, highs)
    assert runs(figure) == [[0.78], [0.82, 0.841]]
    assert sum(isinstance(part, LineCollection) for part in figure.axes[0].collections) == 1
    assert "Chỗ trống: tháng đó chưa đủ câu trả lời." in texts(figure)
    said = trend_text(MONTHS, rates, lows, highs, language="en")
    assert said.startswith("Chart of the rates of 3 months")
    assert said.endswith("Too few answers: December 2025.")


def test_month_that_is_not_there_is_a_gap() -> None:
    months, rates, lows, highs = ([*column[:1], *column[2:]] for column in (MONTHS, RATES, LOWS, HIGHS))
    assert runs(trend_plot(months, rates, lows, highs)) == [[0.78], [0.82, 0.841]]


def test_two_halves_are_parted_and_named() -> None:
    periods = ["2025-H2", "2025-H2", "2026-H1", "2026-H1"]
    figure = trend_plot(MONTHS, RATES, LOWS, HIGHS, periods=periods)
    assert {"2025-H2", "2026-H1"} <= set(texts(figure))
    assert "Periods: 2025-H2, up to December 2025; then 2026-H1." in trend_text(
        MONTHS, RATES, LOWS, HIGHS, periods=periods, language="en"
    )


def test_a_single_period_is_not_named() -> None:
    assert "2026-H1" not in texts(trend_plot(MONTHS, RATES, LOWS, HIGHS, periods=["2026-H1"] * 4))


@pytest.mark.parametrize("n", [1, 2, 13, 60, 200])
@pytest.mark.parametrize("width", [100.0, 165.0])
def test_months_are_thinned_where_they_stand_close(
    n: int,
    width: float,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    rates = np.full(n, 0.84)
    figure = trend_plot(months(n), rates, rates - 0.1, rates + 0.1, language="en", width=width)
    assert outside(figure) == []
    assert overlaps(figure) == []


def test_words_are_made_from_the_numbers() -> None:
    assert trend_text(MONTHS, RATES, LOWS, HIGHS) == (
        "Biểu đồ tỷ lệ hài lòng của 4 tháng với khoảng tin cậy 95%. "
        "Tháng đầu: tháng 11 năm 2025, 78,0% (từ 70,0% đến 85,0%). "
        "Tháng cuối: tháng 02 năm 2026, 84,1% (từ 79,1% đến 88,1%). "
        "Thấp nhất: tháng 11 năm 2025, 78,0% (từ 70,0% đến 85,0%). "
        "Cao nhất: tháng 02 năm 2026, 84,1% (từ 79,1% đến 88,1%)."
    )


def test_one_month_is_a_point_with_its_figures() -> None:
    figure = trend_plot(["2026-01"], [0.84], [0.8], [0.88])
    assert runs(figure) == [[0.84]]
    assert trend_text(["2026-01"], [0.84], [0.8], [0.88], language="en") == (
        "Chart of the rate of 1 month with its 95% interval. First month: January 2026, 84.0% "
        "(80.0% to 88.0%)."
    )


@pytest.mark.parametrize(
    ("months", "rates", "found"),
    [
        ([], [], "0 rates"),
        (["2026-01"], [NAN], "no month has a rate"),
        (["2026-13"], [0.5], "month '2026-13'; write it as 2026-03"),
        (["2026-1"], [0.5], "month '2026-1'"),
        (["2026-02", "2026-01"], [0.5, 0.5], "row 2: 2026-01 does not follow 2026-02"),
        (["2026-01", "2026-01"], [0.5, 0.5], "does not follow"),
        (["2026-01"], [0.5, 0.5], "1 months, 2 rates"),
        (["2026-01"], [1.01], "rates is 1.01"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(months: list[str], rates: list[float], found: str) -> None:
    for chart in (trend_plot, trend_text):
        with pytest.raises(ChartError, match=found):
            chart(months, rates, rates, rates)
