from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.funnel import funnel
from analysis.compare.funnel_limits import FunnelError, Method, funnel_limits
from analysis.compare.overdispersion import overdispersion
from analysis.estimate.proportion import ProportionError

METHODS: tuple[Method, ...] = get_args(Method)
UNITS = st.lists(
    st.integers(1, 900).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=25
)


def cases(reference: Path | None) -> list[dict[str, Any]]:
    if reference is None:
        return []
    path = reference / "statistics" / "funnel_limits.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def test_reference_funnels_are_met(reference: Path | None) -> None:
    for case in cases(reference):
        units = case["units"]
        x, n, y = (np.array([unit[name] for unit in units]) for name in ("x", "n", "y"))
        target = case["target"]
        spread = overdispersion(y, n, target, winsorise=case["winsorise_share_each_tail"])
        assert (spread.phi, spread.tau2) == pytest.approx((case["phi"], case["tau2"]), rel=1e-9, abs=1e-12)
        assert spread.z.tolist() == pytest.approx([unit["z"] for unit in units], rel=1e-9, abs=1e-12)
        expected = [unit["z_winsorised"] for unit in units]
        assert spread.winsorised.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        for method in METHODS:
            for level, name in ((0.95, "95"), (0.998, "998")):
                found = funnel_limits(
                    n, target, method=method, confidence_level=level, phi=spread.phi, tau2=spread.tau2
                )
                for end, limit in (("lower", found.low), ("upper", found.high)):
                    printed = [unit[f"{method}_{end}_{name}"] for unit in units]
                    assert limit.tolist() == pytest.approx(printed, rel=1e-9, abs=1e-12), (method, end, name)
        placed = funnel(
            x,
            n,
            target=target if case["target_given"] else None,
            minimum_units=None,
            exact_below=None,
            cut=False,
        )
        assert placed.target == pytest.approx(target, rel=1e-12)
        assert placed.rate.tolist() == pytest.approx(y.tolist())
        printed = [unit["additive_lower_998"] for unit in units]
        assert placed.alarm.low.tolist() == pytest.approx(printed, rel=1e-9, abs=1e-12)


def test_exact_limits_of_four_fair_coins_by_hand() -> None:
    # F = 1/16, 5/16, 11/16, 15/16, 1; at q = 0.1 r = 1 and a = (5 - 1.6)/4, at 0.9 r = 3, a = (15 - 14.4)/4.
    found = funnel_limits(4, 0.5, confidence_level=0.8)
    assert found == pytest.approx(((1 - 3.4 / 4) / 4, (3 - 0.6 / 4) / 4), rel=1e-12)
    # At q = 0.025 r = 0 with F(-1) = 0: a = 1 - 0.4, below 0 and so cut.
    assert funnel_limits(4, 0.5).low == 0.0


def test_quantile_that_is_met_goes_to_the_next_count() -> None:
    # Of one coin F(0) = 0.5 is not above q = 0.5: r = 1 and a = 1, so the limit is 0.
    assert funnel_limits(1, 0.25, confidence_level=0.5).low == pytest.approx(0.0, abs=1e-12)
    # q = 0.75 = F(0): r = 1, a = (1 - 0.75) / 0.25 = 1.
    assert funnel_limits(1, 0.25, confidence_level=0.5).high == pytest.approx(0.0, abs=1e-12)


def test_normal_limits_and_their_widening_by_hand() -> None:
    z = 1.959963984540054
    s = math.sqrt(0.8 * 0.2 / 100)
    assert funnel_limits(100, 0.8, method="normal") == pytest.approx((0.8 - z * s, 0.8 + z * s), rel=1e-12)
    wide = funnel_limits(100, 0.8, method="multiplicative", phi=4)
    assert wide == pytest.approx((0.8 - 2 * z * s, 0.8 + 2 * z * s), rel=1e-12)
    assert funnel_limits(100, 0.8, method="multiplicative", phi=0.5) == funnel_limits(
        100, 0.8, method="normal"
    )
    added = funnel_limits(100, 0.8, method="additive", tau2=0.0009)
    assert added == pytest.approx((0.8 - z * 0.05, 0.8 + z * 0.05), rel=1e-12)


def test_overdispersion_by_hand() -> None:
    # z = -2.5, 0, 2.5; w = 625; tau2 = (12.5 - 2) / (1875 - 625).
    found = overdispersion([0.7, 0.8, 0.9], [100, 100, 100], 0.8, winsorise=0)
    assert found.z.tolist() == pytest.approx([-2.5, 0, 2.5])
    assert (found.phi, found.tau2) == pytest.approx((12.5 / 3, 10.5 / 1250))
    # Quantiles at positions 1.2 and 2.8: z = -2 and 2.
    pulled = overdispersion([0.7, 0.8, 0.9], [100, 100, 100], 0.8)
    assert pulled.winsorised.tolist() == pytest.approx([-2, 0, 2])
    assert overdispersion([0.5], [100], 0.8).tau2 == 0


def test_rules_of_the_report_and_how_to_leave_them_out() -> None:
    x, n = [800, 90, 30, 0], [1600, 100, 40, 0]
    few = funnel(x, n)
    assert few.method == "exact"
    assert (few.warning.low[3], few.warning.high[3]) == (0, 1)
    assert math.isnan(few.rate[3])
    assert not few.outside_alarm[3]
    large = funnel_limits(1600, few.target, method="normal")
    assert few.warning.low[0] == pytest.approx(large.low)
    assert funnel(x, n, exact_below=None).warning.low[0] != pytest.approx(large.low, rel=1e-9)
    many = funnel(x, n, minimum_units=None)
    assert many.method == "additive"
    assert many.tau2 > 0
    assert many.warning.high.max() == 1
    assert funnel(x, n, minimum_units=None, cut=False).alarm.high[2] > 1
    assert funnel(x * 4, n * 4).method == "additive"


def test_effective_sizes_are_rounded_for_exact_limits() -> None:
    assert funnel_limits(49.6, 0.85) == funnel_limits(50, 0.85)
    assert funnel_limits(0.4, 0.85) == (0.0, 1.0)
    assert funnel_limits(0, 0.85, method="normal", cut=True) == (0.0, 1.0)


def test_curve_of_a_funnel_meets_its_units() -> None:
    found = funnel([40, 180, 90, 260] * 3, [50, 200, 120, 300] * 3)
    for level, limits in ((0.95, found.warning), (0.998, found.alarm)):
        curve = found.limits([50, 200, 120, 300], level)
        assert curve.low.tolist() == limits.low[:4].tolist()
        assert curve.high.tolist() == limits.high[:4].tolist()


@given(st.integers(1, 3000), st.floats(0.02, 0.98), st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_limits_hold_the_target_and_mirror(n: int, target: float, level: float) -> None:
    low, high = funnel_limits(n, target, confidence_level=level)
    assert 0 <= low <= high <= 1
    wider = funnel_limits(n, target, confidence_level=0.999)
    assert wider.low <= low + 1e-12
    assert high <= wider.high + 1e-12
    # Interpolation is by the count below, so the mirror is one count apart.
    mirrored = funnel_limits(n, 1 - target, confidence_level=level)
    if low > 0 and high < 1 and mirrored.low > 0 and mirrored.high < 1:
        assert mirrored.low == pytest.approx(1 - high - 1 / n, abs=1e-9)


@given(UNITS)
def test_alarm_lies_outside_warning_and_order_does_not_matter(units: list[tuple[int, int]]) -> None:
    x, n = (np.array(column) for column in zip(*units, strict=True))
    found = funnel(x, n, target=0.85)
    assert (found.alarm.low <= found.warning.low + 1e-12).all()
    assert (found.alarm.high >= found.warning.high - 1e-12).all()
    assert not (found.outside_alarm & ~found.outside_warning).any()
    turned = funnel(x[::-1], n[::-1], target=0.85)
    assert turned.tau2 == pytest.approx(found.tau2, rel=1e-9, abs=1e-12)
    assert turned.warning.low[::-1].tolist() == pytest.approx(found.warning.low.tolist(), abs=1e-12)


def test_faults_are_quoted() -> None:
    with pytest.raises(FunnelError, match=r"'poisson'.*exact"):
        funnel_limits(10, 0.5, method="poisson")  # type: ignore[arg-type]
    with pytest.raises(FunnelError, match="n -1"):
        funnel_limits([5, -1], 0.5)
    with pytest.raises(FunnelError, match="target 1"):
        funnel_limits(10, 1.0)
    with pytest.raises(FunnelError, match="tau2 -1"):
        funnel_limits(10, 0.5, tau2=-1)
    with pytest.raises(FunnelError, match=r"winsorise 0\.5"):
        overdispersion([0.5], [1], 0.5, winsorise=0.5)
    with pytest.raises(FunnelError, match="target 1"):
        funnel([5, 5], [5, 5])
    with pytest.raises(FunnelError, match="no unit has answers"):
        funnel([0], [0])
    with pytest.raises(ProportionError, match="9"):
        funnel([9], [5])
    with pytest.raises(ProportionError, match="95"):
        funnel_limits(10, 0.5, confidence_level=95)
