from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from analysis.compare.difference import (
    DifferenceError,
    Method,
    difference_interval,
    difference_of_intervals,
    direction,
)
from analysis.compare.t_difference import linearised_difference, residual_variance, welch
from analysis.estimate.design import Linearised, linearised
from analysis.estimate.proportion import ProportionError, proportion_interval

METHODS: dict[str, Method] = {"newcombe_hybrid_score": "newcombe", "agresti_caffo": "agresti-caffo"}

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))

DAYS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    min_size=3,
    max_size=12,
)

NEWCOMBE_1998 = [  # Stat Med 17:873-890, Table II, method 10
    (56, 70, 48, 80, "0.0524", "0.3339"),
    (6, 7, 2, 7, "0.0582", "0.8062"),
    (0, 10, 0, 20, "-0.1611", "0.2775"),
    (10, 10, 0, 20, "0.6791", "1.0000"),
]


def statistics(reference: Path | None, name: str) -> Path | None:
    return None if reference is None else reference / "statistics" / name


def rows(path: Path | None) -> list[dict[str, str]]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "low", "high"), NEWCOMBE_1998)
def test_newcombe_gives_the_printed_limits(x1: int, n1: int, x2: int, n2: int, low: str, high: str) -> None:
    found = difference_interval(x1, n1, x2, n2)
    assert (f"{found.low:.4f}", f"{found.high:.4f}") == (low, high)


def test_reference_differences_are_met(reference: Path | None) -> None:
    for row in rows(statistics(reference, "proportion_differences.csv")):
        if row["method"] not in METHODS:
            continue
        counts = [int(row[name]) for name in ("x1", "n1", "x2", "n2")]
        level = float(row["level"])
        found = difference_interval(*counts, method=METHODS[row["method"]], confidence_level=level)
        expected = tuple(float(row[name]) for name in ("difference", "lower", "upper"))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), row


def halves(reference: Path, last: str) -> dict[tuple[str, int], Linearised]:
    """Give the rate of every unit and half, all questions pooled, clustered by day."""
    cells: dict[tuple[str, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows(statistics(reference, "tallies.csv")):
        count = int(row["count"])
        cell = cells[row["unit"], 1 if row["date"] <= last else 2][row["date"]]
        cell[0] += count * (int(row["answer"]) >= 4)
        cell[1] += count
    return {
        key: linearised([x for x, _ in days.values()], [n for _, n in days.values()], list(days))
        for key, days in cells.items()
    }


def answers_of(reference: Path, last: str) -> dict[tuple[str, int], int]:
    total: dict[tuple[str, int], int] = defaultdict(int)
    for row in rows(statistics(reference, "tallies.csv")):
        total[row["unit"], 1 if row["date"] <= last else 2] += int(row["count"])
    return total


def test_reference_comparisons_are_met(reference: Path | None) -> None:
    path = statistics(reference, "comparisons_expected.json")
    if path is None or reference is None:
        return
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    last = document["last_date_of_first_half"]
    estimates, answers = halves(reference, last), answers_of(reference, last)
    met = 0
    for case in document["cases"]:
        if case["kind"] == "difference_in_differences":
            continue
        first = (case["unit"], 2)
        second = (case["unit"], 1) if case["kind"] == "second_minus_first_half" else (case["other"], 2)
        one, other = estimates[first], estimates[second]
        t = welch(one.rate, one.standard_error, one.df, other.rate, other.standard_error, other.df)
        assert (t.difference, t.standard_error, t.df) == pytest.approx(
            (case["difference"], case["se"], case["welch_df"]), rel=1e-9, abs=1e-12
        )
        sizes = []
        for key in (first, second):
            n, estimate = answers[key], estimates[key]
            factor = special.stdtrit(n - 1, 0.975) / special.stdtrit(estimate.df, 0.975)
            sizes.append(min(n, estimate.effective_n * factor**2))
        found = difference_interval(one.rate * sizes[0], sizes[0], other.rate * sizes[1], sizes[1])
        expected = (case["difference"], case["newcombe_neff_lower"], case["newcombe_neff_upper"])
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), case
        met += 1
    assert met == 8


def test_agresti_caffo_is_the_normal_interval_after_one_and_one() -> None:
    found = difference_interval(4, 8, 1, 8, method="agresti-caffo")
    reach = 1.959963984540054 * math.sqrt(0.25 / 10 + 0.2 * 0.8 / 10)
    assert found == pytest.approx((0.375, 0.3 - reach, 0.3 + reach), rel=1e-12)


@pytest.mark.parametrize("method", METHODS.values())
def test_without_answers_nothing_is_known(method: Method) -> None:
    found = difference_interval([5, 0, 0], [10, 0, 0], [0, 3, 0], [0, 4, 0], method=method)
    assert np.isnan(found.difference).all()
    assert found.low.tolist() == [-1, -1, -1]
    assert found.high.tolist() == [1, 1, 1]


def test_arrays_broadcast_and_scalars_give_floats() -> None:
    assert difference_interval([[1], [2]], 10, [1, 2, 3], 12.5).low.shape == (2, 3)
    assert isinstance(difference_interval(1, 2, 3, 4).difference, float)


@given(COUNTS, COUNTS, st.sampled_from(list(METHODS.values())))
def test_difference_is_antisymmetric_and_held(
    first: tuple[int, int], second: tuple[int, int], method: Method
) -> None:
    found = difference_interval(*first, *second, method=method)
    swapped = difference_interval(*second, *first, method=method)
    assert swapped == pytest.approx((-found.difference, -found.high, -found.low), abs=1e-12)
    assert -1 <= found.low <= found.high <= 1
    if method == "newcombe":
        assert found.low <= found.difference <= found.high


@given(COUNTS, COUNTS)
def test_newcombe_recovers_its_two_wilson_intervals(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = proportion_interval(*first), proportion_interval(*second)
    found = difference_of_intervals(first[0] / first[1], *one, second[0] / second[1], *other)
    assert found == pytest.approx(difference_interval(*first, *second), abs=1e-12)


def test_correlation_takes_its_part_from_both_ends() -> None:
    # gaps 0.04 and 0.03 down, 0.04 and 0.04 up; 2 r = 1
    found = difference_of_intervals(0.84, 0.80, 0.88, 0.79, 0.75, 0.82, correlation=0.5)
    expected = (0.05, 0.05 - math.sqrt(0.0016 + 0.0009 - 0.0012), 0.05 + math.sqrt(0.0016))
    assert found == pytest.approx(expected, rel=1e-12)
    equal = difference_of_intervals(0.8, 0.7, 0.9, 0.8, 0.7, 0.9, correlation=1)
    assert equal == pytest.approx((0, 0, 0), abs=1e-15)


def test_rate_of_no_answers_gives_no_difference() -> None:
    found = difference_of_intervals(math.nan, 0, 1, 0.8, 0.7, 0.9)
    assert (found.low, found.high) == (-1, 1)
    assert math.isnan(found.difference)


def test_direction_needs_an_interval_without_zero() -> None:
    assert direction([0.1, 0.0, -0.2, math.nan], [0.2, 0.1, -0.0, math.nan]).tolist() == [
        "higher",
        "no_clear_difference",
        "no_clear_difference",
        "",
    ]
    assert direction(-0.2, -0.1) == "lower"


def test_same_question_twice_differs_by_nothing() -> None:
    found = linearised_difference([8, 9, 4], [10, 10, 9], [8, 9, 4], [10, 10, 9], [1, 2, 3])
    assert (found.difference, found.standard_error, found.df) == (0, 0, 2)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_difference_of_two_questions_by_hand() -> None:
    # Rates 0.7 and 0.6; residuals (1, 2, -3)/30 and (1, 3, -4)/30, their difference (0, -1, 1)/30.
    found = linearised_difference([8, 9, 4], [10, 10, 10], [7, 9, 2], [10, 10, 10], ["a", "b", "c"])
    error = math.sqrt(1.5 * 2 / 900)
    assert found[:3] == pytest.approx((0.1, error, 2), rel=1e-12)
    assert found.high - found.difference == pytest.approx(4.302652729696142 * error, rel=1e-9)


def test_days_of_their_own_add_up_the_variances() -> None:
    x1, x2, n = [8, 9, 4], [7, 5, 9], [10, 12, 9]
    nothing = [0, 0, 0]
    found = linearised_difference(x1 + nothing, n + nothing, nothing + x2, nothing + n, range(6))
    one, other = linearised(x1, n, range(3)), linearised(x2, n, range(3))
    assert found.difference == pytest.approx(one.rate - other.rate, rel=1e-12)
    summed = (one.standard_error**2 + other.standard_error**2) * (6 / 5) / (3 / 2)
    assert found.standard_error == pytest.approx(math.sqrt(summed), rel=1e-12)


@given(DAYS)
def test_variance_of_a_difference_has_its_covariance(days: list[tuple[int, int, int, int]]) -> None:
    x1, rest1, x2, rest2 = (np.array(column, float) for column in zip(*days, strict=True))
    n1, n2 = x1 + rest1, x2 + rest2
    if not (n1.sum() and n2.sum()):
        return
    cluster, m = np.arange(len(days)), len(days)
    e1 = (x1 - x1.sum() / n1.sum() * n1) / n1.sum()
    e2 = (x2 - x2.sum() / n2.sum() * n2) / n2.sum()
    expected = m * np.cov([e1, e2])  # residuals have the mean 0, so m / (m - 1) sums of products
    found = linearised_difference(x1, n1, x2, n2, cluster)
    assert found.standard_error**2 == pytest.approx(
        expected[0, 0] + expected[1, 1] - 2 * expected[0, 1], rel=1e-9, abs=1e-12
    )
    split = linearised_difference(
        *(np.repeat(column / 2, 2) for column in (x1, n1, x2, n2)), np.repeat(cluster, 2)
    )
    assert split == pytest.approx(found, rel=1e-9, abs=1e-12, nan_ok=True)


def test_strata_take_their_own_means() -> None:
    residual = np.array([0.1, 0.3, -0.2, -0.2])
    variance, df = residual_variance(residual, [1, 2, 1, 2], ["u", "u", "v", "v"])
    assert (variance, df) == pytest.approx((2 * (0.1**2 + 0.1**2), 2))
    lone = residual_variance(np.array([0.0]), [1])
    assert math.isnan(lone[0])
    assert lone[1] == 0


def test_welch_without_errors_or_days_has_no_interval() -> None:
    found = welch([0.9, 0.9, 0.9], [0.0, 0.1, math.nan], [5, 0, 0], 0.8, [0.0, 0.1, 0.1], 7)
    assert found.difference == pytest.approx([0.1, 0.1, 0.1])
    assert found.standard_error[0] == 0
    assert np.isnan(found.standard_error[1:]).all()
    assert np.isnan([*found.low, *found.high, *found.df]).all()
    one_sided = welch(0.9, 0.0, 5, 0.8, 0.1, 7)
    assert one_sided.df == pytest.approx(7)


@given(st.floats(0.001, 1), st.floats(0.001, 1), st.integers(1, 90), st.integers(1, 90))
def test_welch_df_lies_between_the_smaller_and_the_sum(s1: float, s2: float, df1: int, df2: int) -> None:
    found = welch(0.5, s1, df1, 0.4, s2, df2)
    assert min(df1, df2) * (1 - 1e-9) <= found.df <= (df1 + df2) * (1 + 1e-9)


def test_faults_are_quoted() -> None:
    with pytest.raises(ProportionError, match="9"):
        difference_interval(9, 5, 1, 2)
    with pytest.raises(DifferenceError, match=r"'wald'.*newcombe"):
        difference_interval(1, 5, 1, 2, method="wald")  # type: ignore[arg-type]
    with pytest.raises(DifferenceError, match="shapes"):
        difference_interval([1, 2], 5, [1, 2, 3], 5)
    with pytest.raises(DifferenceError, match=r"second rate 0\.9 with the interval 0\.2 to 0\.8"):
        difference_of_intervals(0.5, 0.4, 0.6, 0.9, 0.2, 0.8)
    with pytest.raises(DifferenceError, match=r"correlation 1\.5"):
        difference_of_intervals(0.5, 0.4, 0.6, 0.5, 0.4, 0.6, correlation=1.5)
    with pytest.raises(DifferenceError, match="low end first"):
        direction(0.2, 0.1)
    with pytest.raises(DifferenceError, match="one length"):
        linearised_difference([1], [2, 3], [1], [2], [1])
    with pytest.raises(DifferenceError, match="not negative"):
        linearised_difference([1], [-2], [1], [2], [1])
    with pytest.raises(DifferenceError, match="n_2 to 0"):
        linearised_difference([1], [2], [0], [0], [1])
    with pytest.raises(DifferenceError, match="2 cells with 1 clusters"):
        linearised_difference([1, 1], [2, 2], [1, 1], [2, 2], [1])
    with pytest.raises(DifferenceError, match=r"standard_error_1 -0\.1"):
        welch(0.5, -0.1, 3, 0.5, 0.1, 3)
    with pytest.raises(ProportionError, match="95"):
        welch(0.5, 0.1, 3, 0.5, 0.1, 3, confidence_level=95)
