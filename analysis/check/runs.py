"""Runs: rows of responses of best answers only, longer than chance makes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.check.arrivals import FEWEST, Arrivals
from analysis.check.patterns import PatternError
from analysis.check.reading import Reading
from analysis.check.usual import usual_shares


def run_probability(trials: ArrayLike, run: ArrayLike, p: ArrayLike) -> Array:
    """Give the probability of at least one run of ``run`` or more successes in a number of trials.

    The Markov chain on the length of the current run, solved for its absorbing state: g(n) = g(n - 1) +
    (1 - p) p^r (1 - g(n - r - 1)), g(r) = p^r, g(n) = 0 below [1]_.

    Parameters
    ----------
    trials, run
        Whole counts, ``run`` at least 1.
    p
        Probability of a success in one trial; all three broadcast against each other.

    Raises
    ------
    PatternError
        If a count is negative or not whole, a run is 0, or p lies outside 0..1.

    References
    ----------
    .. [1] Fu and Koutras 1994, J Am Stat Assoc 89:1050-1058.

    Examples
    --------
    >>> float(run_probability(10, 3, 0.5))
    0.5078125
    """
    columns = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (trials, run, p)))
    n, r, chance = (each.ravel() for each in columns)
    for name, values, least in (("trials", n, 0), ("run", r, 1)):
        if not (np.isfinite(values) & (values >= least) & (values == np.floor(values))).all():
            raise PatternError(f"{name} {values}: give whole numbers of {least} or more")
    if not ((chance >= 0) & (chance <= 1)).all():
        raise PatternError(f"p {chance}: give probabilities between 0 and 1")
    found = np.zeros(len(n))
    at = np.flatnonzero(r <= n)
    size, back, q = n[at].astype(np.intp), r[at].astype(np.intp), chance[at]
    whole = q**back
    step = (1 - q) * whole
    depth, rows = int(back.max(initial=0)) + 2, np.arange(len(at))
    # Only as many states are kept as the longest run looks back.
    kept = np.zeros((depth, len(at)))
    for t in range(1, int(size.max(initial=0)) + 1):
        before = np.where(t > back, kept[(t - back - 1) % depth, rows], 0.0)
        grown = np.where(t == back, whole, kept[(t - 1) % depth] + step * (1 - before))
        kept[t % depth] = np.where(t < back, 0.0, grown)
        ends = size == t
        found[at[ends]] = kept[t % depth, ends]
    return np.asarray(np.minimum(found, 1.0).reshape(columns[0].shape)[()])


def best_run(arrivals: Arrivals) -> Reading:
    """Read the longest run of responses of best answers only, by an exact Markov chain.

    A response is taken to be such a one with the upper limit of the domain's own share, or of its posterior
    among the peers if that is higher: a domain whose responses are good is not blamed for a long run, and
    what few responses do not tell speaks for it.
    """
    named = np.flatnonzero((arrivals.domain >= 0) & (arrivals.answers > 0))
    instant = np.nan_to_num(arrivals.opened[named])
    at = named[np.lexsort((instant, arrivals.day[named], arrivals.domain[named]))]
    best, domain = arrivals.best[at], arrivals.domain[at]
    n = np.bincount(domain, minlength=arrivals.domains).astype(np.float64)
    x = np.bincount(domain[best], minlength=arrivals.domains).astype(np.float64)
    goes_on = best[1:] & best[:-1] & (domain[1:] == domain[:-1])
    run = np.concatenate(([0], np.cumsum(~goes_on)))[: len(at)]
    length = np.bincount(run)[run] * best
    longest = np.zeros(arrivals.domains)
    np.maximum.at(longest, domain, length)
    law = usual_shares(x, n, arrivals.groups)
    usable = (n >= FEWEST) & np.isfinite(law.alpha)
    p = np.full(arrivals.domains, np.nan)
    good, others = x[usable], (n - x)[usable]
    share = np.maximum(
        special.betaincinv(law.alpha[usable] + good, law.beta[usable] + others, 0.975),
        special.betaincinv(0.5 + good, 0.5 + others, 0.975),
    )
    p[usable] = run_probability(n[usable], np.maximum(longest[usable], 1), share)
    p[usable & (longest == 0)] = 1.0
    points = np.zeros(len(arrivals.day), np.bool_)
    points[at] = best & (length == longest[domain])
    value = np.where(n >= FEWEST, longest, np.nan)
    expected = np.full(arrivals.domains, np.nan)
    # About n (1 - p) runs begin; the longest reaches where one is left.
    expected[usable] = _usual_run(n[usable], np.asarray(share, np.float64))
    return Reading("best_run", n, value, expected, p, points)


def _usual_run(n: Array, p: Array) -> Array:
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.clip(np.log(np.maximum(n * (1 - p), 1.0)) / -np.log(p), 1.0, n)
