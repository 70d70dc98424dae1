"""Overdispersion: how far the rates of units lie apart beyond chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array
from analysis.compare.funnel_limits import FunnelError
from analysis.estimate.columns import broadcast, refuse


class Overdispersion(NamedTuple):
    """How far rates lie apart beyond chance: phi and tau2, the variance between units, of winsorised z."""

    phi: float
    tau2: float
    z: Array
    winsorised: Array


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
