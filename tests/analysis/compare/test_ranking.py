from __future__ import annotations

import itertools
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare import posterior_ranks
from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.empirical_bayes import BetaBinomial
from analysis.compare.posterior_ranks import expected_ranks, mean_ranks
from analysis.compare.ranking import Adjustment, RankingError, rank_sets
from analysis.estimate.proportion import ProportionError, proportion_interval

ADJUSTMENTS: dict[str, Adjustment] = {"sidak": "sidak", "bonferroni": "bonferroni", "individual": "none"}

UNITS = st.lists(
    st.tuples(st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95, 1.0]), st.integers(20, 900)), min_size=1, max_size=25
)


def cases(reference: Path | None, name: str) -> list[dict[str, Any]]:
    if reference is None:
        return []
    path = reference / "statistics" / name
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def test_reference_rank_sets_are_met(reference: Path | None) -> None:
    for case in cases(reference, "rank_sets_intervals.json"):
        n = np.array(case["n"], float)
        for name, expected in case["sets"].items():
            found = rank_sets(np.array(case["p"]) * n, n, adjustment=ADJUSTMENTS[name])
            units = expected["units"]
            assert found.low.tolist() == pytest.approx([unit["lower"] for unit in units], rel=1e-9, abs=1e-12)
            assert found.high.tolist() == pytest.approx(
                [unit["upper"] for unit in units], rel=1e-9, abs=1e-12
            )
            assert found.best.tolist() == [unit["rank_best"] for unit in units]
            assert found.worst.tolist() == [unit["rank_worst"] for unit in units]


@pytest.mark.parametrize("own", [False, True])
def test_reference_expected_ranks_are_met(own: bool, reference: Path | None) -> None:
    for case in cases(reference, "beta_binomial_eb.json"):
        x, n, units = case["x"], case["n"], case["units"]
        fit = beta_binomial(x, n) if own else BetaBinomial(case["ml_alpha"], case["ml_beta"])
        found = expected_ranks(fit, x, n)
        expected = [unit["expected_rank"] for unit in units]
        assert found.expected.tolist() == pytest.approx(expected, rel=1e-6)
        assert mean_ranks(fit, x, n).tolist() == pytest.approx(expected, rel=1e-6)
        assert found.low.tolist() == [unit["rank_lower95"] for unit in units]
        assert found.high.tolist() == [unit["rank_upper95"] for unit in units]
        for key in ("prob_best", "prob_in_top_quarter"):
            wanted = [unit[key] for unit in units]
            assert getattr(found, key).tolist() == pytest.approx(wanted, rel=0, abs=1e-6)


def test_ties_share_the_best_rank_though_sizes_differ() -> None:
    assert rank_sets([8, 9, 80, 5], [10, 10, 100, 10]).point.tolist() == [2, 1, 2, 4]
    size = np.array([10.3, 77.7, 31.1])
    assert rank_sets(0.83 * size, size).point.tolist() == [1, 1, 1]


def test_ranks_of_units_far_apart_are_certain() -> None:
    found = rank_sets([990, 500, 10], [1000, 1000, 1000])
    assert found.best.tolist() == found.worst.tolist() == found.point.tolist() == [1, 2, 3]


def test_levels_of_the_intervals() -> None:
    x, n = [3, 9, 14], [10, 10, 20]
    for adjustment, level in (("sidak", 0.9 ** (1 / 3)), ("bonferroni", 1 - 0.1 / 3), ("none", 0.9)):
        found = rank_sets(x, n, confidence_level=0.9, adjustment=adjustment)  # type: ignore[arg-type]
        low, high = proportion_interval(x, n, confidence_level=level)
        assert (found.low == low).all()
        assert (found.high == high).all()


@given(UNITS, st.sampled_from(list(ADJUSTMENTS.values())), st.randoms(use_true_random=False))
def test_sets_are_those_of_all_pairs_in_any_order(
    units: list[tuple[float, int]], adjustment: Adjustment, random: Any
) -> None:
    rate, n = (np.array(column, float) for column in zip(*units, strict=True))
    found = rank_sets(rate * n, n, adjustment=adjustment)
    k = len(n)
    above = found.low[None, :] > found.high[:, None]
    assert found.best.tolist() == (1 + above.sum(axis=1)).tolist()
    assert found.worst.tolist() == (k - above.sum(axis=0)).tolist()
    assert found.point.tolist() == (1 + (rate[None, :] > rate[:, None]).sum(axis=1)).tolist()
    assert (found.best <= found.point).all()
    assert (found.point <= found.worst).all()
    order = list(range(k))
    random.shuffle(order)
    turned = rank_sets((rate * n)[order], n[order], adjustment=adjustment)
    for one, other in zip(found, turned, strict=True):
        assert (np.asarray(one)[order] == other).all()


def test_fifteen_hundred_units_take_milliseconds() -> None:
    random = np.random.default_rng(1)
    n = random.uniform(30, 900, 1500)
    x = n * random.beta(18, 2, 1500)
    started = time.perf_counter()
    rank_sets(x, n)
    assert time.perf_counter() - started < 0.1  # it takes 1 ms


def powers(weights: list[int]) -> tuple[BetaBinomial, list[int], list[int]]:
    """Give units whose posteriors are Beta(weight, 1): all of weight - 1 answers satisfied, Beta(1, 1)."""
    counts = [weight - 1 for weight in weights]
    return BetaBinomial(1, 1), counts, counts


def test_distribution_of_ranks_is_that_of_racing_exponentials() -> None:
    # -ln p of Beta(w, 1) is exponential with rate w, so orders have Plackett-Luce probabilities.
    weights = [2, 3, 5, 9, 40]
    k = len(weights)
    law = np.zeros((k, k))
    for order in itertools.permutations(range(k)):
        chance, left = 1.0, sum(weights)
        for unit in order:
            chance *= weights[unit] / left
            left -= weights[unit]
        for place, unit in enumerate(order):
            law[place, unit] += chance
    found = expected_ranks(*powers(weights), confidence_level=0.8)
    assert found.expected.tolist() == pytest.approx((np.arange(1, k + 1) @ law).tolist(), rel=1e-9)
    assert found.prob_best.tolist() == pytest.approx([weight / sum(weights) for weight in weights], rel=1e-9)
    assert found.prob_in_top_quarter.tolist() == pytest.approx((law[0] + law[1]).tolist(), rel=1e-9)
    cumulative = law.cumsum(axis=0)
    assert found.low.tolist() == (1 + (cumulative < 0.1).sum(axis=0)).tolist()
    assert found.high.tolist() == (1 + (cumulative < 0.9).sum(axis=0)).tolist()


def test_expected_rank_of_two_powers_in_closed_form() -> None:
    assert mean_ranks(*powers([2, 6])).tolist() == pytest.approx([1 + 6 / 8, 1 + 2 / 8], rel=1e-9)


def test_one_unit_is_first() -> None:
    found = expected_ranks(BetaBinomial(9, 1), [7], [10])
    assert (found.expected[0], found.low[0], found.high[0], found.prob_best[0]) == (1, 1, 1, 1)
    assert mean_ranks(BetaBinomial(9, 1), 7, 10).tolist() == [1]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 3000)), min_size=2, max_size=12))
def test_ranks_add_up_and_both_ways_agree(units: list[tuple[float, float]]) -> None:
    rate, n = (np.array(column, float) for column in zip(*units, strict=True))
    fit, k = BetaBinomial(9, 1), len(units)
    found = expected_ranks(fit, rate * n, n)
    assert found.expected.sum() == pytest.approx(k * (k + 1) / 2, rel=1e-9)
    assert found.prob_best.sum() == pytest.approx(1, rel=1e-9)
    assert found.prob_in_top_quarter.sum() == pytest.approx(math.ceil(k / 4), rel=1e-9)
    assert found.expected.tolist() == pytest.approx(mean_ranks(fit, rate * n, n).tolist(), rel=1e-9)
    assert ((found.low >= 1) & (found.low <= found.high) & (found.high <= k)).all()
    turned = expected_ranks(fit, (rate * n)[::-1], n[::-1])
    assert turned.prob_best[::-1].tolist() == pytest.approx(found.prob_best.tolist(), abs=1e-9)


def test_many_units_agree_with_draws_and_in_blocks_with_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    n = random.uniform(30, 900, 150)
    x = n * random.beta(18, 2, 150)
    fit, draws = BetaBinomial(18, 2), 4000
    found = expected_ranks(fit, x, n)
    rates = random.beta(fit.alpha + x, fit.beta + n - x, (draws, 150))
    ranks = 1 + np.argsort(np.argsort(-rates, axis=1), axis=1)
    assert (np.abs(ranks.mean(axis=0) - found.expected) < 5 * ranks.std(axis=0) / math.sqrt(draws)).all()
    spread = np.sqrt(found.prob_best * (1 - found.prob_best) / draws)
    assert (np.abs((ranks == 1).mean(axis=0) - found.prob_best) < 5 * spread + 2 / draws).all()
    monkeypatch.setattr(posterior_ranks, "_CELLS", 150 * 64)
    blocks = expected_ranks(fit, x, n)
    for one, other in zip(found, blocks, strict=True):
        assert np.allclose(one, other, rtol=1e-12, atol=1e-14)


def test_bad_input_is_quoted() -> None:
    with pytest.raises(RankingError, match="unit 1 is 0"):
        rank_sets([1, 0], [2, 0])
    with pytest.raises(RankingError, match="unit 0 is 0"):
        mean_ranks(BetaBinomial(1, 1), [0, 1], [0, 2])
    with pytest.raises(RankingError, match=r"'holm'.*sidak"):
        rank_sets([1], [2], adjustment="holm")  # type: ignore[arg-type]
    with pytest.raises(ProportionError, match="95"):
        rank_sets([1], [2], confidence_level=95)
    with pytest.raises(ProportionError, match="0"):
        expected_ranks(BetaBinomial(1, 1), [1], [2], confidence_level=0)
    with pytest.raises(ProportionError, match="3"):
        expected_ranks(BetaBinomial(1, 1), [3], [2])
