"""More answers: responses against the citizens served, which they cannot outnumber."""

from __future__ import annotations

import numpy as np

from analysis.check.arrivals import FEWEST, Arrivals
from analysis.check.reading import Reading


def more_answers(arrivals: Arrivals) -> Reading:
    """Read responses / citizens served of the whole period: more than one answer a citizen cannot be."""
    n = arrivals.count(np.ones(len(arrivals.day), np.bool_))
    none = np.full(arrivals.domains, np.nan)
    served = none if arrivals.served is None else arrivals.served
    known = (n >= FEWEST) & np.isfinite(served)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(known, n / served, np.nan)
    points = np.zeros(len(arrivals.day), np.bool_)
    return Reading("more_answers", n, value, np.where(known, 1.0, np.nan), none, points, hard=value > 1)


def more_answers_on_day(arrivals: Arrivals) -> Reading:
    """Read the largest responses / citizens served of a day."""
    counts = arrivals.by_day()
    n = counts.sum(axis=1)
    none = np.full(arrivals.domains, np.nan)
    points = np.zeros(len(arrivals.day), np.bool_)
    if arrivals.served_by_day is None:
        return Reading("more_answers_on_day", n, none, none, none, points)
    served = np.where((counts > 0) & (n >= FEWEST)[:, None], arrivals.served_by_day, np.nan)
    with np.errstate(divide="ignore"):
        ratio = counts / served
    known = np.isfinite(served).any(axis=1)
    value = np.where(known, np.where(np.isnan(ratio), -np.inf, ratio).max(axis=1), np.nan)
    points = (arrivals.domain >= 0) & (ratio > 1)[arrivals.domain, arrivals.day - arrivals.first_day]
    expected = np.where(known, 1.0, np.nan)
    return Reading("more_answers_on_day", n, value, expected, none, points, hard=value > 1)
