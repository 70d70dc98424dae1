"""Funnel limits: how far from a target a rate lies by chance, by the size it is made of."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.proportion import Interval, checked_level

Method = Literal["exact", "normal", "multiplicative", "additive"]

WARNING, ALARM = 0.95, 0.998
"""Confidence levels of the inner and the outer limits."""


class FunnelError(ValueError):
    """Sizes, rates or a target that give no funnel."""


def funnel_limits(
    n: ArrayLike,
    target: ArrayLike,
    *,
    method: Method = "exact",
    confidence_level: float = WARNING,
    phi: float = 1.0,
    tau2: float = 0.0,
    exact_below: float | None = None,
    cut: bool = False,
) -> Interval:
    """Give the limits of rates of size n around a target p0.

    With s = sqrt(p0 (1 - p0) / n) and the normal quantile z of the level,

    - ``exact``: (r - a) / n for the tails q of the level, r the smallest count with F(r) > q and
      a = (F(r) - q) / (F(r) - F(r - 1)), F binomial of the rounded n and p0; in 0..1;
    - ``normal``: p0 ± z s;
    - ``multiplicative``: p0 ± z s sqrt(max(1, phi));
    - ``additive``: p0 ± z sqrt(s² + tau2) [1]_.

    Parameters
    ----------
    n, target
        Numbers or arrays that broadcast against each other: sizes, which may be effective ones, and fractions
        between 0 and 1, both excluded.
    method, confidence_level
        Level between 0 and 1, both excluded.
    phi, tau2
        Of `overdispersion`, not negative.
    exact_below
        Size from which ``exact`` gives the normal limits; None: never.
    cut
        Cut all limits to 0..1. At n = 0 they are 0..1 then, and without it infinite but for ``exact``.

    Returns
    -------
    Interval
        numpy floats for scalars, else arrays.

    Raises
    ------
    FunnelError
        If the method is unknown, shapes do not fit, or a number is out of its range.
    ProportionError
        If the level is.

    References
    ----------
    .. [1] Spiegelhalter 2005, Stat Med 24:1185-1202.

    Examples
    --------
    >>> low, high = funnel_limits([50, 500], 0.85)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.734, 0.817], [0.933, 0.88])
    """
    if method not in get_args(Method):
        raise FunnelError(f"method {method!r}: unknown; choose one of {', '.join(get_args(Method))}")
    size, goal = broadcast(FunnelError, n=n, target=target)
    refuse(FunnelError, "n", size, ~(np.isfinite(size) & (size >= 0)), "a finite number, 0 or more")
    refuse(FunnelError, "target", goal, ~((goal > 0) & (goal < 1)), "a fraction between 0 and 1")
    for name, value in (("phi", phi), ("tau2", tau2)):
        if not (np.isfinite(value) and value >= 0):
            raise FunnelError(f"{name} {value!r}: give a finite number, 0 or more")
    tail = (1 - checked_level(confidence_level)) / 2
    with np.errstate(divide="ignore"):
        variance = goal * (1 - goal) / size
    if method == "multiplicative":
        variance = variance * max(1.0, phi)
    elif method == "additive":
        variance = variance + tau2
    reach = -special.ndtri(tail) * np.sqrt(variance)
    low, high = goal - reach, goal + reach
    if method == "exact":
        whole = np.rint(size)
        exact = np.ones(size.shape, np.bool_) if exact_below is None else size < exact_below
        low = np.where(exact, _interpolated(whole, goal, tail, 0.0), low)
        high = np.where(exact, _interpolated(whole, goal, 1 - tail, 1.0), high)
    if cut:
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    return Interval(low[()], high[()])


def _interpolated(n: Array, target: Array, q: float, empty: float) -> Array:
    """Give the interpolated quantile of the binomial law as a fraction of n; ``empty`` of none."""
    size = np.where(n > 0, n, 1.0)
    r = np.clip(np.ceil(special.bdtrik(q, size, target)), 0.0, size)
    r = np.where((r > 0) & (_up_to(r - 1, size, target) > q), r - 1, r)
    r = np.where((r < size) & (_up_to(r, size, target) <= q), r + 1, r)
    here, before = _up_to(r, size, target), _up_to(r - 1, size, target)
    return np.where(n > 0, np.clip((r - (here - q) / (here - before)) / size, 0.0, 1.0), empty)


def _up_to(r: Array, n: Array, target: Array) -> Array:
    inside = (r >= 0) & (r < n)
    tail = special.betainc(np.where(inside, n - r, 1.0), np.where(inside, r + 1, 1.0), 1 - target)
    return np.where(inside, tail, np.where(r < 0, 0.0, 1.0))
