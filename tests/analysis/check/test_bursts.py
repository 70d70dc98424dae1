from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.check.bursts import BurstError, burst, day_overdispersion, expected_shares, scan, surge
from analysis.compare.empirical_bayes import HIGHEST
from tests.analysis.check.columns import arrivals


def test_scan_finds_the_hand_computed_window() -> None:
    found = scan([1, 1, 8, 1, 1], [1, 1, 1, 1, 1], 1, seed=1, replicates=999)
    e, total = 12 / 5, 12
    expected = 8 * np.log(8 / e) + (total - 8) * np.log((total - 8) / (total - e))
    assert (found.first, found.observed) == (2, 8.0)
    assert found.expected == pytest.approx(e)
    assert found.statistic == pytest.approx(expected, rel=1e-12)
    # 5 days, each 8 or more of 12 with chance 0.00058
    assert found.p == pytest.approx(0.0029, abs=0.004)


def test_scan_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    row = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))["scan"]
    found = scan(row["counts"], row["expected_weight"], row["window"], seed=5, replicates=99_999)
    assert found.statistic == pytest.approx(row["log_likelihood_ratio"], rel=1e-9)
    assert found.p == pytest.approx(row["p_value"], abs=4 * (row["p_value_mc_se"] + 1.6e-4))


def test_days_that_vary_make_a_burst_less_odd_and_a_seed_repeats() -> None:
    counts, even = [2, 1, 8, 1, 2, 1], np.ones(6)
    chance = scan(counts, even, 1, seed=1, replicates=999)
    wide = scan(counts, even, 1, seed=1, replicates=999, spread=20.0)
    assert chance.p < 0.05 < wide.p
    assert wide == scan(counts, even, 1, seed=1, replicates=999, spread=20.0)


@pytest.mark.parametrize(
    ("counts", "expected", "window"),
    [([], [], 1), ([0, 0], [1, 1], 1), ([1, 2], [1], 1), ([1, 2], [1, 1], 3), ([1, 2], [1, 1], 0)],
)
def test_nothing_to_scan_is_refused(counts: list[int], expected: list[int], window: int) -> None:
    with pytest.raises(BurstError, match=f"window {window}"):
        scan(counts, expected, window, seed=1)


def test_expectations_follow_the_others_but_for_long_absences() -> None:
    one = arrivals(domains=6, days=20, a_day=2)
    shares = expected_shares(one)
    assert shares == pytest.approx(np.full((6, 20), 1 / 20))
    away = (one.domain == 0) & (one.day >= 1010)
    gone = replace(one, domain=np.where(away, -1, one.domain))
    shares = expected_shares(gone)
    assert (shares[0, 13:] == 0).all()
    assert (shares[0, :13] > 0).all()
    assert shares.sum(axis=1) == pytest.approx(np.ones(6))


def test_expectations_follow_workload_where_it_is_known() -> None:
    served = np.full((6, 20), np.nan)
    served[1] = np.arange(1, 21)
    shares = expected_shares(arrivals(domains=6, days=20, a_day=2, served_by_day=served))
    assert shares[1] == pytest.approx(np.arange(1, 21) / 210)
    assert shares[0] == pytest.approx(np.full(20, 1 / 20))
    assert np.isnan(expected_shares(arrivals(domains=4))).all()


def burst_of(count: int) -> np.ndarray:
    day = arrivals().day.copy()
    # Of the first domain the first responses all fall on one day.
    day[:count] = 1020
    return day


def test_a_burst_is_found_and_its_responses_named() -> None:
    one = arrivals(day=burst_of(60))
    reading = burst(one, expected_shares(one), window=1, seed=1, replicates=199)
    assert reading.value[0] == 65
    assert reading.expected[0] < 8
    assert reading.p[0] < 1e-20
    assert (
        np.flatnonzero(reading.points & (one.domain == 0)).tolist()
        == np.flatnonzero((one.domain == 0) & (one.day == 1020)).tolist()
    )
    assert (reading.p[1:] > 0.5).all()


def test_a_day_with_as_many_served_is_no_burst() -> None:
    one = arrivals(day=burst_of(60))
    served = one.by_day() * 4
    known = replace(one, served_by_day=served)
    assert burst(known, expected_shares(known), window=1, seed=1, replicates=199).p[0] > 0.5


def test_probabilities_between_bound_and_certainty_come_from_replicates() -> None:
    one = arrivals(day=burst_of(8), domains=8)
    shares = expected_shares(one)
    reading = burst(one, shares, window=1, seed=1, replicates=999)
    alone = scan(one.by_day()[0], shares[0], 1, seed=9, replicates=9999)
    assert 0.001 < alone.p < 0.2
    assert reading.p[0] == pytest.approx(alone.p, rel=0.6)


def test_overdispersed_days_are_told() -> None:
    random = np.random.default_rng(2)
    law = random.dirichlet(np.full(60, 100 / 60), 300)
    varied = random.multinomial(200, law).astype(np.float64)
    even = random.multinomial(200, np.full(60, 1 / 60), 300).astype(np.float64)
    shares = np.full((300, 60), 1 / 60)
    assert day_overdispersion(varied, shares, 3) == pytest.approx(1 / 101, rel=0.15)
    assert day_overdispersion(even, shares, 3) < 2 / HIGHEST + 5e-4


def test_a_surge_in_the_last_days_is_found() -> None:
    day = arrivals(days=60).day.copy()
    day[:60] = 1055
    one = arrivals(days=60, day=day)
    reading = surge(one, expected_shares(one), last=10)
    assert reading.value[0] == pytest.approx((50 + 60) / 300)
    assert reading.expected[1] == pytest.approx(1 / 6, abs=0.05)
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] > 0.1).all()
    assert set(one.day[reading.points]) == set(range(1050, 1060))
