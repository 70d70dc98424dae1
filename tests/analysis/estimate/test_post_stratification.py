from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimate.categories import (
    CAP,
    NOBODY_LEFT,
    TOO_FEW,
    TOO_MANY,
    UNKNOWN,
    Label,
    WeightingError,
)
from analysis.estimate.design import linearised
from analysis.estimate.effective_size import adjusted_effective_n
from analysis.estimate.post_stratification import PostStratified, post_stratified_domains
from analysis.estimate.proportion import proportion_interval
from analysis.estimate.weighting import post_stratify

CELLS = 3
ROW = st.fixed_dictionaries(
    {
        "domain": st.integers(0, 2),
        "cluster": st.integers(0, 4),
        "cell": st.integers(0, CELLS - 1),
        "respondents": st.integers(1, 8),
        "questions": st.integers(1, 3),
        "share": st.floats(0, 1),
    }
)
POPULATION = st.lists(
    st.lists(st.sampled_from([0.0, 40.0, 90.0, 900.0, math.nan]), min_size=CELLS, max_size=CELLS),
    min_size=3,
    max_size=3,
)


def columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the columns of rows; every respondent of a row answered as many questions."""
    found = {name: np.array([row[name] for row in rows]) for name in ("domain", "cluster", "cell")}
    people = np.array([float(row["respondents"]) for row in rows])
    n = people * [row["questions"] for row in rows]
    satisfied = np.round(n * [row["share"] for row in rows])
    return {"satisfied": satisfied, "n": n, "respondents": people, **found}


def alone(
    own: dict[str, Any], population: list[float], minimum: float, cap: tuple[float, float], merge: Any
) -> list[Any]:
    """Estimate one domain by weights, residuals about the means of their categories, and `linearised`."""
    x, n, people, cell = (own[name] for name in ("satisfied", "n", "respondents", "cell"))
    made = post_stratify(cell, np.array(population), n=people, minimum=minimum, cap=cap, merge_into=merge)
    w = made.weight
    rate = (w * x).sum() / (w * n).sum()
    u = w * (x - rate * n)
    if not made.status:
        for group in [*made.merged, *((each,) for each in range(CELLS) if each not in sum(made.merged, ()))]:
            inside = np.array([each in group for each in cell.tolist()])
            if inside.any():
                u[inside] -= (w * people)[inside] * u[inside].sum() / (w * people)[inside].sum()
    found = linearised(u + rate * w * n, w * n, own["cluster"])
    return [rate, found.standard_error, float(found.df), made.kish, made.reason]


@settings(max_examples=150)
@given(
    st.lists(ROW, min_size=1, max_size=40),
    POPULATION,
    st.sampled_from([1.0, 5.0, 10.0]),
    st.sampled_from([CAP, (0.7, 1.3), (0.0, 100.0)]),
    st.sampled_from([None, {0: 1}, {0: 2, 2: 1}]),
)
def test_domains__one_by_one__same_figures(
    rows: list[dict[str, Any]],
    population: list[list[float]],
    minimum: float,
    cap: tuple[float, float],
    merge: dict[Label, Label] | None,
) -> None:
    given_columns = columns(rows)
    nearest = None if merge is None else np.array([int(str(merge.get(at, -1))) for at in range(CELLS)])
    found = post_stratified_domains(
        **given_columns, population=np.array(population), minimum=minimum, cap=cap, nearest=nearest
    )
    for domain in range(3):
        mine = given_columns["domain"] == domain
        if not mine.any():
            assert math.isnan(found.rate[domain])
            assert not found.weighted[domain]
            assert (found.low[domain], found.high[domain]) == (0.0, 1.0)
            continue
        own = {name: column[mine] for name, column in given_columns.items()}
        *figures, reason = alone(own, population[domain], minimum, cap, merge)
        made = [float(getattr(found, name)[domain]) for name in ("rate", "standard_error", "df", "kish")]
        assert made == pytest.approx(figures, rel=1e-7, abs=1e-9, nan_ok=True)
        assert (found.reason[domain], found.weighted[domain]) == (reason, reason == "")
        assert_interval(found, domain, float(own["n"].sum()))


def assert_interval(found: PostStratified, at: int, n: float) -> None:
    """Assert that effect, size and interval follow from the rate, its standard error and df."""
    rate, error, effective = found.rate[at], found.standard_error[at], found.effective_n[at]
    if not (error > 0 and 1e-9 < rate < 1 - 1e-9):
        return
    effect = error**2 * n / (rate * (1 - rate))
    assert found.design_effect[at] == pytest.approx(effect, rel=1e-9)
    assert effective == pytest.approx(adjusted_effective_n(n, n / effect, found.df[at]), rel=1e-9)
    assert (found.low[at], found.high[at]) == pytest.approx(proportion_interval(rate * effective, effective))


def simple(**changed: Any) -> dict[str, Any]:
    """Give rows of one domain on six days: of two categories, and of answers whose category is not known."""
    rng = np.random.default_rng(3)
    people = rng.integers(8, 20, 18).astype(float)
    made: dict[str, Any] = {
        "satisfied": np.round(people * np.tile([0.9, 0.5, 0.7], 6) * rng.uniform(0.8, 1.1, 18)),
        "n": people,
        "domain": np.zeros(18, int),
        "cluster": np.repeat(np.arange(6), 3),
        "cell": np.tile([0, 1, -1], 6),
        "population": np.array([[1000.0, 3000.0]]),
    }
    return made | changed


def test_unknown_category__keeps_the_mean_weight() -> None:
    made = simple()
    found = post_stratified_domains(**made)
    x, people = (
        [made[name][made["cell"] == cell].sum() for cell in (0, 1, -1)] for name in ("satisfied", "n")
    )
    w = [1000 / people[0], 3000 / people[1], 4000 / (people[0] + people[1])]
    assert found.rate[0] == pytest.approx(np.dot(w, x) / np.dot(w, people), rel=1e-12)
    assert found.kish[0] == pytest.approx(sum(people) * np.dot(people, np.square(w)) / np.dot(people, w) ** 2)


@pytest.mark.parametrize("population", [[1000.0, 3000.0, 0.0], [1000.0, 2500.0, 500.0]])
@pytest.mark.parametrize("cells", [[0, 1, -1], [0, 1, 2]])
def test_error__is_that_of_the_infinitesimal_jackknife(population: list[float], cells: list[int]) -> None:
    made = simple(cell=np.tile(cells, 6), population=np.array([population]), cap=None)
    if 2 not in cells:
        made["population"] = made["population"][:, :2]
    found = post_stratified_domains(**made)

    def rate(day: int, more: float) -> float:
        by = np.where(made["cluster"] == day, 1 + more, 1.0)
        moved = {"satisfied": made["satisfied"] * by, "n": made["n"] * by}
        return float(post_stratified_domains(**(made | moved)).rate[0])

    # Jaeckel 1972: each cluster's derivative of the rate by its own weight.
    e = [(rate(day, 1e-5) - rate(day, -1e-5)) / 2e-5 for day in range(6)]
    assert found.standard_error[0] == pytest.approx(math.sqrt(6 / 5 * np.square(e).sum()), rel=1e-6)


def test_thin_category__joins_the_nearest_else_the_largest() -> None:
    made: dict[str, Any] = {
        "satisfied": np.array([30.0, 10, 3]),
        "n": np.array([40.0, 20, 4]),
        "domain": np.zeros(3, int),
        "cluster": np.array([1, 2, 3]),
        "cell": np.array([0, 1, 2]),
        "population": np.array([[400.0, 400, 100]]),
    }
    largest = post_stratified_domains(**made)
    assert largest.rate[0] == pytest.approx((500 * 33 / 44 + 400 * 10 / 20) / 900)
    near = post_stratified_domains(**made, nearest=np.array([-1, -1, 1]))
    assert near.rate[0] == pytest.approx((400 * 30 / 40 + 500 * 13 / 24) / 900)
    apart = post_stratified_domains(**made, minimum=None)
    assert apart.rate[0] == pytest.approx((400 * 30 / 40 + 400 * 10 / 20 + 100 * 3 / 4) / 900)


def test_cap__weight_beyond_is_put_there_and_the_total_stays() -> None:
    # Weights 1 and 30 about a mean of 6.8; 2 times that is 13.6, and 80 respondents make up for it.
    made = simple(
        satisfied=np.array([60.0, 5]), n=np.array([80.0, 20]), domain=np.zeros(2, int), cluster=np.arange(2)
    )
    made |= {"cell": np.arange(2), "population": np.array([[80.0, 600]])}
    found = post_stratified_domains(**made, cap=(0.2, 2.0))
    light = (680 - 20 * 13.6) / 80
    assert found.rate[0] == pytest.approx((light * 60 + 13.6 * 5) / 680)
    free = post_stratified_domains(**made, cap=None)
    assert free.rate[0] == pytest.approx((60 + 30 * 5) / 680)


@pytest.mark.parametrize(
    ("population", "reason"),
    [
        ([math.nan, 3000.0], UNKNOWN),
        ([0.0, 0.0], UNKNOWN),
        ([50.0, 60.0], TOO_MANY),
        ([1000.0, 3000.0, 500.0], ""),
        ([4000.0, 0.0], TOO_FEW),
    ],
)
def test_not_weighted__figures_of_the_plain_rate(population: list[float], reason: str) -> None:
    made = simple(population=np.array([population]))
    found = post_stratified_domains(**made)
    assert (found.reason[0], found.weighted[0]) == (reason, not reason)
    plain = linearised(made["satisfied"], made["n"], made["cluster"])
    if reason:
        assert (found.rate[0], found.standard_error[0], found.kish[0]) == pytest.approx((*plain[:2], 1.0))


def test_category_with_nobody__not_weighted_where_nothing_is_merged() -> None:
    found = post_stratified_domains(**simple(population=np.array([[1000.0, 3000, 500]])), minimum=None)
    assert found.reason[0] == NOBODY_LEFT


def test_prior__counts_ten_degrees_of_freedom_and_grows_by_the_weights() -> None:
    made = simple()
    own = post_stratified_domains(**made)
    found = post_stratified_domains(**made, prior=np.array([2.5]))
    effect = max(1.0, (10 * 2.5 * own.kish[0] + 5 * own.design_effect[0]) / 15)
    assert found.design_effect[0] == pytest.approx(effect)
    n = made["n"].sum()
    assert found.effective_n[0] == pytest.approx(adjusted_effective_n(n, n / effect, 15))


@pytest.mark.parametrize(
    ("changed", "quoted"),
    [
        ({"n": np.ones(3)}, r"\(3,\) n"),
        ({"cell": np.full(18, 2)}, "cell 2 of row 0"),
        ({"cell": np.full(18, -2)}, "cell -2"),
        ({"domain": np.full(18, 1)}, "domain 1 of row 0"),
        ({"domain": np.full(18, -1)}, "domain -1"),
        ({"n": np.full(18, -1.0)}, "n -1 of row 0"),
        ({"satisfied": np.full(18, math.nan)}, "satisfied nan"),
        ({"respondents": np.full(18, math.inf)}, "respondents inf"),
        ({"population": np.ones(2)}, r"population has the shape \(2,\)"),
        ({"population": np.array([[-5.0, 10.0]])}, "population -5 of domain 0, category 0"),
        ({"nearest": np.array([-1, 2])}, r"nearest \[-1, 2\]"),
        ({"nearest": np.array([-1])}, r"nearest \[-1\]"),
        ({"cap": (2.0, 5.0)}, r"cap \(2.0, 5.0\)"),
    ],
)
def test_impossible_columns__quoted(changed: dict[str, Any], quoted: str) -> None:
    with pytest.raises(WeightingError, match=quoted):
        post_stratified_domains(**simple(**changed))
