"""What is usual among peers: laws of shares, kept from what is odd."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import FEWEST, PEERS
from analysis.check.tail import tail
from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.empirical_bayes import HIGHEST, BetaBinomial

OUTLYING = 0.001
"""Domains with a smaller tail probability do not tell what is usual."""

MOST = 0.8
"""Where fewer of the domains than this are usual, what is odd in the others is no exception."""

_ROUNDS = 30
_LEAST_SPREAD = 1.0


class Law(NamedTuple):
    """The beta-binomial law of every domain: Beta(alpha, beta), NaN where it has too few peers."""

    alpha: Array
    beta: Array

    @property
    def mean(self) -> Array:
        """Give the share that is expected of each domain."""
        return self.alpha / (self.alpha + self.beta)


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
