from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.design import DesignError, Linearised, linearised
from analysis.estimate.effective_size import adjusted_effective_n, sampling_design_effect
from analysis.estimate.intervals import korn_graubard_interval, t_interval
from analysis.estimate.proportion import proportion_interval

COUNTS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def test_three_days_by_hand() -> None:
    # e = (8, 9, 4) - 0.7 * 10 = 1, 2, -3; v = 3 / 2 * 14 / 30² = 21 / 900.
    found = linearised([8, 9, 4], [10, 10, 10], ["Mon", "Tue", "Wed"])
    assert found.rate == pytest.approx(0.7)
    assert found.standard_error == pytest.approx(math.sqrt(21 / 900))
    assert found.df == 2
    assert found.design_effect == pytest.approx(21 / 900 / (0.21 / 30))
    assert found.effective_n == pytest.approx(30 / found.design_effect)


def test_cells_of_one_cluster_count_together() -> None:
    apart = linearised([3, 5, 9, 4], [5, 5, 10, 10], ["Mon", "Mon", "Tue", "Wed"])
    assert apart == pytest.approx(linearised([8, 9, 4], [10, 10, 10], [1, 2, 3]))


def test_two_strata_by_hand() -> None:
    # p = 0.5; e = 1, -1, 2, -2 halves of n = 8 each; strata means 0; v = 2 (1 + 1) + 2 (4 + 4) over 32².
    found = linearised([5, 3, 6, 2], [8, 8, 8, 8], [1, 2, 1, 2], stratum=["A", "A", "B", "B"])
    assert found.df == 2
    assert found.standard_error == pytest.approx(math.sqrt(20) / 32)


def test_lone_cluster_of_a_stratum_adds_variance_and_no_df() -> None:
    found = linearised([5, 3, 6], [8, 8, 8], [1, 2, 1], stratum=["A", "A", "B"])
    assert found.df == 1
    p = 14 / 24
    residuals = [5 - 8 * p, 3 - 8 * p, 6 - 8 * p]
    mean = (residuals[0] + residuals[1]) / 2
    squares = 2 * sum((e - mean) ** 2 for e in residuals[:2]) + residuals[2] ** 2
    assert found.standard_error == pytest.approx(math.sqrt(squares) / 24)


def test_empty_cluster_counts_in_the_degrees_of_freedom() -> None:
    assert linearised([1, 2, 0], [2, 3, 0], [1, 2, 3]).df == 2


def test_one_cluster_has_no_standard_error() -> None:
    found = linearised([3], [4], ["Mon"])
    assert found.rate == 0.75
    assert found.df == 0
    assert math.isnan(found.standard_error)
    assert math.isnan(found.effective_n)


def test_equal_shares_every_day_have_no_variance() -> None:
    found = linearised([1, 2, 3], [3, 6, 9], [1, 2, 3])
    assert found.standard_error == 0.0
    assert math.isnan(found.design_effect)


@pytest.mark.parametrize(
    ("satisfied", "n", "weight", "quoted"),
    [([1], [-2], None, "-2"), ([math.nan], [2], None, "nan"), ([1], [2], [-3], "-3"), ([], [], None, "0")],
)
def test_impossible_cells_are_quoted(
    satisfied: list[float], n: list[float], weight: list[float] | None, quoted: str
) -> None:
    with pytest.raises(DesignError, match=quoted):
        linearised(satisfied, n, [1] * len(n), weight=weight)


def test_no_answers_and_missing_clusters_are_refused() -> None:
    with pytest.raises(DesignError, match="no answers"):
        linearised([0], [0], [1])
    with pytest.raises(DesignError, match="2 cells with 1 clusters"):
        linearised([1, 1], [2, 2], [1])


def test_clusters_sampled_of_a_known_number_have_less_variance() -> None:
    # 20 of the 32² of the two strata by hand: 4 times 1 - 2 / 4, and 16 times 1 - 2 / 8.
    found = linearised(
        [5, 3, 6, 2], [8, 8, 8, 8], [1, 2, 1, 2], stratum=["A", "A", "B", "B"], population=[4, 4, 8, 8]
    )
    assert found.standard_error == pytest.approx(math.sqrt(4 / 2 + 16 * 3 / 4) / 32)
    once = linearised([8, 9, 4], [10, 10, 10], [1, 2, 3])
    sampled = linearised([8, 9, 4], [10, 10, 10], [1, 2, 3], population=12)
    assert sampled.standard_error == pytest.approx(once.standard_error * math.sqrt(1 - 3 / 12))
    assert linearised([8, 9, 4], [10, 10, 10], [1, 2, 3], population=3).standard_error == 0.0


@pytest.mark.parametrize(
    ("population", "quoted"),
    [(1, "population 1 of a stratum with 2"), ([3, 4], "population 4 of cell 1"), ([3, 3, 3], r"\(3,\)")],
)
def test_impossible_number_of_clusters_is_quoted(population: Any, quoted: str) -> None:
    with pytest.raises(DesignError, match=quoted):
        linearised([1, 2], [2, 3], [1, 2], population=population)


@given(st.lists(COUNTS, min_size=2, max_size=12).filter(lambda cells: sum(n for _, n in cells) > 0))
def test_a_second_copy_of_every_cluster_halves_the_variance(cells: list[tuple[int, int]]) -> None:
    x, n = np.array(cells).T
    m = len(n)
    once = linearised(x, n, range(m))
    twice = linearised(np.tile(x, 2), np.tile(n, 2), range(2 * m))
    # m / (m - 1) of m clusters becomes 2 m / (2 m - 1) of 2 m.
    factor = math.sqrt((m - 1) / (2 * m - 1))
    assert twice.standard_error == pytest.approx(once.standard_error * factor, rel=1e-6, abs=1e-12)


@given(
    st.lists(COUNTS, min_size=2, max_size=12).filter(lambda cells: sum(n for _, n in cells) > 0), st.randoms()
)
def test_order_and_constant_weights_change_nothing(cells: list[tuple[int, int]], random: Any) -> None:
    days = list(range(len(cells)))
    x, n = zip(*cells, strict=True)
    once = linearised(x, n, days)
    mixed = days.copy()
    random.shuffle(mixed)
    again = linearised([x[day] for day in mixed], [n[day] for day in mixed], mixed, weight=[2.5] * len(days))
    assert again == pytest.approx(once, rel=1e-9, abs=1e-12, nan_ok=True)


@given(st.lists(COUNTS, min_size=2, max_size=12).filter(lambda cells: sum(n for _, n in cells) > 0))
def test_complement_mirrors(cells: list[tuple[int, int]]) -> None:
    x, n = np.array(cells).T
    once, mirrored = linearised(x, n, range(len(n))), linearised(n - x, n, range(len(n)))
    assert mirrored.rate == pytest.approx(1 - once.rate)
    assert mirrored.standard_error == pytest.approx(once.standard_error, rel=1e-6, abs=1e-12)


def folder(reference: Path | None) -> Path | None:
    return None if reference is None else reference / "statistics"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def survey_cases(reference: Path | None) -> list[tuple[dict[str, str], dict[str, Any], list[dict[str, str]]]]:
    path = folder(reference)
    if path is None:
        return []
    designs = json.loads((path / "survey_expected.json").read_text(encoding="utf-8"))["designs"]
    return [
        (each["design"], result, table(path / f"survey_{each['design']['data']}.csv"))
        for each in designs
        for result in each["results"]
    ]


def columns(rows: list[dict[str, str]], *names: str) -> list[list[float]]:
    """Read columns; rows with a missing value count as 0 / 0."""
    kept = [all(row[name] not in ("", "NA") for name in names) for row in rows]
    return [
        [float(row[name]) if keep else 0.0 for row, keep in zip(rows, kept, strict=True)] for name in names
    ]


def test_survey_reference_is_met(reference: Path | None) -> None:
    for design, result, rows in survey_cases(reference):
        cluster = [row[design["psu"]] if "psu" in design else str(at) for at, row in enumerate(rows)]
        stratum = [row[design["strata"]] for row in rows] if "strata" in design else None
        weight = [float(row[design["weights"]]) for row in rows] if "weights" in design else None
        population = [float(row[design["fpc"]]) for row in rows] if "fpc" in design else None

        def of(
            x: list[float],
            n: list[float],
            cluster: list[str] = cluster,
            stratum: list[str] | None = stratum,
            weight: list[float] | None = weight,
            population: list[float] | None = population,
        ) -> Linearised:
            return linearised(x, n, cluster, stratum=stratum, weight=weight, population=population)

        if result["statistic"] == "proportion_by_domain":
            (values,) = columns(rows, result["variable"])
            for each in result["values"]:
                inside = [float(row[result["domain"]] == each["domain"]) for row in rows]
                x = [value * mark for value, mark in zip(values, inside, strict=True)]
                found = of(x, inside)
                assert found[:2] == pytest.approx((each["estimate"], each["se"]), rel=1e-9)
            continue
        if result["statistic"] == "ratio":
            x, n = columns(rows, result["numerator"], result["denominator"])
        else:
            (x,) = columns(rows, result["variable"])
            n = [1.0] * len(x)
        found = of(x, n)
        assert found[:3] == pytest.approx((result["estimate"], result["se"], result["df"]), rel=1e-9), result
        if "deff" in result:
            assert_design_effects(result, found, x, weight or n)
        for interval in result.get("intervals", ()):
            assert_interval(interval, found, result["n"])


def assert_design_effects(
    result: dict[str, Any], found: Linearised, values: list[float], weight: list[float]
) -> None:
    spread = float(np.average((np.array(values) - found.rate) ** 2, weights=weight))
    error, n = found.standard_error, result["n"]
    if "deff_with_replacement" in result:
        expected = result["deff_with_replacement"]
        assert sampling_design_effect(error, spread, n) == pytest.approx(expected, rel=1e-9)
        assert found.design_effect * (n - 1) / n == pytest.approx(expected, rel=1e-9)
    made = sampling_design_effect(error, spread, n, population=sum(weight))
    expected = math.nan if result["deff"] is None else result["deff"]
    assert made == pytest.approx(expected, rel=1e-9, nan_ok=True)


def assert_interval(interval: dict[str, Any], found: Linearised, n: int) -> None:
    rate, level, expected = found.rate, interval["level"], (interval["lower"], interval["upper"])
    if interval["method"] == "beta":
        made = korn_graubard_interval(rate, found.effective_n, n=n, df=found.df, confidence_level=level)
        assert made == pytest.approx(expected, rel=1e-9)
    if interval["method"] == "mean":
        made = t_interval(rate, found.standard_error, found.df, confidence_level=level)
        assert made == pytest.approx(expected, rel=1e-9)


def test_clustered_answers_of_the_reference_are_met(reference: Path | None) -> None:
    path = folder(reference)
    if path is None:
        return
    cells: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    rows = table(path / "tallies.csv")
    cases = json.loads((path / "tallies_expected.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        cells.clear()
        for row in rows:
            mine = all(row[name] == case[name] for name in ("unit", "officer", "factor") if name in case)
            if not mine or case.get("question", "all") not in ("all", row["question"]):
                continue
            key = (row["unit"], row["date"], row["officer"] if case["psu"] == "oday" else "")
            cells[key][0] += float(row["count"]) * (row["answer"] in "45")
            cells[key][1] += float(row["count"])
        x, n = zip(*cells.values(), strict=True)
        found = linearised(x, n, [" ".join(key) for key in cells])
        assert found.rate == pytest.approx(case["estimate"], rel=1e-9)
        assert (sum(n), sum(x), len(n)) == (case["answers"], case["satisfied"], case["psus"])
        if case["status"] == "ok":
            expected = (case["se"], case["df"], case["deff"], case["n_eff"])
            assert found[1:] == pytest.approx(expected, rel=1e-9), case
            assert_tally_intervals(case, found)
        else:
            assert math.isnan(found.design_effect)
            assert case["status"] == ("single_psu" if found.df == 0 else "zero_variance")


def assert_tally_intervals(case: dict[str, Any], found: Linearised) -> None:
    n, rate, effective = case["answers"], found.rate, found.effective_n
    whole = adjusted_effective_n(n, effective, found.df, cut=False)
    cut = adjusted_effective_n(n, effective, found.df)
    assert (whole, cut) == pytest.approx((case["n_eff_adjusted"], case["n_eff_adjusted_truncated"]), rel=1e-9)
    made = {
        "wilson": proportion_interval(rate * cut, cut),
        "beta": korn_graubard_interval(rate, effective, n=n, df=found.df),
        "wald_t": t_interval(rate, found.standard_error, found.df),
    }
    for name, interval in made.items():
        expected = (case[f"{name}_lower"], case[f"{name}_upper"])
        assert interval == pytest.approx(expected, rel=1e-9, abs=1e-12), (case, name)
