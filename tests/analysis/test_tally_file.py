from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.figures import Figures, figures
from analysis.hierarchy import alone
from analysis.layout import layout
from analysis.period import period
from analysis.summarise import summarise
from analysis.tally_file import TallyFileError, read_tallies

HEADER = "date,unit,counter,officer,procedure,channel,question,factor,answer,count\n"
MOMENTS = "date,unit,counter,officer,respondents,sum_q,sum_k,sum_q2,sum_qk,sum_k2\n"


def plain(folder: Path, text: str, name: str = "tallies.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_small_file_gives_sums_by_unit_and_day(tmp_path: Path) -> None:
    path = plain(
        tmp_path,
        HEADER + "2026-01-05,A,A-1,O1,land,kiosk,q1,access,5,3\n"
        "2026-01-05,A,A-1,O1,land,kiosk,q2,access,2,2\n"
        "2026-01-06,A,A-2,,land,kiosk,q1,access,4,1\n",
    )
    moments = plain(
        tmp_path,
        MOMENTS + "2026-01-05,A,A-1,O1,3,5,3,9,5,3\n2026-01-06,A,A-2,,1,1,1,1,1,1\n",
        "moments.csv",
    )
    found = read_tallies(path, moments)
    units = found.levels[0]
    overall = units.tallies[0]
    assert [tally.measure.name for tally in units.tallies] == [
        "overall",
        "factor:access",
        "question:q1",
        "question:q2",
    ]
    assert overall.clusters.answers.tolist() == [5, 1]
    assert overall.clusters.satisfied.tolist() == [3, 1]
    assert overall.clusters.respondents.tolist() == [3, 1]
    assert overall.domains.sum_q2.tolist() == [10]
    assert overall.domains.dissatisfied.tolist() == [2]
    assert not units.tallies[1].moments
    assert [domain.code for domain in found.levels[3].domains] == ["O1"]
    assert found.responses == 4


def test_officer_of_two_units_belongs_to_the_one_with_most_answers_in_any_order(tmp_path: Path) -> None:
    lines = ["2026-01-05,A,A-1,O1,,,q1,access,5,3\n", "2026-01-06,B,B-1,O1,,,q1,access,5,2\n"]
    for order in (lines, lines[::-1]):
        found = read_tallies(plain(tmp_path, HEADER + "".join(order)))
        officer = found.levels[3].domains[0]
        assert officer.parent is not None
        assert found.units[officer.parent].code == "A"


def test_rate_of_several_questions_without_moments_uses_the_default_pool(tmp_path: Path) -> None:
    text = "".join(
        f"2026-01-{day:02},U{unit},,,,,q{question},,{answer},2\n"
        for day in range(1, 21)
        for unit in range(8)
        for question in (1, 2)
        for answer in (5, 1 + (day + unit) % 3)
    )
    found = read_tallies(plain(tmp_path, HEADER + text))
    summary = summarise(found, period("2026-H1"))
    row = summary.rows[0]
    # Two questions: phi = 2; four answers to each a day: R_w = 4; prior = 2 (1 + 3 * 0.05).
    assert row.measure == "overall"
    assert "default_pool" in row.status
    assert summary.pools[0].phi == 2.0
    level = found.levels[0]
    members = alone(8)
    made, _ = figures(
        level,
        level.tallies[0],
        members,
        layout(level, members),
        confidence_level=0.95,
        prior_df=1e12,
        minimum_pool=5,
    )
    assert made.design_effect.tolist() == pytest.approx([2.3] * 8)


def test_all_faults_of_both_files_are_listed_at_once(tmp_path: Path) -> None:
    path = plain(tmp_path, HEADER + "05/01/2026,A,,,,,q1,,6,x\n2026-01-05,,,,,,q1,,5,1\n")
    moments = plain(tmp_path, MOMENTS + "2026-01-05,B,,,1,1,1,1,1,-1\n", "moments.csv")
    with pytest.raises(TallyFileError) as caught:
        read_tallies(path, moments)
    for part in (
        "tallies.csv row 2, date: '05/01/2026'",
        "tallies.csv row 2, answer: '6'",
        "tallies.csv row 2, count: 'x'",
        "tallies.csv row 3, unit: empty",
        "moments.csv row 2, unit: 'B'",
        "moments.csv row 2, sum_k2: '-1'",
    ):
        assert part in str(caught.value)


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TallyFileError, match=r"no column answer, count"):
        read_tallies(plain(tmp_path, "date,unit,counter,officer,question,factor\n"))


def test_moments_of_other_answers_are_refused(tmp_path: Path) -> None:
    path = plain(tmp_path, HEADER + "2026-01-05,A,,,,,q1,,5,3\n")
    moments = plain(tmp_path, MOMENTS + "2026-01-06,A,,,3,3,3,3,3,3\n", "moments.csv")
    with pytest.raises(TallyFileError, match="'overall': sum_q differs from the tallies on 2 days"):
        read_tallies(path, moments)


def pool_of(case: dict[str, object]) -> str:
    words = str(case["pool"]).split()
    return "overall" if words[-1] == "questions" else f"question:{words[-1]}"


def test_moderated_design_effects_of_the_reference_are_met(reference: Path | None) -> None:
    if reference is None:
        return
    folder = reference / "statistics"
    found = read_tallies(folder / "tallies.csv", folder / "respondent_moments.csv")
    cases = json.loads((folder / "moderated_design_effect.json").read_text(encoding="utf-8"))["cases"]
    assert cases
    for case in cases:
        level = next(level for level in found.levels if level.name == case["level"])
        tally = next(each for each in level.tallies if each.measure.name == pool_of(case))
        members = alone(len(level.domains))
        made, pool = figures(
            level,
            tally,
            members,
            layout(level, members),
            confidence_level=0.95,
            prior_df=case["prior_df"],
            minimum_pool=None,
        )
        assert (pool.phi, pool.rho) == pytest.approx((case["phi"], case["rho"]), rel=1e-9)
        codes = [domain.code for domain in level.domains]
        for unit in case["units"]:
            assert_unit(made, codes.index(unit["unit"]), unit)


def assert_unit(made: Figures, at: int, unit: dict[str, float]) -> None:
    pairs = {
        "answers": made.answers,
        "satisfied": made.satisfied,
        "estimate": made.rate,
        "respondents": made.responses,
        "psus": made.clusters,
        "deff_moderated": made.design_effect,
        "n_eff": made.effective_n,
        "wilson_lower": made.low,
        "wilson_upper": made.high,
    }
    for name, values in pairs.items():
        assert values[at] == pytest.approx(unit[name], rel=1e-9), (unit, name)
    assert np.isfinite(made.rate[at])
