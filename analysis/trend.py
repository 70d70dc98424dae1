"""Trend: the published rate of each unit month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from analysis.period import Period, Scheme, period
from analysis.ratings import NOBODY, Ratings
from analysis.rules import Rules
from analysis.summarise import RULES, summarise
from analysis.summary import Month
from analysis.tally import tally


def months_of(whole: Period, scheme: Scheme) -> tuple[Period, ...]:
    """Give the months of a half-year, year or quarter.

    Examples
    --------
    >>> [month.label for month in months_of(period("2026-Q1"), "vn-report")]
    ['2026-01', '2026-02', '2026-03']
    """
    year = int(whole.label[:4])
    months = (period(f"{year}-{month:02}", scheme) for month in range(1, 13))
    return tuple(month for month in months if month.first_day in whole and month.last_day in whole)


def trend(ratings: Ratings, months: Sequence[Period], *, rules: Rules = RULES) -> tuple[Month, ...]:
    """Give the headline rate of every unit in each month, by the method of the period's own rates.

    The design effect of a month is moderated by the units of that month alone. Units stand as ``ratings`` has
    them, with the units below them in each.
    """
    return tuple(row for month in months for row in _of(ratings, month, rules))


def _of(ratings: Ratings, month: Period, rules: Rules) -> Iterator[Month]:
    summary = summarise(tally(_headline(ratings, month)), month, rules=rules)
    for row in summary.rows:
        if row.role == "serving" and row.measure == "overall" and row.responses is not None:
            yield Month(
                month.label,
                month.first_day,
                month.last_day,
                row.kind,
                row.code,
                row.responses,
                row.rate,
                row.low,
                row.high,
            )


def _headline(ratings: Ratings, month: Period) -> Ratings:
    """Give the answers of a month to the headline question, by unit alone."""
    inside = (ratings.day >= month.first_day.toordinal()) & (ratings.day <= month.last_day.toordinal())
    asked = tuple(question for question in ratings.questions if question.headline)
    nobody = np.full(int(inside.sum()), NOBODY, np.int32)
    return replace(
        ratings,
        counters=(),
        officers=(),
        questions=asked,
        day=ratings.day[inside],
        unit=ratings.unit[inside],
        deciding_unit=nobody,
        counter=nobody,
        officer=nobody,
        version=ratings.version[inside],
        flagged=ratings.flagged[inside],
        answers={question.id: ratings.answers[question.id][inside] for question in asked},
        workload=None,
        fields=(),
        field=None,
    )
