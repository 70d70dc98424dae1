"""Monitoring: control charts of the monthly rates of a unit, which tell changes from the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimate.design import Array, Index
from analysis.estimate.proportion import checked_counts

MEAN_RANGE = 1.128
"""Mean distance of two standard normal numbers (d2 of control charts), to the digits in use."""

MINIMUM_ANSWERS = 10
"""Fewest answers of a month that stand for themselves."""

BASELINE = 12
"""Points after which centre and sigma_z are frozen."""

PROVISIONAL_FROM = 6
"""Fewest points that make a chart; up to BASELINE it is provisional."""

FLOOR = 0.5
"""Least sigma_z of the report."""

RUN = 8
"""Points in a row on one side of the centre that are a signal."""

Mask = NDArray[np.bool_]
Status = Literal["ok", "provisional", "none"]


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
    outside: Mask
    p_outside: Mask


@dataclass(frozen=True)
class MonthlyChart:
    """The chart of the report; arrays of one element a point.

    A point is made of the months ``first`` to ``last`` (from 0); the last ``waiting`` months have too few
    answers and wait for more. ``run`` marks points that end a run of RUN or more on one side of the centre.
    ``status``: ``none`` (``chart`` is None), ``provisional``, or ``ok``.
    """

    status: Status
    satisfied: Array
    n: Array
    first: Index
    last: Index
    waiting: int
    chart: LaneyChart | None
    run: Mask

    @property
    def signal(self) -> Mask:
        """Give which points lie outside the limits or end a run."""
        return self.run if self.chart is None else np.asarray(self.run | self.chart.outside)


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


def monthly_chart(
    satisfied: ArrayLike,
    n: ArrayLike,
    *,
    minimum_answers: float | None = MINIMUM_ANSWERS,
    baseline: int = BASELINE,
    provisional_from: int = PROVISIONAL_FROM,
    floor: float | None = FLOOR,
    run: int = RUN,
    cut: bool = True,
) -> MonthlyChart:
    """Give the control chart of the report.

    Months with fewer than ``minimum_answers`` are joined with the next. The first ``baseline`` points make
    centre and sigma_z, and what comes later does not move them; with fewer points, at least
    ``provisional_from``, all of them do, for the time being. With fewer still, or a centre of 0 or 1, there
    is no chart. sigma_z below 1 is kept, but not below ``floor``; limits are cut to 0..1.

    Parameters
    ----------
    satisfied, n
        One element a month in order of time, months without answers too.
    minimum_answers
        None: only months without answers are joined.
    floor, cut
        As of `laney_chart`.
    run
        Points in a row on one side of the centre that are a signal; one on the centre ends a run.

    Raises
    ------
    ProportionError
        If counts are impossible.
    MonitoringError
        If the columns are no columns or a rule is impossible.

    References
    ----------
    Laney 2002, Qual Eng 14:531-537.

    Examples
    --------
    >>> found = monthly_chart([45, 4, 3, 50, 41, 44, 48, 6], [50, 5, 6, 55, 50, 52, 54, 8])
    >>> found.status, found.first.tolist(), found.waiting
    ('provisional', [0, 1, 3, 4, 5, 6], 1)
    """
    x, size = checked_counts(satisfied, n)
    if x.ndim != 1:
        raise MonitoringError(f"satisfied and n have the shape {x.shape}: give one element a month")
    if not 1 <= provisional_from <= baseline or run < 1:
        raise MonitoringError(
            f"provisional_from {provisional_from!r}, baseline {baseline!r}, run {run!r}: "
            "give whole numbers from 1, the first not above the second"
        )
    first, last = joined_months(size, minimum_answers)
    waiting = len(size) - (int(last[-1]) + 1 if len(last) else 0)
    kept = len(size) - waiting
    x, size = (np.add.reduceat(column[:kept], first) if len(first) else column[:0] for column in (x, size))
    points = min(baseline, len(x))
    usual = x[:points].sum()
    if points < provisional_from or usual in (0, size[:points].sum()):
        return MonthlyChart("none", x, size, first, last, waiting, None, np.zeros(len(x), np.bool_))
    chart = laney_chart(x, size, baseline=points, floor=floor, cut=cut)
    ends = runs(np.sign(chart.rate - chart.centre), run)
    status: Status = "ok" if points == baseline else "provisional"
    return MonthlyChart(status, x, size, first, last, waiting, chart, ends)


def joined_months(n: ArrayLike, minimum_answers: float | None = MINIMUM_ANSWERS) -> tuple[Index, Index]:
    """Give the first and the last month of each point, where months with too few answers join the next.

    Months at the end that are still too few together make no point.

    Examples
    --------
    >>> first, last = joined_months([30, 4, 3, 20, 6, 5, 2])
    >>> first.tolist(), last.tolist()
    ([0, 1, 4], [0, 3, 5])
    """
    first: list[int] = []
    last: list[int] = []
    start, answers = 0, 0.0
    for month, more in enumerate(np.asarray(n, np.float64).tolist()):
        answers += more
        if answers > 0 and (minimum_answers is None or answers >= minimum_answers):
            first.append(start)
            last.append(month)
            start, answers = month + 1, 0.0
    return np.array(first, np.intp), np.array(last, np.intp)


def runs(side: ArrayLike, length: int = RUN) -> Mask:
    """Say which points end a run of at least ``length`` points of one sign; 0 belongs to no run.

    Examples
    --------
    >>> runs([1, 1, 1, 0, 1, -1, -1, -1, -1], 3).tolist()
    [False, False, True, False, False, False, False, True, True]
    """
    sign = np.sign(np.asarray(side, np.float64))
    place = np.arange(len(sign))
    starts = np.concatenate([[True], sign[1:] != sign[:-1]])[: len(sign)]
    since = place - np.maximum.accumulate(np.where(starts, place, 0)) + 1
    return np.asarray((sign != 0) & (since >= length))
