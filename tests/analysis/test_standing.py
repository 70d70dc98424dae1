"""Where units and officers stand, seen in the rows of a summary: by hand and against the functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis.compare.against_peers import verdicts
from analysis.compare.difference import difference_interval
from analysis.compare.ranking import rank_sets
from analysis.estimate.proportion import proportion_interval
from analysis.period import period
from analysis.ratings import Domain, Question, Ratings, Workload
from analysis.rules import Rules
from analysis.summarise import summarise
from analysis.summary import Row, Summary
from analysis.tally import tally

H1 = period("2026-H1")
CHOICES = ("1", "2", "3", "4", "5")


def scale(id: str, factor: str | None) -> Question:
    return Question(id, "scale", CHOICES, factor, headline=factor is None, satisfied=frozenset("45"))


def province(
    rates: list[float], *, kind: str = "commune", days: int = 20, a_day: int = 10, asked: str = "polite"
) -> Ratings:
    """Give units whose responses are satisfied at the rates given, and one officer in each."""
    units = (Domain("province", "P", "Tỉnh Mẫu"),) + tuple(  # noqa: RUF005  # read as a sum
        Domain(kind, f"U{n:02}", f"Xã Mẫu {n}", date(2025, 7, 1), parent=0) for n in range(1, len(rates) + 1)
    )
    officers = tuple(
        Domain("officer", f"O{n:02}", f"Cán bộ Mẫu {n}", parent=n, peers="Đất đai")
        for n in range(1, len(rates) + 1)
    )
    each = days * a_day
    unit = np.repeat(np.arange(1, len(rates) + 1), each).astype(np.int32)
    rng = np.random.default_rng(5)
    satisfied = np.concatenate([rng.permutation(np.arange(each) < round(rate * each)) for rate in rates])
    given = np.where(satisfied, 4, 1).astype(np.int8)
    return Ratings(
        units=units,
        counters=(),
        officers=officers,
        questions=(scale("overall", None), scale(asked, "officials"), scale("result", "result")),
        versions=(("counter-service", 1),),
        day=(739_000 + np.tile(np.repeat(np.arange(days), a_day), len(rates))).astype(np.int32),
        unit=unit,
        deciding_unit=unit,
        counter=np.full(len(unit), -1, np.int32),
        officer=unit - 1,
        version=np.zeros(len(unit), np.int16),
        flagged=np.zeros(len(unit), np.bool_),
        answers={"overall": given, asked: given, "result": given},
    )


def overall(summary: Summary, role: str = "serving") -> dict[str, Row]:
    rows = [row for row in summary.rows if row.measure == "overall" and row.role == role]
    return {row.code: row for row in rows if row.kind != "counter"}


RATES = [0.60, 0.70, 0.78, 0.82, 0.85, 0.86, 0.88, 0.91, 0.95, 0.97]


def test_units__ten_peers__verdict_ranks_and_grade_are_those_of_the_functions() -> None:
    rows = overall(summarise(tally(province(RATES)), H1))
    peers = [rows[f"U{n:02}"] for n in range(1, 11)]
    rate, n, size = (
        np.array([getattr(row, k) for row in peers], float) for k in ("rate", "answers", "effective_n")
    )
    assert [row.verdict for row in peers] == verdicts(rate, n, size).verdict.tolist()
    assert peers[0].verdict == "below"
    assert peers[-1].verdict == "above"
    sets = rank_sets(rate * size, size)
    assert [(row.rank_best, row.rank_worst) for row in peers] == list(
        zip(sets.best.tolist(), sets.worst.tolist(), strict=True)
    )
    assert [row.grade for row in peers] == ["low", "medium", "medium"] + ["high"] * 4 + ["very_high"] * 3
    assert peers[0].certainty == "likely"
    assert peers[-1].certainty == "certain"
    assert {row.peer_group for row in peers} == {"commune"}
    assert not any("no_pool" in row.status for row in peers)
    assert rows["P"].verdict is None  # nobody beside it
    assert "no_pool" in rows["P"].status


def test_officers__verdict_only() -> None:
    summary = summarise(tally(province(RATES)), H1, rules=Rules(target=0.9))
    officers = [row for row in summary.rows if row.kind == "officer"]
    leading = [row for row in officers if row.measure == "factor:officials"]
    assert [row.verdict for row in leading].count("below") >= 1
    assert {row.peer_group for row in leading} == {"Đất đai"}
    for row in officers:
        assert (row.grade, row.certainty, row.rank_best, row.rank_worst, row.target) == (None,) * 5
        assert (row.verdict is None) == (row.measure != "factor:officials")


def test_other_measures__stand_nowhere() -> None:
    for row in summarise(tally(province(RATES)), H1, rules=Rules(target=0.9)).rows:
        if row.kind != "officer" and row.measure != "overall":
            assert (row.verdict, row.grade, row.rank_best, row.target, row.peer_group) == (None,) * 5


def test_target__held_against_with_its_interval() -> None:
    rows = overall(summarise(tally(province(RATES)), H1, rules=Rules(target=0.86)))
    words = [rows[f"U{n:02}"].against_target for n in range(1, 11)]
    assert words[0] == "below"
    assert words[5] == "not_distinguishable"
    assert words[-1] == "above"
    assert {row.target for row in rows.values()} == {0.86}
    assert overall(summarise(tally(province(RATES)), H1))["U01"].against_target is None


def test_equal_units__told_apart_by_nobody__no_ranks() -> None:
    rows = overall(summarise(tally(province([0.85] * 12)), H1))
    for row in list(rows.values())[1:]:
        assert "not_distinguishable" in row.status
        assert row.rank_best is None
        assert row.verdict == "not_distinguishable"
        assert row.grade == "high"


def test_few_peers__ranked_and_graded__certainty_without_pool() -> None:
    rows = overall(summarise(tally(province([0.6, 0.9, 0.95])), H1))
    assert "no_pool" in rows["U01"].status
    assert (rows["U01"].rank_best, rows["U01"].rank_worst) == (3, 3)
    assert rows["U01"].grade == "low"


@pytest.mark.parametrize(("days", "a_day"), [(7, 30), (20, 1)])
def test_too_little_data__no_verdict_rank_or_grade(days: int, a_day: int) -> None:
    rows = overall(summarise(tally(province(RATES, days=days, a_day=a_day)), H1))
    for code in ("U01", "U10"):
        assert (rows[code].verdict, rows[code].rank_best, rows[code].grade) == (None, None, None)


def test_flagged_answers_change_the_grade__under_review() -> None:
    ratings = province(RATES)
    eighth = (ratings.unit == 8) & (ratings.answers["overall"] == 4)
    flagged = np.zeros(ratings.responses, np.bool_)
    flagged[np.flatnonzero(eighth)[:40]] = True
    rows = overall(summarise(tally(replace(ratings, flagged=flagged)), H1))
    assert rows["U08"].grade == "very_high"
    assert rows["U08"].rate_without_flagged == pytest.approx(142 / 160)
    assert [code for code, row in rows.items() if "under_review" in row.status] == ["U08"]


def test_more_answers_than_transactions__under_review() -> None:
    served = np.array([np.nan, *[1000.0] * 9, 150.0])
    known = Workload(served, np.full(11, np.nan), np.zeros(0), np.full(10, np.nan))
    rows = overall(summarise(tally(replace(province(RATES), workload=known)), H1))
    assert "under_review" in rows["U10"].status
    assert "under_review" not in rows["U09"].status


def test_change__newcombe_at_effective_sizes() -> None:
    before, now = tally(province([0.80] * 10)), tally(province(RATES))
    rows = overall(summarise(now, H1, previous=before))
    earlier = overall(summarise(before, H1))
    for code in ("U01", "U05", "U10"):
        counts = []
        for row in (rows[code], earlier[code]):
            rate, size = row.rate or 0.0, row.effective_n or 0.0
            counts += [rate * size, size]
        expected = tuple(float(each) for each in difference_interval(*counts))
        found = rows[code]
        assert (found.change, found.change_low, found.change_high) == pytest.approx(expected, rel=1e-9)
    assert (rows["U10"].change_low or -1) > 0


def test_change__of_another_unit_under_the_same_code__none() -> None:
    ratings = province(RATES)
    renamed = replace(ratings.units[3], valid_from=date(2026, 1, 1))
    now = replace(ratings, units=(*ratings.units[:3], renamed, *ratings.units[4:]))
    rows = overall(summarise(tally(now), H1, previous=tally(province([0.8] * 10))))
    assert rows["U03"].change is None
    assert "no_baseline" in rows["U03"].status
    assert rows["U04"].change is not None
    assert "no_baseline" not in rows["U04"].status


def test_change__other_questions__version_change() -> None:
    summary = summarise(tally(province(RATES)), H1, previous=tally(province([0.8] * 10, asked="attitude")))
    of = {row.measure: row for row in summary.rows if row.code == "U01" and row.role == "serving"}
    assert of["overall"].change is not None
    assert of["factor:result"].change is not None
    for measure in ("factor:officials", "question:polite", "index:pooled"):
        assert of[measure].change is None
        assert "version_change" in of[measure].status


def test_change__few_responses_before__no_baseline() -> None:
    rows = overall(summarise(tally(province(RATES)), H1, previous=tally(province(RATES, days=29, a_day=1))))
    assert rows["U01"].change is None
    assert "no_baseline" in rows["U01"].status


def test_change__nothing_before__says_nothing() -> None:
    empty = replace(
        (whole := province(RATES)),
        **{name: getattr(whole, name)[:0] for name in ("day", "unit", "deciding_unit", "counter", "officer")},
        version=whole.version[:0],
        flagged=whole.flagged[:0],
        answers={id: column[:0] for id, column in whole.answers.items()},
    )
    summary = summarise(tally(whole), H1, previous=tally(empty))
    assert not any("no_baseline" in row.status for row in summary.rows)


def test_communes_and_wards__are_peers__departments_are_not() -> None:
    ratings = province(RATES)
    kinds = ["commune"] * 5 + ["ward"] * 5
    units = tuple(replace(each, kind=kind) for each, kind in zip(ratings.units[1:], kinds, strict=True))
    rows = overall(summarise(tally(replace(ratings, units=(ratings.units[0], *units))), H1))
    assert rows["U10"].peer_group == rows["U01"].peer_group == "commune"
    departments = overall(summarise(tally(province(RATES, kind="department")), H1))
    assert departments["U01"].peer_group == "department"


def test_frame_of_transactions__finite_population__complete_count_is_the_rate() -> None:
    served = np.array([np.nan, 400.0, 200.0, 150.0, *[np.nan] * 7])
    known = Workload(served, np.full(11, np.nan), np.zeros(0), np.full(10, np.nan))
    counted = tally(replace(province(RATES), workload=known))
    process = overall(summarise(counted, H1))
    frame = overall(summarise(counted, H1, rules=Rules(frame="transactions")))
    half = frame["U01"]
    assert half.method == "wilson-moderated-transactions"
    size = 2 * (process["U01"].effective_n or 0.0)  # 200 of 400 answered
    assert half.effective_n == pytest.approx(size, rel=1e-9)
    assert half.rate is not None
    low, high = proportion_interval(half.rate * size, size)
    assert (half.low, half.high) == pytest.approx((float(low), float(high)), rel=1e-9)
    assert (frame["U02"].low, frame["U02"].high) == (frame["U02"].rate, frame["U02"].rate)
    assert frame["U02"].effective_n is None
    for code in ("U03", "U04"):  # more answers than transactions; transactions not known
        assert (frame[code].low, frame[code].high) == (process[code].low, process[code].high)
    for code, row in frame.items():
        assert (row.verdict, row.rank_best, row.grade) == (
            process[code].verdict,
            process[code].rank_best,
            process[code].grade,
        )
