"""Clock: at which hours responses were given, how near to closing time, and how fast."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import FEWEST, HOURS, PEERS, Arrivals
from analysis.check.reading import Reading, share_reading
from analysis.check.robust import overdispersion, robust_z
from analysis.check.usual import usual_shares
from analysis.check.workload import expected_by_workload

LEAST_EXPECTED = 5.0
"""Cells of a smaller expectation are joined with the next."""

ODD_CELL = 3.0
"""Standardised residual from which the responses of an hour are pointed to."""


class ClockError(ValueError):
    """Hours that cannot be compared."""


class ChiSquare(NamedTuple):
    """Pearson's statistic with df and p value; NaN where fewer than two cells are left."""

    statistic: float
    df: int
    p: float


def hours_test(observed: ArrayLike, expected: ArrayLike, *, least: float = LEAST_EXPECTED) -> ChiSquare:
    """Compare counts by hour with expectations by Pearson's chi-square.

    Neighbouring cells are joined until each expects at least ``least`` (a rest joins the last one);
    expectations are scaled to add up to the counts.

    Parameters
    ----------
    observed, expected
        Of each hour in turn.
    least
        0 joins nothing.

    Raises
    ------
    ClockError
        If lengths differ or there is nothing to compare.

    Examples
    --------
    >>> found = hours_test([12, 30, 18], [20, 20, 20])
    >>> f"{found.statistic:.2f} {found.df} {found.p:.3f}"
    '8.40 2 0.015'
    """
    o, e = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    if o.shape != e.shape or not (o.sum() > 0 and e.sum() > 0) or (o < 0).any() or (e < 0).any():
        raise ClockError(f"{len(o)} counts, {len(e)} expectations: give as many of both, of 0 or more")
    e = e * (o.sum() / e.sum())
    joined = _joined(e, least)
    seen, usual = np.bincount(joined, o), np.bincount(joined, e)
    df = len(usual) - 1
    if df < 1:
        return ChiSquare(np.nan, 0, np.nan)
    statistic = float(((seen - usual) ** 2 / usual).sum())
    return ChiSquare(statistic, df, float(special.chdtrc(df, statistic)))


def _joined(e: Array, least: float) -> Index:
    """Give each cell the number of the joined cell it belongs to."""
    number = np.zeros(len(e), np.intp)
    current, held = 0, 0.0
    for place, each in enumerate(e):
        if held >= least and held > 0:
            current, held = current + 1, 0.0
        number[place] = current
        held += each
    if current and (held < least or held == 0):
        number[number == current] = current - 1
    return number


def hours(arrivals: Arrivals) -> Reading:
    """Read each domain's hours of the day against the citizens it served by hour, else against its peers'.

    The statistic is divided by what it is among peers, whose hours differ too: 1 + (n - 1) rho.
    """
    known = np.isfinite(arrivals.opened)
    hour = np.clip(np.nan_to_num(arrivals.opened) // 3600, 0, HOURS - 1).astype(np.intp)
    counts = arrivals.table(hour, HOURS, known)
    n = counts.sum(axis=1)
    usual = _usual_hours(arrivals, counts)
    statistic, df = np.full(len(n), np.nan), np.zeros(len(n))
    for row in np.flatnonzero((n >= FEWEST) & (np.nan_to_num(usual).sum(axis=1) > 0)):
        found = hours_test(counts[row], usual[row])
        statistic[row], df[row] = found.statistic, found.df
    rho = overdispersion(statistic, df, n)
    inflation = 1 + np.maximum(n - 1, 0) * rho
    p = np.where(df > 0, special.chdtrc(np.maximum(df, 1), statistic / inflation), np.nan)
    value = np.where(df > 0, statistic, np.nan)
    e = usual * n[:, None]
    residual = np.divide(counts - e, np.sqrt(e), out=np.zeros(e.shape), where=e > 0)
    odd = residual / np.sqrt(inflation)[:, None] >= ODD_CELL
    points = known & (arrivals.domain >= 0) & odd[arrivals.domain, hour]
    return Reading("hours", n, value, np.where(df > 0, df * inflation, np.nan), p, points)


def _usual_hours(arrivals: Arrivals, counts: Array) -> Array:
    """Give the share of each hour that is expected of each domain; rows of NaN where unknown."""
    shape = np.full(counts.shape, np.nan)
    for group in np.unique(arrivals.groups):
        own = np.flatnonzero(arrivals.groups == group)
        if len(own) >= PEERS:
            shape[own] = counts[own].sum(axis=0) - counts[own] + 0.25 * (counts[own].sum(axis=0) > 0)
    return expected_by_workload(arrivals.served_by_hour, counts, shape)


def outside_hours(arrivals: Arrivals, *, grace: float) -> Reading:
    """Read the share of responses opened more than ``grace`` seconds before opening or after closing."""
    known = np.isfinite(arrivals.opened) & np.isfinite(arrivals.opens) & np.isfinite(arrivals.closes)
    outside = (arrivals.opened < arrivals.opens - grace) | (arrivals.opened > arrivals.closes + grace)
    return _share_of("outside_hours", arrivals, known, known & outside)


def at_closing(arrivals: Arrivals, *, closing: float) -> Reading:
    """Read the share of responses opened within ``closing`` seconds before or after closing time."""
    known = np.isfinite(arrivals.opened) & np.isfinite(arrivals.closes)
    near = np.abs(arrivals.opened - arrivals.closes) <= closing
    return _share_of("closing_time", arrivals, known, known & near)


def fast(arrivals: Arrivals, *, least: float) -> Reading:
    """Read the share of responses given in less than ``least`` seconds a question [1]_.

    References
    ----------
    .. [1] Zhang and Conrad 2014, Surv Res Methods 8:127-135.
    """
    known = np.isfinite(arrivals.duration) & (arrivals.answers > 0)
    return _share_of("fast", arrivals, known, known & (arrivals.duration < least * arrivals.answers))


def speed(arrivals: Arrivals) -> Reading:
    """Read the median log duration a question against the peers' by a robust z; small means fast.

    The responses faster than half of the peers' median are pointed to.
    """
    known = np.isfinite(arrivals.duration) & (arrivals.duration > 0) & (arrivals.answers > 0)
    known &= arrivals.domain >= 0
    n = arrivals.count(known)
    pace = np.full(len(known), np.nan)
    pace[known] = np.log(arrivals.duration[known] / arrivals.answers[known])
    median, within = _medians(arrivals, pace, known)
    # A median varies pi / 2 times as much as a mean.
    variance = np.divide(np.pi / 2 * within, n, out=np.full(len(n), np.inf), where=n > 0)
    value = np.where(n >= FEWEST, median, np.nan)
    centre, z = robust_z(value, variance, arrivals.groups)
    points = known.copy()
    points[known] = pace[known] < centre[arrivals.domain[known]] - np.log(2)
    return Reading("speed", n, np.exp(value), np.exp(centre), special.ndtr(z), points, z=z)


def _medians(arrivals: Arrivals, values: Array, marks: Marks) -> tuple[Array, Array]:
    """Give each domain's median and the squared spread of its values, by the median deviation."""
    middle = _median_by(arrivals, values, marks)
    off = np.full(len(values), np.nan)
    off[marks] = np.abs(values[marks] - middle[arrivals.domain[marks]])
    return middle, (1.4826 * _median_by(arrivals, off, marks)) ** 2


def _median_by(arrivals: Arrivals, values: Array, marks: Marks) -> Array:
    at = np.flatnonzero(marks)
    at = at[np.lexsort((values[at], arrivals.domain[at]))]
    size = np.bincount(arrivals.domain[at], minlength=arrivals.domains)
    first = np.cumsum(size) - size
    found = np.full(arrivals.domains, np.nan)
    some = size > 0
    low, high = first + (size - 1) // 2, first + size // 2
    found[some] = (values[at[low[some]]] + values[at[high[some]]]) / 2
    return found


def _share_of(indicator: str, arrivals: Arrivals, known: Marks, marked: Marks) -> Reading:
    n, x = arrivals.count(known), arrivals.count(marked)
    return share_reading(indicator, x, n, usual_shares(x, n, arrivals.groups), marked)
