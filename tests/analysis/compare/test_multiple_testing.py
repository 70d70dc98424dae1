from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy.stats import false_discovery_control

from analysis.compare.against_target import against_target


def cases(reference: Path | None) -> list[dict[str, Any]]:
    if reference is None:
        return []
    path = reference / "statistics" / "multiple_testing.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def rates_of(p: list[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give rates of 10 000 answers whose score against a target of 0.5 has these two-sided p-values."""
    return 0.5 - special.ndtri(np.array(p) / 2) * 0.5 / 100


def test_reference_adjusted_values_are_met(reference: Path | None) -> None:
    for case in cases(reference):
        assert false_discovery_control(case["p"]).tolist() == pytest.approx(case["bh"], rel=1e-9, abs=1e-12)
        by = false_discovery_control(case["p"], method="by").tolist()
        assert by == pytest.approx(case["by"], rel=1e-9, abs=1e-12)
        if min(case["p"]) < 1e-300:
            continue
        found = against_target(rates_of(case["p"]), np.full(len(case["p"]), 10_000.0), 0.5)
        assert found.p.tolist() == pytest.approx(case["p"], rel=1e-7)
        assert found.adjusted.tolist() == pytest.approx(case["bh"], rel=1e-7)


def test_verdicts_are_adjusted_by_hand() -> None:
    # Sorted times 4 / rank: 0.01 * 4, 0.02 * 2, 0.03 * 4 / 3, 0.5; the smallest of each and later ones.
    found = against_target(rates_of([0.03, 0.01, 0.5, 0.02]), [10_000.0] * 4, 0.5)
    assert found.adjusted.tolist() == pytest.approx([0.04, 0.04, 0.5, 0.04], rel=1e-9)
    assert found.verdict.tolist() == ["above", "above", "not_distinguishable", "above"]


def test_units_that_are_not_tested_stay_out_of_the_family() -> None:
    found = against_target(rates_of([0.03, 0.001, 0.5]), [10_000.0] * 3, 0.5, testable=[True, False, True])
    assert found.adjusted[[0, 2]].tolist() == pytest.approx([0.06, 0.5], rel=1e-9)
    assert np.isnan(found.adjusted[1])
