"""Prints what the statistics cost: a province in memory to verdicts and grades, and a million intervals."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from analysis.check.disclosure import MINIMUM, for_audience
from analysis.estimate.proportion import Method, proportion_interval
from analysis.period import period
from analysis.report.tables import answers_csv, summary_csv, summary_json
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
        f"intervals, weights by field, change, rank sets, verdicts, grades in {estimating:.2f} s; "
        f"{megabytes:.0f} MB at most"
    )
    summary = summarise(counted, half_year, previous=earlier)
    cutting = seconds(lambda: [for_audience(summary, audience) for audience in MINIMUM])
    writing = seconds(lambda: (summary_csv(summary), summary_json(summary), answers_csv(summary)))
    everything = counting + estimating + cutting + writing
    print(f"cut for four audiences in {cutting:.2f} s, tables in {writing:.2f} s: {everything:.1f} s in all")
    from statsmodels.stats.proportion import proportion_confint  # after the memory was read

    rng = np.random.default_rng(1)
    n = rng.integers(1, 500, INTERVALS)
    x = rng.binomial(n, 0.9)
    named: tuple[tuple[Method, str], ...] = (("wilson", "wilson"), ("clopper-pearson", "beta"))
    for method, theirs in named:
        ours = seconds(partial(proportion_interval, x, n, method=method))
        other = seconds(partial(proportion_confint, x, n, method=theirs))
        print(f"{INTERVALS:,} intervals, {method}: {ours:.3f} s; statsmodels {other:.3f} s")


if __name__ == "__main__":
    main()
