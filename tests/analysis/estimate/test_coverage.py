"""How often intervals hold the true rate, summed over all samples that there could be."""

from __future__ import annotations

import csv
import math
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from analysis.arrays import Array
from analysis.estimate.effective_size import adjusted_effective_n
from analysis.estimate.intervals import korn_graubard_interval
from analysis.estimate.moderated import Clusters, Moderated, Pooled, moderated
from analysis.estimate.proportion import Interval, Method, proportion_interval

METHODS: dict[str, Method] = {
    "wilson": "wilson",
    "jeffreys": "jeffreys",
    "clopper_pearson": "clopper-pearson",
    "agresti_coull": "agresti-coull",
}


def rows(reference: Path, name: str) -> list[dict[str, str]]:
    with (reference / "statistics" / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found
    return found


def holds(interval: Interval, p: float) -> Array:
    # Ends that rest on p itself, such as 1 of n where p is 1 / 2, may be off by rounding.
    return ((interval.low <= p + 1e-12) & (p - 1e-12 <= interval.high)).astype(np.float64)


def test_one_answer__by_hand() -> None:
    # The interval is 0..0.793 or 0.207..1: of 0.9 only the second holds it, of 0.5 both.
    interval = proportion_interval([0, 1], 1)
    assert stats.binom.pmf([0, 1], 1, 0.9) @ holds(interval, 0.9) == pytest.approx(0.9)
    assert stats.binom.pmf([0, 1], 1, 0.5) @ holds(interval, 0.5) == pytest.approx(1.0)


def test_reference__independent_answers__exact_coverage_and_width(reference: Path | None) -> None:
    for row in rows(reference, "exact_coverage.csv") if reference is not None else []:
        if row["method"] not in METHODS:
            continue
        n, p = int(row["n"]), float(row["p"])
        chance, x = stats.binom.pmf(np.arange(n + 1), n, p), np.arange(n + 1)
        interval = proportion_interval(
            x, n, method=METHODS[row["method"]], confidence_level=float(row["level"])
        )
        assert chance @ holds(interval, p) == pytest.approx(float(row["coverage"]), abs=1e-11), row
        width = float(chance @ (interval.high - interval.low))
        if row["method"] == "agresti_coull":
            # Theirs is not cut to 0..1.
            assert width <= float(row["expected_width"]) + 1e-11, row
        else:
            assert width == pytest.approx(float(row["expected_width"]), abs=1e-11), row


class Outcomes(NamedTuple):
    """All samples of a few clusters of one size; ``ways`` is in how many orders each can come."""

    counts: Array
    ways: Array
    size: int


@cache
def outcomes(clusters: int, size: int) -> Outcomes:
    """Give them; of clusters of one answer only how many are satisfied matters."""
    if size == 1:
        x = np.arange(clusters + 1)
        counts = (np.arange(clusters) < x[:, None]).astype(np.float64)
        return Outcomes(counts, np.array([math.comb(clusters, each) for each in x], np.float64), size)
    every = np.array(list(combinations_with_replacement(range(size + 1), clusters)), np.float64)
    ways = [
        math.factorial(clusters) / math.prod(map(math.factorial, np.unique(each, return_counts=True)[1]))
        for each in every
    ]
    return Outcomes(every, np.array(ways), size)


def chances(made: Outcomes, p: float, icc: float) -> Array:
    given = np.arange(made.size + 1)
    if icc:
        of_cluster = stats.betabinom.pmf(given, made.size, p * (1 / icc - 1), (1 - p) * (1 / icc - 1))
    else:
        of_cluster = stats.binom.pmf(given, made.size, p)
    return np.asarray(made.ways * of_cluster[made.counts.astype(int)].prod(axis=1))


@cache
def estimated(clusters: int, size: int, rho: float) -> Moderated:
    """Estimate every outcome as if it were a domain, with a correlation that peers are said to have."""
    counts = outcomes(clusters, size).counts
    domain = np.repeat(np.arange(len(counts)), clusters)
    each = np.full(counts.size, float(size))
    pool = Pooled(1.0, rho, 9, 200, default=False)
    return moderated(Clusters(domain, domain, each, each, counts.ravel()), None, pool, len(counts))


def made_by(method: str, clusters: int, size: int, icc: float) -> Interval | None:
    """Give the intervals of every outcome by a method of the simulation; None for one that is not ours."""
    plain = estimated(clusters, size, 0.0)
    n = clusters * size
    kind, _, name = method.partition("_")
    if kind == "naive" and name in METHODS:
        return proportion_interval(plain.rate * n, n, method=METHODS[name])
    effective = np.where(np.isnan(plain.direct), n, n / plain.direct)
    known = ~np.isnan(plain.direct)
    cut = np.where(known, adjusted_effective_n(n, effective, clusters - 1), n)
    if kind == "cluster" and name.endswith("_neff_adjusted"):
        return proportion_interval(plain.rate * cut, cut, method=METHODS[name.removesuffix("_neff_adjusted")])
    if name == "korn_graubard_truncated":
        return korn_graubard_interval(plain.rate, cut)
    if name == "korn_graubard":
        whole = np.where(known, adjusted_effective_n(n, effective, clusters - 1, cut=False), n)
        return korn_graubard_interval(plain.rate, whole)
    if kind != "moderated":
        return None
    rhos = {"true": icc, "half": icc / 2, "double": icc * 2, "0.05": 0.05}
    found = estimated(clusters, size, rhos[name.rpartition("_")[2]])
    if name.startswith("wilson"):
        return Interval(found.low, found.high)
    if name.startswith("jeffreys"):
        return proportion_interval(found.rate * found.effective_n, found.effective_n, method="jeffreys")
    return korn_graubard_interval(found.rate, found.effective_n)


def test_reference__clusters_of_one_size__within_the_error_of_the_simulation(reference: Path | None) -> None:
    compared, beyond = 0, 0
    for row in rows(reference, "coverage_clustered.csv") if reference is not None else []:
        clusters, size = int(row["clusters"]), int(row["mean_size"])
        p, icc = float(row["p"]), float(row["icc"])
        if size != 1 and (size, clusters) != (30, 3):
            continue
        interval = made_by(row["method"], clusters, size, icc)
        if interval is None:
            continue
        chance = chances(outcomes(clusters, size), p, icc)
        assert chance.sum() == pytest.approx(1)
        drawn = int(row["reps"])
        for name, which in (
            ("coverage", holds(interval, p)),
            ("miss_below", interval.low > p + 1e-12),
            ("miss_above", interval.high < p - 1e-12),
        ):
            exact = float(chance @ which)
            error = math.sqrt(max(exact * (1 - exact), 0.0) / drawn) + 1 / drawn
            assert float(row[name]) == pytest.approx(exact, abs=5 * error), (row, exact)
            beyond += abs(float(row[name]) - exact) > 2 * error
            compared += 1
        width = interval.high - interval.low
        mean = float(chance @ width)
        spread = math.sqrt(max(float(chance @ width**2) - mean**2, 0.0) / drawn)
        assert float(row["mean_width"]) == pytest.approx(mean, abs=5 * spread + 1e-5), row
    assert beyond <= 0.08 * compared
    assert compared or reference is None
