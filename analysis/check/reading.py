"""Reading: what one indicator says of every domain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Marks
from analysis.check.arrivals import FEWEST
from analysis.check.tail import tail
from analysis.check.usual import Law


class Reading(NamedTuple):
    """One indicator: arrays of one element a domain, NaN where nothing can be said.

    ``p`` is the chance of so odd a value in an honest domain; ``z`` a robust score, where there is one.
    ``hard`` marks domains that no chance explains. ``points`` marks the responses that it rests on, none
    where it speaks of the domain as a whole. ``is_share``: ``value`` is a share of the domain's responses.
    """

    indicator: str
    n: Array
    value: Array
    expected: Array
    p: Array
    points: Marks
    z: Array | None = None
    hard: Marks | None = None
    is_share: bool = False


def share_reading(indicator: str, x: Array, n: Array, law: Law, points: Marks) -> Reading:
    """Read a share x / n of each domain against its law: the upper tail."""
    usable = (n >= FEWEST) & np.isfinite(law.alpha)
    p = np.full(len(n), np.nan)
    p[usable] = tail(x[usable], n[usable], law.alpha[usable], law.beta[usable])
    return Reading(indicator, n, _share(x, n), np.where(usable, law.mean, np.nan), p, points, is_share=True)


def _share(x: Array, n: Array) -> Array:
    return np.asarray(np.divide(x, n, out=np.full(len(n), np.nan), where=n >= FEWEST))
