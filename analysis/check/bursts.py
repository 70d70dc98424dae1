"""Bursts: more responses within a few days, or at the end of the period, than the days had expected."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import FEWEST, PEERS, Arrivals
from analysis.check.reading import Reading, share_reading
from analysis.check.robust import overdispersion
from analysis.check.tail import tail
from analysis.check.usual import Law, spread_about
from analysis.check.workload import expected_by_workload
from analysis.compare.empirical_bayes import HIGHEST

SCREENED = 0.05
"""Scans whose probability is bounded above this need no replicates."""

REFINED = 0.01
"""Scans with a smaller p value get ten times the replicates."""


ABSENT = 3
"""A domain without a response for more days on either side was away."""


class BurstError(ValueError):
    """Counts that cannot be scanned."""


class Scan(NamedTuple):
    """The window of most evidence: its statistic, first day (index), count, expectation, p value."""

    statistic: float
    first: int
    observed: float
    expected: float
    p: float


def scan(
    counts: ArrayLike,
    expected: ArrayLike,
    window: int,
    *,
    seed: int,
    replicates: int = 9999,
    spread: float = HIGHEST,
) -> Scan:
    """Scan the days for the window of ``window`` days with more responses than expected.

    The statistic is the largest c ln(c/e) + (C - c) ln((C - c)/(C - e)) of windows in which the count c
    exceeds e; e is scaled to add up to C over all days. p is (1 + replicates that reach it) / (1 + all);
    they are multinomial [1]_ [2]_, or, where ``spread`` is below HIGHEST, Dirichlet-multinomial.

    Parameters
    ----------
    counts, expected
        Of each day in turn; ``expected`` in any unit, such as citizens served.
    seed
        Of the random numbers.
    spread
        Concentration of the Dirichlet law of the days' shares.

    Raises
    ------
    BurstError
        If there is nothing to scan, or a window does not fit into the days.

    References
    ----------
    .. [1] Kulldorff 1997, Commun Stat Theory Methods 26:1481-1496.
    .. [2] Naus 1965, J Am Stat Assoc 60:532-538.

    Examples
    --------
    >>> found = scan([1, 0, 2, 9, 8, 1, 0], [1, 1, 1, 1, 1, 1, 1], 2, seed=1)
    >>> found.first, found.observed, f"{found.expected:.1f}", found.p < 0.01
    (3, 17.0, '6.0', True)
    """
    c, e = np.asarray(counts, np.float64), np.asarray(expected, np.float64)
    if not (c.sum() > 0 and e.sum() > 0 and len(c) == len(e) and 1 <= window <= len(c)):
        raise BurstError(
            f"{len(c)} counts, {len(e)} expectations, window {window}: give as many of both, some above 0, "
            "and a window that fits into them"
        )
    share = e[None] / e.sum()
    statistic, first = _statistics(c[None], share, window)
    at = int(first[0])
    p = _replicated(float(statistic[0]), c.sum(), share[0], window, spread, seed, replicates)
    mean = _windows(share, window)[0, at] * c.sum()
    return Scan(float(statistic[0]), at, float(c[at : at + window].sum()), float(mean), p)


def _windows(table: Array, window: int) -> Array:
    total = np.concatenate((np.zeros((len(table), 1)), np.cumsum(table, axis=1)), axis=1)
    return np.asarray(total[:, window:] - total[:, :-window])


def _evidence(c: Array, e: Array, total: Array) -> Array:
    """Give the log likelihood ratio of a window, 0 unless the count exceeds the expectation."""
    e = np.clip(e, 0.0, total)
    safe = np.maximum(e, 1e-300)
    rest = special.xlogy(total - c, (total - c) / np.maximum(total - e, 1e-300))
    return np.where(c > e, special.xlogy(c, c / safe) + rest, 0.0)


def _statistics(counts: Array, share: Array, window: int) -> tuple[Array, Index]:
    total = counts.sum(axis=1, keepdims=True)
    found = _evidence(_windows(counts, window), _windows(share, window) * total, total)
    first = found.argmax(axis=1)
    return found[np.arange(len(found)), first], first


def _replicated(
    statistic: float, total: float, share: Array, window: int, spread: float, seed: int, replicates: int
) -> float:
    random = np.random.default_rng(seed)
    days = share > 0
    reached, left = 0, replicates
    # Some at a time: the table of a period's days is wide.
    while left:
        rows = min(left, 2000)
        law = share[days][None]
        if spread < HIGHEST:
            # A day of a tiny share may draw 0 for all, which is no law.
            draws = random.standard_gamma(share[days] * spread, (rows, int(days.sum()))) + 1e-300
            law = draws / draws.sum(axis=1, keepdims=True)
        table = np.zeros((rows, len(share)))
        table[:, days] = random.multinomial(int(total), law, size=rows)
        most, _ = _statistics(table, share[None], window)
        reached += int((most >= statistic * (1 - 1e-12)).sum())
        left -= rows
    return (1 + reached) / (replicates + 1)


def _least_counts(statistic: Array, e: Array, total: Array) -> Array:
    """Give the smallest count of each window whose evidence reaches the statistic; total + 1 if none."""
    low, high = np.floor(e), np.broadcast_to(total + 1.0, e.shape).copy()
    target = statistic[:, None] * (1 - 1e-12)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reaches = _evidence(middle, e, total) >= target
        high = np.where(reaches, middle, high)
        low = np.where(reaches, low, middle)
    return high


def _bounds(statistic: Array, share: Array, total: Array, window: int, spread: float) -> Array:
    """Bound the p value of each domain's scan: the sum over windows of the chance that each reaches it."""
    part = np.minimum(_windows(share, window), 1.0)
    size = total[:, None]
    least = _least_counts(statistic, part * size, size)
    possible = (least <= size) & (part > 1e-12) & (part < 1 - 1e-12)
    row = np.nonzero(possible)[0]
    chance = special.bdtrc(least[possible] - 1, total[row].astype(np.int64), part[possible])
    bound = np.bincount(row, chance, len(total))
    if spread < HIGHEST:
        possible &= (bound < SCREENED)[:, None]
        row = np.nonzero(possible)[0]
        law = part[possible] * spread, (1 - part[possible]) * spread
        wider = np.bincount(row, tail(least[possible], total[row], *law), len(total))
        bound = np.where(bound < SCREENED, wider, bound)
    bound[statistic <= 0] = 1.0
    return np.minimum(bound, 1.0)


def expected_shares(arrivals: Arrivals) -> Array:
    """Give the share of its responses that each domain should have on each day; rows of NaN where unknown.

    They follow the citizens served where these are known by day; else the responses of the other domains of
    the group on those days about which, within ABSENT days, the domain had any: else it may have been away.
    """
    counts = arrivals.by_day()
    shape = np.full(counts.shape, np.nan)
    for group in np.unique(arrivals.groups):
        own = np.flatnonzero(arrivals.groups == group)
        if len(own) >= PEERS:
            others = counts[own].sum(axis=0) - counts[own]
            # A quarter of a response keeps a day on which nobody else had one from being impossible.
            shape[own] = (others + 0.25 * (counts[own] > 0)) * _present(counts[own])
    return expected_by_workload(arrivals.served_by_day, counts, shape)


def _present(counts: Array) -> Marks:
    around = np.concatenate(
        (np.zeros((len(counts), ABSENT)), counts, np.zeros((len(counts), ABSENT))), axis=1
    )
    return np.asarray(_windows(around, 2 * ABSENT + 1) > 0)


def burst(arrivals: Arrivals, shares: Array, *, window: int, seed: int, replicates: int) -> Reading:
    """Read the scan of each domain's days, where days vary as much as they do among its peers."""
    counts = arrivals.by_day()
    n = counts.sum(axis=1)
    usable = np.flatnonzero((n >= FEWEST) & np.isfinite(shares).all(axis=1))
    value, expected, p = (np.full(len(n), np.nan) for _ in range(3))
    points = np.zeros(len(arrivals.day), np.bool_)
    if not len(usable) or window > arrivals.days:
        return Reading("burst", n, value, expected, p, points)
    c, e, total = counts[usable], shares[usable], n[usable]
    rho = day_overdispersion(c, e, window)
    spread = HIGHEST if rho <= 1 / (HIGHEST + 1) else (1 - rho) / rho
    statistic, first = _statistics(c, e, window)
    bound = _bounds(statistic, e, total, window, spread)
    at = first[:, None] + np.arange(window)
    rows = np.arange(len(usable))[:, None]
    value[usable] = c[rows, at].sum(axis=1)
    expected[usable] = e[rows, at].sum(axis=1) * total
    for row in np.flatnonzero((bound < SCREENED) & (bound > 1 / (replicates + 1))):
        one = (float(statistic[row]), float(total[row]), e[row], window, spread, seed + int(usable[row]))
        chance = _replicated(*one, replicates)
        if chance < REFINED:
            chance = _replicated(*one, 10 * replicates)
        bound[row] = min(bound[row], chance)
    p[usable] = bound
    start = np.full(arrivals.domains, -window)
    start[usable] = first
    since = arrivals.day - arrivals.first_day - start[arrivals.domain]
    points = (arrivals.domain >= 0) & (since >= 0) & (since < window)
    return Reading("burst", n, value, expected, p, points)


def day_overdispersion(counts: Array, shares: Array, window: int) -> float:
    """Give how much more than by chance the counts of ``window`` days vary about what is expected of them."""
    n = counts.sum(axis=1)
    blocks = np.arange(0, counts.shape[1], window)
    c, e = (np.add.reduceat(table, blocks, axis=1) for table in (counts, shares * n[:, None]))
    off = np.divide((c - e) ** 2, e, out=np.zeros(e.shape), where=e > 0)
    return overdispersion(off.sum(axis=1), (e > 0).sum(axis=1) - 1.0, n)


def surge(arrivals: Arrivals, shares: Array, *, last: int) -> Reading:
    """Read the share of responses in the last days of the period against what these days had expected."""
    late = arrivals.day > arrivals.last_day - last
    n, x = arrivals.by_day().sum(axis=1), arrivals.count(late)
    e = np.clip(shares[:, -last:].sum(axis=1), 1e-9, 1 - 1e-9)
    total = spread_about(x, n, e)
    return share_reading("surge", x, n, Law(e * total, (1 - e) * total), late)
