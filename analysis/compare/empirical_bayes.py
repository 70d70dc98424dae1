"""Rates of many units steadied by each other: a beta-binomial law of the peers and each unit's posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import elementwise

from analysis.arrays import Array
from analysis.estimate.proportion import checked_counts, checked_level

HIGHEST = 1e5
"""Most of alpha + beta that is looked at: beyond it, units do not differ."""


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
