"""Post-stratification and raking against the R package survey, and by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from analysis.estimate.raking import rake, raked
from analysis.estimate.weighting import post_stratify


def test_reference__weights_and_rates_of_r(reference: Path | None) -> None:
    if reference is None:
        return
    folder = reference / "statistics"
    cases = json.loads((folder / "weighting_expected.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) > 1
    for case in cases:
        design = case["design"]
        with (folder / f"survey_{design['data']}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        weight = [float(row[design["weights"]]) for row in rows]
        of = {name: [row[name] for row in rows] for name in case["population"]}
        post = post_stratify(of["stype"], case["population"]["stype"], weight=weight, minimum=None, cap=None)
        assert post.weight[:10] == pytest.approx(case["first10_weights_poststratified"], rel=1e-9)
        assert post.kish == pytest.approx(case["kish_deff_poststratified"], rel=1e-9)
        margins, populations = list(of.values()), list(case["population"].values())
        plain = {"weight": weight, "minimum": None, "cap": None, "tolerance": 1e-13}
        both = rake(margins, populations, **plain)  # type: ignore[arg-type]
        assert both.weight[:10] == pytest.approx(case["first10_weights_raked"], rel=1e-9)
        assert both.kish == pytest.approx(case["kish_deff_raked"], rel=1e-9)
        for result in case["results"]:
            y = [float(row[result["variable"]]) for row in rows]
            made = post if result["method"] == "poststratify" else both
            rate = sum(w * each for w, each in zip(made.weight, y, strict=True)) / made.weight.sum()
            assert rate == pytest.approx(result["estimate"], rel=1e-9)


def test_rake__by_hand__both_margins_met() -> None:
    sex, place = ["f"] * 20 + ["m"] * 20, (["town"] * 10 + ["hill"] * 10) * 2
    made = rake([sex, place], [{"f": 60, "m": 40}, {"town": 30, "hill": 70}])
    totals = {(s, p): 0.0 for s in "fm" for p in ("town", "hill")}
    for s, p, w in zip(sex, place, made.weight.tolist(), strict=True):
        totals[s, p] += w
    # Equal cells: the raked table is the product of its margins.
    assert totals == pytest.approx(
        {("f", "town"): 18.0, ("f", "hill"): 42.0, ("m", "town"): 12.0, ("m", "hill"): 28.0}
    )
    assert made.status == ""


def test_equal_weights__change_nothing() -> None:
    cell = ["a"] * 20 + ["b"] * 20
    made = post_stratify(cell, {"a": 500, "b": 500})
    assert made.weight.tolist() == [25.0] * 40
    assert made.kish == pytest.approx(1.0)
    satisfied, days = [1, 1, 1, 0] * 10, list(range(10)) * 4
    found = raked(satisfied, [1] * 40, days, [cell], [{"a": 500, "b": 500}])
    assert found.rate == pytest.approx(0.75)


def test_thin_category__merged__population_with_nobody__not_weighted() -> None:
    merged = post_stratify(
        ["a"] * 30 + ["b"] * 12 + ["c"] * 3, {"a": 100, "b": 100, "c": 50}, merge_into={"c": "b"}
    )
    assert merged.weight[:30].tolist() == pytest.approx([100 / 30] * 30)
    assert merged.weight[30:].tolist() == pytest.approx([10.0] * 15)
    assert set(merged.merged[0]) == {"b", "c"}
    alone = post_stratify(["a"] * 30, {"a": 100, "b": 100}, minimum=None)
    assert alone.status == "not_weighted"
    assert alone.reason
