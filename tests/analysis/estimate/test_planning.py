import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.planning import (
    PlanningError,
    familiar_sample_size,
    projected_half_width,
    sample_size,
    sample_size_for_change,
)


def test_reference__every_row(reference: Path | None) -> None:
    if reference is None:
        return
    with (reference / "statistics" / "sample_size.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10
    for row in rows:
        for method in ("normal", "wilson"):
            found = sample_size(
                float(row["half_width"]),
                float(row["p"]),
                design_effect=float(row["deff"]),
                population=float(row["population"]) if row["population"] else None,
                method=method,  # type: ignore[arg-type]
                confidence_level=float(row["level"]),
            )
            assert float(found) == float(row[f"n_{method}"]), row


def test_table_of_the_method__wilson() -> None:
    widths = [0.02, 0.03, 0.05, 0.10]
    assert sample_size(widths, 0.90).tolist() == [868, 388, 141, 37]
    assert sample_size(widths, 0.80, design_effect=2.5).tolist() == [3838, 1704, 611, 150]


@given(st.floats(0, 1), st.floats(0.01, 0.3))
def test_wilson__is_the_smallest_that_is_narrow_enough(rate: float, half_width: float) -> None:
    n = float(sample_size(half_width, rate))
    assert projected_half_width(rate, n) <= half_width * (1 + 1e-8)
    if n > 1:
        assert projected_half_width(rate, n - 1) > half_width * (1 - 1e-8)


def test_population__never_more_than_all() -> None:
    assert float(sample_size(0.01, 0.5, population=50)) <= 50
    assert float(familiar_sample_size(50, 0.01)) <= 50
    assert familiar_sample_size([1_000, 1_000_000], 0.05).tolist() == pytest.approx(
        [1000 / 3.5, 1_000_000 / 2501]
    )


def test_change__power_and_design_effect() -> None:
    assert float(sample_size_for_change(0.80, 0.90)) == 199
    assert float(sample_size_for_change(0.90, 0.80, design_effect=2)) == 398
    assert sample_size_for_change(0.80, 0.90, power=0.9) > sample_size_for_change(0.80, 0.90)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sample_size(0, 0.5),
        lambda: sample_size(0.05, 50),
        lambda: sample_size(0.05, 0.5, population=0),
        lambda: sample_size(0.05, 0.5, method="exact"),  # type: ignore[arg-type]
        lambda: sample_size([], 0.5),
        lambda: sample_size_for_change(0.8, 0.8),
        lambda: sample_size_for_change(0.8, 0.9, power=80),
        lambda: familiar_sample_size(0, 0.05),
        lambda: projected_half_width(0.5, -1),
    ],
)
def test_impossible__refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(PlanningError, match=r"give|choose|fit"):
        wrong()
