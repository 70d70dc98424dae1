"""Coverage: how often the intervals of a simulated province hold the true rate, by days and rate."""

from __future__ import annotations

import argparse
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array
from analysis.estimate.design import ratios
from analysis.estimate.effective_size import adjusted
from analysis.estimate.proportion import limits
from analysis.period import period
from analysis.ratings import Domain, Question, Ratings
from analysis.summarise import summarise
from analysis.tallies import Tallies
from analysis.tally import tally

UNITS, OFFICERS, QUESTIONS, LEVEL = 60, 40, 5, 0.95
DAYS = ((3, 5), (8, 12), (20, 40), (80, 125))
RATES = (0.0, 0.8, 0.9, 0.95, 1.0)
MEASURE = "factor:officials"
H1 = period("2026-H1")
GOOD = frozenset({"good"})
ASKED = tuple(
    Question(f"q{n}", "scale", ("bad", "good"), "officials", satisfied=GOOD) for n in range(QUESTIONS)
)


def near(rng: np.random.Generator, mean: Array, correlation: Array) -> Array:
    """Draw rates about their means; correlation is that of two answers of one rate."""
    size = 1 / correlation - 1
    inside = np.clip(mean, 1e-9, 1 - 1e-9)
    drawn = rng.beta(np.maximum(inside * size, 1e-9), np.maximum((1 - inside) * size, 1e-9))
    return np.where((mean > 1e-9) & (mean < 1 - 1e-9), drawn, mean)


def responses(rng: np.random.Generator, truth: Array, days: Array, correlation: Array) -> Ratings:
    """Draw five answers a respondent, some left out, of domains that are a unit and an officer at once."""
    domains = len(truth)
    of_day = np.repeat(np.arange(domains), days.astype(int))
    mean_size = rng.uniform(2, 9, domains)[of_day]
    size = 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + mean_size))
    rate_of_day = near(rng, truth[of_day], correlation[of_day])
    of = np.repeat(of_day, size).astype(np.int32)
    day = np.repeat(np.concatenate([np.arange(each) for each in days]), size).astype(np.int32)
    person = near(rng, np.repeat(rate_of_day, size), np.full(len(of), 0.3))
    answers = (rng.random((len(of), QUESTIONS)) < person[:, None]).astype(np.int8)
    answers[rng.random(answers.shape) < 0.05] = -1
    return Ratings(
        units=tuple(Domain("unit", f"U{n:02}", f"U{n:02}") for n in range(domains)),
        counters=(),
        officers=tuple(Domain("officer", f"O{n:02}", f"O{n:02}", parent=n) for n in range(domains)),
        questions=ASKED,
        versions=(("study", 1),),
        day=day + 739_000,
        unit=of,
        deciding_unit=of,
        counter=np.full(len(of), -1, np.int32),
        officer=of,
        version=np.zeros(len(of), np.int16),
        flagged=np.zeros(len(of), np.bool_),
        answers={f"q{n}": column for n, column in enumerate(answers.T)},
    )


def direct_width(tallies: Tallies) -> Array:
    """Give the width of each unit's interval from its own days alone."""
    level = tallies.levels[0]
    sums = next(each for each in level.tallies if each.measure.name == MEASURE).clusters
    units = len(level.domains)
    some = sums.answers > 0
    domain = level.domain[some]
    found = ratios(sums.satisfied[some], sums.answers[some], domain, domain, units)
    n = np.bincount(domain, sums.answers[some], units)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(found.variance > 0, found.rate * (1 - found.rate) / found.variance, n)
    size = adjusted(n, own, np.maximum(found.df, 1).astype(np.float64), LEVEL)
    low, high = limits(found.rate * size, size, "wilson", LEVEL)
    return high - low


def one_province(rng: np.random.Generator) -> NDArray[np.float64]:
    """Give a row a unit: days, truth, whether the interval holds it, its width, and the direct one's."""
    bands = rng.permutation(np.repeat(np.arange(len(DAYS)), UNITS // len(DAYS)))
    days = np.array([rng.integers(DAYS[band][0], DAYS[band][1] + 1) for band in bands])
    truth = np.clip(rng.beta(0.88 * 18, 0.12 * 18, UNITS), 0.55, 0.99)
    found = tally(responses(rng, truth, days, rng.choice([0.02, 0.05, 0.10], UNITS)))
    rows = {
        row.code: row for row in summarise(found, H1).rows if (row.kind, row.measure) == ("unit", MEASURE)
    }
    low, high = (
        np.array([getattr(rows[f"U{n:02}"], name) for n in range(UNITS)], float) for name in ("low", "high")
    )
    return np.stack([days, truth, (low <= truth) & (truth <= high), high - low, direct_width(found)], axis=1)


def bands(found: NDArray[np.float64]) -> list[str]:
    """Give a line for each of the 16 bands, marked where it lies outside 94 to 98 % by two errors."""
    lines = []
    for low_days, high_days in DAYS:
        for low, high in pairwise(RATES):
            inside = (found[:, 0] >= low_days) & (found[:, 0] <= high_days)
            own = found[inside & (found[:, 1] >= low) & (found[:, 1] < high)]
            share, error = own[:, 2].mean(), 2 * np.sqrt(0.95 * 0.05 / len(own))
            mark = "  OUTSIDE" if share + error < 0.94 or share - error > 0.98 else ""
            lines.append(
                f"{low_days:>3}-{high_days:<3} days  {low:.2f}-{high:.2f}  {share:.3f} ±{error:.3f}  "
                f"width {own[:, 3].mean():.3f}, direct {own[:, 4].mean():.3f}  n {len(own)}{mark}"
            )
    return lines


def called_below(rng: np.random.Generator, rate: float, rounds: int) -> float:
    """Give in how many rounds somebody among equal officers is called below."""
    called = 0
    for _ in range(rounds):
        days = rng.integers(10, 60, OFFICERS)
        ratings = responses(rng, np.full(OFFICERS, rate), days, np.full(OFFICERS, 0.05))
        rows = summarise(tally(ratings), H1).rows
        called += any(row.verdict == "below" for row in rows if row.kind == "officer")
    return called / rounds


def main() -> None:
    """Print the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=1000)
    given = parser.parse_args()
    rng = np.random.default_rng(20260615)
    found = np.concatenate([one_province(rng) for _ in range(given.provinces)])
    print(f"{given.provinces} provinces of {UNITS} units, five questions a respondent: coverage of 95 %")
    print(*bands(found), sep="\n")
    print(
        f"all  {found[:, 2].mean():.4f}  width {found[:, 3].mean():.4f}, direct {found[:, 4].mean():.4f}",
        flush=True,
    )
    for rate in (0.80, 0.90, 0.95):
        share = called_below(rng, rate, given.rounds)
        print(
            f"{OFFICERS} officers at {rate:.2f}: somebody below in {share:.1%} of {given.rounds} rounds",
            flush=True,
        )


if __name__ == "__main__":
    main()
