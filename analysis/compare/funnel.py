"""Funnel: units placed among limits around a target, within which rates lie by chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Marks
from analysis.compare.funnel_limits import ALARM, WARNING, FunnelError, Method, funnel_limits
from analysis.compare.overdispersion import overdispersion
from analysis.estimate.proportion import Interval, checked_counts, rates

MINIMUM_UNITS = 10
"""Fewest units that tell how far rates lie apart beyond chance."""

EXACT_BELOW = 1000
"""Size from which the normal limits do for the exact ones."""


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
    outside_warning: Marks
    outside_alarm: Marks

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
    x, size = _units(satisfied, n)
    known = size > 0
    goal = float(x.sum() / size.sum()) if target is None else float(target)
    rate = rates(x, size)
    spread = overdispersion(rate[known], size[known], goal, winsorise=winsorise)
    few = minimum_units is not None and int(known.sum()) < minimum_units
    used: Method = "exact" if few else method
    around = partial(
        funnel_limits,
        size,
        goal,
        method=used,
        phi=spread.phi,
        tau2=spread.tau2,
        exact_below=exact_below,
        cut=cut,
    )
    warning, alarm = around(confidence_level=WARNING), around(confidence_level=ALARM)
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


def _units(satisfied: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    x, size = checked_counts(satisfied, n)
    if x.ndim != 1:
        raise FunnelError(f"satisfied and n have the shape {x.shape}: give one element a unit")
    if not (size > 0).any():
        raise FunnelError("n: no unit has answers, so there is nothing to place")
    return x, size
