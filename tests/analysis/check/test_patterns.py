from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.check.patterns import PatternError, entropy, few_choices, straight_lines
from analysis.check.perfect_score import all_satisfied, perfect_score
from analysis.check.repeats import repeated, repeated_together
from analysis.check.runs import best_run, run_probability
from analysis.estimate.proportion import ProportionError
from tests.analysis.check.columns import arrivals


@settings(max_examples=30)
@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 1))
def test_run_probability_is_the_sum_over_all_sequences(trials: int, run: int, p: float) -> None:
    total = 0.0
    for sequence in product("01", repeat=trials):
        if "1" * run in "".join(sequence):
            ones = sequence.count("1")
            total += p**ones * (1 - p) ** (trials - ones)
    assert run_probability(trials, run, p) == pytest.approx(total, abs=1e-12)


def test_run_probability_takes_columns_of_several_lengths() -> None:
    found = run_probability([10, 3, 2, 30, 0], [3, 3, 3, 30, 1], [0.5, 0.5, 0.5, 0.8, 0.5])
    assert found == pytest.approx([0.5078125, 0.125, 0, 0.8**30, 0], rel=1e-12)


def test_run_probability_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    quality = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))
    for row in quality["longest_run"]:
        found = run_probability(row["trials"], row["run"], row["p"])
        assert found == pytest.approx(row["prob_at_least_one"], rel=1e-9)


@pytest.mark.parametrize(("trials", "run", "p"), [(-1, 1, 0.5), (5, 0, 0.5), (5.5, 1, 0.5), (5, 2, 1.5)])
def test_impossible_runs_are_refused(trials: float, run: float, p: float) -> None:
    with pytest.raises(PatternError, match="give"):
        run_probability(trials, run, p)


def test_perfect_score_of_whole_counts_is_a_product() -> None:
    # (a / (a + b)) ((a + 1) / (a + b + 1)) ((a + 2) / (a + b + 2))
    assert perfect_score(3, 7, 3) == pytest.approx(7 / 10 * 8 / 11 * 9 / 12, rel=1e-12)
    assert perfect_score([0, 1], 7, 3) == pytest.approx([1, 0.7], rel=1e-12)
    with pytest.raises(ProportionError, match="-1"):
        perfect_score(-1, 7, 3)


def test_perfect_score_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    quality = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))
    for row in quality["perfect_score_beta_binomial"]:
        found = perfect_score(row["n"], row["alpha"], row["beta"])
        assert found == pytest.approx(row["prob_all_satisfied"], rel=1e-9)
    for row in quality["perfect_score"]:
        # The binomial law is the limit of one mean and no spread.
        found = perfect_score(row["n"], row["p"] * 1e9, (1 - row["p"]) * 1e9)
        assert found == pytest.approx(row["prob_all_satisfied"], rel=1e-5)


def test_entropy_of_even_and_single_choices() -> None:
    plain, corrected = entropy([[5, 5, 5, 5], [20, 0, 0, 0], [0, 0, 0, 0]])
    assert plain[:2] == pytest.approx([2, 0])
    assert corrected[:2] == pytest.approx([2 + 3 / (40 * np.log(2)), 0])
    assert np.isnan(plain[2])
    assert np.isnan(corrected[2])
    with pytest.raises(PatternError, match="counts"):
        entropy([1, -1])


def test_entropy_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    row = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))["entropy"]
    plain, corrected = entropy(row["counts"])
    assert plain == pytest.approx(row["bits"], rel=1e-9)
    assert corrected == pytest.approx(row["miller_madow_bits"], rel=1e-9)


def test_straight_lines_are_compared_among_satisfied_responses() -> None:
    satisfied, equal = arrivals().satisfied.copy(), arrivals().equal.copy()
    satisfied[:] = 5
    equal[:] = np.arange(1600) % 4 == 0
    equal[:120] = True
    reading = straight_lines(arrivals(satisfied=satisfied, equal=equal))
    assert reading.value[0] == pytest.approx(140 / 200)
    assert reading.expected[1] == pytest.approx(0.25, abs=0.02)
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] > 0.3).all()
    assert reading.points.sum() == equal.sum()


def test_responses_that_cannot_be_straight_do_not_count() -> None:
    reading = straight_lines(arrivals())
    assert (reading.n == 40).all()
    assert (reading.value == 1).all()
    assert (reading.p > 0.2).all()


def test_a_run_of_best_responses_is_found_in_order_of_arrival() -> None:
    best = arrivals().best.copy()
    best[100:140] = True
    reading = best_run(arrivals(best=best))
    assert reading.value[0] >= 40
    assert reading.p[0] < 1e-10
    assert (reading.p[1:] > 0.05).all()
    assert reading.points[100:140].all()
    assert reading.expected[1] < 5


def test_a_domain_that_is_always_best_is_not_blamed_for_its_run() -> None:
    best = arrivals().best.copy()
    best[:200] = True
    assert best_run(arrivals(best=best)).p[0] > 0.01


def test_perfect_scores_of_enough_answers_are_told() -> None:
    satisfied = arrivals().satisfied.copy()
    satisfied[:200] = 5
    reading = all_satisfied(arrivals(satisfied=satisfied))
    assert reading.value[0] == 1
    assert reading.expected[1] == pytest.approx(0.85, abs=0.03)
    assert reading.p[0] < 0.05
    assert (reading.p[1:] == 1).all()
    assert not reading.points.any()


def test_monotonous_answers_have_little_entropy() -> None:
    counts = np.tile([50.0, 100, 200, 300, 350], (8, 1)) + 10 * np.arange(8)[:, None]
    counts[0] = [0, 0, 0, 30, 970]
    reading = few_choices(arrivals(choices=counts))
    assert reading.z is not None
    assert reading.z[0] < -5
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] > 0.05).all()
    assert np.isnan(few_choices(arrivals()).p).all()


def test_flags_of_intake_are_compared_with_the_peers() -> None:
    flagged = np.zeros(1600, np.bool_)
    flagged[::40] = True
    flagged[:20] = True
    reading = repeated(arrivals(flagged=flagged))
    assert reading.value[0] == pytest.approx(24 / 200, abs=0.011)
    assert reading.expected[1] == pytest.approx(1 / 40, abs=0.005)
    assert reading.p[0] < 1e-5
    together = repeated_together(arrivals(flagged=flagged))
    # five a day: on four days four more than the first
    assert together.value[0] == 16 / 200
    assert np.flatnonzero(together.points).tolist() == list(range(20))
    assert (together.p[1:] == 1).all()


def test_single_flags_spread_over_the_days_are_not_together() -> None:
    flagged = np.arange(1600) % 10 == 0
    reading = repeated_together(arrivals(flagged=flagged))
    assert (reading.value == 0).all()
    assert not reading.points.any()
