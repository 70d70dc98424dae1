import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.nonresponse import (
    NonresponseError,
    nonresponse_bounds,
    odds_sensitivity,
    r_indicator,
    tipping_point,
)


def test_reference__every_row(reference: Path | None) -> None:
    if reference is None:
        return
    with (reference / "statistics" / "nonresponse_bounds.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 8
    for row in rows:
        found = nonresponse_bounds(
            float(row["x"]), float(row["n"]), float(row["N"]), confidence_level=float(row["level"])
        )
        for name, value in zip(
            ("bound_lower", "bound_upper", "imbens_manski_c", "im_lower", "im_upper"), found, strict=True
        ):
            if row[name]:
                assert float(value) == pytest.approx(float(row[name]), rel=1e-9, abs=1e-12)
            else:
                assert math.isnan(value)


def test_bounds__of_imbens_and_manski__by_hand() -> None:
    # With a gap of many standard errors the one-sided quantile 1.6448536 serves both sides.
    found = nonresponse_bounds(88, 100, 1000)
    error = 0.1 * math.sqrt(0.88 * 0.12 / 100)
    assert float(found.interval_low) == pytest.approx(0.088 - 1.6448536269514722 * error, rel=1e-12)
    # Without a gap it is the usual two-sided interval.
    full = nonresponse_bounds(88, 100, 100)
    assert float(full.interval_high) == pytest.approx(0.88 + 1.959963984540054 * error * 10, rel=1e-12)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 500), st.floats(0.5, 0.99))
def test_bounds__hold_the_rate_of_the_respondents_and_mirror(
    x: int, rest: int, silent: int, level: float
) -> None:
    n = x + rest
    if not n:
        return
    found = nonresponse_bounds(x, n, n + silent, confidence_level=level)
    assert found.low - 1e-12 <= x / n <= found.high + 1e-12
    other = nonresponse_bounds(rest, n, n + silent, confidence_level=level)
    assert float(other.low) == pytest.approx(1 - float(found.high), abs=1e-12)


def test_smaller_effective_size__wider_interval_same_bounds() -> None:
    plain, clustered = nonresponse_bounds(80, 100, 200), nonresponse_bounds(80, 100, 200, effective_n=40)
    assert (plain.low, plain.high) == (clustered.low, clustered.high)
    assert clustered.interval_low < plain.interval_low


def test_tipping_point_and_odds__numbers_of_the_method() -> None:
    assert odds_sensitivity(0.90, [1.5, 2, 3]).tolist() == pytest.approx([0.857, 0.818, 0.750], abs=5e-4)
    gap = float(tipping_point(0.841, 0.139, 0.80))
    assert gap == pytest.approx(0.0476, abs=5e-5)
    assert 0.139 * 0.841 + 0.861 * (0.841 - gap) == pytest.approx(0.80)
    assert math.isnan(float(tipping_point(0.84, 1.0, 0.8)))
    assert r_indicator([0.2, 0.2, 0.2], [10, 500, 0]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: nonresponse_bounds(5, 10, 9),
        lambda: nonresponse_bounds(5, 10, math.nan),
        lambda: nonresponse_bounds(11, 10, 20),
        lambda: nonresponse_bounds(5, 10, 20, effective_n=0),
        lambda: nonresponse_bounds(5, 10, 20, confidence_level=95),
        lambda: tipping_point(84, 0.1, 0.8),
        lambda: odds_sensitivity(0.8, 0),
        lambda: r_indicator([0.1], [0]),
        lambda: r_indicator([], []),
    ],
)
def test_impossible__refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"give|fit|nobody|correct"):
        wrong()


def test_error__names_the_value() -> None:
    with pytest.raises(NonresponseError, match="n 10: give no more respondents than transactions"):
        nonresponse_bounds(5, 10, 9)
