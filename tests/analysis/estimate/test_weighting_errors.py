"""Standard errors of weighted rates against the R package survey and two linearisations made beside it."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.arrays import Array
from analysis.estimate.post_stratification import post_stratified_domains
from analysis.estimate.raking import raked
from analysis.estimate.weighting import post_stratified

MARGINS = ("procedure", "month", "channel")
PLAIN: dict[str, Any] = {"minimum": None, "cap": None}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "statistics" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(folder: Path, name: str, key: str) -> list[dict[str, Any]]:
    path = folder / "statistics" / name
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[key]
    assert len(found) > 1
    return found


def test_reference__schools__errors_of_r(reference: Path | None) -> None:
    if reference is None:
        return
    for case in expected(reference, "weighting_expected.json", "cases"):
        design = case["design"]
        schools = rows(reference, f"survey_{design['data']}.csv")
        cluster = [school[design["psu"]] if "psu" in design else at for at, school in enumerate(schools)]
        sampled: dict[str, Any] = {
            "weight": [float(school[design["weights"]]) for school in schools],
            "stratum": [school[design["strata"]] for school in schools] if "strata" in design else None,
            "clusters": [float(school[design["fpc"]]) for school in schools] if "fpc" in design else None,
        }
        one = [1.0] * len(schools)
        for result in case["results"]:
            y = [float(school[result["variable"]]) for school in schools]
            cells = [[school[name] for school in schools] for name in result["margin"]]
            populations = [case["population"][name] for name in result["margin"]]
            if result["method"] == "poststratify":
                found = post_stratified(y, one, cluster, cells[0], populations[0], **sampled, **PLAIN)
                assert found.standard_error == pytest.approx(result["se"], rel=1e-9), (design, result)
                continue
            # R takes residuals margin by margin; ours are those of a regression on all margins at once, and
            # of the jackknife, which pays for raking again.
            both = [
                raked(y, one, cluster, cells, populations, method=method, tolerance=1e-13, **sampled, **PLAIN)
                for method in ("calibration_residuals", "jackknife")
            ]
            for made in both:
                assert made.rate == pytest.approx(result["estimate"], rel=1e-9)
                assert made.standard_error == pytest.approx(result["se"], rel=0.15), (design, result)


def finished(transactions: list[dict[str, str]], margin: str) -> dict[Hashable, float]:
    count: dict[Hashable, float] = defaultdict(float)
    for row in transactions:
        count[row[margin]] += float(row["transactions"])
    return dict(count)


def of_question(reference: Path) -> list[dict[str, str]]:
    """Read the tallies of question q3, with the month of each."""
    tallies = rows(reference, "tallies.csv")
    return [row | {"month": row["date"][:7]} for row in tallies if row["question"] == "q3"]


def counts(tallies: list[dict[str, str]]) -> tuple[Array, Array]:
    n = np.array([float(row["count"]) for row in tallies])
    return n * [row["answer"] in "45" for row in tallies], n


def test_reference__tallies__three_errors(reference: Path | None) -> None:
    if reference is None:
        return
    tallies, transactions = of_question(reference), rows(reference, "transactions.csv")
    jackknifed = 0
    for case in expected(reference, "tallies_expected.json", "weighted"):
        own, served = (
            [row for row in each if row["unit"] == case["unit"]] for each in (tallies, transactions)
        )
        (x, n), day = counts(own), [row["date"] for row in own]
        margins = [[row[margin] for row in own] for margin in MARGINS]
        populations = [finished(served, margin) for margin in MARGINS]
        post = post_stratified(x, n, day, margins[0], populations[0], **PLAIN)
        assert (post.rate, post.standard_error, post.weights.kish) == pytest.approx(
            (case["ps_estimate"], case["ps_se"], case["ps_kish_deff"]), rel=1e-9
        )
        given: Any = (x, n, day, margins, populations)
        residuals = raked(*given, method="calibration_residuals", tolerance=1e-13, **PLAIN)
        weight = residuals.weights.weight
        assert (weight.min(), weight.max()) == pytest.approx(
            (case["rk_weight_min"], case["rk_weight_max"]), rel=1e-6
        )
        assert (residuals.rate, residuals.standard_error, residuals.weights.kish) == pytest.approx(
            (case["rk_estimate"], case["rk_se_calibration_residuals"], case["rk_kish_deff"]), rel=1e-9
        )
        # As of the schools: R's rake takes other residuals.
        assert residuals.standard_error == pytest.approx(case["rk_se"], rel=0.15)
        leaving = raked(*given, tolerance=1e-13, **PLAIN)
        if case["rk_se_jackknife_days_reraked"] is None:
            assert leaving.method == "calibration_residuals"
            continue
        assert leaving.method == "jackknife"
        assert leaving.standard_error == pytest.approx(case["rk_se_jackknife_days_reraked"], rel=1e-6)
        jackknifed += 1
    assert jackknifed


def test_reference__all_units_in_one_call__errors_of_r(reference: Path | None) -> None:
    if reference is None:
        return
    cases = expected(reference, "tallies_expected.json", "weighted")
    units = [case["unit"] for case in cases]
    tallies = [row for row in of_question(reference) if row["unit"] in units]
    transactions = rows(reference, "transactions.csv")
    procedures = sorted({row["procedure"] for row in transactions})
    population = np.array(
        [
            [finished([row for row in transactions if row["unit"] == unit], "procedure").get(each, 0.0)
             for each in procedures]
            for unit in units
        ]
    )  # fmt: skip
    days = sorted({row["date"] for row in tallies})
    found = post_stratified_domains(
        *counts(tallies),
        np.array([units.index(row["unit"]) for row in tallies]),
        np.array([days.index(row["date"]) for row in tallies]),
        np.array([procedures.index(row["procedure"]) for row in tallies]),
        population,
        **PLAIN,
    )
    assert found.weighted.all()
    for name, theirs in (("rate", "ps_estimate"), ("standard_error", "ps_se"), ("kish", "ps_kish_deff")):
        assert getattr(found, name) == pytest.approx([case[theirs] for case in cases], rel=1e-9)
