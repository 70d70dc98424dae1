"""Monitoring: the control chart of the monthly rates of a unit, which tells changes from the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import Array, Index, Marks
from analysis.compare.laney_chart import LaneyChart, MonitoringError, laney_chart
from analysis.estimate.proportion import checked_counts

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

Status = Literal["ok", "provisional", "none"]


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
    run: Marks

    @property
    def signal(self) -> Marks:
        """Give which points lie outside the limits or end a run."""
        return self.run if self.chart is None else np.asarray(self.run | self.chart.outside)


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


def runs(side: ArrayLike, length: int = RUN) -> Marks:
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
