from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.period import period
from analysis.summarise import summarise
from analysis.tally import tally
from analysis.trend import months_of, trend
from tests.load.provinces import province

H1 = period("2026-H1")


def test_months_of__half_year_and_year_in_both_schemes() -> None:
    assert [month.label for month in months_of(H1, "vn-report")] == [f"2026-{n:02}" for n in range(1, 7)]
    assert months_of(H1, "vn-report")[0].first_day == H1.first_day
    assert len(months_of(period("2026-Y", "calendar"), "calendar")) == 12


def test_trend__each_month_as_if_it_were_the_period() -> None:
    ratings = province(4_000, questions=3)
    shift = H1.first_day.toordinal() - int(ratings.day.min())
    ratings = replace(ratings, day=ratings.day + shift)
    months = months_of(H1, "vn-report")
    rows = trend(ratings, months)
    assert {row.month for row in rows} == {month.label for month in months}
    top = [row for row in rows if row.code == "T"]
    assert sum(row.responses for row in top) == ratings.responses
    for row in top:
        inside = (ratings.day >= row.first_day.toordinal()) & (ratings.day <= row.last_day.toordinal())
        good = ratings.answers["overall"][inside] >= 3
        assert row.rate == pytest.approx(good.mean())
        assert row.low is not None
        assert row.high is not None
        assert row.low < row.rate < row.high


def test_trend__one_month_alone__figures_of_the_summary() -> None:
    ratings = province(3_000, questions=2)
    day = np.full(ratings.responses, H1.first_day.toordinal(), np.int32) + np.arange(ratings.responses) % 20
    ratings = replace(ratings, day=day.astype(np.int32))
    month = period("2026-01")
    rows = {row.code: row for row in trend(ratings, [month])}
    summary = summarise(tally(ratings), month)
    for row in summary.rows:
        if row.role == "serving" and row.measure == "overall" and row.kind not in ("counter", "officer"):
            assert (rows[row.code].rate, rows[row.code].low) == (row.rate, row.low)
