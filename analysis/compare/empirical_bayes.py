"""Rates of many units steadied by each other: a beta-binomial law of the peers and each unit's posterior."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special
from scipy.optimize import elementwise

from analysis.compare.bootstrap import fits
from analysis.estimate.design import Array, Index
from analysis.estimate.proportion import checked_counts, checked_level

HIGHEST = 1e5
"""Most of alpha + beta that is looked at: beyond it, units do not differ."""

FEW_UNITS = 20
"""From this many units on, the uncertainty of the law itself no longer matters."""

_BOUNDS = [(-14.0, 14.0), (0.0, float(np.log(HIGHEST)))]


class EmpiricalBayesError(ValueError):
    """Units, a law or a threshold from which no posterior can be made."""


class Posteriors(NamedTuple):
    """Posterior mean and limits of each unit's rate, fractions in 0..1."""

    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class BetaBinomial:
    """The law of the rates of a peer group: Beta(alpha, beta), and what is derived from it.

    ``draws`` are (alpha, beta) pairs from a bootstrap with ``seed`` (see `widened`). Where there are any,
    limits are those of the posterior averaged over them wherever these are wider, and probabilities are its;
    means stay as they are.
    """

    alpha: float
    beta: float
    draws: tuple[tuple[float, float], ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no law.

        Raises
        ------
        EmpiricalBayesError
            If alpha or beta is not a positive finite number.
        """
        for name, value in (("alpha", self.alpha), ("beta", self.beta)):
            if not (np.isfinite(value) and value > 0):
                raise EmpiricalBayesError(f"{name} {value!r}: give a finite number above 0")

    @property
    def mean(self) -> float:
        """Give the mean rate of the peers."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def rho(self) -> float:
        """Give the overdispersion 1 / (alpha + beta + 1): 0 where all units have one rate."""
        return 1 / (self.alpha + self.beta + 1)

    @property
    def indistinct(self) -> bool:
        """Say whether alpha + beta reached its upper bound: the units cannot be told apart."""
        return self.alpha + self.beta >= HIGHEST * (1 - 1e-6)

    def posteriors(self, satisfied: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Posteriors:
        """Give mean and equal-tailed limits of Beta(alpha + satisfied, beta + n - satisfied).

        Parameters
        ----------
        satisfied, n
            Effective counts, not necessarily whole, one element a unit or scalars.
        confidence_level
            Between 0 and 1.

        Raises
        ------
        ProportionError
            If counts or level are impossible.

        Examples
        --------
        >>> mean, low, high = BetaBinomial(9, 1).posteriors(30, 30)
        >>> f"{mean:.3f} {low:.3f} {high:.3f}"
        '0.975 0.910 0.999'
        """
        x, size = checked_counts(satisfied, n)
        tail = (1 - checked_level(confidence_level)) / 2
        a, b = self.alpha + x, self.beta + (size - x)
        low = np.asarray(special.betaincinv(a, b, tail), np.float64)
        high = np.asarray(special.betainccinv(a, b, tail), np.float64)
        if self.draws:
            # A draw without overdispersion may narrow a limit: few units are no reason for more certainty.
            low = np.minimum(low, self._averaged_quantile(x, size, tail, upper=False))
            high = np.maximum(high, self._averaged_quantile(x, size, tail, upper=True))
        return Posteriors(np.asarray(a / (a + b))[()], low[()], high[()])

    def probability_at_least(self, threshold: ArrayLike, satisfied: ArrayLike, n: ArrayLike) -> Array:
        """Give the posterior probability that the rate is at least ``threshold``.

        Parameters
        ----------
        threshold
            Fraction in 0..1, or fractions that broadcast against the counts.
        satisfied, n
            Effective counts, not necessarily whole.

        Raises
        ------
        EmpiricalBayesError
            If a threshold does not lie in 0..1.
        ProportionError
            If counts are impossible.

        Examples
        --------
        >>> f"{BetaBinomial(0.5, 0.5).probability_at_least(0.5, 5, 10):.3f}"
        '0.500'
        """
        x, size = checked_counts(satisfied, n)
        limit = np.asarray(threshold, np.float64)
        if not ((limit >= 0) & (limit <= 1)).all():
            raise EmpiricalBayesError(f"threshold {threshold!r}: give fractions between 0 and 1")
        shape = np.broadcast_shapes(x.shape, limit.shape)
        a, b = self._laws(np.broadcast_to(x, shape), np.broadcast_to(size, shape))
        return np.asarray(special.betaincc(a, b, limit).mean(axis=0)[()])

    def _laws(self, x: Array, size: Array) -> tuple[Array, Array]:
        """Give the posterior's parameters under every draw, draws along the first axis."""
        laws = np.asarray(self.draws or ((self.alpha, self.beta),))
        a, b = (column.reshape(-1, *np.ones(x.ndim, int)) for column in laws.T)
        return a + x, b + (size - x)

    def _averaged_quantile(self, x: Array, size: Array, tail: float, *, upper: bool) -> Array:
        mass = special.betaincc if upper else special.betainc

        def excess(rate: Array, x: Array, size: Array) -> Array:
            return np.asarray(mass(*self._laws(x, size), rate).mean(axis=0) - tail)

        ends = (np.zeros_like(x), np.ones_like(x))
        return np.asarray(elementwise.find_root(excess, ends, args=(x, size)).x)


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


def widened(fit: BetaBinomial, n: ArrayLike, *, seed: int, draws: int = 200) -> BetaBinomial:
    """Give the same law with bootstrap draws of it, which widen the posteriors of few units.

    Each draw takes a rate of every unit from Beta(alpha, beta), an answer count from the binomial law of
    that rate (n rounded), and fits anew [1]_. Worth its time below FEW_UNITS units; ranks do not use it.

    Parameters
    ----------
    fit
        From `beta_binomial`.
    n
        Effective sizes of the units of the fit.
    seed
        Of the random numbers; stored in the result.
    draws
        How many.

    Raises
    ------
    EmpiricalBayesError
        If ``draws`` is not positive or fewer than two units have answers.

    References
    ----------
    .. [1] Laird and Louis 1987, J Am Stat Assoc 82:739-750.
    """
    size = np.asarray(n, np.float64).ravel()
    size = size[size > 0]
    if draws < 1 or len(size) < 2:
        raise EmpiricalBayesError(f"{draws} draws of {len(size)} units: give at least 1 draw of 2 units")
    random = np.random.default_rng(seed)
    whole = np.maximum(1, np.rint(size)).astype(np.intp)
    rates = random.beta(fit.alpha, fit.beta, (draws, len(size)))
    share = random.binomial(whole, rates) / whole
    alpha, beta = fits(share * size, size, _BOUNDS)
    return replace(fit, draws=tuple(zip(alpha.tolist(), beta.tolist(), strict=True)), seed=seed)


def _fit(x: Array, size: Array) -> BetaBinomial:
    def loss(place: Array) -> tuple[float, Array]:
        a, b = _alpha_beta(place)
        value = (special.betaln(a + x, b + size - x) - special.betaln(a, b)).sum()
        return -float(value), -_slope(place, x, size)

    found = [
        optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=_BOUNDS)
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
    bounds = np.array(_BOUNDS).T
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
