"""Prints what the statistics cost: a province in memory to verdicts and grades, and a million intervals."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from analysis.estimate.proportion import proportion_interval
from analysis.period import period
from analysis.summarise import summarise
from analysis.tally import tally
from tests.load.provinces import province

TURNS, INTERVALS = 5, 1_000_000


def seconds(work: Callable[[], object]) -> float:
    """Give the median seconds of several turns."""
    taken = []
    for _ in range(TURNS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    """Print seconds and memory."""
    ratings, half_year = province(), period("2026-H1")
    counted = tally(ratings)
    summarise(counted, half_year)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    earlier = tally(province(seed=2))
    counting = seconds(lambda: tally(ratings))
    estimating = seconds(lambda: summarise(counted, half_year, previous=earlier))
    print(
        f"300,000 responses x 12 questions, 150 units, 1,500 officers: counted in {counting:.2f} s; rates, "
        f"intervals, change, rank sets, verdicts, grades in {estimating:.2f} s; "
        f"{megabytes:.0f} MB at most"
    )
    rng = np.random.default_rng(1)
    n = rng.integers(1, 500, INTERVALS)
    x = rng.binomial(n, 0.9)
    for method in ("wilson", "clopper-pearson"):
        ours = seconds(lambda method=method: proportion_interval(x, n, method=method))
        print(f"{INTERVALS:,} intervals, {method}: {ours:.3f} s")


if __name__ == "__main__":
    main()
