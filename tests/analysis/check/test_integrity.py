from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.check.arrivals import ArrivalsError
from analysis.check.integrity import integrity
from analysis.check.more_answers import more_answers, more_answers_on_day
from analysis.check.thresholds import Thresholds
from analysis.compare.false_discovery import benjamini_hochberg
from tests.analysis.check.columns import arrivals
from tests.studies.stuffing import arrivals as simulated
from tests.studies.stuffing import honest, planted


def test_more_answers_than_citizens_are_a_hard_sign() -> None:
    reading = more_answers(arrivals(served=np.array([199.0, 200, 201, np.nan, 0, 400, 400, 400])))
    assert reading.hard is not None
    assert reading.hard.tolist() == [True, False, False, False, True, False, False, False]
    assert reading.value[2] == pytest.approx(200 / 201)
    assert np.isnan(reading.value[3])


def test_more_answers_on_a_day_point_to_its_responses() -> None:
    served = np.full((8, 40), 9.0)
    served[1, 3], served[2, 4], served[3] = 4, 0, np.nan
    one = arrivals(served_by_day=served)
    reading = more_answers_on_day(one)
    assert reading.hard is not None
    assert reading.hard.tolist() == [False, True, True] + [False] * 5
    assert reading.value[[0, 1]] == pytest.approx([5 / 9, 5 / 4])
    assert reading.value[2] == np.inf
    assert np.isnan(reading.value[3])
    pointed = np.flatnonzero(reading.points)
    assert set(zip(one.domain[pointed].tolist(), one.day[pointed].tolist(), strict=True)) == {
        (1, 1003),
        (2, 1004),
    }


def test_p_values_are_adjusted_over_the_whole_table() -> None:
    q = benjamini_hochberg(np.array([[0.01, np.nan], [0.02, 0.03]]))
    assert q[0, 0] == pytest.approx(0.03)
    assert q[1].tolist() == pytest.approx([0.03, 0.03])
    assert np.isnan(q[0, 1])
    assert np.isnan(benjamini_hochberg(np.full((2, 2), np.nan))).all()


def test_honest_domains_that_are_alike_are_not_flagged() -> None:
    found = integrity(arrivals(), seed=1)
    assert not found.suspicious.any()
    assert not found.doubtful().any()
    assert found.value.shape == (len(found.indicators), 8)


def test_a_rate_can_be_shown_without_what_is_doubtful() -> None:
    opened = arrivals().opened.copy()
    opened[:30] = 17 * 3600 - 60.0 - np.arange(30)
    one = arrivals(opened=opened)
    found = integrity(one, seed=1)
    row = found.indicators.index("closing_time")
    assert found.flagged[row].tolist() == [True] + [False] * 7
    assert found.responses("closing_time", 0).tolist() == list(range(30))
    assert found.responses("closing_time", 1).tolist() == []
    doubtful = found.doubtful()
    assert doubtful[:30].all()
    assert not doubtful[one.domain > 0].any()


def test_excess_and_level_are_thresholds() -> None:
    opened = arrivals().opened.copy()
    opened[:30] = 17 * 3600 - 60.0 * np.arange(30) / 3
    one = arrivals(opened=opened)
    row = integrity(one, seed=1).indicators.index("closing_time")
    assert integrity(one, seed=1).flagged[row, 0]
    assert not integrity(one, seed=1, thresholds=Thresholds(excess=0.2)).flagged[row, 0]
    assert not integrity(one, seed=1, thresholds=Thresholds(level=1e-300)).flagged[row, 0]


def test_nothing_is_said_of_fewer_than_ten_responses() -> None:
    few = (arrivals().domain == 0) & (np.arange(1600) >= 9)
    one = arrivals(domain=np.where(few, -1, arrivals().domain), served=np.ones(8))
    found = integrity(one, seed=1)
    assert np.isnan(found.p[:, 0]).all()
    assert np.isnan(found.value[:, 0]).all()
    assert not found.flagged[:, 0].any()
    assert found.flagged[0, 1:].all()


def test_columns_without_times_or_answers_give_no_finding() -> None:
    nothing = np.full(1600, np.nan)
    one = arrivals(
        opened=nothing,
        duration=nothing,
        opens=nothing,
        closes=nothing,
        answers=np.zeros(1600),
        satisfied=np.zeros(1600),
    )
    found = integrity(one, seed=1)
    assert not found.suspicious.any()
    empty = replace(one, domain=np.full(1600, -1))
    assert np.isnan(integrity(empty, seed=1).p).all()
    assert np.isnan(integrity(arrivals(domains=1), seed=1).p).sum() > 5


def test_impossible_thresholds_and_no_domain_are_refused() -> None:
    with pytest.raises(ArrivalsError, match="level 5"):
        Thresholds(level=5)
    with pytest.raises(ArrivalsError, match="window 0"):
        Thresholds(window=0)
    with pytest.raises(ArrivalsError, match="domains 0"):
        integrity(arrivals(domains=0), seed=1)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_order_of_responses_is_irrelevant(seed: int) -> None:
    random = np.random.default_rng(3)
    one = simulated(planted(random, honest(random, 20, 60), "in a row", 0.4), 20)
    shuffled = np.random.default_rng(seed).permutation(len(one.day))
    columns = ("domain", "counter", "day", "opened", "duration", "opens", "closes", "answers", "satisfied")
    names = (*columns, "equal", "best", "flagged")
    other = replace(one, **{name: getattr(one, name)[shuffled] for name in names})
    first, second = (integrity(each, seed=1, replicates=99) for each in (one, other))
    np.testing.assert_allclose(first.p, second.p, rtol=1e-6)
    np.testing.assert_array_equal(first.flagged, second.flagged)
    np.testing.assert_array_equal(first.points[:, shuffled], second.points)


def test_planted_answers_are_found_and_honest_officers_left_alone() -> None:
    for strategy, least in (("in a row", 0.9), ("closing time", 0.8), ("one source", 0.9)):
        random = np.random.default_rng(11)
        findings = integrity(simulated(planted(random, honest(random), strategy, 0.1)), seed=1)
        assert findings.suspicious[:20].mean() >= least, strategy
        assert findings.suspicious[20:].sum() <= 2, strategy
