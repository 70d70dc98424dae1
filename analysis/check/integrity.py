"""Integrity: every sign of doubtful responses, over all domains of a level, tested together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.check.arrivals import FEWEST, Arrivals, ArrivalsError, Marks
from analysis.check.bursts import burst, expected_shares, surge
from analysis.check.clock import at_closing, fast, hours, outside_hours, speed
from analysis.check.patterns import (
    all_satisfied,
    best_run,
    few_choices,
    repeated,
    repeated_together,
    straight_lines,
)
from analysis.check.presses import in_a_row, longest_press, presses
from analysis.check.usual import Reading
from analysis.estimate.design import Array, Index


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as odd.

    ``level`` is the false discovery rate over all tests of the period. Seconds: ``gap`` between two responses
    in a row, ``closing`` about closing time, ``grace`` about the opening hours, ``per_question`` for one
    question. ``presses`` is the longest row that can be; ``window`` and ``last`` are days of a burst and of
    the end of the period. A share counts as odd only from ``excess`` above what is expected: less hardly
    moves a rate.
    """

    level: float = 0.01
    excess: float = 0.05
    gap: float = 20.0
    presses: int = 5
    window: int = 3
    last: int = 10
    closing: float = 900.0
    grace: float = 1800.0
    per_question: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no threshold.

        Raises
        ------
        ArrivalsError
            If the level is not between 0 and 1 or a length is not positive.
        """
        if not 0 < self.level < 1:
            raise ArrivalsError(f"level {self.level!r}: give a fraction between 0 and 1, such as 0.01")
        for name in ("gap", "presses", "window", "last", "closing", "per_question"):
            if not getattr(self, name) > 0:
                raise ArrivalsError(f"{name} {getattr(self, name)!r}: give a number above 0")


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


def integrity(
    arrivals: Arrivals,
    *,
    seed: int,
    thresholds: Thresholds | None = None,
    replicates: int = 999,
) -> Findings:
    """Compute every indicator for every domain and adjust their p values together.

    Indicators: ``more_answers`` (responses / served, in the period) and ``more_answers_on_day`` (on the worst
    day) are hard where above 1; ``burst`` (responses in the densest window), ``in_a_row`` (share that came
    quickly after another), ``presses`` (longest such row; hard), ``hours`` (chi-square), ``outside_hours``,
    ``closing_time``, ``fast``, ``straight_lines``, ``surge``, ``flagged`` and ``flagged_together`` (shares),
    ``best_run`` (length), ``perfect_score`` (rate), ``speed`` (seconds a question), ``entropy`` (bits).
    Expectations are the workload's where it is known, else the peers'. Domains with fewer than ten responses
    are passed over.

    Parameters
    ----------
    arrivals
        Responses of one level; those of no domain only tell how busy counters are.
    seed
        Of the replicates of `burst`; stored in the result.
    thresholds
        None: the defaults.
    replicates
        Of the scans that a bound does not settle; ten times as many where p is small.

    Raises
    ------
    ArrivalsError
        If there is no domain.

    Examples
    --------
    >>> days = np.repeat(np.arange(40), 5)
    >>> numbers, hour = np.tile(np.arange(5), 40), np.tile([9, 10, 11, 14, 15], 40)
    >>> columns = {name: np.full(200, np.nan) for name in ("duration", "opens", "closes")}
    >>> marks = {name: np.zeros(200, bool) for name in ("equal", "best", "flagged")}
    >>> found = integrity(
    ...     Arrivals(
    ...         domains=5, first_day=0, last_day=39, domain=numbers, counter=numbers, day=days,
    ...         opened=hour * 3600.0 + days, answers=np.full(200, 5.0), satisfied=np.full(200, 4.0),
    ...         served=np.full(5, 30.0), **columns, **marks,
    ...     ),
    ...     seed=1,
    ... )
    >>> row = found.indicators.index("more_answers")
    >>> found.value[row].round(2).tolist(), found.flagged[row].all().item()
    ([1.33, 1.33, 1.33, 1.33, 1.33], True)
    """
    if arrivals.domains < 1:
        raise ArrivalsError("domains 0: give one or more")
    limit = thresholds or Thresholds()
    shares, found = expected_shares(arrivals), presses(arrivals, gap=limit.gap)
    readings = [
        more_answers(arrivals),
        more_answers_on_day(arrivals),
        burst(arrivals, shares, window=limit.window, seed=seed, replicates=replicates),
        in_a_row(arrivals, found),
        longest_press(arrivals, found, most=limit.presses),
        hours(arrivals),
        outside_hours(arrivals, grace=limit.grace),
        at_closing(arrivals, closing=limit.closing),
        straight_lines(arrivals),
        best_run(arrivals),
        all_satisfied(arrivals),
        surge(arrivals, shares, last=limit.last),
        speed(arrivals),
        fast(arrivals, least=limit.per_question),
        few_choices(arrivals),
        repeated(arrivals),
        repeated_together(arrivals),
    ]
    return _findings(arrivals, readings, limit, seed)


def _findings(arrivals: Arrivals, readings: Sequence[Reading], limit: Thresholds, seed: int) -> Findings:
    none, no = np.full(arrivals.domains, np.nan), np.zeros(arrivals.domains, np.bool_)
    p = np.stack([each.p for each in readings])
    slight = np.stack([each.is_share & (each.value - each.expected < limit.excess) for each in readings])
    # What is too slight to matter must not help others to be found.
    q = adjusted(np.where(slight & np.isfinite(p), 1.0, p))
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


def adjusted(p: Array) -> Array:
    """Adjust p values by Benjamini and Hochberg over all that are not NaN.

    Examples
    --------
    >>> adjusted(np.array([0.01, np.nan, 0.02, 0.5])).round(3).tolist()
    [0.03, nan, 0.03, 0.5]
    """
    from scipy.stats import false_discovery_control

    tested = np.isfinite(p)
    q = np.full(p.shape, np.nan)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q


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
