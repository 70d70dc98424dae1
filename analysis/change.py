"""Change: each rate against that of the same domain in an earlier period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.compare.difference import difference_of_intervals
from analysis.figures import Figures
from analysis.ratings import NOBODY, Domain
from analysis.rules import Rules
from analysis.tallies import Measure


class Earlier(NamedTuple):
    """What an earlier period knows of a level: which domain each of today's was, and figures by measure."""

    domain: Index
    responses: Array
    figures: dict[str, tuple[Measure, Figures]]


class Change(NamedTuple):
    """Difference, now less then, with its interval, NaN where there is none; and why there is none."""

    change: Array
    change_low: Array
    change_high: Array
    no_baseline: Marks
    version_change: Marks


def same_domains(now: Sequence[Domain], then: Sequence[Domain]) -> Index:
    """Give the place that each domain has in an earlier period: the same code since the same day, or NOBODY.

    Codes are reused, so that code and first day together name a domain.

    Examples
    --------
    >>> from datetime import date
    >>> old = Domain("commune", "A", "A", date(2020, 1, 1))
    >>> new = Domain("commune", "A", "Another", date(2026, 1, 1))
    >>> same_domains([new, old], [old]).tolist()
    [-1, 0]
    """
    places = {(each.code, each.valid_from): place for place, each in enumerate(then)}
    return np.array([places.get((each.code, each.valid_from), NOBODY) for each in now], np.intp)


def change(measure: Measure, now: Figures, earlier: Earlier, rules: Rules) -> Change:
    """Compare the figures of a measure with those of an earlier period.

    The interval is Newcombe's [1]_ from the limits of both rates; two periods share no day, so that the rates
    are independent. Both need ``rules.minimum_responses``. A measure of other questions is not compared: the
    question's id stands for its wording.

    References
    ----------
    .. [1] Newcombe 1998, Statistics in Medicine 17:873-890, method 10.
    """
    known = earlier.domain != NOBODY
    place = np.where(known, earlier.domain, 0)
    answered = now.answers > 0
    nothing = np.full(len(known), np.nan)
    if not len(earlier.responses):
        none = np.zeros(len(known), np.bool_)
        return Change(nothing, nothing, nothing, answered, none)
    had = known & (earlier.responses[place] >= rules.minimum_responses)
    before, figures = earlier.figures.get(measure.name, (None, None))
    if figures is None or before is None or set(before.questions) != set(measure.questions):
        return Change(nothing, nothing, nothing, answered & ~had, answered & had)
    then = had & (figures.responses[place] >= rules.minimum_responses)
    both = then & (now.responses >= rules.minimum_responses)
    rate, low, high = (column[place] for column in (figures.rate, figures.low, figures.high))
    found = difference_of_intervals(now.rate, now.low, now.high, rate, low, high)
    difference, change_low, change_high = (np.where(both, column, np.nan) for column in found)
    return Change(difference, change_low, change_high, answered & ~then, np.zeros(len(known), np.bool_))
