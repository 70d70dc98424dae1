from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.difference import difference_interval
from analysis.compare.standard import StandardisationError, merged_groups
from analysis.compare.standardisation import LOW_COVERAGE, standardised_difference
from analysis.compare.standardised_rate import Cells
from analysis.estimate.design import linearised

FIRST = Cells([18, 8, 17, 9, 19, 7], [20, 16, 20, 16, 20, 16], [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3])
SECOND = Cells([9, 16, 8, 18, 10, 15], [10, 32, 10, 32, 10, 32], [0, 1, 0, 1, 0, 1], [4, 4, 5, 5, 6, 6])


def rows(reference: Path, name: str) -> list[dict[str, str]]:
    with (reference / "statistics" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_reference_poststratified_rates_are_met(reference: Path | None) -> None:
    if reference is None:
        return
    path = reference / "statistics" / "tallies_expected.json"
    expected = json.loads(path.read_text(encoding="utf-8"))["weighted"]
    tallies = [row for row in rows(reference, "tallies.csv") if row["question"] == "q3"]
    transactions = rows(reference, "transactions.csv")
    met = 0
    for case in expected:
        if case.get("ps_estimate") is None:
            continue
        procedures = sorted({row["procedure"] for row in transactions if row["unit"] == case["unit"]})
        standard = [
            sum(
                int(r["transactions"])
                for r in transactions
                if (r["unit"], r["procedure"]) == (case["unit"], one)
            )
            for one in procedures
        ]
        own = [row for row in tallies if row["unit"] == case["unit"]]
        count = np.array([int(row["count"]) for row in own])
        cells = Cells(
            count * [int(row["answer"]) >= 4 for row in own],
            count,
            [procedures.index(row["procedure"]) for row in own],
            [row["date"] for row in own],
        )
        found = standardised_difference(
            cells, cells, standard, minimum_respondents=None, minimum_coverage=None
        ).first
        assert (found.rate, found.standard_error, found.kish) == pytest.approx(
            (case["ps_estimate"], case["ps_se"], case["ps_kish_deff"]), rel=1e-9, abs=1e-12
        ), case
        met += 1
    assert met


def test_standardised_rates_by_hand() -> None:
    # Procedure 0: 54/60 and 27/30; procedure 1: 24/48 and 49/96; the standard is 3 to 1.
    found = standardised_difference(FIRST, SECOND, [300, 100])
    assert found.first.rate == pytest.approx(0.75 * 0.9 + 0.25 * 0.5, rel=1e-12)
    assert found.second.rate == pytest.approx(0.75 * 0.9 + 0.25 * 49 / 96, rel=1e-12)
    assert found.difference.difference == pytest.approx(-0.25 / 96, rel=1e-9)
    # Residuals of the first: days (0, -1, 1) in procedure 0 and (0, 1, -1) in procedure 1.
    e = 0.75 / 60 - 0.25 / 48
    assert found.first.standard_error == pytest.approx(math.sqrt(1.5 * 2 * e * e), rel=1e-12)
    assert found.first.df == 2
    assert found.first.kish == pytest.approx(108 * (0.75**2 / 60 + 0.25**2 / 48), rel=1e-12)
    assert (found.coverage, found.reason, found.cell.tolist()) == (1.0, "", [0, 1])


def test_interval_is_newcombes_at_the_effective_sizes() -> None:
    found = standardised_difference(FIRST, SECOND, [300, 100], prior_design_effects=(2, 3))
    counts = [
        number
        for one in (found.first, found.second)
        for number in (one.rate * one.effective_n, one.effective_n)
    ]
    assert found.difference == pytest.approx(difference_interval(*counts), rel=1e-12)


def test_moderated_size_by_hand() -> None:
    found = standardised_difference(FIRST, SECOND, [300, 100], prior_design_effects=(2, 3)).first
    direct = found.standard_error**2 * 108 / (found.rate * (1 - found.rate))
    effect = (10 * 2 * found.kish + 2 * direct) / 12
    t107, t12 = 1.9823833697, 2.1788128297  # tables of Student's t
    assert found.effective_n == pytest.approx(108 / effect * (t107 / t12) ** 2, rel=1e-8)


def test_same_mix_as_the_answers_gives_the_plain_rate() -> None:
    cells = Cells([18, 8, 17, 9, 19, 7], [20] * 6, [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3])
    found = standardised_difference(cells, cells, [1, 1]).first
    plain = linearised(cells.satisfied, cells.n, cells.cluster)
    assert found.rate == pytest.approx(plain.rate, rel=1e-12)
    assert found.kish == pytest.approx(1, rel=1e-12)


def test_standard_that_is_not_covered_leaves_the_plain_rates() -> None:
    found = standardised_difference(FIRST, SECOND, [300, 100, 60])
    assert found.reason == LOW_COVERAGE
    assert found.coverage == pytest.approx(400 / 460)
    plain = linearised(FIRST.satisfied, FIRST.n, FIRST.cluster)
    assert found.first[:3] == pytest.approx((plain.rate, plain.standard_error, plain.df), rel=1e-12)
    without = standardised_difference(FIRST, SECOND, [300, 100, 60], minimum_coverage=None)
    assert without.reason == ""
    # The third procedure has no respondents: the smaller other one, in the sample with fewer, stands for it.
    assert without.cell.tolist() == [0, 1, 0]
    assert without.first.rate == pytest.approx((360 * 0.9 + 100 * 0.5) / 460, rel=1e-12)
    unmerged = standardised_difference(
        FIRST, SECOND, [300, 100, 60], minimum_coverage=None, minimum_respondents=None
    )
    assert unmerged.cell.tolist() == [0, 1, -1]
    assert unmerged.first.rate == pytest.approx((300 * 0.9 + 100 * 0.5) / 400, rel=1e-12)


def test_ninety_per_cent_is_enough() -> None:
    assert standardised_difference(FIRST, SECOND, [800, 100, 100]).reason == ""


def test_respondents_decide_what_is_thin_and_answers_the_rate() -> None:
    cells = Cells([40, 8, 40, 8], [50, 10, 50, 10], [0, 1, 0, 1], [1, 1, 2, 2], [10, 2, 10, 2])
    assert standardised_difference(cells, cells, [9, 1]).cell.tolist() == [0, 0]
    assert standardised_difference(
        cells._replace(respondents=None), cells._replace(respondents=None), [9, 1]
    ).cell.tolist() == [0, 1]


def test_thin_groups_join_their_field_first() -> None:
    assert merged_groups([40, 4, 3, 30, 50], [1] * 5, 10, [["a", "b", "b", "b", "b"]]).tolist() == [
        0,
        1,
        1,
        1,
        2,
    ]
    assert merged_groups([40, 4, 30], [1] * 3, 10, [["a", "b", "c"]]).tolist() == [0, 1, 1]
    assert merged_groups([1, 2, 3], [1] * 3, 10).tolist() == [0, 0, 0]
    assert merged_groups([20, 2, 30], [1, 0, 1], 10).tolist() == [0, -1, 1]
    with pytest.raises(StandardisationError, match="3 groups"):
        merged_groups([20, 2, 30], [1, 0, 1], 10, [["a"]])


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=12
    ),
    st.integers(1, 20),
)
def test_merged_cells_are_thick_and_standard_is_kept(
    groups: list[tuple[int, int, str]], minimum: int
) -> None:
    size, weight, field = (np.array(column) for column in zip(*groups, strict=True))
    cell = merged_groups(size, weight, minimum, [field])
    assert ((cell >= 0) == (weight > 0)).all()
    held: dict[int, int] = defaultdict(int)
    for place, one in zip(cell.tolist(), size.tolist(), strict=True):
        held[place] += one
    held.pop(-1, None)
    assert sorted(held) == list(range(len(held)))
    assert len(held) <= 1 or min(held.values()) >= minimum


@given(st.permutations(range(6)))
def test_order_of_the_cells_does_not_matter(order: list[int]) -> None:
    mixed = Cells(*(np.asarray(column)[order] for column in FIRST[:4]))
    found = standardised_difference(mixed, SECOND, [300, 100])
    expected = standardised_difference(FIRST, SECOND, [300, 100])
    assert found.first == pytest.approx(expected.first, rel=1e-9)


def test_one_day_has_no_standard_error_and_keeps_kish() -> None:
    one_day = FIRST._replace(cluster=[1] * 6)
    found = standardised_difference(one_day, SECOND, [300, 100]).first
    assert math.isnan(found.standard_error)
    assert found.df == 0
    assert found.effective_n == pytest.approx(min(108, 108 / found.kish))


def test_all_satisfied_is_no_more_than_one() -> None:
    cells = Cells([10] * 7, [10] * 7, list(range(7)), list(range(7)))
    found = standardised_difference(cells, cells, [0.1, 0.2, 0.3, 0.7, 0.9, 1.1, 1.3])
    assert found.first.rate == pytest.approx(1, rel=1e-15)
    assert found.first.standard_error == 0
    assert found.difference.low < 0 < found.difference.high


def test_faults_are_quoted() -> None:
    for standard in ([], [0, 0], [1, -1], [1, math.nan]):
        with pytest.raises(StandardisationError, match="standard"):
            standardised_difference(FIRST, SECOND, standard)
    with pytest.raises(StandardisationError, match="second sample: no answers"):
        standardised_difference(FIRST, Cells([0], [0], [0], [1]), [1, 1])
    with pytest.raises(StandardisationError, match="first sample: groups 0 to 2"):
        standardised_difference(Cells([0, 1], [1, 1], [0, 2], [1, 2]), SECOND, [1, 1])
    with pytest.raises(StandardisationError, match="one length"):
        standardised_difference(Cells([0, 1], [1, 1], [0], [1, 2]), SECOND, [1, 1])
    with pytest.raises(StandardisationError, match="respondents"):
        standardised_difference(FIRST._replace(respondents=[0] * 6), SECOND, [1, 1])
    with pytest.raises(StandardisationError, match="no common mix to compare at"):
        standardised_difference(
            Cells([1], [2], [0], [1]),
            Cells([1], [2], [1], [1]),
            [1, 1],
            minimum_respondents=None,
            minimum_coverage=None,
        )
    with pytest.raises(StandardisationError, match="no common mix to compare at"):
        standardised_difference(FIRST, Cells([1], [20], [2], [1]), [1, 1, 0], minimum_coverage=None)
