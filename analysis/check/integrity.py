"""Integrity: every sign of doubtful responses, over all domains of a level, tested together."""

from __future__ import annotations

from analysis.check.arrivals import Arrivals, ArrivalsError
from analysis.check.bursts import burst, expected_shares, surge
from analysis.check.clock import at_closing, fast, hours, outside_hours, speed
from analysis.check.findings import Findings, findings_of
from analysis.check.more_answers import more_answers, more_answers_on_day
from analysis.check.patterns import few_choices, straight_lines
from analysis.check.perfect_score import all_satisfied
from analysis.check.presses import in_a_row, longest_press, presses
from analysis.check.repeats import repeated, repeated_together
from analysis.check.runs import best_run
from analysis.check.thresholds import Thresholds


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
    >>> import numpy as np
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
    return findings_of(arrivals, readings, limit, seed)
