"""Intervals of a proportion from independent answers, or from an effective number of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array

Method = Literal["wilson", "clopper-pearson", "jeffreys", "agresti-coull"]


class ProportionError(ValueError):
    """A count, level or method that gives no interval."""


class Interval(NamedTuple):
    """Both ends of an interval; numpy floats, or arrays of one shape."""

    low: Array
    high: Array


def proportion_interval(
    satisfied: ArrayLike, n: ArrayLike, *, method: Method = "wilson", confidence_level: float = 0.95
) -> Interval:
    """Give the two-sided interval of the proportion ``satisfied / n``.

    Parameters
    ----------
    satisfied, n
        Counts, or arrays of counts that broadcast against each other. They need not be whole numbers: an
        effective sample size is not.
    method
        ``wilson``: score interval without continuity correction [1]_; ``clopper-pearson``: exact, never
        covers less than it says [2]_; ``jeffreys``: equal tails of Beta(x + 1/2, n - x + 1/2), end point 0 at
        none and 1 at all satisfied [3]_; ``agresti-coull``: Wald at n + z² answers, cut to 0..1 [4]_.
    confidence_level
        Between 0 and 1, both excluded.

    Returns
    -------
    Interval
        Fractions in 0..1; numpy floats for scalars, else arrays. Of 0 answers the interval is 0..1.
        Every method is its own mirror image: the high end of x of n is 1 minus the low end of n - x of n.

    Raises
    ------
    ProportionError
        If there is no count, shapes do not fit, a count is negative or not finite, satisfied exceeds n, or
        method or level is unknown.

    References
    ----------
    .. [1] Wilson 1927, J Am Stat Assoc 22:209-212.
    .. [2] Clopper and Pearson 1934, Biometrika 26:404-413.
    .. [3] Brown, Cai and DasGupta 2001, Stat Sci 16:101-133.
    .. [4] Agresti and Coull 1998, Am Stat 52:119-126.

    Examples
    --------
    >>> low, high = proportion_interval(81, 263)
    >>> f"{low:.4f} {high:.4f}"
    '0.2553 0.3662'
    >>> proportion_interval([0, 5], [0, 5]).low.round(3).tolist()
    [0.0, 0.566]
    """
    x, size = checked_counts(satisfied, n)
    if method not in _LOW:
        raise ProportionError(f"method {method!r}: unknown; choose one of {', '.join(get_args(Method))}")
    return limits(x, size, method, checked_level(confidence_level))


def limits(x: Array, size: Array, method: Method, confidence_level: float) -> Interval:
    """Give what `proportion_interval` gives of counts that are known to be right; there may be none."""
    ends = _LOW[method]
    known = np.where(size > 0, size, 1.0)
    rate = np.where(size > 0, x / known, 0.0)
    low = np.where(x > 0, np.clip(ends(x, known, confidence_level), 0.0, rate), 0.0)
    rest = size - x
    mirrored = np.where(rest > 0, np.clip(ends(rest, known, confidence_level), 0.0, rest / known), 0.0)
    return Interval(low[()], (1.0 - mirrored)[()])


def checked_counts(satisfied: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    """Give counts as arrays of one shape.

    Raises
    ------
    ProportionError
        If there is none, their shapes do not fit, one is negative or not finite, or satisfied exceeds n.
    """
    try:
        x, size = np.broadcast_arrays(np.asarray(satisfied, np.float64), np.asarray(n, np.float64))
    except ValueError as error:
        raise ProportionError(
            f"satisfied has the shape {np.shape(satisfied)} and n {np.shape(n)}: give as many of each"
        ) from error
    if not x.size:
        raise ProportionError("satisfied and n are empty: give at least one count of each")
    faulty = ~(np.isfinite(x) & np.isfinite(size) & (x >= 0) & (x <= size))
    if faulty.any():
        where = np.flatnonzero(faulty)[0]
        raise ProportionError(
            f"satisfied {x.flat[where]:g} of n {size.flat[where]:g}: give finite numbers, 0 <= satisfied <= n"
        )
    return x, size


def checked_level(confidence_level: float) -> float:
    """Give a confidence level back.

    Raises
    ------
    ProportionError
        If it does not lie between 0 and 1.
    """
    if not 0 < confidence_level < 1:
        raise ProportionError(f"confidence_level {confidence_level!r}: give a number between 0 and 1")
    return confidence_level


def _wilson(x: Array, n: Array, confidence_level: float) -> Array:
    # The smaller root as product of the roots over the larger one: no cancellation near 0.
    z = special.ndtri((1 + confidence_level) / 2)
    larger = x + z * z / 2 + z * np.sqrt(np.maximum(x * (n - x) / n, 0.0) + z * z / 4)
    return np.asarray(x * (x / n) / larger)


def _clopper_pearson(x: Array, n: Array, confidence_level: float) -> Array:
    return np.asarray(special.betaincinv(np.where(x > 0, x, 1.0), n - x + 1, (1 - confidence_level) / 2))


def _jeffreys(x: Array, n: Array, confidence_level: float) -> Array:
    return np.asarray(special.betaincinv(x + 0.5, n - x + 0.5, (1 - confidence_level) / 2))


def _agresti_coull(x: Array, n: Array, confidence_level: float) -> Array:
    z = special.ndtri((1 + confidence_level) / 2)
    size = n + z * z
    centre = (x + z * z / 2) / size
    return np.asarray(centre - z * np.sqrt(centre * (1 - centre) / size))


_LOW: dict[str, Callable[[Array, Array, float], Array]] = {
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
    "jeffreys": _jeffreys,
    "agresti-coull": _agresti_coull,
}
"""The low end by method, where x > 0; the high end is its mirror image."""


def rates(satisfied: Array, n: Array) -> Array:
    """Give satisfied / n of counts known to be right; NaN where there are no answers."""
    return np.asarray(np.divide(satisfied, n, out=np.full(n.shape, np.nan), where=n > 0))
