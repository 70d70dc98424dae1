from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.proportion import Method, ProportionError, proportion_interval

METHODS: tuple[Method, ...] = ("wilson", "clopper-pearson", "jeffreys", "agresti-coull")
OWN = Path(__file__).resolve().parents[1] / "reference" / "newcombe_1998.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_newcombe_table_gives_printed_wilson_limits() -> None:
    for row in rows(OWN):
        low, high = proportion_interval(int(row["satisfied"]), int(row["n"]))
        assert (f"{low:.4f}", f"{high:.4f}") == (row["low"], row["high"])


@pytest.mark.parametrize("name", ["proportion_intervals.csv", "effective_n_intervals.csv"])
def test_reference_table_of_intervals_is_met(name: str, reference: Path | None) -> None:
    path = None if reference is None else reference / "statistics" / name
    for row in rows(path) if path is not None else []:
        method = row["method"].replace("_", "-")
        if method not in METHODS:
            continue
        n = float(row.get("n") or row["n_eff"])
        satisfied = float(row["x"]) if "x" in row else float(row["p_hat"]) * n
        found = proportion_interval(satisfied, n, method=method, confidence_level=float(row["level"]))
        expected = (float(row["lower"]), float(row["upper"]))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), row


@pytest.mark.parametrize("method", METHODS)
def test_none_or_all_satisfied_gives_exact_end_points(method: Method) -> None:
    assert proportion_interval(0, 30, method=method).low == 0.0
    assert proportion_interval(30, 30, method=method).high == 1.0
    assert proportion_interval(12.75, 12.75, method=method).high == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_no_answers_give_the_whole_range(method: Method) -> None:
    assert proportion_interval(0, 0, method=method) == (0.0, 1.0)


def test_all_satisfied_wilson_low_is_n_over_n_plus_z_squared() -> None:
    z = 1.959963984540054
    assert proportion_interval(5, 5).low == pytest.approx(5 / (5 + z * z), rel=1e-14)


def test_arrays_broadcast_and_scalars_give_floats() -> None:
    assert proportion_interval([[1], [2]], [10, 20, 30]).low.shape == (2, 3)
    assert isinstance(proportion_interval(1, 2).low, float)


@pytest.mark.parametrize(
    ("satisfied", "n", "quoted"),
    [(-1, 5, "-1"), (6, 5, "6"), (math.nan, 5, "nan"), (1, math.inf, "inf"), ([1, 9], 5, "9")],
)
def test_impossible_counts_are_quoted(satisfied: float, n: float, quoted: str) -> None:
    with pytest.raises(ProportionError, match=quoted):
        proportion_interval(satisfied, n)


def test_unknown_method_and_level_are_quoted() -> None:
    with pytest.raises(ProportionError, match=r"'wald'.*wilson"):
        proportion_interval(1, 2, method="wald")  # type: ignore[arg-type]
    with pytest.raises(ProportionError, match="95"):
        proportion_interval(1, 2, confidence_level=95)


@given(
    n=st.floats(0.01, 1e6),
    share=st.floats(0, 1),
    method=st.sampled_from(METHODS),
    level=st.sampled_from([0.5, 0.8, 0.95, 0.998]),
)
def test_interval_holds_the_rate_and_mirrors(n: float, share: float, method: Method, level: float) -> None:
    satisfied = share * n
    found = proportion_interval(satisfied, n, method=method, confidence_level=level)
    assert 0 <= found.low <= satisfied / n * (1 + 1e-12)
    assert satisfied / n - 1e-12 <= found.high <= 1
    rest = n - satisfied
    mirrored = proportion_interval(rest, n, method=method, confidence_level=level)
    assert mirrored.low == pytest.approx(1 - found.high, abs=1e-9)
    assert mirrored.high == pytest.approx(1 - found.low, abs=1e-9)


@given(st.integers(1, 1000), st.data())
def test_more_confidence_gives_a_wider_wilson_interval(n: int, data: st.DataObject) -> None:
    satisfied = data.draw(st.integers(0, n))
    narrow, wide = (proportion_interval(satisfied, n, confidence_level=level) for level in (0.8, 0.95))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    assert np.all(wide.high - wide.low > 0)
