from __future__ import annotations

import pytest
from flask import Flask

from analysis.compare.grading import BOUNDS
from analysis.estimate.nonresponse import tipping_point
from analysis.period import period
from analysis.summary import Row
from survey_app.evaluate import compared, said
from tests.evaluate.desks import hidden, row

BEFORE = period("2025-H2")


def told(app: Flask, figures: Row) -> list[str]:
    with app.test_request_context("/?lang=en"):
        return said.sentences(figures, BEFORE, BOUNDS)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (
            row("A", answers=5, satisfied=5, rate=1.0, low=0.57, high=1.0),
            "Xã Mẫu: all 5 answers were satisfied; with this number the true rate may be as low as 57.0%.",
        ),
        (
            row("A", responses=21, clusters=3, status=("insufficient",)),
            "Only 21 responses on 3 days; a band needs at least 30 on 8 days.",
        ),
        (row("A", grade="low", certainty="borderline"), "Satisfaction band: Low (borderline with Medium)."),
        (row("A", grade="high", certainty="borderline"), "Satisfaction band: High (borderline)."),
        (row("A", served=None), "The unit has not supplied its visits, so coverage is not known."),
        (
            row("A", change=0.05, change_low=0.01, change_high=0.09),
            "Compared with the second half of 2025, up 5.0 points (1.0 to 9.0), more than chance variation.",
        ),
        (
            row("A", change=-0.052, change_low=-0.099, change_high=-0.005),
            "Compared with the second half of 2025, down 5.2 points (0.5 to 9.9), more than chance "
            "variation.",
        ),
        (
            row("A", change=None, status=("version_change",)),
            "Not compared with the second half of 2025: questions changed.",
        ),
        (
            row("A", target=0.8, against_target="above"),
            "Above the target of 80.0%, by more than chance variation.",
        ),
        (
            row("A", status=("not_distinguishable",)),
            "The units of its group cannot be told apart, so they are not ranked.",
        ),
        (
            row("A", verdict="below"),
            "Compared with the rest of its group: below, by more than chance variation.",
        ),
    ],
)
def test_sentences__of_figures__claim_no_more_than_they_do(app: Flask, figures: Row, sentence: str) -> None:
    assert sentence in told(app, figures)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_sentences__hidden_row__one_that_says_so(app: Flask) -> None:
    assert told(app, hidden("A", "Xã Ẩn")) == ["Xã Ẩn: hidden (small number)."]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_rank__whole_group_known__says_of_how_many(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        few = compared.rank(row("A", rank_best=1, rank_worst=3), [row("A")])
        whole = compared.rank(row("A", rank_best=1, rank_worst=3), [row("A"), row("B"), row("C")])
    assert few.startswith("Rank between 1 and 3 of its group.")
    assert whole.startswith("Rank between 1 and 3 of 3 units of its group.")


@pytest.mark.parametrize(("rate", "coverage"), [(0.84, 0.135), (0.9, 0.5), (0.66, 0.02), (0.99, 0.9)])
def test_tipping_gap__is_that_of_the_statistics(rate: float, coverage: float) -> None:
    gap = said.tipping_gap(row("A", rate=rate, coverage=coverage), BOUNDS)
    bound = max(each for each in BOUNDS if each <= rate)
    expected = float(tipping_point(rate, coverage, bound))
    assert gap == (pytest.approx(expected, abs=1e-12) if expected <= rate else None)


@pytest.mark.parametrize("figures", [row("A", grade=None), row("A", coverage=None), row("A", rate=0.5)])
def test_tipping_gap__where_the_band_cannot_change__is_none(figures: Row) -> None:
    assert said.tipping_gap(figures, BOUNDS) is None
