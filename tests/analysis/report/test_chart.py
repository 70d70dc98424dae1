from __future__ import annotations

import subprocess
import sys

import matplotlib
import pytest

from analysis.report.chart import interval_plot, svg, text_alternative


def rows(n: int) -> tuple[list[str], list[float], list[float], list[float]]:
    rates = [0.97 - 0.3 * place / n for place in range(n)]
    return (
        [f"Xã Mẫu {place}" for place in range(n)],
        rates,
        [rate - 0.04 for rate in rates],
        [min(1.0, rate + 0.03) for rate in rates],
    )


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (35, 1), (36, 2), (130, 2)])
def test_many_rows_stand_in_two_columns_and_fit_a_page(n: int, columns: int) -> None:
    figure = interval_plot(*rows(n), reference=0.84)
    assert len(figure.axes) == columns
    assert figure.get_size_inches()[1] < 9.6


def test_same_rows_give_the_same_bytes() -> None:
    first, second = (svg(interval_plot(*rows(40), reference=0.84)) for _ in range(2))
    assert first == second
    assert b"<dc:date>" not in first


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = matplotlib.rcParams.copy()
    svg(interval_plot(*rows(3)))
    assert matplotlib.rcParams.copy() == before


def test_name_that_looks_like_mathematics_is_drawn_as_text() -> None:
    labels, rates, lows, highs = rows(3)
    labels[0] = r"$\frac{1}{2}$ <script> & $x"
    labels[1] = "\u4e2d\u0007 " * 3
    figure = interval_plot(labels, rates, lows, highs)
    texts = [text for text in figure.axes[0].texts if text.get_text().startswith("$")]
    assert [(text.get_text(), text.get_parse_math()) for text in texts] == [(labels[0], False)]
    assert b"<script" not in svg(figure)


def test_long_name_takes_several_lines() -> None:
    labels, rates, lows, highs = rows(50)
    labels[3] = "Trung tâm Phục vụ hành chính công của một xã có tên rất dài"
    texts = [
        text.get_text() for axes in interval_plot(labels, rates, lows, highs).axes for text in axes.texts
    ]
    assert any("\n" in text and text.replace("\n", " ") == labels[3] for text in texts)


def test_rows_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="1 labels, 2 rates"):
        interval_plot(["a"], [0.1, 0.2], [0.1], [0.2])
    with pytest.raises(ValueError, match="0 labels"):
        interval_plot([], [], [], [])


def test_text_alternative_says_what_is_drawn_in_both_languages() -> None:
    data = (["A", "B"], [0.9, 0.8], [0.85, 0.7], [0.93, 0.87])
    assert text_alternative(*data, reference=0.84) == (
        "Biểu đồ 2 tỷ lệ hài lòng với khoảng tin cậy 95%. Thấp nhất: B, 80,0% (từ 70,0% đến 87,0%). "
        "Cao nhất: A, 90,0% (từ 85,0% đến 93,0%). 1 khoảng tin cậy chứa tỷ lệ chung 84,0%."
    )
    assert text_alternative(*data, reference=0.84, language="en").endswith(
        "1 interval contains the overall rate of 84.0%."
    )


def test_tables_need_neither_matplotlib_nor_typst_and_charts_no_pyplot() -> None:
    code = (
        "import sys, analysis.report\n"
        "print('matplotlib' in sys.modules, 'typst' in sys.modules)\n"
        "from analysis.report import chart, document\n"
        "chart.svg(chart.interval_plot(['a', 'b'], [0.8, 0.7], [0.7, 0.6], [0.9, 0.8]))\n"
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True", "False"]
