"""What is usual among peers: laws of shares, kept from what is odd, and how unlikely a share then is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.check.arrivals import FEWEST, PEERS, Marks
from analysis.compare.empirical_bayes import HIGHEST, BetaBinomial, EmpiricalBayesError, beta_binomial
from analysis.estimate.design import Array, Index
from analysis.estimate.proportion import checked_counts

OUTLYING = 0.001
"""Domains with a smaller tail probability do not tell what is usual."""

MOST = 0.8
"""Where fewer of the domains than this are usual, what is odd in the others is no exception."""

_ROUNDS = 30
_LEAST_SPREAD = 1.0


class Reading(NamedTuple):
    """One indicator: arrays of one element a domain, NaN where nothing can be said.

    ``p`` is the chance of so odd a value in an honest domain; ``z`` a robust score, where there is one.
    ``hard`` marks domains that no chance explains. ``points`` marks the responses that it rests on, none
    where it speaks of the domain as a whole. ``is_share``: ``value`` is a share of the domain's responses.
    """

    indicator: str
    n: Array
    value: Array
    expected: Array
    p: Array
    points: Marks
    z: Array | None = None
    hard: Marks | None = None
    is_share: bool = False


class Law(NamedTuple):
    """The beta-binomial law of every domain: Beta(alpha, beta), NaN where it has too few peers."""

    alpha: Array
    beta: Array

    @property
    def mean(self) -> Array:
        """Give the share that is expected of each domain."""
        return self.alpha / (self.alpha + self.beta)


def upper_tail(x: ArrayLike, n: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> Array:
    """Give the probability of x or more of n under a beta-binomial law.

    The sum over k = x .. n of C(n, k) B(alpha + k, beta + n - k) / B(alpha, beta), each term from the one
    before. (``scipy.stats.betabinom.sf`` takes 1 - cdf, which is blind below 1e-16, a case at a time.)

    Parameters
    ----------
    x, n
        Whole counts, x at most n.
    alpha, beta
        Positive; all four broadcast against each other.

    Raises
    ------
    ProportionError
        If counts are impossible.
    EmpiricalBayesError
        If alpha or beta is not positive.

    Examples
    --------
    >>> f"{upper_tail(30, 30, 18, 2):.6f}"
    '0.145408'
    """
    checked_counts(x, n)
    law = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (alpha, beta)))
    if not ((law[0] > 0) & (law[1] > 0)).all():
        raise EmpiricalBayesError(f"alpha {alpha!r}, beta {beta!r}: give numbers above 0")
    return tail(x, n, alpha, beta)


def tail(x: ArrayLike, n: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> Array:
    """Give `upper_tail` of counts known to be right, also of none at all."""
    columns = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (x, n, alpha, beta)))
    k, size, a, b = (each.ravel().copy() for each in columns)
    none = k == 0
    term = special.betaln(a + k, b + size - k) - special.betaln(a, b)
    term = np.exp(term - special.betaln(k + 1, size - k + 1) - np.log(size + 1))
    total, at = term.copy(), np.arange(len(term))
    while len(at):
        ratio = (size - k) * (k + a) / ((k + 1) * np.maximum(b + size - k - 1, 1e-300))
        # With beta below 1 the terms may rise again towards n.
        going = (k < size) & ~none[at] & ((term > 1e-17 * total[at]) | (ratio > 1) | (b < 1))
        k, size, a, b, term, ratio, at = (each[going] for each in (k, size, a, b, term, ratio, at))
        term, k = term * ratio, k + 1
        total[at] += term
    total[none] = 1.0
    return np.asarray(np.minimum(total, 1.0).reshape(columns[0].shape)[()])


def usual_shares(x: Array, n: Array, groups: Index) -> Law:
    """Give each domain the law of the shares x / n in its group, from domains that are not odd.

    The moments of the lower three quarters give a first law; domains with an upper tail of OUTLYING or more
    under it join them, and so on [1]_; those that belong give the law by maximum likelihood. So some domains
    with planted answers do not make theirs look usual. If fewer than MOST of the domains belong, the law is
    that of all. Groups of fewer than 2 PEERS take the law of all domains; where these are fewer than PEERS
    there is none.

    Parameters
    ----------
    x, n
        Counts of each domain; those with n below FEWEST do not count.
    groups
        Number of each domain's peer group.

    References
    ----------
    .. [1] Hadi 1992, J R Stat Soc B 54:761-771.
    """
    law = Law(np.full(len(n), np.nan), np.full(len(n), np.nan))
    known = n >= FEWEST
    whole = _trimmed(x[known], n[known]) if np.count_nonzero(known) >= PEERS else None
    for group in np.unique(groups):
        members = groups == group
        own = members & known
        several = 2 * PEERS <= np.count_nonzero(own) < np.count_nonzero(known)
        fit = _trimmed(x[own], n[own]) if several else whole
        if fit is not None:
            law.alpha[members], law.beta[members] = fit.alpha, fit.beta
    return law


def _trimmed(x: Array, n: Array) -> BetaBinomial:
    kept = _unremarkable(x / n)
    if not x[kept].any():
        # Where most have none at all, those with the fewest tell how rare it is.
        kept = _unremarkable(x / n, 0.9)
    for _ in range(_ROUNDS):
        fit = _rough(x[kept], n[kept])
        grown = kept | (tail(np.floor(x), np.floor(n), fit.alpha, fit.beta) >= OUTLYING)
        if (grown == kept).all():
            break
        kept = grown
    if kept.mean() < MOST:
        kept[:] = True
    return _fitted(x[kept], n[kept])


def _unremarkable(score: Array, part: float = 0.75) -> Marks:
    """Mark the lower part, from which the search for usual domains grows."""
    return np.asarray(score <= np.quantile(score, part))


def _rough(x: Array, n: Array) -> BetaBinomial:
    """Give a law from moments, which is near enough to tell who belongs to it."""
    total = n.sum()
    mean = float(np.clip(x.sum() / total, 0.5 / total, 1 - 0.5 / total))
    excess = (n * (x / n - mean) ** 2).sum() / (mean * (1 - mean)) - (len(x) - 1)
    rho = float(np.clip(excess / (total - (n**2).sum() / total), 1 / HIGHEST, 0.5))
    return BetaBinomial(mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1))


def _fitted(x: Array, n: Array) -> BetaBinomial:
    if not x.any():
        # Nobody has any: as if the next answer of all had been one.
        return BetaBinomial(1.0, float(n.sum()))
    return beta_binomial(x, n)


def share_reading(indicator: str, x: Array, n: Array, law: Law, points: Marks) -> Reading:
    """Read a share x / n of each domain against its law: the upper tail."""
    usable = (n >= FEWEST) & np.isfinite(law.alpha)
    p = np.full(len(n), np.nan)
    p[usable] = tail(x[usable], n[usable], law.alpha[usable], law.beta[usable])
    return Reading(indicator, n, _share(x, n), np.where(usable, law.mean, np.nan), p, points, is_share=True)


def spread_about(x: Array, n: Array, expected: Array) -> float:
    """Give alpha + beta of the shares x / n about shares that are expected of each domain.

    Beta-binomial maximum likelihood with the mean given, without the domains that are odd (as in
    `usual_shares`); at least 1 and at most HIGHEST.
    """
    usable = (n >= FEWEST) & (expected > 0) & (expected < 1)
    x, n, e = x[usable], n[usable], expected[usable]
    if len(x) < PEERS:
        return HIGHEST
    kept = _unremarkable((x - n * e) / np.sqrt(n * e * (1 - e)))
    for _ in range(_ROUNDS):
        total = _likeliest(x[kept], n[kept], e[kept])
        grown = kept | (tail(x, n, e * total, (1 - e) * total) >= OUTLYING)
        if (grown == kept).all():
            break
        kept = grown
    return total if kept.mean() >= MOST else _likeliest(x, n, e)


def _likeliest(x: Array, n: Array, e: Array) -> float:
    def loss(place: float) -> float:
        a, b = e * np.exp(place), (1 - e) * np.exp(place)
        return -float((special.betaln(a + x, b + n - x) - special.betaln(a, b)).sum())

    bounds = (np.log(_LEAST_SPREAD), np.log(HIGHEST))
    return float(np.exp(optimize.minimize_scalar(loss, bounds=bounds, method="bounded").x))


def overdispersion(statistic: Array, df: Array, n: Array) -> float:
    """Give rho: chi-square statistics are df (1 + (n - 1) rho) where counts vary more than by chance.

    The median over domains of (statistic / df - 1) / (n - 1), which a few odd ones do not move; not below 0.
    """
    usable = (df > 0) & (n >= FEWEST)
    if np.count_nonzero(usable) < PEERS:
        return 0.0
    # The median of chi-square is below its mean.
    centre = (1 - 2 / (9 * df[usable])) ** 3
    rho = (statistic[usable] / df[usable] / centre - 1) / (n[usable] - 1)
    return float(np.clip(np.median(rho), 0.0, 0.5))


def robust_z(value: Array, variance: Array, groups: Index) -> tuple[Array, Array]:
    """Give the median of each domain's group, and how far from it the domain is.

    z = (value - median) / sqrt(t² + variance), with t = 1.4826 MAD less what sampling explains. So few
    responses, whose ``variance`` is large, do not make a domain odd. NaN in groups of fewer than PEERS.
    """
    centre, z = np.full(len(value), np.nan), np.full(len(value), np.nan)
    for group in np.unique(groups):
        own = (groups == group) & np.isfinite(value)
        if np.count_nonzero(own) < PEERS:
            continue
        middle = np.median(value[own])
        spread = (1.4826 * np.median(np.abs(value[own] - middle))) ** 2
        between = max(spread - float(np.median(variance[own])), 0.0)
        scale = np.sqrt(between + variance[own])
        off = value[own] - middle
        centre[own] = middle
        z[own] = np.divide(off, scale, out=np.where(off > 0, np.inf, -np.inf), where=scale > 0)
        z[own & (value == middle)] = 0.0
    return centre, z


def _share(x: Array, n: Array) -> Array:
    return np.asarray(np.divide(x, n, out=np.full(len(n), np.nan), where=n >= FEWEST))
