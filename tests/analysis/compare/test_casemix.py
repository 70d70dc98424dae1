from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.casemix import CaseMixError, case_mix_adjusted
from analysis.estimate.design import linearised
from analysis.estimate.proportion import ProportionError

CELLS = st.lists(
    st.tuples(
        st.integers(0, 8), st.integers(0, 8), st.integers(0, 3), st.sampled_from("ab"), st.integers(0, 4)
    ),
    min_size=1,
    max_size=40,
)


def test_adjusted_rates_by_hand() -> None:
    # Peers: easy 40/50, hard 20/50, all 60/100. Officer 0 of 30 easy and 10 hard: E = 24 + 4 = 28, x = 27.
    found = case_mix_adjusted(
        [12, 9, 6, 16, 17],
        [15, 15, 10, 20, 40],
        [0, 0, 0, 1, 1],
        ["easy", "easy", "hard", "easy", "hard"],
        ["Mon", "Tue", "Tue", "Mon", "Tue"],
    )
    easy, hard, both = 37 / 50, 23 / 50, 60 / 100
    expected = 30 * easy + 10 * hard
    assert found.expected[0] == pytest.approx(expected, rel=1e-12)
    assert found.ratio[0] == pytest.approx(27 / expected, rel=1e-12)
    assert found.rate[0] == pytest.approx(both * 27 / expected, rel=1e-12)
    assert found.raw_rate.tolist() == pytest.approx([27 / 40, 33 / 60])
    assert found.peer_rate.tolist() == [both, both]
    assert found.n.tolist() == [40, 60]
    # Days of officer 0: 12 of E 11.1 and 15 of E 15.7.
    e = [
        (12 - 27 / expected * 15 * easy) / expected,
        (15 - 27 / expected * (15 * easy + 10 * hard)) / expected,
    ]
    error = both * math.sqrt(2 * (e[0] ** 2 + e[1] ** 2))
    assert found.standard_error[0] == pytest.approx(error, rel=1e-9)
    assert found.df.tolist() == [1, 1]
    reach = 12.706204736174698 * error
    assert (found.low[0], found.high[0]) == pytest.approx(
        (max(0, found.rate[0] - reach), min(1, found.rate[0] + reach)), rel=1e-9
    )


def test_rate_is_cut_at_one_and_the_ratio_is_kept() -> None:
    found = case_mix_adjusted([10, 50], [10, 90], [0, 1], ["b", "b"], [1, 1])
    assert found.ratio[0] == pytest.approx(1 / 0.6)
    assert found.rate[0] == pytest.approx(1.0)
    # In the hard procedure all of its answers, where peers have few: 0.9 * 10 / 5 is more than 1.
    more = case_mix_adjusted([10, 0, 890], [10, 10, 900], [0, 1, 1], ["hard", "hard", "easy"], [1, 1, 2])
    assert more.ratio[0] == pytest.approx(2)
    assert more.rate[0] == 1.0


def test_peers_are_never_mixed() -> None:
    columns = [9, 5, 3, 1], [10, 10, 10, 10], [0, 1, 2, 3], ["p"] * 4, [1] * 4
    found = case_mix_adjusted(*columns, peers=["land", "land", "civil", "civil"])
    assert found.peer_rate.tolist() == pytest.approx([0.7, 0.7, 0.2, 0.2])
    alone = case_mix_adjusted(*(column[:2] for column in columns))
    assert found.rate[:2].tolist() == pytest.approx(alone.rate.tolist())


def test_domains_without_answers_or_expectation_have_no_rate() -> None:
    found = case_mix_adjusted([0, 5, 0], [4, 10, 0], [0, 1, 2], ["a", "b", "b"], [1, 1, 1], domains=4)
    assert np.isnan(found.rate).tolist() == [True, False, True, True]
    assert np.isnan(found.ratio).tolist() == [True, False, True, True]
    assert found.raw_rate[0] == 0
    assert found.n.tolist() == [4, 10, 0, 0]
    assert np.isnan(found.low).all()
    assert np.isnan(case_mix_adjusted([0], [0], [0], ["a"], [1]).rate).all()


@given(CELLS)
def test_one_procedure_gives_the_raw_rate_and_its_error(cells: list[tuple[int, int, int, str, int]]) -> None:
    x, rest, domain, _, day = (np.array(column) for column in zip(*cells, strict=True))
    n = x + rest
    found = case_mix_adjusted(x, n, domain, ["only"] * len(x), day)
    for one in np.unique(domain):
        kept = (domain == one) & (n > 0)
        if not kept.any() or not x.sum():
            assert math.isnan(found.rate[one])
            continue
        plain = linearised(x[kept], n[kept], day[kept])
        assert found.rate[one] == pytest.approx(plain.rate, rel=1e-9)
        assert found.standard_error[one] == pytest.approx(
            plain.standard_error, rel=1e-6, abs=1e-9, nan_ok=True
        )
        assert found.df[one] == plain.df


@given(CELLS)
def test_expectations_add_up_to_what_was_counted(cells: list[tuple[int, int, int, str, int]]) -> None:
    x, rest, domain, procedure, day = (np.array(column) for column in zip(*cells, strict=True))
    found = case_mix_adjusted(x, x + rest, domain, procedure, day)
    assert found.expected.sum() == pytest.approx(x.sum(), rel=1e-9)
    order = np.argsort(day, kind="stable")[::-1]
    mixed = case_mix_adjusted(x[order], (x + rest)[order], domain[order], procedure[order], day[order])
    assert mixed.rate.tolist() == pytest.approx(found.rate.tolist(), rel=1e-9, nan_ok=True)


def test_faults_are_quoted() -> None:
    with pytest.raises(ProportionError, match="7"):
        case_mix_adjusted([7], [5], [0], ["a"], [1])
    with pytest.raises(CaseMixError, match="one length"):
        case_mix_adjusted([1, 2], [5, 5], [0], ["a"], [1])
    with pytest.raises(CaseMixError, match="domain 0 to 3: give whole numbers from 0 to 1"):
        case_mix_adjusted([1, 2], [5, 5], [0, 3], ["a", "a"], [1, 1], domains=2)
    with pytest.raises(CaseMixError, match="whole numbers"):
        case_mix_adjusted([1], [5], ["o1"], ["a"], [1])
    with pytest.raises(CaseMixError, match="1 domains with peers"):
        case_mix_adjusted([1], [5], [0], ["a"], [1], peers=["x", "y"])
