from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.bootstrap import widened
from analysis.compare.empirical_bayes import HIGHEST, BetaBinomial, EmpiricalBayesError
from analysis.estimate.proportion import ProportionError


def cases(reference: Path | None) -> list[dict[str, Any]]:
    if reference is None:
        return []
    path = reference / "statistics" / "beta_binomial_eb.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def column(case: dict[str, Any], key: str) -> list[float]:
    return [unit[key] for unit in case["units"]]


def test_reference_law_is_found_from_the_counts(reference: Path | None) -> None:
    for case in cases(reference):
        fit = beta_binomial(case["x"], case["n"])
        assert (fit.alpha, fit.beta) == pytest.approx((case["ml_alpha"], case["ml_beta"]), rel=1e-6)
        assert (fit.mean, fit.rho) == pytest.approx((case["ml_mean"], case["ml_rho"]), rel=1e-6)
        assert not fit.indistinct


@pytest.mark.parametrize("own", [False, True])
def test_reference_posteriors_are_met(own: bool, reference: Path | None) -> None:
    for case in cases(reference):
        given_law = BetaBinomial(case["ml_alpha"], case["ml_beta"])
        fit = beta_binomial(case["x"], case["n"]) if own else given_law
        rel, tiny = (0.0, 1e-6) if own else (1e-9, 1e-12)
        mean, low, high = fit.posteriors(case["x"], case["n"])
        assert mean.tolist() == pytest.approx(column(case, "post_mean"), rel=rel, abs=tiny)
        assert low.tolist() == pytest.approx(column(case, "post_lower95"), rel=rel, abs=tiny)
        assert high.tolist() == pytest.approx(column(case, "post_upper95"), rel=rel, abs=tiny)
        for threshold in ("0.65", "0.8", "0.9"):
            expected = [unit["prob_at_least"][threshold] for unit in case["units"]]
            found = fit.probability_at_least(float(threshold), case["x"], case["n"])
            assert found.tolist() == pytest.approx(expected, rel=rel, abs=tiny)


def test_two_answers_a_unit_give_the_law_in_closed_form() -> None:
    # Of 16 units with 2 answers, 2, 4 and 10 have 0, 1 and 2 satisfied: mean 3/4, and the share 1/4 of the
    # mixed units is 2 (3/4) (1/4) (1 - rho), so rho = 1/3 and alpha + beta = 2.
    fit = beta_binomial(np.repeat([0, 1, 2], [2, 4, 10]), np.full(16, 2))
    assert (fit.alpha, fit.beta) == pytest.approx((1.5, 0.5), rel=1e-9)
    assert (fit.mean, fit.rho) == pytest.approx((0.75, 1 / 3), rel=1e-9)


def test_posterior_of_all_satisfied_is_a_power() -> None:
    # Beta(1, 1) and 9 of 9: Beta(10, 1), whose distribution function is p to the power of 10.
    fit = BetaBinomial(1, 1)
    mean, low, high = fit.posteriors(9, 9)
    assert (mean, low, high) == pytest.approx((10 / 11, 0.025**0.1, 0.975**0.1), rel=1e-12)
    assert fit.probability_at_least(0.8, 9, 9) == pytest.approx(1 - 0.8**10, rel=1e-12)


def test_equal_units_are_indistinct_and_posteriors_meet_at_their_mean() -> None:
    fit = beta_binomial([80.5, 161, 40.25], [100, 200, 50])
    assert fit.indistinct
    assert fit.alpha + fit.beta == pytest.approx(HIGHEST, rel=1e-6)
    assert fit.posteriors([40.25], [50]).mean == pytest.approx(0.805, abs=1e-5)


def test_units_without_answers_do_not_count() -> None:
    assert beta_binomial([3, 0, 9, 5], [10, 0, 10, 12]) == beta_binomial([3, 9, 5], [10, 10, 12])


def test_all_or_none_satisfied_still_give_a_finite_law() -> None:
    for satisfied in (0, 30):
        fit = beta_binomial([satisfied, satisfied], [30, 30])
        assert math.isfinite(fit.alpha * fit.beta)
        assert abs(fit.mean - satisfied / 30) < 1e-5


@given(
    st.lists(st.tuples(st.floats(0.02, 0.98), st.floats(1, 2000)), min_size=2, max_size=30),
)
def test_the_law_is_the_most_likely_one_nearby_and_mirrors(units: list[tuple[float, float]]) -> None:
    n = np.array([size for _, size in units])
    x = n * np.array([rate for rate, _ in units])
    fit = beta_binomial(x, n)
    total = fit.alpha + fit.beta
    assert 1 - 1e-9 <= total <= HIGHEST * (1 + 1e-9)

    def log_likelihood(alpha: float, beta: float) -> float:
        terms = (
            math.lgamma(alpha + one) + math.lgamma(beta + size - one) - math.lgamma(alpha + beta + size)
            for one, size in zip(x, n, strict=True)
        )
        constant = math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta)
        return math.fsum(terms) - len(n) * constant

    best = log_likelihood(fit.alpha, fit.beta)
    for shift in (-0.05, 0.05):
        mean = min(max(fit.mean * (1 + shift), 1e-6), 1 - 1e-6)
        assert log_likelihood(mean * total, (1 - mean) * total) <= best + 1e-6
        other = total * (1 + shift)
        if 1 <= other <= HIGHEST:
            assert log_likelihood(fit.mean * other, (1 - fit.mean) * other) <= best + 1e-6
    mirrored = beta_binomial(n - x, n)
    assert mirrored.mean == pytest.approx(1 - fit.mean, rel=1e-3, abs=1e-5)


@given(st.floats(0.5, 300), st.floats(0.5, 300), st.floats(0, 1), st.floats(0.1, 5000))
def test_posterior_lies_between_law_and_rate(alpha: float, beta: float, rate: float, n: float) -> None:
    fit = BetaBinomial(alpha, beta)
    mean, low, high = fit.posteriors(rate * n, n)
    assert min(fit.mean, rate) - 1e-9 <= mean <= max(fit.mean, rate) + 1e-9
    assert 0 <= low < high <= 1
    assert fit.probability_at_least(low, rate * n, n) == pytest.approx(0.975, abs=1e-6)


def test_bootstrap_is_stored_repeats_and_never_narrows() -> None:
    x, n = np.array([256.0, 59, 103, 160, 40.5, 171]), np.array([304.0, 59, 120, 179, 55.5, 200])
    fit = beta_binomial(x, n)
    wide = widened(fit, n, seed=7, draws=60)
    assert wide == widened(fit, n, seed=7, draws=60)
    assert (wide.seed, len(wide.draws)) == (7, 60)
    assert wide.draws != widened(fit, n, seed=8, draws=60).draws
    plain, broad = fit.posteriors(x, n), wide.posteriors(x, n)
    assert (broad.mean == plain.mean).all()
    assert (broad.low <= plain.low).all()
    assert (broad.high >= plain.high).all()
    assert (broad.high - broad.low > plain.high - plain.low).any()


def test_averaged_limits_leave_the_tails_out() -> None:
    wide = BetaBinomial(80, 20, draws=((8, 2), (80, 20)))
    x, n = [9.0, 30.0], [10, 40]
    mean, low, high = wide.posteriors(x, n, confidence_level=0.9)
    assert wide.probability_at_least(low, x, n).tolist() == pytest.approx([0.95, 0.95], abs=1e-9)
    assert wide.probability_at_least(high, x, n).tolist() == pytest.approx([0.05, 0.05], abs=1e-9)
    assert mean.tolist() == pytest.approx([89 / 110, 110 / 140], rel=1e-12)
    one = wide.posteriors(9, 10, confidence_level=0.9)
    assert (one.low, one.high) == pytest.approx((low[0], high[0]), rel=1e-12)


def test_bad_input_is_quoted() -> None:
    with pytest.raises(EmpiricalBayesError, match="1 units"):
        beta_binomial([3, 0], [10, 0])
    with pytest.raises(ProportionError, match="11"):
        beta_binomial([11, 3], [10, 10])
    with pytest.raises(ProportionError, match="empty"):
        beta_binomial([], [])
    with pytest.raises(EmpiricalBayesError, match=r"beta 0\.0"):
        BetaBinomial(1.0, 0.0)
    with pytest.raises(EmpiricalBayesError, match=r"1\.2"):
        BetaBinomial(1, 1).probability_at_least(1.2, 1, 2)
    with pytest.raises(ProportionError, match="95"):
        BetaBinomial(1, 1).posteriors(1, 2, confidence_level=95)
    with pytest.raises(EmpiricalBayesError, match="0 draws"):
        widened(BetaBinomial(1, 1), [3, 4], seed=1, draws=0)
