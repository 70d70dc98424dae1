"""How much planted dishonesty the indicators find, and how many honest officers they doubt.

Run as ``python -m tests.studies.stuffing``; it takes a minute or two.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import Arrivals
from analysis.check.integrity import integrity
from analysis.check.tail import tail
from analysis.check.usual import usual_shares
from analysis.estimate.design_effect import moderated_design_effect

OFFICERS, DISHONEST, RESPONSES, QUESTIONS, DAYS = 200, 20, 200, 5, 182
FIRST_DAY = 739_000
OPENS, CLOSES = 8 * 3600.0, 17 * 3600.0
STRATEGIES = ("in a row", "closing time", "one source", "spread evenly")
SHARES = (0.1, 0.2, 0.4)
ROUNDS = 4
BATCH = 4
"""Answers that one source gives on one day."""


class Drawn(NamedTuple):
    """Columns of responses that were drawn; ``source`` numbers the network address on the day."""

    officer: Index
    day: Index
    opened: Array
    duration: Array
    choices: Index
    source: Index


def honest(
    random: np.random.Generator, officers: int = OFFICERS, responses: int = RESPONSES, network: float = 0.1
) -> Drawn:
    """Draw honest responses: effects of officer, day and respondent, busy days and hours, families.

    Officers work Monday to Friday but for two weeks' leave. One visitor in twenty
    comes with another, who answers next. The share ``network`` of the citizens uses the office's own network,
    so that addresses repeat.
    """
    size = officers * responses
    officer = np.repeat(np.arange(officers), responses)
    working = np.arange(DAYS) % 7 < 5
    busy = random.gamma(8, 1 / 8, (officers, DAYS)) * random.gamma(20, 1 / 20, DAYS) * working
    leave = random.integers(0, DAYS - 14, officers)
    days = np.arange(DAYS)
    busy[(days >= leave[:, None]) & (days < leave[:, None] + 14)] = 0
    at = np.cumsum(busy, axis=1)
    day = np.concatenate([np.searchsorted(row / row[-1], random.random(responses)) for row in at])
    hours = np.array([1.3, 1.6, 1.5, 0.8, 0.1, 1.0, 1.4, 1.2, 0.7])
    own = random.gamma(30, 1 / 30, (officers, len(hours))) * hours
    edge = np.cumsum(own, axis=1)
    hour = np.concatenate([np.searchsorted(row / row[-1], random.random(responses)) for row in edge])
    opened = OPENS + 3600.0 * hour + 3600.0 * random.random(size)
    duration = np.exp(random.normal(3.2, 0.25, officers)[officer] + random.normal(0, 0.5, size))
    second = np.flatnonzero((random.random(size) < 0.05) & (np.arange(size) % responses > 0))
    day[second] = day[second - 1]
    opened[second] = opened[second - 1] + random.uniform(5, 90, len(second))
    source = np.where(random.random(size) < network, -1 - officer // 4, np.arange(size))
    return Drawn(
        officer, day, opened, np.maximum(duration, 4), answered(random, officer, day, officers), source
    )


def answered(random: np.random.Generator, officer: Index, day: Index, officers: int) -> Index:
    """Draw choices 1 to 5 of every question from one mood a respondent."""
    mood = random.normal(0, 0.35, officers)[officer] + random.normal(0, 0.3, (officers, DAYS))[officer, day]
    mood = 1.5 + mood + random.normal(0, 0.9, len(officer))
    shown = mood[:, None] + random.normal(0, 0.6, (len(officer), QUESTIONS))
    return np.asarray(1 + np.searchsorted([-1.5, -0.6, 0.15, 1.5], shown))


def planted(random: np.random.Generator, drawn: Drawn, strategy: str, share: float) -> Drawn:
    """Make a share of the responses of the first officers dishonest: all best, in the way of a strategy."""
    made = copy.deepcopy(drawn)
    for officer in range(DISHONEST):
        own = np.flatnonzero(drawn.officer == officer)
        chosen = random.choice(own, round(share * len(own)), replace=False)
        made.choices[chosen] = 5
        if strategy == "in a row":
            # On two afternoons, one answer after the other.
            made.day[chosen] = drawn.day[chosen[np.arange(len(chosen)) % 2]]
            made.duration[chosen] = random.uniform(5, 10, len(chosen))
            made.opened[chosen] = 15.5 * 3600 + np.arange(len(chosen)) * random.uniform(6, 9)
        elif strategy == "closing time":
            made.opened[chosen] = CLOSES - random.uniform(0, 600, len(chosen))
        elif strategy == "one source":
            made.day[chosen] = drawn.day[chosen[np.arange(len(chosen)) // BATCH * BATCH]]
            made.source[chosen] = 10**7 + officer
    return made


def flagged_at_intake(drawn: Drawn) -> Marks:
    """Flag what intake flags: a second and later response of one address on one day at one counter."""
    order = np.lexsort((drawn.opened, drawn.source, drawn.day, drawn.officer))
    keys = [column[order] for column in (drawn.officer, drawn.day, drawn.source)]
    again = np.logical_and.reduce([np.diff(key) == 0 for key in keys])
    flagged = np.zeros(len(order), np.bool_)
    flagged[order[1:]] = again
    return flagged


def arrivals(drawn: Drawn, officers: int = OFFICERS) -> Arrivals:
    """Give the columns that the indicators read; every officer has a counter."""
    size = len(drawn.officer)
    choices = drawn.choices
    codes = (drawn.officer[:, None] * 5 + choices - 1).ravel()
    return Arrivals(
        domains=officers,
        first_day=FIRST_DAY,
        last_day=FIRST_DAY + DAYS - 1,
        domain=drawn.officer,
        counter=drawn.officer,
        day=FIRST_DAY + drawn.day,
        opened=drawn.opened,
        duration=drawn.duration,
        opens=np.full(size, OPENS),
        closes=np.full(size, CLOSES),
        answers=np.full(size, float(QUESTIONS)),
        satisfied=(choices >= 4).sum(axis=1).astype(np.float64),
        equal=(choices == choices[:, :1]).all(axis=1),
        best=(choices == 5).all(axis=1),
        flagged=flagged_at_intake(drawn),
        choices=np.bincount(codes, minlength=officers * 5).reshape(officers, 5).astype(np.float64),
    )


class Found(NamedTuple):
    """Shares of dishonest and of honest officers flagged, and of the dishonest by indicator."""

    dishonest: float
    honest: float
    by: dict[str, float]


def found(strategy: str, share: float, rounds: int = ROUNDS, seed: int = 1, network: float = 0.1) -> Found:
    """Plant dishonest responses and look for them."""
    flagged = []
    for round_ in range(rounds):
        random = np.random.default_rng([seed, round_])
        drawn = planted(random, honest(random, network=network), strategy, share)
        findings = integrity(arrivals(drawn), seed=round_)
        flagged.append(findings.flagged)
    table = np.stack(flagged)
    suspicious = np.asarray(table.any(axis=1))
    rates = table[:, :, :DISHONEST].mean(axis=(0, 2))
    by = {name: float(rate) for name, rate in zip(findings.indicators, rates, strict=True)}
    return Found(float(suspicious[:, :DISHONEST].mean()), float(suspicious[:, DISHONEST:].mean()), by)


def power_of_rate(share: float, rounds: int = ROUNDS, seed: int = 2) -> float:
    """Give how often a rate with evenly spread dishonest answers stands out from the peers' at 2.5 %."""
    odd = []
    for round_ in range(rounds):
        random = np.random.default_rng([seed, round_])
        one = arrivals(planted(random, honest(random), "spread evenly", share))
        q, k = one.answers, one.satisfied
        estimate = moderated_design_effect(
            one.domain, one.day, k, q, respondents=np.ones(len(q)), sum_q2=q * q, sum_qk=q * k, sum_k2=k * k
        ).estimate
        size = np.rint(estimate.effective_n)
        x = np.rint(estimate.rate * size)
        law = usual_shares(x, size, one.groups)
        odd.append((tail(x, size, law.alpha, law.beta)[:DISHONEST] <= 0.025).mean())
    return float(np.mean(odd))


def share_of_power(power: float = 0.8) -> float:
    """Give the share, in steps of 5 points, from which evenly spread answers are found so often."""
    for share in np.arange(0.5, 1.001, 0.05):
        if power_of_rate(share, 12) >= power:
            return float(share)
    return float("nan")


def line(name: str, share: float, one: Found) -> str:
    """Give a line of the table."""
    names = ", ".join(f"{each} {rate:.0%}" for each, rate in one.by.items() if rate >= 0.05)
    return f"{name:<24} {share:5.0%} {one.dishonest:6.1%} {one.honest:15.2%}  {names}"


def main() -> None:
    """Print the tables."""
    print(f"{OFFICERS} officers, {RESPONSES} responses each, {DISHONEST} dishonest, {ROUNDS} rounds a line")
    print(f"{'strategy':<24} share  found  honest flagged  by")
    print(line("nothing planted", 0.0, found("none", 0.0)))
    for strategy in STRATEGIES:
        for share in SHARES:
            print(line(strategy, share, found(strategy, share)), flush=True)
    for share in SHARES[:2]:
        print(line("one source, busy network", share, found("one source", share, network=1 / 3)), flush=True)
    power = power_of_rate(0.1, 20)
    print(f"Spread evenly, seen in the rate alone (2.5 %, one-sided): {power:.1%} at a share of 10 %;")
    print(f"80 % from a share of {share_of_power():.0%} on.")


if __name__ == "__main__":
    main()
