"""The beta-binomial law of a peer group, fitted by maximum likelihood."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.arrays import Array, Index
from analysis.compare.empirical_bayes import HIGHEST, BetaBinomial, EmpiricalBayesError
from analysis.estimate.proportion import checked_counts

BOUNDS = [(-14.0, 14.0), (0.0, float(np.log(HIGHEST)))]
"""Lowest and highest logit of the mean, and ln(alpha + beta), that a fit may have."""


def beta_binomial(satisfied: ArrayLike, n: ArrayLike) -> BetaBinomial:
    """Fit Beta(alpha, beta) to the rates of two or more units by maximum likelihood.

    The log likelihood is the sum over units of ln B(alpha + x, beta + n - x) - ln B(alpha, beta), without
    binomial coefficients, so that counts need not be whole. It is maximised over the logit of the mean
    alpha / (alpha + beta) and ln(alpha + beta) with alpha + beta in [1, HIGHEST], first from the moments of
    the rates, then also from where units hardly differ [1]_ [2]_.

    Parameters
    ----------
    satisfied, n
        Effective counts, one element a unit: x = rate times effective n. Units without answers do not count.

    Raises
    ------
    EmpiricalBayesError
        If fewer than two units have answers.
    ProportionError
        If counts are impossible.

    References
    ----------
    .. [1] Kleinman 1973, J Am Stat Assoc 68:46-54.
    .. [2] Morris 1983, J Am Stat Assoc 78:47-55.

    Examples
    --------
    >>> fit = beta_binomial([3, 28, 40, 55, 12], [10, 30, 50, 60, 12])
    >>> f"{fit.mean:.2f} {fit.rho:.2f} {fit.indistinct}"
    '0.79 0.22 False'
    """
    x, size = (column.ravel() for column in checked_counts(satisfied, n))
    x, size = x[size > 0], size[size > 0]
    if len(x) < 2:
        raise EmpiricalBayesError(f"{len(x)} units with answers: give two or more to fit their law")
    return _fit(x, size)


def _fit(x: Array, size: Array) -> BetaBinomial:
    def loss(place: Array) -> tuple[float, Array]:
        a, b = _alpha_beta(place)
        value = (special.betaln(a + x, b + size - x) - special.betaln(a, b)).sum()
        return -float(value), -_slope(place, x, size)

    found = [
        optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=BOUNDS)
        for start in _starts(x, size)
    ]
    best = min(found, key=lambda result: float(result.fun))
    a, b = _alpha_beta(_polished(best.x, x, size))
    return BetaBinomial(float(a), float(b))


def _alpha_beta(place: Array) -> Array:
    total = np.exp(place[1])
    return np.array([total * special.expit(place[0]), total * special.expit(-place[0])])


def _slope(place: Array, x: Array, size: Array) -> Array:
    """Give the gradient of the log likelihood by logit mean and ln(alpha + beta)."""
    a, b = _alpha_beta(place)
    common = (special.digamma(a + b) - special.digamma(a + b + size)).sum()
    by_a = (special.digamma(a + x) - special.digamma(a)).sum() + common
    by_b = (special.digamma(b + size - x) - special.digamma(b)).sum() + common
    return np.array([a * b / (a + b) * (by_a - by_b), a * by_a + b * by_b])


def _starts(x: Array, size: Array) -> list[Array]:
    total = size.sum()
    mean = np.clip(x.sum() / total, 1e-5, 1 - 1e-5)
    excess = (size * (x / size - mean) ** 2).sum() / (mean * (1 - mean)) - (len(x) - 1)
    rho = np.clip(excess / (total - (size**2).sum() / total), 1e-4, 0.4)
    return [np.array([special.logit(mean), np.log(spread)]) for spread in (1 / rho - 1, HIGHEST / 10)]


def _polished(place: Array, x: Array, size: Array) -> Array:
    """Solve slope = 0, which rounding blurs less than the likelihood, unless the maximum is at a bound."""
    bounds = np.array(BOUNDS).T
    inside = (place > bounds[0] + 1e-6) & (place < bounds[1] - 1e-6)
    free: Index = np.flatnonzero(inside)

    def slope(values: Array) -> Array:
        return _slope(_with(place, free, values), x, size)[free]

    if not len(free):
        return place
    solved = optimize.root(slope, place[free], tol=1e-13)
    moved = _with(place, free, solved.x)
    near = np.abs(moved - place).max() < 0.05 and ((moved >= bounds[0]) & (moved <= bounds[1])).all()
    return moved if near else place


def _with(place: Array, free: Index, values: Array) -> Array:
    whole = place.copy()
    whole[free] = values
    return whole
