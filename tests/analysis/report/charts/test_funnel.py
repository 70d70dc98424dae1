"""Funnel plot: points, limits, the names of those outside, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.report.charts import ChartError, funnel_plot, funnel_text
from analysis.report.charts.marks import GACH, LAM
from analysis.report.numerals import Language
from tests.analysis.report.charts.conftest import dots, names, texts

LABELS = ["Xã Mẫu 1", "Xã Mẫu 2", "Xã Mẫu 3"]
RATES, SIZES, OUTSIDE = [0.85, 0.7, 0.97], [100.0, 400.0, 200.0], [False, True, True]


def limits(target: float = 0.84, most: float = 500.0) -> dict[str, Any]:
    grid = np.linspace(20, most, 50)
    half = np.sqrt(target * (1 - target) / grid)
    ends = {"low_95": -1.96, "high_95": 1.96, "low_998": -3.09, "high_998": 3.09}
    columns = {name: np.clip(target + factor * half, 0, 1) for name, factor in ends.items()}
    return {"target": target, "grid": grid, **columns}


def province(n: int, outside: int) -> tuple[list[str], Any, Any, Any]:
    """Make units of which some lie close together outside the limits."""
    random = np.random.default_rng(3)
    sizes = random.uniform(40, 480, n)
    rates = np.clip(random.normal(0.84, 0.02, n), 0, 1)
    rates[:outside] = 0.55 + 0.002 * np.arange(outside)
    return names(n), rates, sizes, np.arange(n) < outside


def test_units_outside_are_triangles_that_point_away_with_their_names() -> None:
    figure = funnel_plot(LABELS, RATES, SIZES, OUTSIDE, **limits())
    assert dots(figure, GACH, "v") == [(0.8, 0.7)]
    assert dots(figure, GACH, "^") == [(0.4, 0.97)]
    shown = texts(figure)
    assert "Xã Mẫu 1" not in shown
    assert {"Xã Mẫu 2", "Xã Mẫu 3", "chung", "84,0%", "99,8%", "95%"} <= set(shown)


def test_unit_in_question_is_solid_and_named() -> None:
    figure = funnel_plot(LABELS, RATES, SIZES, OUTSIDE, emphasised=0, target_name="cả tỉnh", **limits())
    assert dots(figure, LAM) == [(0.2, 0.85)]
    assert {"Xã Mẫu 1", "cả tỉnh"} <= set(texts(figure))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("outside_n", [0, 1, 10, 25, 130])
def test_every_unit_outside_is_named_beside_its_point_or_below(
    language: Language,
    outside_n: int,
    outside: Callable[[Figure], list[str]],
    overlaps: Callable[[Figure], list[tuple[str, str]]],
) -> None:
    labels, rates, sizes, mask = province(130, outside_n)
    figure = funnel_plot(labels, rates, sizes, mask, language=language, **limits())
    assert outside(figure) == []
    assert overlaps(figure) == []
    shown = " ".join(" ".join(texts(figure)).split())
    assert all(label in shown for label in labels[:outside_n])


def test_wide_range_of_sizes_has_a_scale_of_roots_and_says_so() -> None:
    labels, rates, _, mask = province(30, 0)
    sizes = np.full(30, 60.0)
    sizes[0] = 900.0
    figure = funnel_plot(labels, rates, sizes, mask, language="en", **limits(most=900.0))
    assert "effective sample size, square-root scale" in texts(figure)


def test_a_single_unit_is_drawn_and_said() -> None:
    figure = funnel_plot(["$x$"], [0.7], [100.0], [True], **limits())
    assert "$x$" in texts(figure)
    assert funnel_text(["$x$"], [0.7], [100.0], [True], target=0.84, language="en") == (
        "Funnel plot of 1 unit by effective sample size, around the rate of 84.0%. "
        "1 unit is outside the limits: $x$ (70.0%, below)."
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "vi",
            "Biểu đồ phễu của 3 đơn vị theo cỡ mẫu hiệu dụng, quanh tỷ lệ 84,0%. "
            "2 đơn vị nằm ngoài giới hạn: Xã Mẫu 2 (70,0%, thấp hơn); Xã Mẫu 3 (97,0%, cao hơn). "
            "Xã Mẫu 1: 85,0%, cỡ mẫu hiệu dụng 100.",
        ),
        (
            "en",
            "Funnel plot of 3 units by effective sample size, around the rate of 84.0%. "
            "2 units are outside the limits: Xã Mẫu 2 (70.0%, below); Xã Mẫu 3 (97.0%, above). "
            "Xã Mẫu 1: 85.0%, effective sample size 100.",
        ),
    ],
)
def test_words_are_made_from_the_numbers(language: Language, said: str) -> None:
    assert funnel_text(LABELS, RATES, SIZES, OUTSIDE, target=0.84, emphasised=0, language=language) == said


def test_no_unit_outside_is_said() -> None:
    said = funnel_text(LABELS, RATES, SIZES, [False] * 3, target=0.84, language="en")
    assert said.endswith("No unit is outside the limits.")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"rates": []}, "rates"),
        ({"rates": [0.5, 0.5, float("nan")]}, "row 3: rates is nan"),
        ({"sizes": [1.0, -1.0, 1.0]}, "row 2: sizes is -1"),
        ({"outside": [True]}, "3 labels, 3 rates, 3 sizes, 1 outside"),
        ({"target": 1.5}, "target is 1.5"),
        ({"emphasised": 3}, "no row 3 to emphasise"),
    ],
)
def test_units_that_cannot_be_drawn_are_refused(change: dict[str, Any], found: str) -> None:
    given = {"labels": LABELS, "rates": RATES, "sizes": SIZES, "outside": OUTSIDE, **limits(), **change}
    with pytest.raises(ChartError, match=found):
        funnel_plot(**given)


def test_grid_that_does_not_rise_is_refused() -> None:
    given = limits()
    given["grid"] = given["grid"][::-1]
    with pytest.raises(ChartError, match="the grid does not rise"):
        funnel_plot(LABELS, RATES, SIZES, OUTSIDE, **given)
