from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.effective_size import (
    EffectiveSizeError,
    adjusted_effective_n,
    finite_population,
    sampling_design_effect,
)
from analysis.estimate.intervals import korn_graubard_interval, t_interval
from analysis.estimate.proportion import ProportionError, proportion_interval

# Two-sided 95 % quantiles of Student's t as printed in every table: 2.262 on 9, 2.571 on 5, 2.093 on 19.
T = {5: 2.570582, 9: 2.262157, 19: 2.093024}


def test_factor_is_the_squared_ratio_of_printed_t_quantiles() -> None:
    assert adjusted_effective_n(20, 10, 5) == pytest.approx(10 * (T[19] / T[5]) ** 2, rel=1e-6)
    assert adjusted_effective_n(10, 6, [5, 19]).tolist() == pytest.approx(
        [6 * (T[9] / T[5]) ** 2, 6 * (T[9] / T[19]) ** 2], rel=1e-6
    )


def test_size_is_cut_at_n_unless_asked_not_to() -> None:
    assert adjusted_effective_n(10, 12, 9) == 10
    assert adjusted_effective_n(10, 12, 9, cut=False) == pytest.approx(12)


def test_one_answer_stays_one_and_no_size_stays_none() -> None:
    assert adjusted_effective_n(1, 0.5, 10) == 1
    assert adjusted_effective_n(0, 0.5, 10) == 0
    assert math.isnan(adjusted_effective_n(10, math.nan, 4))
    assert math.isnan(adjusted_effective_n(1, math.nan, 4))


def test_korn_graubard_is_clopper_pearson_at_the_effective_size() -> None:
    assert korn_graubard_interval(0.25, 40) == pytest.approx(
        proportion_interval(10, 40, method="clopper-pearson")
    )
    assert korn_graubard_interval([0.0, 1.0], 30).low[0] == 0
    # Nobody of 30: 1 - 0.025^(1 / 30).
    assert korn_graubard_interval(0, 30).high == pytest.approx(1 - 0.025 ** (1 / 30))
    few = korn_graubard_interval(0.25, 40, n=20, df=5)
    size = 40 * (T[19] / T[5]) ** 2
    assert few == pytest.approx(korn_graubard_interval(0.25, size), rel=1e-5)


def test_t_interval_by_hand() -> None:
    assert t_interval(0.5, 0.1, 9) == pytest.approx((0.5 - 0.1 * T[9], 0.5 + 0.1 * T[9]), rel=1e-6)


def test_finite_population_by_hand() -> None:
    assert finite_population([120, 50], 40, [160, 50]) == pytest.approx([160, 250])
    assert finite_population(10, 30, 30) == math.inf


def test_finite_population_of_a_simple_sample_is_the_textbook_variance() -> None:
    # p (1 - p) / n (1 - n / N) is p (1 - p) over the corrected size.
    n, whole = 30, 90
    assert 0.21 / finite_population(n, n, whole) == pytest.approx(0.21 / n * (1 - n / whole))


def test_design_effect_of_a_simple_random_sample_is_one() -> None:
    p, n, whole = 0.3, 50, 200
    error = math.sqrt(p * (1 - p) / (n - 1) * (1 - n / whole))
    assert sampling_design_effect(error, p * (1 - p), n, population=whole) == pytest.approx(1)
    assert math.isnan(sampling_design_effect(error, p * (1 - p), n, population=n))


@pytest.mark.parametrize(
    ("made", "quoted"),
    [
        (lambda: adjusted_effective_n(-1, 1, 1), "n -1"),
        (lambda: adjusted_effective_n(5, 0, 1), "effective_n 0"),
        (lambda: adjusted_effective_n(5, 2, 0), "df 0"),
        (lambda: adjusted_effective_n([5, 5], [2, 2, 2], 1), r"n \(2,\)"),
        (lambda: adjusted_effective_n([], [], []), "nothing given"),
        (lambda: korn_graubard_interval(1.2, 10), "rate 1.2"),
        (lambda: korn_graubard_interval(0.2, math.inf), "effective_n inf"),
        (lambda: korn_graubard_interval(0.2, 10, n=20), "n and df"),
        (lambda: t_interval(0.2, -0.1, 3), "standard_error -0.1"),
        (lambda: finite_population(10, 31, 30), "responses 31"),
        (lambda: finite_population(10, 1, math.nan), "transactions nan"),
        (lambda: sampling_design_effect(0.1, 0.2, 10, population=9), "population 9"),
        (lambda: sampling_design_effect(0.1, 0.0, 10), "spread 0"),
    ],
)
def test_impossible_numbers_are_quoted(made: Any, quoted: str) -> None:
    with pytest.raises(EffectiveSizeError, match=quoted):
        made()


def test_level_outside_its_range_is_quoted() -> None:
    with pytest.raises(ProportionError, match="95"):
        adjusted_effective_n(10, 5, 4, confidence_level=95)


@given(n=st.integers(1, 10**6), share=st.floats(0.01, 1), df=st.integers(1, 10**4))
def test_size_never_exceeds_n(n: int, share: float, df: int) -> None:
    found = adjusted_effective_n(n, n * share, df)
    assert 0 < found <= n
    more = adjusted_effective_n(n, n * share, df + 1)
    assert more >= found * (1 - 1e-9)


@given(rate=st.floats(0, 1), size=st.floats(0.5, 1e5))
def test_korn_graubard_holds_the_rate_and_mirrors(rate: float, size: float) -> None:
    low, high = korn_graubard_interval(rate, size)
    assert 0 <= low <= rate * (1 + 1e-12)
    assert rate - 1e-12 <= high <= 1
    mirrored = korn_graubard_interval(1 - rate, size)
    assert np.allclose((1 - mirrored.high, 1 - mirrored.low), (low, high), atol=1e-9)
