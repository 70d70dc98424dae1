"""Interval plot: what stands where, what is said, what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.report.charts import ChartError, interval_plot, interval_text
from analysis.report.numerals import Language
from tests.analysis.report.charts.conftest import bands, bold, dots, names, texts

NAN = float("nan")
LABELS = ["Xã Mẫu 1", "Xã Mẫu 2", "Xã Mẫu 3"]
RATES, LOWS, HIGHS = [0.917, 0.841, 0.678], [0.895, 0.791, 0.61], [0.935, 0.881, 0.74]


def test_dots_and_bands_stand_at_their_numbers_from_the_top_down() -> None:
    figure = interval_plot(LABELS, RATES, LOWS, HIGHS)
    assert [x for x, _ in dots(figure)] == RATES
    assert bands(figure) == list(zip(LOWS, HIGHS, strict=True))
    heights = [y for _, y in dots(figure)]
    assert heights == sorted(heights, reverse=True)


def test_figures_stand_beside_the_rows() -> None:
    shown = texts(interval_plot(LABELS, RATES, LOWS, HIGHS, level="90%"))
    assert {"91,7", "84,1", "67,8", "89,5 – 93,5", "79,1 – 88,1", "61,0 – 74,0"} <= set(shown)
    assert {"Hài lòng, %", "Khoảng tin cậy 90%", "100%"} <= set(shown)


@pytest.mark.parametrize(
    ("name", "shown"), [(None, "chung 84,0%"), ("cả tỉnh", "cả tỉnh 84,0%"), ("$x$", "$x$ 84,0%")]
)
def test_dotted_line_bears_its_name(name: str | None, shown: str) -> None:
    figure = interval_plot(LABELS, RATES, LOWS, HIGHS, reference=0.84, reference_name=name)
    assert shown in texts(figure)


@pytest.mark.parametrize("reference", [0.0, 0.3, 0.84, 1.0])
@pytest.mark.parametrize("n", [3, 40])
def test_name_of_the_dotted_line_stays_on_the_sheet(
    reference: float,
    n: int,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    labels = names(n)
    figure = interval_plot(
        labels,
        np.full(n, 0.8),
        np.full(n, 0.7),
        np.full(n, 0.9),
        reference=reference,
        reference_name="toàn tỉnh, các xã, phường và các trung tâm phục vụ hành chính công " * 2,
    )
    assert outside(figure) == []
    assert overlaps(figure) == []
    left, right = figure.axes[0].get_xlim()
    assert left <= reference <= right


def test_row_without_a_rate_says_so_and_has_no_mark() -> None:
    rates, lows, highs = [0.9, NAN, 0.7], [0.8, NAN, 0.6], [0.95, NAN, 0.8]
    figure = interval_plot(LABELS, rates, lows, highs)
    assert texts(figure).count("chưa đủ phiếu") == 1
    assert [x for x, _ in dots(figure)] == [0.9, 0.7]
    assert interval_text(LABELS, rates, lows, highs, language="en") == (
        "Chart of 2 rates with their 95% intervals. Lowest: Xã Mẫu 3, 70.0% (60.0% to 80.0%). "
        "Highest: Xã Mẫu 1, 90.0% (80.0% to 95.0%). Without a rate: Xã Mẫu 2."
    )


def test_emphasised_row_is_bold_and_larger() -> None:
    figure = interval_plot(LABELS, RATES, LOWS, HIGHS, emphasised=1)
    assert bold(figure) == {"Xã Mẫu 2", "84,1"}
    sizes = [float(line.get_markersize()) for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert sizes[1] > sizes[0] == sizes[2]


def test_many_rows_stand_in_two_columns_on_one_axis() -> None:
    n = 130
    figure = interval_plot(names(n), np.full(n, 0.8), np.full(n, 0.7), np.full(n, 0.9))
    assert len(figure.axes) == 2
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


@pytest.mark.parametrize("width", [70.0, 100.0, 240.0])
def test_narrow_and_wide_sheets_hold_their_texts(
    width: float,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    figure = interval_plot(LABELS, RATES, LOWS, HIGHS, reference=0.84, width=width)
    assert outside(figure) == []
    assert overlaps(figure) == []


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_ends_of_the_scale_are_shown(rate: float) -> None:
    figure = interval_plot(["A"], [rate], [max(0.0, rate - 0.1)], [min(1.0, rate + 0.1)])
    left, right = figure.axes[0].get_xlim()
    assert left <= rate <= right


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "vi",
            "Biểu đồ 3 tỷ lệ hài lòng với khoảng tin cậy 95%. "
            "Thấp nhất: Xã Mẫu 3, 67,8% (từ 61,0% đến 74,0%). "
            "Cao nhất: Xã Mẫu 1, 91,7% (từ 89,5% đến 93,5%). "
            "1 khoảng tin cậy chứa tỷ lệ chung 84,0%.",
        ),
        (
            "en",
            "Chart of 3 rates with their 95% intervals. Lowest: Xã Mẫu 3, 67.8% (61.0% to 74.0%). "
            "Highest: Xã Mẫu 1, 91.7% (89.5% to 93.5%). 1 interval contains the overall rate of 84.0%.",
        ),
    ],
)
def test_words_are_made_from_the_numbers(language: Language, said: str) -> None:
    assert interval_text(LABELS, RATES, LOWS, HIGHS, reference=0.84, language=language) == said


def test_words_and_picture_round_alike_beside_a_bound() -> None:
    shown = texts(interval_plot(["A"], [0.89961], [0.8], [0.95]))
    assert "89,96" in shown
    assert "89,96%" in interval_text(["A"], [0.89961], [0.8], [0.95])


@pytest.mark.parametrize(
    ("rates", "lows", "highs", "found"),
    [
        ([], [], [], "0 rates, 0 lows, 0 highs"),
        ([0.5], [0.4, 0.4], [0.6], "1 rates, 2 lows, 1 highs"),
        ([1.2, 0.5], [0.4, 0.4], [0.6, 0.6], "row 1: rates is 1.2"),
        ([0.5, 0.5], [0.4, NAN], [0.6, 0.6], "row 2: lows is nan"),
        ([0.5, 0.5], [0.4, 0.7], [0.6, 0.6], "row 2: low 0.7 is above high 0.6"),
        ([NAN, NAN], [NAN, NAN], [NAN, NAN], "no row has a rate"),
        ([0.5], [0.4], [0.6], "2 labels, 1 rates"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(
    rates: list[float], lows: list[float], highs: list[float], found: str
) -> None:
    labels = ["A", "B"] if rates else []
    for chart in (interval_plot, interval_text):
        with pytest.raises(ChartError, match=found):
            chart(labels, rates, lows, highs)


@pytest.mark.parametrize("reference", [-0.1, 1.1, NAN])
def test_reference_that_is_no_fraction_is_refused(reference: float) -> None:
    with pytest.raises(ChartError, match="reference"):
        interval_plot(LABELS, RATES, LOWS, HIGHS, reference=reference)


@pytest.mark.parametrize("row", [-1, 3])
def test_row_that_is_not_there_cannot_be_emphasised(row: int) -> None:
    with pytest.raises(ChartError, match=f"no row {row} to emphasise; give 0 to 2"):
        interval_plot(LABELS, RATES, LOWS, HIGHS, emphasised=row)
