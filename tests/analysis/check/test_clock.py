from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chisquare

from analysis.check.clock import ClockError, at_closing, fast, hours, hours_test, outside_hours, speed
from tests.analysis.check.columns import arrivals


def test_hours_test_is_pearsons() -> None:
    observed, expected = np.array([12, 30, 18, 40]), np.array([25, 25, 20, 30])
    found, scipys = hours_test(observed, expected), chisquare(observed, expected)
    assert (found.statistic, found.p) == pytest.approx((scipys.statistic, scipys.pvalue), rel=1e-12)
    assert found.df == 3


def test_hours_test_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    quality = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))
    row = quality["hour_chi_square"]
    found = hours_test(row["observed"], row["expected"])
    assert (found.statistic, found.df, found.p) == pytest.approx(
        (row["statistic"], row["df"], row["p"]), rel=1e-9
    )


def test_small_cells_are_joined_with_their_neighbours() -> None:
    # 2 + 3 make a cell, 20 one, 1 + 1 join it.
    found = hours_test([0, 6, 21, 0, 0], [2, 3, 20, 1, 1])
    assert found.df == 1
    assert found.statistic == pytest.approx((6 - 5) ** 2 / 5 + (21 - 22) ** 2 / 22)
    assert hours_test([1, 2], [1, 2]).df == 0
    assert np.isnan(hours_test([1, 2], [1, 2]).p)
    assert hours_test([1, 2], [1, 2], least=0).df == 1


@pytest.mark.parametrize(("observed", "expected"), [([1], [1, 2]), ([0, 0], [1, 1]), ([1, -1], [1, 1])])
def test_hours_that_cannot_be_compared_are_refused(observed: list[int], expected: list[int]) -> None:
    with pytest.raises(ClockError, match="counts"):
        hours_test(observed, expected)


def at(count: int, second: float) -> np.ndarray:
    opened = arrivals().opened.copy()
    opened[:count] = second
    return opened


def test_odd_hours_are_found_and_pointed_to() -> None:
    one = arrivals(opened=at(60, 15.5 * 3600))
    reading = hours(one)
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] > 0.3).all()
    assert np.flatnonzero(reading.points).tolist() == list(range(60))


def test_hours_follow_the_citizens_served() -> None:
    one = arrivals(opened=at(60, 15.5 * 3600))
    served = np.full((8, 24), np.nan)
    hour = (one.opened // 3600).astype(int)
    served[0] = 3.0 * np.bincount(hour[one.domain == 0], minlength=24)
    reading = hours(replace(one, served_by_hour=served))
    assert reading.p[0] > 0.9


def test_share_at_closing_time() -> None:
    reading = at_closing(arrivals(opened=at(20, 17 * 3600 - 300)), closing=900)
    assert reading.value[0] == 0.1
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] == 1).all()
    assert np.flatnonzero(reading.points).tolist() == list(range(20))
    assert at_closing(arrivals(opened=at(20, 17 * 3600 - 1000)), closing=900).value[0] == 0


def test_answers_outside_opening_hours_with_grace() -> None:
    night = outside_hours(arrivals(opened=at(20, 22 * 3600.0)), grace=1800)
    assert night.value[0] == 0.1
    assert night.p[0] < 1e-6
    assert outside_hours(arrivals(opened=at(20, 17.4 * 3600)), grace=1800).value[0] == 0
    assert outside_hours(arrivals(opened=at(20, 7.4 * 3600)), grace=1800).value[0] == 0.1


def test_unknown_hours_say_nothing() -> None:
    reading = outside_hours(arrivals(closes=np.full(1600, np.nan)), grace=0)
    assert np.isnan(reading.p).all()
    assert np.isnan(reading.value).all()
    assert np.isnan(hours(arrivals(opened=np.full(1600, np.nan))).p).all()


def test_share_of_answers_faster_than_a_second_a_question() -> None:
    duration = arrivals().duration.copy()
    duration[:30] = 4.9
    reading = fast(arrivals(duration=duration), least=1.0)
    assert reading.value[0] == 0.15
    assert reading.p[0] < 1e-6
    assert np.flatnonzero(reading.points).tolist() == list(range(30))


def test_a_fast_domain_stands_out_by_its_median() -> None:
    usual = arrivals().duration
    duration = np.where(np.arange(1600) < 200, 6.0 + np.arange(1600) % 3, usual)
    reading = speed(arrivals(duration=duration))
    assert reading.value[0] == pytest.approx(7 / 5)
    assert reading.z is not None
    assert reading.z[0] < -5
    assert reading.p[0] < 1e-6
    assert (reading.p[1:] > 0.01).all()
    assert reading.points[:200].all()
    assert reading.expected[1] == pytest.approx(np.median(usual) / 5, rel=0.2)


def test_few_durations_are_not_judged() -> None:
    duration = arrivals().duration.copy()
    duration[9:200] = np.nan
    duration[:9] = 1.0
    reading = speed(arrivals(duration=duration))
    assert np.isnan(reading.p[0])
    assert np.isnan(reading.value[0])
