"""Funnel: limits around a target within which rates lie by chance, by the size they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.estimate.columns import broadcast, refuse
from analysis.estimate.design import Array
from analysis.estimate.proportion import Interval, checked_counts, checked_level

Method = Literal["exact", "normal", "multiplicative", "additive"]
Mask = NDArray[np.bool_]

WARNING, ALARM = 0.95, 0.998
"""Confidence levels of the inner and the outer limits."""

MINIMUM_UNITS = 10
"""Fewest units that tell how far rates lie apart beyond chance."""

EXACT_BELOW = 1000
"""Size from which the normal limits do for the exact ones."""


class FunnelError(ValueError):
    """Sizes, rates or a target that give no funnel."""


class Overdispersion(NamedTuple):
    """How far rates lie apart beyond chance: phi and tau2, the variance between units, of winsorised z."""

    phi: float
    tau2: float
    z: Array
    winsorised: Array


@dataclass(frozen=True)
class Funnel:
    """Units against the limits of one target; arrays of one element a unit, NaN rate and z where n is 0.

    ``method`` is that of the limits drawn: ``exact`` where units were too few for the one asked for. Units
    are outside where their rate lies beyond the limits of level WARNING or ALARM.
    """

    target: float
    method: Method
    phi: float
    tau2: float
    exact_below: float | None
    cut: bool
    rate: Array
    z: Array
    warning: Interval
    alarm: Interval
    outside_warning: Mask
    outside_alarm: Mask

    def limits(self, n: ArrayLike, confidence_level: float = WARNING) -> Interval:
        """Give the limits at other sizes, such as those of a curve."""
        return funnel_limits(
            n,
            self.target,
            method=self.method,
            confidence_level=confidence_level,
            phi=self.phi,
            tau2=self.tau2,
            exact_below=self.exact_below,
            cut=self.cut,
        )


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


def overdispersion(rate: ArrayLike, n: ArrayLike, target: float, *, winsorise: float = 0.1) -> Overdispersion:
    """Say how far rates lie apart beyond chance.

    z = (rate - p0) / s with s² = p0 (1 - p0) / n; the share ``winsorise`` of the lowest and of the highest z
    are set to its quantile (by linear interpolation). phi is the mean of their squares over the I units, and

        tau2 = max(0, (I phi - (I - 1)) / (sum w - sum w² / sum w)),   w = 1 / s² [1]_ [2]_.

    Parameters
    ----------
    rate, n
        One element a unit, sizes above 0; at least one. tau2 of a single unit is 0.
    target
        Between 0 and 1, both excluded.
    winsorise
        Share of each tail, from 0 (none) to below 0.5.

    Raises
    ------
    FunnelError
        If a number is out of its range or columns differ in length.

    References
    ----------
    .. [1] Spiegelhalter 2005, Stat Med 24:1185-1202.
    .. [2] DerSimonian and Laird 1986, Control Clin Trials 7:177-188.

    Examples
    --------
    >>> found = overdispersion([0.7, 0.8, 0.9], [100, 100, 100], 0.8, winsorise=0)
    >>> f"{found.phi:.3f} {found.tau2:.4f}"
    '4.167 0.0084'
    """
    share, size, goal = broadcast(FunnelError, rate=rate, n=n, target=target)
    if share.ndim != 1:
        raise FunnelError(f"rate and n have the shape {share.shape}: give one element a unit")
    refuse(FunnelError, "rate", share, ~((share >= 0) & (share <= 1)), "a fraction in 0..1")
    refuse(FunnelError, "n", size, ~(np.isfinite(size) & (size > 0)), "a finite number above 0")
    refuse(FunnelError, "target", goal, ~((goal > 0) & (goal < 1)), "a fraction between 0 and 1")
    if not 0 <= winsorise < 0.5:
        raise FunnelError(f"winsorise {winsorise!r}: give a share of each tail, from 0 to below 0.5")
    precision = size / (goal * (1 - goal))
    z = (share - goal) * np.sqrt(precision)
    kept = np.clip(z, *np.quantile(z, [winsorise, 1 - winsorise]))
    units, phi = len(z), float(np.mean(kept**2))
    total = precision.sum()
    room = float(total - (precision**2).sum() / total)
    tau2 = max(0.0, (units * phi - (units - 1)) / room) if units > 1 else 0.0
    return Overdispersion(phi, tau2, z, kept)


def funnel(
    satisfied: ArrayLike,
    n: ArrayLike,
    *,
    target: float | None = None,
    method: Method = "additive",
    minimum_units: int | None = MINIMUM_UNITS,
    exact_below: float | None = EXACT_BELOW,
    winsorise: float = 0.1,
    cut: bool = True,
) -> Funnel:
    """Place units in a funnel as the report does.

    Parameters
    ----------
    satisfied, n
        Effective counts, one element a unit.
    target
        The rate the limits lie around; None: that of all units, sum of satisfied / sum of n.
    method
        As of `funnel_limits`; rates of services lie apart for many small reasons, hence ``additive``.
    minimum_units
        With fewer units that have answers, the limits are the exact ones. None leaves the rule out.
    exact_below, cut
        As of `funnel_limits`.
    winsorise
        As of `overdispersion`.

    Raises
    ------
    ProportionError
        If counts are impossible.
    FunnelError
        If no unit has answers, or the target (that of all units, too) is not between 0 and 1.

    References
    ----------
    Spiegelhalter 2005, Stat Med 24:1185-1202.

    Examples
    --------
    >>> found = funnel([40, 180, 80, 260], [50, 200, 120, 300])
    >>> found.method, found.outside_warning.tolist(), found.outside_alarm.tolist()
    ('exact', [False, True, True, False], [False, False, True, False])
    """
    x, size = checked_counts(satisfied, n)
    if x.ndim != 1:
        raise FunnelError(f"satisfied and n have the shape {x.shape}: give one element a unit")
    known = size > 0
    if not known.any():
        raise FunnelError("n: no unit has answers, so there is nothing to place")
    goal = float(x.sum() / size.sum()) if target is None else float(target)
    rate = np.divide(x, size, out=np.full(x.shape, np.nan), where=known)
    spread = overdispersion(rate[known], size[known], goal, winsorise=winsorise)
    few = minimum_units is not None and int(known.sum()) < minimum_units
    used: Method = "exact" if few else method
    warning, alarm = (
        funnel_limits(
            size,
            goal,
            method=used,
            confidence_level=level,
            phi=spread.phi,
            tau2=spread.tau2,
            exact_below=exact_below,
            cut=cut,
        )
        for level in (WARNING, ALARM)
    )
    z = np.full(x.shape, np.nan)
    z[known] = spread.z
    return Funnel(
        target=goal,
        method=used,
        phi=spread.phi,
        tau2=spread.tau2,
        exact_below=exact_below,
        cut=cut,
        rate=rate,
        z=z,
        warning=warning,
        alarm=alarm,
        outside_warning=(rate < warning.low) | (rate > warning.high),
        outside_alarm=(rate < alarm.low) | (rate > alarm.high),
    )


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
