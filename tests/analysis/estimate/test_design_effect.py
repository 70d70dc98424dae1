from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.estimate.design import DesignError
from analysis.estimate.design_effect import DesignEffects, moderated_design_effect
from analysis.estimate.proportion import ProportionError


def test_two_domains_by_hand() -> None:
    # phi 1, rho (1/2 - 1/4) / (1/2 + 1/4), R_w = 2; the direct effect of A is 2 (1 + 1) / 4² / (1/4 / 4) = 4,
    # of B 0, which is undefined.
    found = moderated_design_effect(
        ["B", "A", "A", "B"], [1, 1, 2, 2], [1, 2, 0, 1], [2, 2, 2, 2], minimum_pool=None
    )
    assert found.domain.tolist() == ["A", "B"]
    assert found.pool[:2] == pytest.approx((1, 1 / 3))
    assert found.estimate.prior.tolist() == pytest.approx([4 / 3, 4 / 3])
    assert found.estimate.direct[0] == pytest.approx(4)
    assert math.isnan(found.estimate.direct[1])
    assert found.estimate.design_effect.tolist() == pytest.approx([(10 * 4 / 3 + 4) / 11, 4 / 3])
    assert found.estimate.df.tolist() == [11, 10]


def test_rows_of_a_cluster_count_together_and_empty_ones_not_at_all() -> None:
    domain, cluster = ["A", "A", "B", "B"], [1, 2, 1, 2]
    once = moderated_design_effect(domain, cluster, [2, 0, 1, 1], [2, 2, 2, 2])
    apart = moderated_design_effect(
        [*domain, "A", "B"], [*cluster, 1, 3], [1, 0, 1, 1, 1, 0], [1, 2, 2, 2, 1, 0]
    )
    for left, right in zip(once.estimate, apart.estimate, strict=True):
        assert left.tolist() == pytest.approx(right.tolist(), nan_ok=True)


def test_few_peers_give_the_default_and_its_weight_can_be_set() -> None:
    columns = (["A", "A", "B", "B"], [1, 2, 1, 2], [2, 0, 1, 1], [2, 2, 2, 2])
    found = moderated_design_effect(*columns)
    assert found.pool.default
    assert found.estimate.prior.tolist() == pytest.approx([1.05, 1.05])
    heavy = moderated_design_effect(*columns, prior_df=1000)
    assert heavy.estimate.design_effect[0] == pytest.approx((1000 * 1.05 + 4) / 1001)


def test_several_questions_without_sums_count_as_wholly_alike() -> None:
    found = moderated_design_effect(
        ["A", "A"], [1, 2], [6, 4], [10, 5], respondents=[2, 1], questions=5, minimum_pool=None
    )
    # phi 5, rho 0.05, R_w = (4 + 1) / 3.
    assert found.pool[:2] == (5, 0.05)
    assert found.estimate.prior.tolist() == pytest.approx([5 * (1 + (5 / 3 - 1) * 0.05)])


@pytest.mark.parametrize(
    ("more", "quoted"),
    [
        ({"questions": 3}, "respondents or one of"),
        ({"sum_q2": [2, 2]}, "is missing"),
        ({"sum_q2": [2, 2], "sum_qk": [1, 1], "sum_k2": [1, 1]}, "respondents"),
        ({"respondents": [1, 2]}, "respondents differ"),
        ({"respondents": [0, 1], "questions": 2}, "respondents 0"),
        ({"respondents": [-1, 1], "questions": 2}, "0 or more"),
        ({"prior_df": 0}, "prior_df 0"),
    ],
)
def test_missing_and_impossible_columns_are_refused(more: dict[str, Any], quoted: str) -> None:
    with pytest.raises(DesignError, match=quoted):
        moderated_design_effect(["A", "A"], [1, 2], [1, 1], [2, 2], **more)


def test_impossible_counts_and_lengths_are_refused() -> None:
    with pytest.raises(ProportionError, match="satisfied 3"):
        moderated_design_effect(["A", "A"], [1, 2], [3, 1], [2, 2])
    with pytest.raises(DesignError, match="1 domains"):
        moderated_design_effect(["A"], [1, 2], [1, 1], [2, 2])
    with pytest.raises(DesignError, match="no answers"):
        moderated_design_effect(["A", "A"], [1, 2], [0, 0], [0, 0])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_case(case: dict[str, Any], folder: Path) -> DesignEffects:
    """Estimate a pool of the reference: single questions from the tallies, others from the moments."""
    question = case["pool"].split()[-1]
    if question == "questions":
        found = rows(folder / "respondent_moments.csv")
        columns = {
            name: np.array([float(row[name]) for row in found])
            for name in ("respondents", "sum_q", "sum_k", "sum_q2", "sum_qk", "sum_k2")
        }
        x, n = columns.pop("sum_k"), columns.pop("sum_q")
    else:
        found = [row for row in rows(folder / "tallies.csv") if row["question"] == question]
        n = np.array([float(row["count"]) for row in found])
        x, columns = n * [row["answer"] in "45" for row in found], {}
    domain = [row[case["level"]] for row in found]
    cluster = [row["date"] for row in found]
    return moderated_design_effect(
        domain, cluster, x, n, **columns, prior_df=case["prior_df"], minimum_pool=None
    )


def test_moderated_reference_is_met(reference: Path | None) -> None:
    if reference is None:
        return
    folder = reference / "statistics"
    cases = json.loads((folder / "moderated_design_effect.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) > 1
    for case in cases:
        found = of_case(case, folder)
        assert (found.pool.phi, found.pool.rho) == pytest.approx((case["phi"], case["rho"]), rel=1e-9)
        place = {label: at for at, label in enumerate(found.domain.tolist())}
        for unit in case["units"]:
            at = place[unit[case["level"]]] if case["level"] in unit else place[unit["unit"]]
            names = {
                "answers": "answers",
                "estimate": "rate",
                "psus": "clusters",
                "deff_prior": "prior",
                "deff_direct": "direct",
                "deff_moderated": "design_effect",
                "df": "df",
                "n_eff": "effective_n",
                "wilson_lower": "low",
                "wilson_upper": "high",
            }
            for theirs, ours in names.items():
                expected = math.nan if unit[theirs] is None else unit[theirs]
                made = getattr(found.estimate, ours)[at]
                assert made == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), (case["pool"], unit)
