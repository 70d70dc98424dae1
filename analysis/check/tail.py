"""Tail: how unlikely so many of so many are under a beta-binomial law."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.compare.empirical_bayes import EmpiricalBayesError
from analysis.estimate.proportion import checked_counts


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
