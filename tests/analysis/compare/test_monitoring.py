from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.laney_chart import MonitoringError, laney_chart
from analysis.compare.monitoring import joined_months, monthly_chart, runs
from analysis.estimate.proportion import ProportionError

MONTHS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
)


def cases(reference: Path | None) -> list[dict[str, Any]]:
    if reference is None:
        return []
    path = reference / "statistics" / "laney_chart.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def test_reference_charts_are_met(reference: Path | None) -> None:
    names = {"p": "rate", "z": "z", "laney_lower": "low", "laney_upper": "high", "p_chart_lower": "p_low"}
    names |= {"p_chart_upper": "p_high"}
    for case in cases(reference):
        points = case["points"]
        found = laney_chart([point["x"] for point in points], [point["n"] for point in points])
        assert (found.centre, found.sigma_z) == pytest.approx((case["p_bar"], case["sigma_z"]), rel=1e-9)
        assert found.baseline == len(points)
        for key, name in names.items():
            expected = [point[key] for point in points]
            assert getattr(found, name).tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12), key
        assert found.outside.tolist() == [point["laney_signal"] for point in points]
        assert found.p_outside.tolist() == [point["p_chart_signal"] for point in points]


def test_chart_by_hand() -> None:
    # Centre 0.8, s = 0.04; z = 0, 2.5, -2.5; ranges 2.5 and 5.
    found = laney_chart([80, 90, 70], [100, 100, 100])
    sigma = 3.75 / 1.128
    assert found.z.tolist() == pytest.approx([0, 2.5, -2.5])
    assert found.sigma_z == pytest.approx(sigma, rel=1e-12)
    assert found.low.tolist() == pytest.approx([0.8 - 0.12 * sigma] * 3, rel=1e-12)
    assert found.high.tolist() == pytest.approx([0.8 + 0.12 * sigma] * 3, rel=1e-12)
    assert found.p_low.tolist() == pytest.approx([0.68] * 3)
    assert found.high[0] > 1
    assert laney_chart([80, 90, 70], [100] * 3, cut=True).high.max() == 1


def test_baseline_is_frozen_and_later_points_are_judged_by_it() -> None:
    x, n = [80, 84, 78, 82, 50], [100] * 5
    found = laney_chart(x, n, baseline=4)
    assert found.centre == pytest.approx(0.81)
    assert found.outside.tolist() == [False] * 4 + [True]
    alone = laney_chart(x[:4], n[:4])
    assert (found.centre, found.sigma_z) == (alone.centre, alone.sigma_z)


def test_floor_holds_sigma_up_and_can_be_left_out() -> None:
    x, n = [80, 81, 80, 81], [100] * 4
    plain = laney_chart(x, n)
    assert plain.sigma_z < 0.5
    assert laney_chart(x, n, floor=0.5).sigma_z == 0.5
    assert laney_chart(x, n, floor=0.01).sigma_z == plain.sigma_z


def test_centre_of_one_and_lone_points_have_no_limits() -> None:
    full = laney_chart([10, 20], [10, 20])
    assert full.centre == 1
    assert np.isnan([*full.z, *full.low, *full.p_high, full.sigma_z]).all()
    assert not full.outside.any()
    lone = laney_chart([8], [10], floor=0.5)
    assert math.isnan(lone.sigma_z)
    assert lone.p_low.tolist() == pytest.approx([0.8 - 3 * math.sqrt(0.016)])


def test_report_joins_small_months_and_waits_at_the_end() -> None:
    x = [45, 4, 3, 50, 41, 44, 48, 6]
    n = [50, 5, 6, 55, 50, 52, 54, 8]
    found = monthly_chart(x, n)
    assert found.n.tolist() == [50, 11, 55, 50, 52, 54]
    assert found.satisfied.tolist() == [45, 7, 50, 41, 44, 48]
    assert (found.first.tolist(), found.last.tolist()) == ([0, 1, 3, 4, 5, 6], [0, 2, 3, 4, 5, 6])
    assert (found.status, found.waiting) == ("provisional", 1)
    unjoined = monthly_chart([*x, 0, 1], [*n, 0, 1], minimum_answers=None)
    assert unjoined.n.tolist() == [*map(float, n), 1.0]
    assert unjoined.last[-1] == 9


def test_report_needs_six_points_and_freezes_twelve() -> None:
    x, n = [80, 84, 78, 82, 79, 83, 81, 80, 84, 78, 82, 79, 60, 60], [100] * 14
    assert monthly_chart(x[:5], n[:5]).chart is None
    assert monthly_chart(x[:5], n[:5]).status == "none"
    assert monthly_chart(x[:6], n[:6]).status == "provisional"
    assert monthly_chart(x[:11], n[:11]).status == "provisional"
    twelve, later = monthly_chart(x[:12], n[:12]), monthly_chart(x, n)
    assert (twelve.status, later.status) == ("ok", "ok")
    assert twelve.chart is not None
    assert later.chart is not None
    assert (later.chart.centre, later.chart.sigma_z) == (twelve.chart.centre, twelve.chart.sigma_z)
    assert later.signal.tolist() == [False] * 12 + [True, True]


def test_report_has_no_chart_where_all_or_none_were_satisfied() -> None:
    for x in ([100] * 8, [0] * 8):
        found = monthly_chart(x, [100] * 8)
        assert (found.status, found.chart) == ("none", None)
        assert not found.signal.any()
    empty = monthly_chart([0, 1], [0, 2])
    assert (empty.status, empty.waiting, len(empty.n)) == ("none", 2, 0)


def test_eight_in_a_row_on_one_side_are_a_signal() -> None:
    x = [80, 84, 78, 82, 79, 83, 81, 80, 84, 78, 82, 79] + [82] * 9
    found = monthly_chart(x, [100] * 21)
    assert found.chart is not None
    assert not found.chart.outside.any()
    assert found.run.tolist() == [False] * 19 + [True, True]
    assert monthly_chart(x, [100] * 21, run=10).run.sum() == 0


def test_report_cuts_limits_and_keeps_a_floor() -> None:
    x, n = [95, 96, 95, 96, 95, 96], [100] * 6
    found = monthly_chart(x, n).chart
    assert found is not None
    assert found.sigma_z == 0.5
    assert found.p_high.max() == 1
    plain = monthly_chart(x, n, floor=None, cut=False).chart
    assert plain is not None
    assert plain.sigma_z < 0.5
    assert plain.p_high.max() > 1


@given(MONTHS)
def test_joined_months_keep_every_answer_once(months: list[tuple[int, int]]) -> None:
    x, n = (np.array(column) for column in zip(*months, strict=True))
    found = monthly_chart(x, n)
    kept = len(n) - found.waiting
    assert found.n.sum() == n[:kept].sum()
    assert found.satisfied.sum() == x[:kept].sum()
    assert (found.n >= 10).all()
    assert n[kept:].sum() < 10
    assert [0, *(found.last + 1)] == [*found.first, kept]


@given(MONTHS, st.integers(1, 5))
def test_later_months_never_change_a_frozen_baseline(months: list[tuple[int, int]], more: int) -> None:
    x, n = (list(column) for column in zip(*months, strict=True))
    before, after = monthly_chart(x, n), monthly_chart(x + [30] * more, n + [40] * more)
    if before.status == "ok":
        assert before.chart is not None
        assert after.chart is not None
        assert (after.chart.centre, after.chart.sigma_z) == (before.chart.centre, before.chart.sigma_z)
        assert after.signal[: len(before.signal)].tolist() == before.signal.tolist()


@given(st.lists(st.sampled_from([-1, 0, 1]), max_size=40), st.integers(1, 9))
def test_runs_end_where_the_last_points_are_of_one_side(side: list[int], length: int) -> None:
    for place, found in enumerate(runs(side, length).tolist()):
        last = side[max(0, place - length + 1) : place + 1]
        assert found == (len(last) == length and len(set(last)) == 1 and last[0] != 0)


def test_faults_are_quoted() -> None:
    with pytest.raises(ProportionError, match="9"):
        laney_chart([9], [5])
    with pytest.raises(MonitoringError, match="each with answers"):
        laney_chart([5, 0], [9, 0])
    with pytest.raises(MonitoringError, match="baseline 3 of 2 points"):
        laney_chart([5, 4], [9, 9], baseline=3)
    with pytest.raises(MonitoringError, match="floor -1"):
        laney_chart([5, 4], [9, 9], floor=-1)
    with pytest.raises(MonitoringError, match="provisional_from 13"):
        monthly_chart([5, 4], [9, 9], provisional_from=13)
    assert joined_months([])[0].tolist() == []
