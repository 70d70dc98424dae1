from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.empirical_bayes import BetaBinomial
from analysis.compare.grading import (
    GRADES,
    GradingError,
    Minimum,
    class_probabilities,
    enough,
    grade,
    prior_of,
)
from analysis.estimate.proportion import ProportionError

FLAT = BetaBinomial(1, 1)


def grades_of(rates: list[float], n: float, **options: Any) -> Any:
    x = np.array(rates) * n
    return grade(rates, x, np.full(len(rates), n), BetaBinomial(0.5, 0.5), **options)


def test_a_rate_on_a_bound_belongs_above_it_and_nothing_is_rounded() -> None:
    rates = [0.0, 0.6499999, 0.65, 0.7999999, 0.80, 0.8999999, 0.90, 1.0]
    expected = ["low", "low", "medium", "medium", "high", "high", "very_high", "very_high"]
    assert grades_of(rates, 500).grade.tolist() == expected
    for satisfied, n, word in ((13, 20, "medium"), (4, 5, "high"), (27, 30, "very_high"), (53, 59, "high")):
        assert grade([satisfied / n], [satisfied], [n], FLAT).grade.tolist() == [word]


def test_probability_of_a_class_in_closed_form() -> None:
    # Beta(1, 1) and all of 9: Beta(10, 1), whose distribution function is p to the power of 10.
    found = class_probabilities([9], [9], FLAT)[0]
    steps = np.diff([0, 0.65**10, 0.8**10, 0.9**10, 1])
    assert found.tolist() == pytest.approx(steps.tolist(), rel=1e-12)
    told = grade([1.0], [9], [9], FLAT)
    assert told.probability[0] == pytest.approx(1 - 0.9**10, rel=1e-12)
    assert (told.certainty[0], told.neighbour[0]) == ("borderline", "high")


def test_certainty_grows_with_answers() -> None:
    words = [grades_of([0.93], n).certainty[0] for n in (20, 150, 600)]
    assert words == ["borderline", "likely", "certain"]


def test_neighbour_is_the_more_probable_side() -> None:
    found = grades_of([0.82, 0.88, 0.5, 0.97], 200)
    assert found.neighbour.tolist() == ["medium", "very_high", "medium", "high"]


def test_certainty_words_start_at_their_probabilities() -> None:
    found = grades_of(np.linspace(0.9, 1, 200).tolist(), 150)
    by_word = {
        word: found.probability[found.certainty == word] for word in ("borderline", "likely", "certain")
    }
    assert by_word["borderline"].max() < 0.7 <= by_word["likely"].min()
    assert by_word["likely"].max() < 0.9 <= by_word["certain"].min()


def test_no_answers_give_no_grade() -> None:
    found = grade([math.nan, 0.9], [0, 90], [0, 100], FLAT)
    assert (found.grade[0], found.certainty[0], found.neighbour[0]) == ("", "", "")
    assert math.isnan(found.probability[0])
    assert found.grade[1] == "very_high"


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.floats(1, 3000))
def test_a_higher_rate_never_has_a_lower_grade(rates: list[float], n: float) -> None:
    found = grades_of(sorted(rates), n)
    places = [GRADES.index(word) for word in found.grade]
    assert places == sorted(places)
    for word, beside in zip(found.grade, found.neighbour, strict=True):
        assert abs(GRADES.index(word) - GRADES.index(beside)) == 1


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 5000)), min_size=1, max_size=10),
    st.tuples(st.floats(0.5, 100), st.floats(0.5, 100)),
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True),
)
def test_probabilities_of_the_classes_sum_to_one(
    units: list[tuple[float, float]], law: tuple[float, float], bounds: list[float]
) -> None:
    rate, n = (np.array(column) for column in zip(*units, strict=True))
    first, second, third = sorted(bounds)
    chances = class_probabilities(rate * n, n, BetaBinomial(*law), bounds=(first, second, third))
    assert chances.shape == (len(units), 4)
    assert (chances >= 0).all()
    assert chances.sum(axis=1).tolist() == pytest.approx([1.0] * len(units), rel=1e-12)


def test_other_bounds_are_taken() -> None:
    assert grades_of([0.55], 100, bounds=(0.2, 0.5, 0.6)).grade.tolist() == ["high"]


@pytest.mark.parametrize(
    "bounds",
    [(0.65, 0.65, 0.9), (0.9, 0.8, 0.65), (0, 0.5, 0.9), (65, 80, 90), (0.5, 0.9), (0.1, math.nan, 0.9)],
)
def test_bounds_that_do_not_rise_are_quoted(bounds: Any) -> None:
    with pytest.raises(GradingError, match=r"bounds.*rising"):
        grades_of([0.9], 100, bounds=bounds)
    with pytest.raises(GradingError, match=r"bounds.*rising"):
        class_probabilities([1], [2], FLAT, bounds=bounds)


def test_bad_input_is_quoted() -> None:
    with pytest.raises(GradingError, match=r"1\.2"):
        grade([1.2], [1], [2], FLAT)
    with pytest.raises(GradingError, match=r"\(2,\)"):
        grade([0.5, 0.5], [1], [2], FLAT)
    with pytest.raises(ProportionError, match="3"):
        grade([0.5], [3], [2], FLAT)
    with pytest.raises(GradingError, match="testable"):
        prior_of([1, 2], [3, 4], [True])


def test_each_minimum_is_needed() -> None:
    rows = np.array([(30, 8, 30, 0.29), (29, 8, 30, 0.29), (30, 7, 30, 0.29), (30, 8, 29.99, 0.29)])
    responses, clusters, effective, width = rows.T
    assert enough(responses, clusters, effective, width).tolist() == [True, False, False, False]
    assert not enough(30, 8, 30, 0.30)
    assert enough([100, 100], [20, 20], [math.nan, 60.0], [0.1, 0.1]).tolist() == [False, True]
    assert enough(10, 8, 10, 0.4, Minimum(responses=10, effective_n=10, width=0.5))


def test_prior_comes_from_eight_units_that_differ() -> None:
    x, n = np.array([80.0, 90, 70, 60, 95, 88, 77, 92]), np.full(8, 100.0)
    fit, no_pool = prior_of(x, n)
    assert not no_pool
    assert fit == beta_binomial(x, n)
    assert prior_of(x[:7], n[:7]) == (BetaBinomial(0.5, 0.5), True)
    assert prior_of(x, n, testable=[True] * 7 + [False]) == (BetaBinomial(0.5, 0.5), True)
    assert prior_of(np.r_[x, 0], np.r_[n, 0]).fit == fit
    assert prior_of([0, 9] * 4, [9] * 8) == (BetaBinomial(0.5, 0.5), True)


def test_prior_of_few_units_is_widened_on_request() -> None:
    x, n = np.array([80.0, 90, 70, 60, 95, 88, 77, 92]), np.full(8, 100.0)
    wide = prior_of(x, n, seed=5).fit
    assert (len(wide.draws), wide.seed) == (200, 5)
    assert prior_of(np.tile(x, 3), np.tile(n, 3), seed=5).fit.draws == ()
