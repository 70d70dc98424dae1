"""Bootstrap: draws of the law of one peer group, fitted together, which tell how uncertain it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.arrays import Array
from analysis.compare.beta_binomial import BOUNDS
from analysis.compare.empirical_bayes import BetaBinomial, EmpiricalBayesError

FEW_UNITS = 20
"""From this many units on, the uncertainty of the law itself no longer matters."""

_STEPS = 80
"""Most Newton steps; about ten are usual."""

_NEAR = 1e-6
"""Change of a fit at which it is done: far below what draws differ by."""


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
    alpha, beta = fits(share * size, size, BOUNDS)
    return replace(fit, draws=tuple(zip(alpha.tolist(), beta.tolist(), strict=True)), seed=seed)


def fits(satisfied: Array, n: Array, bounds: list[tuple[float, float]]) -> tuple[Array, Array]:
    """Fit Beta(alpha, beta) to every row of counts by maximum likelihood.

    Newton's method on the logit of the mean and ln(alpha + beta), from the moments and from where units
    hardly differ; of both ends the likelier one. A step that lowers the likelihood is halved.

    Parameters
    ----------
    satisfied
        A row a draw, a column a unit; not necessarily whole.
    n
        Sizes of the units, above 0.
    bounds
        Lowest and highest logit of the mean, and ln(alpha + beta).

    Returns
    -------
    tuple
        alpha and beta of each row.

    Examples
    --------
    >>> counts = np.array([[3.0, 28, 40, 55, 12], [9, 27, 45, 54, 11]])
    >>> alpha, beta = fits(counts, np.array([10.0, 30, 50, 60, 12]), [(-14, 14), (0, np.log(1e5))])
    >>> (alpha / (alpha + beta)).round(2).tolist()
    [0.79, 0.9]
    """
    low, high = np.array(bounds).T
    mean, spread = _moments(satisfied, n)
    ends = [
        _climbed(np.clip(np.stack([special.logit(mean), start], axis=1), low, high), satisfied, n, low, high)
        for start in (np.log(spread), np.full(len(satisfied), high[1] - np.log(10)))
    ]
    likelihoods = [_likelihood(end, satisfied, n) for end in ends]
    best = np.where((likelihoods[0] >= likelihoods[1])[:, None], *ends)
    alpha, beta = _alpha_beta(best)
    return alpha[:, 0], beta[:, 0]


def _moments(x: Array, size: Array) -> tuple[Array, Array]:
    total = size.sum()
    mean = np.clip(x.sum(axis=1) / total, 1e-5, 1 - 1e-5)
    squares = (size * (x / size - mean[:, None]) ** 2).sum(axis=1) / (mean * (1 - mean))
    rho = np.clip((squares - (len(size) - 1)) / (total - (size**2).sum() / total), 1e-4, 0.4)
    return mean, 1 / rho - 1


def _alpha_beta(place: Array) -> tuple[Array, Array]:
    total = np.exp(place[:, 1:])
    return total * special.expit(place[:, :1]), total * special.expit(-place[:, :1])


def _likelihood(place: Array, x: Array, size: Array) -> Array:
    a, b = _alpha_beta(place)
    terms = special.betaln(a + x, b + (size - x)) - special.betaln(a, b)
    return np.asarray(terms.sum(axis=1))


def _climbed(place: Array, x: Array, size: Array, low: Array, high: Array) -> Array:
    value = _likelihood(place, x, size)
    scale = np.ones((len(place), 1))
    for _ in range(_STEPS):
        step = np.clip(_newton(place, x, size, low, high), -1.5, 1.5)
        tried = np.clip(place + scale * step, low, high)
        reached = _likelihood(tried, x, size)
        better = reached >= value
        moved = np.abs(tried - place).max(axis=1)
        place = np.where(better[:, None], tried, place)
        value = np.where(better, reached, value)
        if (moved < _NEAR).all():
            break
        scale = np.where(better[:, None], 1.0, scale / 2)
    return place


def _newton(place: Array, x: Array, size: Array, low: Array, high: Array) -> Array:
    """Give the Newton step towards the maximum, along a bound where the likelihood rises beyond it."""
    a, b = _alpha_beta(place)
    total = a + b
    both = (special.digamma(total) - special.digamma(total + size)).sum(axis=1)
    by_a = (special.digamma(a + x) - special.digamma(a)).sum(axis=1) + both
    by_b = (special.digamma(b + (size - x)) - special.digamma(b)).sum(axis=1) + both
    joint = (_trigamma(total) - _trigamma(total + size)).sum(axis=1)
    by_aa = (_trigamma(a + x) - _trigamma(a)).sum(axis=1) + joint
    by_bb = (_trigamma(b + (size - x)) - _trigamma(b)).sum(axis=1) + joint
    a, b = a[:, 0], b[:, 0]
    # d(alpha, beta) by the logit is (c, -c), by the logarithm (alpha, beta).
    c = a * b / (a + b)
    tilt = c * (b - a) / (a + b)
    slope = np.stack([c * (by_a - by_b), a * by_a + b * by_b], axis=1)
    first = c * c * (by_aa - 2 * joint + by_bb) + tilt * (by_a - by_b)
    mixed = c * (a * by_aa + (b - a) * joint - b * by_bb) + slope[:, 0]
    second = a * a * by_aa + 2 * a * b * joint + b * b * by_bb + slope[:, 1]
    held = ((place <= low) & (slope < 0)) | ((place >= high) & (slope > 0))
    slope, mixed = np.where(held, 0.0, slope), np.where(held.any(axis=1), 0.0, mixed)
    return _uphill(slope, -first, -mixed, -second)


def _uphill(slope: Array, first: Array, mixed: Array, second: Array) -> Array:
    """Solve for the step with a matrix made positive definite by its lowest eigenvalue."""
    half, product = (first + second) / 2, first * second - mixed * mixed
    lowest = half - np.sqrt(np.maximum(half * half - product, 0.0))
    lift: NDArray[np.float64] = np.maximum(0.0, 1e-6 + 1e-3 * np.abs(half) - lowest)
    first, second = first + lift, second + lift
    determinant = first * second - mixed * mixed
    return (
        np.stack(
            [second * slope[:, 0] - mixed * slope[:, 1], first * slope[:, 1] - mixed * slope[:, 0]], axis=1
        )
        / determinant[:, None]
    )


def _trigamma(values: Array) -> Array:
    return np.asarray(special.polygamma(1, values))
