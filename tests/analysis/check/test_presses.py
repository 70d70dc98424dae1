from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

from analysis.check.presses import PressesError, in_a_row, longest_press, poisson_tail, presses
from tests.analysis.check.columns import arrivals


def test_poisson_tail_is_the_sum_of_its_terms() -> None:
    assert poisson_tail([0, 1, 2], 0.5) == pytest.approx(
        [1, 1 - np.exp(-0.5), 1 - 1.5 * np.exp(-0.5)], rel=1e-12
    )
    assert poisson_tail(2, 0.5, mid=True) == pytest.approx(1 - 1.5625 * np.exp(-0.5), rel=1e-12)
    assert poisson_tail(40, 3.0) == pytest.approx(poisson.sf(39, 3.0), rel=1e-9)
    assert poisson_tail(0, 0.0) == 1.0


def test_poisson_tail_meets_the_reference(reference: Path | None) -> None:
    if reference is None:
        return
    quality = json.loads((reference / "statistics" / "data_quality.json").read_text(encoding="utf-8"))
    for row in quality["poisson_burst"]:
        count, mean = row["count"], row["expected"]
        assert poisson_tail(count, mean) == pytest.approx(row["p_upper"], rel=1e-9, abs=1e-12)
        assert poisson_tail(count, mean, mid=True) == pytest.approx(row["p_mid"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_impossible_counts_are_quoted(bad: float) -> None:
    with pytest.raises(PressesError, match=str(bad)):
        poisson_tail(1, bad)
    with pytest.raises(PressesError, match=str(bad)):
        poisson_tail(bad, 1)


def row_of(count: int, gap: float) -> np.ndarray:
    opened = arrivals(duration=np.full(1600, np.nan)).opened.copy()
    opened[:count] = 15 * 3600 + gap * np.arange(count)
    return opened


def test_presses_are_counted_once_and_both_ends_named() -> None:
    opened = np.array([100.0, 110.0, 125.0, 200.0, 205.0])
    one = arrivals(domains=1, days=1, opened=opened, duration=np.full(5, np.nan), counter=np.zeros(5, int))
    found = presses(one, gap=20)
    assert found.quick.tolist() == [False, True, True, False, True]
    assert found.pressed.tolist() == [True] * 5
    assert found.run.tolist() == [0, 0, 0, 1, 1]
    # five responses in an hour of one day
    assert found.expected == pytest.approx(np.full(5, 1 - np.exp(-5 / 3600 * 20)))


def test_another_counter_or_day_breaks_a_row_and_an_unknown_instant_is_no_press() -> None:
    opened = np.array([100.0, 101.0, 102.0, np.nan])
    one = arrivals(
        domains=1,
        days=2,
        a_day=2,
        opened=opened,
        duration=np.full(4, np.nan),
        counter=np.array([0, 1, 1, 1]),
        day=np.array([1000, 1000, 1001, 1001]),
    )
    found = presses(one)
    assert not found.quick.any()
    assert found.known.tolist() == [True, True, True, False]


def test_a_row_of_presses_is_found_against_hour_and_peers() -> None:
    day = arrivals().day.copy()
    day[:20] = 1005
    one = arrivals(opened=row_of(20, 8.0), day=day, duration=np.full(1600, np.nan))
    found = presses(one)
    reading = in_a_row(one, found)
    assert reading.value[0] == pytest.approx(19 / 200)
    assert reading.p[0] < 1e-8
    assert (reading.p[1:] == 1).all()
    assert np.flatnonzero(reading.points).tolist() == list(range(20))


def test_what_all_do_is_no_sign_though_the_hour_did_not_expect_it() -> None:
    opened = arrivals().opened.copy()
    opened[1::5] = opened[0::5] + 5
    one = arrivals(opened=opened, duration=np.full(1600, np.nan))
    assert (in_a_row(one, presses(one)).p > 0.05).all()


def test_more_presses_than_can_be_are_a_hard_sign() -> None:
    day = arrivals().day.copy()
    day[:6] = 1005
    one = arrivals(opened=row_of(6, 15.0), day=day, duration=np.full(1600, np.nan))
    reading = longest_press(one, presses(one), most=5)
    assert reading.hard is not None
    assert reading.hard.tolist() == [True] + [False] * 7
    assert reading.value[:2].tolist() == [6, 1]
    assert reading.points.sum() == 6
    still = longest_press(one, presses(one), most=6)
    assert still.hard is not None
    assert not still.hard.any()
    assert np.isnan(still.p).all()
