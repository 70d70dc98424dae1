"""Findings: what the indicators say of all domains, their p values adjusted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.check.arrivals import Arrivals
from analysis.check.reading import Reading
from analysis.check.thresholds import Thresholds
from analysis.compare.false_discovery import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class Findings:
    """What the indicators found: tables of a row an indicator and a column a domain.

    ``n`` is what an indicator rests on, ``value`` and ``expected`` are in its own unit (a share, count, bits,
    seconds), ``p`` and ``z`` NaN where there is none. ``q`` is p adjusted over the whole table [1]_, in which
    a share that is not in excess counts as p = 1. ``flagged`` marks q at most the level, and hard checks.
    ``points`` marks the responses that each indicator rests on, a column a response. It proves nothing: a
    person reviews.

    References
    ----------
    .. [1] Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300.
    """

    indicators: tuple[str, ...]
    domain: Index
    n: Array
    value: Array
    expected: Array
    p: Array
    z: Array
    q: Array
    flagged: Marks
    points: Marks
    seed: int

    @property
    def suspicious(self) -> Marks:
        """Mark the domains that any indicator flags."""
        return np.asarray(self.flagged.any(axis=0))

    def responses(self, indicator: str, domain: int) -> Index:
        """Give the indices of a domain's responses that an indicator points to, flagged or not."""
        row = self.points[self.indicators.index(indicator)]
        return np.flatnonzero(row & (self.domain == domain))

    def doubtful(self) -> Marks:
        """Mark the responses that a flagged indicator of their own domain points to.

        A rate without them is what the domain would have had if all of them were not genuine.
        """
        named = self.domain >= 0
        marks = np.zeros(len(self.domain), np.bool_)
        for flagged, points in zip(self.flagged, self.points, strict=True):
            marks |= points & named & flagged[self.domain]
        return marks


def findings_of(arrivals: Arrivals, readings: Sequence[Reading], limit: Thresholds, seed: int) -> Findings:
    """Give what the readings say together; ``seed`` is that of their random numbers."""
    none, no = np.full(arrivals.domains, np.nan), np.zeros(arrivals.domains, np.bool_)
    p = np.stack([each.p for each in readings])
    slight = np.stack([each.is_share & (each.value - each.expected < limit.excess) for each in readings])
    # What is too slight to matter must not help others to be found.
    q = benjamini_hochberg(np.where(slight & np.isfinite(p), 1.0, p))
    hard = np.stack([no if each.hard is None else each.hard for each in readings])
    return Findings(
        indicators=tuple(each.indicator for each in readings),
        domain=arrivals.domain,
        n=np.stack([each.n for each in readings]),
        value=np.stack([each.value for each in readings]),
        expected=np.stack([each.expected for each in readings]),
        p=p,
        z=np.stack([none if each.z is None else each.z for each in readings]),
        q=q,
        flagged=hard | (q <= limit.level),
        points=np.stack([each.points for each in readings]),
        seed=seed,
    )
