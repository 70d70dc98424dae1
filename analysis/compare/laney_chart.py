"""Laney's p' chart: limits of rates of many answers, which vary more than by chance alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Marks
from analysis.estimate.proportion import checked_counts

MEAN_RANGE = 1.128
"""Mean distance of two standard normal numbers (d2 of control charts), to the digits in use."""


class MonitoringError(ValueError):
    """Months that give no control chart."""


@dataclass(frozen=True)
class LaneyChart:
    """A p' chart; arrays of one element a point.

    ``low`` and ``high`` are Laney's limits, ``p_low`` and ``p_high`` those of the p chart (sigma_z = 1);
    ``outside`` and ``p_outside`` say which rates lie beyond them. ``baseline``: how many points made
    ``centre`` and ``sigma_z``. Where these are not defined limits are NaN and nothing is outside.
    """

    centre: float
    sigma_z: float
    baseline: int
    rate: Array
    z: Array
    low: Array
    high: Array
    p_low: Array
    p_high: Array
    outside: Marks
    p_outside: Marks


def laney_chart(
    satisfied: ArrayLike,
    n: ArrayLike,
    *,
    baseline: int | None = None,
    floor: float | None = None,
    cut: bool = False,
) -> LaneyChart:
    """Give Laney's p' chart of rates of many answers, which vary more than those of independent answers.

    With the centre p = sum x / sum n and s_i = sqrt(p (1 - p) / n_i), z_i = (p_i - p) / s_i and

        sigma_z = mean |z_i - z_(i-1)| / 1.128,   limits p ± 3 s_i sigma_z [1]_,

    where p and sigma_z are those of the baseline points.

    Parameters
    ----------
    satisfied, n
        One element a point in order of time; every n above 0.
    baseline
        How many points from the first; None: all.
    floor
        Least sigma_z; None leaves the rule out.
    cut
        Cut the limits to 0..1.

    Returns
    -------
    LaneyChart
        Of a baseline of one point sigma_z is NaN, of none or all satisfied z too.

    Raises
    ------
    ProportionError
        If counts are impossible.
    MonitoringError
        If a point has no answers, or the baseline or the floor is impossible.

    References
    ----------
    .. [1] Laney 2002, Qual Eng 14:531-537.

    Examples
    --------
    >>> chart = laney_chart([836, 1030, 918, 903], [897, 1158, 1045, 991])
    >>> f"{chart.centre:.4f} {chart.sigma_z:.3f} {chart.low[0]:.4f} {chart.high[0]:.4f}"
    '0.9012 2.681 0.8211 0.9814'
    """
    x, size, points = _points(satisfied, n, baseline, floor)
    rate = x / size
    centre = float(x[:points].sum() / size[:points].sum())
    deviation = np.sqrt(centre * (1 - centre) / size)
    z = np.divide(rate - centre, deviation, out=np.full(rate.shape, np.nan), where=deviation > 0)
    ranges = np.abs(np.diff(z[:points]))
    sigma_z = float(ranges.mean() / MEAN_RANGE) if len(ranges) else float("nan")
    if floor is not None and sigma_z < floor:
        sigma_z = floor
    reach = np.where(deviation > 0, 3 * deviation, np.nan)
    ends = [centre - sigma_z * reach, centre + sigma_z * reach, centre - reach, centre + reach]
    low, high, p_low, p_high = (np.clip(end, 0.0, 1.0) if cut else end for end in ends)
    return LaneyChart(
        centre=centre,
        sigma_z=sigma_z,
        baseline=points,
        rate=rate,
        z=z,
        low=low,
        high=high,
        p_low=p_low,
        p_high=p_high,
        outside=(rate < low) | (rate > high),
        p_outside=(rate < p_low) | (rate > p_high),
    )


def _points(
    satisfied: ArrayLike, n: ArrayLike, baseline: int | None, floor: float | None
) -> tuple[Array, Array, int]:
    """Give the counts and how many points make the baseline, once all are known to be right."""
    x, size = checked_counts(satisfied, n)
    if x.ndim != 1 or not (size > 0).all():
        raise MonitoringError(
            "n: give one column of points, each with answers; join those without to the next"
        )
    points = len(x) if baseline is None else baseline
    if not 1 <= points <= len(x):
        raise MonitoringError(f"baseline {baseline!r} of {len(x)} points: give 1 to {len(x)}")
    if floor is not None and not (np.isfinite(floor) and floor >= 0):
        raise MonitoringError(f"floor {floor!r}: give a number of 0 or more, or None")
    return x, size, points
