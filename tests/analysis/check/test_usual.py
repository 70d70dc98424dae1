from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from analysis.check.reading import share_reading
from analysis.check.robust import overdispersion, robust_z
from analysis.check.tail import tail, upper_tail
from analysis.check.usual import spread_about, usual_shares
from analysis.compare.empirical_bayes import HIGHEST, EmpiricalBayesError
from analysis.estimate.proportion import ProportionError


@given(st.integers(1, 300), st.floats(0.05, 200), st.floats(0.05, 200), st.data())
def test_upper_tail_is_that_of_scipy(n: int, alpha: float, beta: float, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    expected = betabinom.sf(x - 1, n, alpha, beta)
    assert upper_tail(x, n, alpha, beta) == pytest.approx(expected, rel=1e-7, abs=1e-10)


def test_upper_tail_of_a_uniform_law_counts_the_outcomes() -> None:
    assert upper_tail([0, 1, 7, 10], 10, 1, 1) == pytest.approx([1, 10 / 11, 4 / 11, 1 / 11], rel=1e-12)
    assert tail([], [], [], []).tolist() == []


def test_upper_tail_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    quality = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))
    for row in quality["perfect_score_beta_binomial"]:
        found = upper_tail(row["n"], row["n"], row["alpha"], row["beta"])
        assert found == pytest.approx(row["prob_all_satisfied"], rel=1e-9)


def test_impossible_counts_and_laws_are_refused() -> None:
    with pytest.raises(ProportionError, match="5"):
        upper_tail(5, 4, 1, 1)
    with pytest.raises(EmpiricalBayesError, match="alpha 0"):
        upper_tail(1, 4, 0, 1)


def test_planted_domains_do_not_make_theirs_look_usual() -> None:
    random = np.random.default_rng(7)
    n = np.full(200, 150.0)
    x = random.binomial(150, random.beta(4, 96, 200)).astype(np.float64)
    clean = usual_shares(x, n, np.zeros(200, np.intp))
    assert clean.mean[0] == pytest.approx(0.04, abs=0.005)
    x[:30] = 40
    law = usual_shares(x, n, np.zeros(200, np.intp))
    assert law.mean[0] == pytest.approx(clean.mean[0], abs=0.004)
    reading = share_reading("x", x, n, law, np.zeros(0, np.bool_))
    assert (reading.p[:30] < 1e-5).all()
    assert (reading.p[30:] < 1e-4).sum() == 0


def test_where_many_are_odd_they_are_usual() -> None:
    x = np.array([1.0] * 30 + [60.0] * 20)
    law = usual_shares(x, np.full(50, 100.0), np.zeros(50, np.intp))
    assert law.mean[0] == pytest.approx(0.246, abs=0.06)


def test_small_groups_take_the_law_of_all_and_few_domains_have_none() -> None:
    x, n = np.tile([10.0, 20.0, 12.0, 18.0], 6), np.full(24, 100.0)
    groups = np.array([0] * 20 + [1] * 4)
    law = usual_shares(x, n, groups)
    alone = usual_shares(x[:20], n[:20], groups[:20])
    assert law.alpha[0] == alone.alpha[0]
    assert law.alpha[20] != law.alpha[0]
    assert law.mean[20] == pytest.approx(0.15, abs=0.01)
    assert np.isnan(usual_shares(x[:4], n[:4], groups[:4]).alpha).all()


def test_nothing_is_said_of_fewer_than_ten() -> None:
    n = np.array([9.0] + [100.0] * 10)
    x = np.array([9.0] + [5.0] * 10)
    reading = share_reading("x", x, n, usual_shares(x, n, np.zeros(11, np.intp)), np.zeros(0, np.bool_))
    assert np.isnan([reading.p[0], reading.value[0], reading.expected[0]]).all()
    assert np.isfinite(reading.p[1:]).all()


def test_shares_nobody_has_give_a_law_with_hardly_any() -> None:
    n, x = np.full(20, 100.0), np.zeros(20)
    x[0] = 8
    law = usual_shares(x, n, np.zeros(20, np.intp))
    assert 0 < law.mean[0] < 0.001
    assert upper_tail(8, 100, law.alpha[0], law.beta[0]) < 1e-6


def test_spread_about_expectations_is_found_again() -> None:
    random = np.random.default_rng(3)
    e = random.uniform(0.1, 0.6, 400)
    n = np.full(400, 200.0)
    x = random.binomial(200, random.beta(e * 50, (1 - e) * 50)).astype(np.float64)
    assert spread_about(x, n, e) == pytest.approx(50, rel=0.25)
    assert spread_about(np.round(n * e), n, e) > HIGHEST / 10
    assert spread_about(x[:3], n[:3], e[:3]) == HIGHEST


def test_overdispersion_is_zero_by_chance_and_found_otherwise() -> None:
    random = np.random.default_rng(4)
    df, n = np.full(500, 20.0), np.full(500, 101.0)
    assert overdispersion(random.chisquare(20, 500), df, n) < 0.001
    assert overdispersion(3 * random.chisquare(20, 500), df, n) == pytest.approx(0.02, abs=0.002)
    assert overdispersion(df[:4] * 9, df[:4], n[:4]) == 0.0


def test_robust_z_gives_the_hand_computed_score_and_spares_few_responses() -> None:
    value = np.array([1.0, 2.0, 3.0, 4.0, 5.0, -9.0])
    centre, z = robust_z(value, np.zeros(6), np.zeros(6, np.intp))
    # median 2.5, deviations 1.5 .5 .5 1.5 2.5 11.5: median 1.5
    assert centre.tolist() == [2.5] * 6
    assert z[5] == pytest.approx(-11.5 / (1.4826 * 1.5))
    _, spared = robust_z(value, np.array([0, 0, 0, 0, 0, 100.0]), np.zeros(6, np.intp))
    assert -1.2 < spared[5] < 0
    assert np.isnan(robust_z(value[:4], np.zeros(4), np.zeros(4, np.intp))[1]).all()


def test_what_few_have_is_not_odd_where_some_do() -> None:
    random = np.random.default_rng(5)
    p = np.array([])
    for _ in range(10):
        x, n = random.binomial(200, random.beta(0.6, 600, 200)).astype(np.float64), np.full(200, 200.0)
        law = usual_shares(x, n, np.zeros(200, np.intp))
        p = np.append(p, tail(x, n, law.alpha, law.beta))
    assert (p < 0.001).mean() <= 0.004
