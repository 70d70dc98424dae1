from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.compare.against_peers import Verdicts, verdicts
from analysis.compare.against_target import against_target
from analysis.compare.consequence import consequence_supported
from analysis.compare.verdict import VerdictError
from analysis.estimate.moderated import Clusters, Moderated, Moments, moderated, pooled

PEERS = st.lists(st.tuples(st.floats(0, 1), st.floats(10, 2000), st.floats(0.2, 1)), min_size=2, max_size=20)


def columns(units: list[tuple[float, float, float]]) -> tuple[Any, Any, Any]:
    rate, n, share = (np.array(column) for column in zip(*units, strict=True))
    return rate, n, n * share


def p_to_rates(p: list[float], n: float) -> list[float]:
    return (0.5 + special.ndtri(1 - np.array(p) / 2) * np.sqrt(0.25 / n)).tolist()  # type: ignore[no-any-return]


def test_reference_adjusted_p_values_are_met(reference: Path | None) -> None:
    if reference is None:
        return
    path = reference / "statistics" / "multiple_testing.json"
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        p = case["p"]
        found = against_target(p_to_rates(p, 1e4), np.full(len(p), 1e4), 0.5)
        assert found.p.tolist() == pytest.approx(p, rel=1e-9)
        assert found.adjusted.tolist() == pytest.approx(case["bh"], rel=1e-9)


def test_benjamini_hochberg_example_of_1995() -> None:
    # Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300, section 4: the first four of 15 stand.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 0.9999]
    found = against_target(p_to_rates(p, 1e4), np.full(15, 1e4), 0.5)
    assert found.verdict.tolist() == ["above"] * 4 + ["not_distinguishable"] * 11
    assert found.adjusted[:2].tolist() == pytest.approx([0.0015, 0.003], rel=1e-9)


def test_target_score_by_hand() -> None:
    found = against_target([0.84, 0.96], [100, 100], 0.9)
    assert found.z.tolist() == pytest.approx([-2, 2], rel=1e-12)
    assert found.p.tolist() == pytest.approx([0.04550026389635842] * 2, rel=1e-12)
    assert found.adjusted.tolist() == pytest.approx(found.p.tolist(), rel=1e-12)
    assert found.verdict.tolist() == ["below", "above"]
    assert (
        against_target([0.84, 0.96], [100, 100], [0.9, 0.96]).verdict.tolist() == ["not_distinguishable"] * 2
    )


def test_only_testable_units_enter_the_family() -> None:
    rate, size = [0.83, 0.9, 0.91, math.nan], [100, 100, 100, 0]
    assert against_target(rate, size, 0.9).verdict[0] == "not_distinguishable"
    found = against_target(rate, size, 0.9, testable=[True, False, False, True])
    assert found.verdict.tolist() == ["below", "", "", ""]
    assert np.isnan(found.adjusted).tolist() == [False, True, True, True]


def test_rest_leaves_the_unit_and_other_groups_out() -> None:
    rate, n, effective = [0.7, 0.9, 0.8, 0.2], [100, 300, 200, 50], [50, 100, 100, 25]
    found = verdicts(rate, n, effective, group=["a", "a", "a", "b"])
    assert found.rest_rate[:3].tolist() == pytest.approx([430 / 500, 230 / 300, 340 / 400], rel=1e-12)
    assert found.difference[:3].tolist() == pytest.approx([-0.16, 0.4 / 3, -0.05], rel=1e-12)
    assert found.verdict[3] == ""
    assert np.isnan([found.rest_rate[3], found.difference[3], found.p[3], found.adjusted[3]]).all()


def test_equal_sizes_give_the_plain_score_test() -> None:
    # 30 of 50 and 42 of 50: pooled 0.72, z = -0.24 / sqrt(0.72 0.28 2 / 50) = -2.6726.
    found = verdicts([0.6, 0.84], [80, 80], [50, 50])
    z = -0.24 / math.sqrt(0.72 * 0.28 * 2 / 50)
    assert found.p.tolist() == pytest.approx([2 * special.ndtr(z)] * 2, rel=1e-9)
    assert found.verdict.tolist() == ["below", "above"]


@pytest.mark.parametrize("satisfied", [20, 24, 26, 29, 30])
def test_against_very_many_the_law_is_the_binomial_of_the_unit(satisfied: int) -> None:
    found = verdicts([satisfied / 30, 0.9], [30, 1e9], [30, 1e9])
    law = stats.binom(30, 0.9)
    middle = law.pmf(satisfied) / 2
    expected = 2 * min(law.cdf(satisfied) - middle, law.sf(satisfied) + middle)
    assert found.p[0] == pytest.approx(expected, rel=1e-5)


def test_skewed_law_is_close_to_all_pairs_of_two_binomials() -> None:
    # The exact law of the score under one rate, by summing over both counts.
    n1, n2, rate = 40, 90, 0.9
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    chance = stats.binom.pmf(x1, n1, rate) * stats.binom.pmf(x2, n2, rate)
    p = (x1 + x2) / (n1 + n2)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.nan_to_num((x1 / n1 - x2 / n2) / np.sqrt(p * (1 - p) * (1 / n1 + 1 / n2)))
    seen = z[30, 81]
    exact = chance[z < seen - 1e-9].sum() + chance[np.abs(z - seen) < 1e-9].sum() / 2
    found = verdicts([30 / 40, 81 / 90], [40, 90], [40, 90]).p[0] / 2
    assert abs(found / exact - 1) < 0.25
    assert special.ndtr(seen) / exact < 0.85


def test_equal_units_are_not_distinguishable() -> None:
    for rate in (0.0, 0.83, 1.0):
        found = verdicts([rate] * 4, [30, 70, 200, 31], [25, 60, 150, 30])
        assert found.verdict.tolist() == ["not_distinguishable"] * 4
        assert np.abs(found.difference).max() < 1e-12


def test_units_too_small_to_test_still_count_in_the_rest() -> None:
    rate, n, size = [0.6, 0.9, 0.9, math.nan], [100, 100, 5, 0], [90, 90, 5, 0]
    found = verdicts(rate, n, size, testable=[True, True, False, True])
    assert found.rest_rate[0] == pytest.approx(0.9, rel=1e-12)
    assert found.rest_rate[1] == pytest.approx(64.5 / 105, rel=1e-12)
    assert found.verdict.tolist() == ["below", "above", "", ""]


@given(st.tuples(*[st.tuples(st.floats(0, 1), st.floats(1, 5000), st.floats(0.1, 1))] * 2))
def test_two_units_see_each_other_in_a_mirror(units: tuple[tuple[float, float, float], ...]) -> None:
    found = verdicts(*columns(list(units)))
    assert found.difference[0] == pytest.approx(-found.difference[1], abs=1e-9)
    if abs(found.difference[0]) > 1e-6:
        assert found.p[0] == pytest.approx(found.p[1], rel=1e-5, abs=1e-12)
        assert sorted(found.verdict) in (["above", "below"], ["not_distinguishable"] * 2)


@given(PEERS)
def test_adjusted_p_values_rise_with_p_and_turned_rates_turn_verdicts(
    units: list[tuple[float, float, float]],
) -> None:
    rate, n, size = columns(units)
    found = verdicts(rate, n, size)
    order = np.argsort(found.p)
    assert (np.diff(found.adjusted[order]) >= 0).all()
    assert ((found.p <= found.adjusted) & (found.adjusted <= 1) & (found.p >= 0)).all()
    turned = verdicts(1 - rate, n, size)
    assert turned.difference.tolist() == pytest.approx((-found.difference).tolist(), abs=1e-9)
    both = (np.abs(found.difference) > 1e-6) & (np.abs(found.adjusted - 0.05) > 1e-3)
    swapped = {"above": "below", "below": "above"}
    assert [swapped.get(word, word) for word in found.verdict[both]] == turned.verdict[both].tolist()


def officers(random: np.random.Generator, true_rates: list[float]) -> Moderated:
    """Give estimates of one period: 30 to 200 answers each, on 10 to 100 days with correlation 0.05."""
    count = len(true_rates)
    n = random.integers(30, 201, count)
    days = random.integers(10, np.minimum(100, n) + 1)
    officer = np.repeat(np.arange(count), days)
    answers = np.concatenate(
        [1 + random.multinomial(a - m, np.full(m, 1 / m)) for a, m in zip(n, days, strict=True)]
    )
    day_rate = random.beta(np.array(true_rates)[officer] * 19, (1 - np.array(true_rates)[officer]) * 19)
    satisfied = random.binomial(answers, day_rate).astype(float)
    clusters = Clusters(officer, officer, answers.astype(float), answers.astype(float), satisfied)
    total = np.bincount(officer, satisfied).astype(float)
    moments = Moments(n.astype(float), total, total)
    return moderated(clusters, moments, pooled(clusters, moments), count)


def verdicts_of(found: Moderated) -> Verdicts:
    return verdicts(found.rate, found.answers, found.effective_n)


@pytest.mark.parametrize("rate", [0.8, 0.9, 0.95])
def test_of_forty_equal_officers_somebody_is_called_below_in_at_most_one_period_of_twenty(
    rate: float,
) -> None:
    random = np.random.default_rng(11)
    words = [verdicts_of(officers(random, [rate] * 40)).verdict for _ in range(200)]
    assert sum("below" in word for word in words) <= 10
    assert sum("above" in word for word in words) <= 10


def test_officers_far_below_their_peers_are_found() -> None:
    random = np.random.default_rng(12)
    words = [verdicts_of(officers(random, [0.65] + [0.9] * 39)).verdict for _ in range(50)]
    assert sum(word[0] == "below" for word in words) >= 40


def test_consequence_needs_all_four() -> None:
    full: dict[str, Any] = {
        "verdict": ["below"], "probability_below": [0.95], "review_closed": [True], "adjusted_rate": [0.79]
    }  # fmt: skip
    assert consequence_supported(**full, threshold=0.8).tolist() == [True]
    for lacking in (
        {"verdict": ["not_distinguishable"]},
        {"probability_below": [0.949]},
        {"review_closed": [False]},
        {"adjusted_rate": [0.8]},
        {"adjusted_rate": [math.nan]},
    ):
        assert consequence_supported(**(full | lacking), threshold=0.8).tolist() == [False]


@pytest.mark.parametrize(
    ("rate", "n", "size", "quoted"),
    [
        ([1.1, 0.5], [10, 10], [10, 10], r"1\.1"),
        ([math.nan, 0.5], [10, 10], [10, 10], "nan"),
        ([0.5, 0.5], [10, -3], [10, 10], "-3"),
        ([0.5, 0.5], [10, 10], [10, 0], "effective n 0"),
        ([0.5, 0.5], [10, math.inf], [10, 10], "inf"),
        ([0.5, 0.5], [10], [10, 10], r"\(1,\)"),
        ([], [], [], "at least one"),
    ],
)
def test_impossible_columns_are_quoted(rate: Any, n: Any, size: Any, quoted: str) -> None:
    with pytest.raises(VerdictError, match=quoted):
        verdicts(rate, n, size)


def test_other_bad_input_is_quoted() -> None:
    columns = ([0.5, 0.6], [10, 10], [10, 10])
    with pytest.raises(VerdictError, match="groups"):
        verdicts(*columns, group=["a"])
    with pytest.raises(VerdictError, match="testable"):
        verdicts(*columns, testable=[True])
    with pytest.raises(VerdictError, match="5"):
        verdicts(*columns, false_discovery_rate=5)
    with pytest.raises(VerdictError, match="90"):
        against_target([0.5], [10], 90)
    with pytest.raises(VerdictError, match=r"1\.2"):
        against_target([1.2], [10], 0.9)
