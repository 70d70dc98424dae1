"""What holds of every estimate, whatever the counts: properties that no file of its own has."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.compare.difference import difference_interval
from analysis.compare.ranking import rank_sets
from analysis.estimate.design import linearised
from analysis.estimate.design_effect import DesignEffects, moderated_design_effect
from analysis.estimate.effective_size import adjusted_effective_n
from analysis.estimate.intervals import korn_graubard_interval
from analysis.estimate.post_stratification import post_stratified_domains
from analysis.estimate.proportion import Method, proportion_interval
from analysis.estimate.raking import Method as RakingMethod
from analysis.estimate.raking import raked
from analysis.estimate.weighting import WeightedRate, post_stratified

METHODS: tuple[Method, ...] = ("wilson", "clopper-pearson", "jeffreys", "agresti-coull")
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


class Days(NamedTuple):
    """Sums over the respondents of a day of a unit, who were asked two questions."""

    domain: NDArray[np.intp]
    cluster: NDArray[np.intp]
    q: NDArray[np.float64]
    k: NDArray[np.float64]
    moments: dict[str, Any]


@st.composite
def days(draw: st.DrawFn) -> Days:
    """Draw days of up to four units, each with up to six respondents."""
    people = draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 2), st.integers(0, 2)),
            min_size=2,
            max_size=60,
        )
    )
    domain, cluster, q, k = (np.array(column) for column in zip(*people, strict=True))
    k = np.minimum(q, k)
    return with_moments(domain, cluster, q.astype(float), k.astype(float))


def with_moments(
    domain: NDArray[np.intp], cluster: NDArray[np.intp], q: NDArray[np.float64], k: NDArray[np.float64]
) -> Days:
    moments = {"respondents": np.ones(len(q)), "sum_q2": q * q, "sum_qk": q * k, "sum_k2": k * k}
    return Days(domain, cluster, q, k, moments)


def moderated_of(made: Days, **more: Any) -> DesignEffects:
    return moderated_design_effect(
        made.domain, made.cluster, made.k, made.q, **made.moments, minimum_pool=None, **more
    )


@given(days())
def test_moderated__rate_held_and_size_at_most_n(made: Days) -> None:
    found = moderated_of(made).estimate
    assert (found.low >= 0).all()
    assert (found.low <= found.rate + 1e-12).all()
    assert (found.rate <= found.high + 1e-12).all()
    assert (found.high <= 1).all()
    assert (found.effective_n <= found.answers).all()
    assert (found.design_effect >= 1).all()


@given(days())
def test_moderated__complement__mirrors(made: Days) -> None:
    turned = with_moments(made.domain, made.cluster, made.q, made.q - made.k)
    once, mirrored = moderated_of(made), moderated_of(turned)
    assert mirrored.pool[:2] == pytest.approx(once.pool[:2], rel=1e-6, abs=1e-9)
    for ours, theirs in (("rate", "rate"), ("low", "high"), ("high", "low")):
        left, right = getattr(once.estimate, ours), 1 - getattr(mirrored.estimate, theirs)
        assert left == pytest.approx(right, abs=1e-6)


@given(days(), st.randoms(use_true_random=False))
def test_moderated__order_of_rows__changes_nothing(made: Days, random: Any) -> None:
    order = list(range(len(made.q)))
    random.shuffle(order)
    mixed = with_moments(*(column[order] for column in made[:4]))  # type: ignore[arg-type]
    once, again = moderated_of(made), moderated_of(mixed)
    for left, right in zip(once.estimate, again.estimate, strict=True):
        assert left == pytest.approx(right, rel=1e-6, abs=1e-9, nan_ok=True)


@given(
    satisfied=st.integers(0, 300),
    rest=st.integers(0, 300),
    more=st.integers(1, 40),
    levels=st.lists(st.sampled_from(LEVELS), min_size=2, max_size=2, unique=True),
)
def test_less_confidence__narrower(satisfied: int, rest: int, more: int, levels: list[float]) -> None:
    n = satisfied + rest + 1
    narrow, wide = (
        [
            *(proportion_interval(satisfied, n, method=method, confidence_level=level) for method in METHODS),
            korn_graubard_interval(satisfied / n, n / 2, confidence_level=level),
            difference_interval(satisfied, n, more, more + 20, confidence_level=level)[1:],
            proportion_interval(
                *(
                    np.array([satisfied / n, 1])
                    * adjusted_effective_n(n, n / 3, more, confidence_level=level)
                ),
                confidence_level=level,
            ),
        ]
        for level in sorted(levels)
    )
    for one, other in zip(narrow, wide, strict=True):
        assert one[1] - one[0] < other[1] - other[0] + 1e-12


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=12))
def test_less_confidence__rank_sets_within_the_wider_ones(units: list[tuple[int, int]]) -> None:
    x = np.array([satisfied for satisfied, _ in units], float)
    n = x + [rest + 1 for _, rest in units]
    narrow, wide = (rank_sets(x, n, confidence_level=level) for level in (0.8, 0.95))
    assert (wide.best <= narrow.best).all()
    assert (narrow.worst <= wide.worst).all()


ANSWERS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("ab"), st.sampled_from("xy"), st.booleans()),
    min_size=12,
    max_size=60,
).filter(lambda rows: {"a", "b"} == {row[1] for row in rows} and {"x", "y"} == {row[2] for row in rows})
PLAIN: dict[str, Any] = {"minimum": None, "cap": None}


FEW = settings(max_examples=40)


def weighted(
    rows: list[tuple[int, str, str, bool]], turned: bool = False, jackknife: bool = True, **more: Any
) -> list[WeightedRate]:
    """Weight rows by one set of categories, and by two with either standard error."""
    day, kind, channel, good = (list(column) for column in zip(*rows, strict=True))
    given: tuple[Any, Any, Any] = ([float(each != turned) for each in good], [1.0] * len(rows), day)
    plain: dict[str, Any] = PLAIN | more
    margins: Any = [{"a": 700.0, "b": 300.0}, {"x": 600.0, "y": 400.0}]
    methods: tuple[RakingMethod, ...] = ("jackknife", "calibration_residuals")
    return [
        post_stratified(*given, kind, margins[0], **plain),
        *(
            raked(*given, [kind, channel], margins, method=method, rounds=50, **plain)
            for method in methods[not jackknife :]
        ),
    ]


def figures(found: WeightedRate) -> tuple[float, ...]:
    return found.rate, found.standard_error, found.df


@FEW
@given(ANSWERS, st.randoms(use_true_random=False))
def test_weighted__order_and_constant_weights__change_nothing(
    rows: list[tuple[int, str, str, bool]], random: Any
) -> None:
    mixed = rows.copy()
    random.shuffle(mixed)
    again = weighted(mixed, weight=[2.5] * len(rows))
    for left, right in zip(weighted(rows), again, strict=True):
        assert figures(left) == pytest.approx(figures(right), rel=1e-5, abs=1e-7, nan_ok=True)
        assert left.weights.kish == pytest.approx(right.weights.kish)


@FEW
@given(ANSWERS)
def test_weighted__complement__mirrors(rows: list[tuple[int, str, str, bool]]) -> None:
    for left, right in zip(weighted(rows), weighted(rows, turned=True), strict=True):
        assert left.rate == pytest.approx(1 - right.rate, abs=1e-9)
        assert left.standard_error == pytest.approx(right.standard_error, rel=1e-5, abs=1e-7, nan_ok=True)


@FEW
@given(ANSWERS)
def test_weighted__second_copy_of_every_cluster__halves_the_variance(
    rows: list[tuple[int, str, str, bool]],
) -> None:
    m = len({row[0] for row in rows})
    if m < 2:
        return
    twice = [*rows, *((row[0] + 10, *row[1:]) for row in rows)]
    # The jackknife rakes again, which is no linear thing: its variance is halved only nearly.
    once, doubled = (weighted(each, jackknife=False) for each in (rows, twice))
    for left, right in zip(once, doubled, strict=True):
        assert right.rate == pytest.approx(left.rate, abs=1e-9)
        expected = left.standard_error * ((m - 1) / (2 * m - 1)) ** 0.5
        assert right.standard_error == pytest.approx(expected, rel=1e-5, abs=1e-7)


@FEW
@given(ANSWERS)
def test_weighted__mix_of_the_answers_themselves__plain_rate(rows: list[tuple[int, str, str, bool]]) -> None:
    day, kind, _, good = (list(column) for column in zip(*rows, strict=True))
    mix = {each: 7.0 * kind.count(each) for each in "ab"}
    found = post_stratified(good, [1.0] * len(day), day, kind, mix, **PLAIN)  # type: ignore[arg-type]
    assert found.rate == pytest.approx(linearised(good, [1] * len(day), day).rate)
    assert found.weights.kish == pytest.approx(1)


@FEW
@given(ANSWERS)
def test_weighted__domains__rate_held_and_size_at_most_n(rows: list[tuple[int, str, str, bool]]) -> None:
    day, kind, _, good = (np.array(column) for column in zip(*rows, strict=True))
    one, zero = np.ones(len(day)), np.zeros(len(day), int)
    found = post_stratified_domains(
        good.astype(float), one, zero, day, (kind == "b").astype(int), np.array([[700.0, 300.0]]),
        prior=np.array([1.3]),
    )  # fmt: skip
    assert 0 <= found.low[0] <= found.rate[0] + 1e-12
    assert found.rate[0] - 1e-12 <= found.high[0] <= 1
    assert found.effective_n[0] <= len(day)
