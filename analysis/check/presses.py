"""Presses: responses at one counter in quicker succession than people can be served."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import FEWEST, HOURS, Arrivals
from analysis.check.reading import Reading, share_reading
from analysis.check.usual import usual_shares


class PressesError(ValueError):
    """Counts that no Poisson law gives."""


def poisson_tail(count: ArrayLike, expected: ArrayLike, *, mid: bool = False) -> Array:
    """Give the probability of ``count`` or more under a Poisson law; with ``mid`` half of its own less.

    Parameters
    ----------
    count
        Whole, 0 or more.
    expected
        Mean of the law, 0 or more.

    Raises
    ------
    PressesError
        If one is negative or not finite.

    Examples
    --------
    >>> f"{poisson_tail(3, 3.0):.4f}"
    '0.5768'
    """
    c, mean = np.asarray(count, np.float64), np.asarray(expected, np.float64)
    for name, values in (("count", c), ("expected", mean)):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise PressesError(f"{name} {values}: give finite numbers of 0 or more")
    p = np.where(c > 0, special.gammainc(np.maximum(c, 1e-300), mean), 1.0)
    if mid:
        p = p - 0.5 * np.exp(special.xlogy(c, mean) - mean - special.gammaln(c + 1))
    return np.asarray(p[()])


class Presses(NamedTuple):
    """Responses in quick succession at a counter.

    ``quick`` marks the responses that came within the gap after another, ``pressed`` also those that another
    followed. ``expected`` is the chance of a quick one by the rate of the hour; ``run`` numbers the row of
    responses that each belongs to, and ``known`` marks those whose instant and counter are known.
    """

    quick: Marks
    pressed: Marks
    expected: Array
    run: Index
    known: Marks


def presses(arrivals: Arrivals, *, gap: float = 20.0) -> Presses:
    """Find the responses that came less than ``gap`` seconds after another at the same counter.

    A counter has in an hour of the day a rate of r responses a second, over the days on which it had any; a
    gap is then short with probability 1 - exp(-r gap).
    """
    instant, counter = arrivals.received, arrivals.counter
    known = np.isfinite(instant) & (counter >= 0)
    quick, pressed = np.zeros(len(known), np.bool_), np.zeros(len(known), np.bool_)
    expected, run = np.zeros(len(known)), np.full(len(known), -1)
    at = np.flatnonzero(known)
    at = at[np.lexsort((instant[at], arrivals.day[at], counter[at]))]
    same = (np.diff(counter[at]) == 0) & (np.diff(arrivals.day[at]) == 0)
    short = same & (np.diff(instant[at]) < gap)
    quick[at[1:]] = short
    pressed[at[1:]] = short
    pressed[at[:-1]] |= short
    run[at] = np.concatenate(([0], np.cumsum(~short)))[: len(at)]

    hour = np.clip(instant[known] // 3600, 0, HOURS - 1).astype(np.intp)
    cell, size = counter[known] * HOURS + hour, (int(counter.max(initial=-1)) + 1) * HOURS
    visits = np.unique(
        counter[known].astype(np.int64) * arrivals.days + arrivals.day[known] - arrivals.first_day
    )
    days = np.bincount(visits // arrivals.days, minlength=size // HOURS)
    rate = np.bincount(cell, minlength=size) / np.maximum(np.repeat(days, HOURS), 1) / 3600
    expected[known] = -np.expm1(-rate[cell] * gap)
    return Presses(quick, pressed, expected, run, known)


def in_a_row(arrivals: Arrivals, found: Presses) -> Reading:
    """Read the number of quick responses against Poisson with the hours' rates, and against the peers'.

    The larger of both p values counts: a counter may be a busy one, and people who came together may answer
    together everywhere.
    """
    n, x = arrivals.count(found.known), arrivals.count(found.quick)
    mean = arrivals.add(found.expected)
    law = usual_shares(x, n, arrivals.groups)
    peers = share_reading("in_a_row", x, n, law, found.pressed)
    known = n >= FEWEST
    p = np.where(known, np.fmax(poisson_tail(x, mean), peers.p), np.nan)
    return peers._replace(
        expected=np.where(known, np.fmax(mean / np.maximum(n, 1), peers.expected), np.nan), p=p
    )


def longest_press(arrivals: Arrivals, found: Presses, *, most: int) -> Reading:
    """Read the longest row of responses without a gap: nobody serves more than ``most`` so fast."""
    n = arrivals.count(found.known)
    named = found.known & (arrivals.domain >= 0)
    length = np.zeros(len(named))
    length[found.known] = np.bincount(found.run[found.known])[found.run[found.known]]
    value = np.zeros(arrivals.domains)
    np.maximum.at(value, arrivals.domain[named], length[named])
    value = np.where(n >= FEWEST, value, np.nan)
    none = np.full(len(n), np.nan)
    hard = value > most
    return Reading(
        "presses", n, value, np.where(n >= FEWEST, float(most), np.nan), none, length > most, hard=hard
    )
