"""The year minus a half tells nobody what the other half hides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.check.disclosure import for_audience
from analysis.period import Period, period
from analysis.ratings import Ratings
from analysis.summarise import summarise
from analysis.summary import AnswerRow, Row, Summary
from analysis.tally import tally
from tests.analysis.check.offices import FACTORS, drawn

YEAR, HALVES = period("2026-Y"), (period("2026-H1"), period("2026-H2"))
HIDDEN = ("suppressed",)
OTHERS = ("head", "officer", "public")
COUNTED = ("responses", "very_satisfied", "mean_score", "flagged")
"""One of each group of numbers of a row that hide together."""


def cut_into_halves(seed: int) -> tuple[Summary, list[Summary]]:
    """Give a year of made-up offices, and its halves: the first twelve days and the other eight."""
    ratings = drawn(seed)
    middle = int(ratings.day.min()) + 12
    first = ratings.day < middle
    halves = [taken(ratings, which, half) for which, half in zip((first, ~first), HALVES, strict=True)]
    return taken(ratings, np.ones(len(first), np.bool_), YEAR), halves


def taken(ratings: Ratings, which: np.ndarray, of: Period) -> Summary:
    columns = ("day", "unit", "deciding_unit", "counter", "officer", "version", "flagged")
    answers = {id: values[which] for id, values in ratings.answers.items()}
    some = replace(ratings, answers=answers, **{name: getattr(ratings, name)[which] for name in columns})
    return summarise(tally(some), of)


def key(row: Row) -> tuple[str, ...]:
    return row.kind, row.role, row.code, row.measure


def answer_key(row: AnswerRow) -> tuple[str, ...]:
    return row.kind, row.role, row.code, row.question, row.choice


@pytest.mark.parametrize("audience", OTHERS)
@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_year__whatever_it_shows__follows_from_what_its_halves_show(audience: str, seed: int) -> None:
    year, halves = cut_into_halves(seed)
    shown = for_audience(year, audience, factors=FACTORS, parts=halves)
    for half in halves:
        cut = for_audience(half, audience, factors=FACTORS)
        own, told = ({key(row): row for row in each.rows} for each in (half, cut))
        for row in shown.rows:
            before, then = own.get(key(row)), told.get(key(row))
            if row.status == HIDDEN or before is None or then is None or not before.responses:
                continue
            for name in COUNTED:
                if getattr(row, name) is not None and getattr(before, name) is not None:
                    assert getattr(then, name) is not None, (key(row), name)
        counts = {answer_key(each): each.count for each in cut.answers}
        for each in shown.answers:
            assert each.count is None or counts.get(answer_key(each), 0) is not None, answer_key(each)


def test_year__one_half_hides_a_row__hides_it_though_it_is_large_enough() -> None:
    found = 0
    for seed in range(10):
        year, halves = cut_into_halves(seed)
        alone, beside = (for_audience(year, "head", factors=FACTORS, parts=each) for each in ((), halves))
        was, now = ({key(row): row for row in each.rows} for each in (alone, beside))
        found += sum(was[each].status != HIDDEN and row.status == HIDDEN for each, row in now.items())
        assert all(row.status == HIDDEN for each, row in now.items() if was[each].status == HIDDEN)
    assert found > 0
