from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimate.design import linearised
from analysis.period import period
from analysis.ratings import NOBODY, Domain, Question, Ratings, Workload
from analysis.summarise import summarise
from analysis.summary import Row, Summary
from analysis.tally import tally

H1 = period("2026-H1")
CHOICES = ("very_bad", "bad", "neutral", "good", "very_good")


def scale(id: str, factor: str | None = None, *, headline: bool = False) -> Question:
    return Question(
        id,
        "scale",
        CHOICES,
        factor=factor,
        headline=headline,
        satisfied=frozenset(CHOICES[3:]),
        very_satisfied=frozenset(CHOICES[4:]),
        dissatisfied=frozenset(CHOICES[:2]),
        scores={code: float(score) for score, code in enumerate(CHOICES, 1)},
    )


QUESTIONS = (
    scale("overall", headline=True),
    scale("polite", "officials"),
    scale("clear", "officials"),
    scale("result", "result"),
    Question("heard", "multiple", ("radio", "friend")),
    Question("minutes", "number"),
)
UNITS = (
    Domain("province", "P", "Province"),
    Domain("ward", "A", "Ward A", parent=0, statuses=("merged_in_period",)),
    Domain("ward", "B", "Ward B", parent=0),
    Domain("ward", "C", "Ward C", parent=0),
)
COUNTERS = (
    Domain("counter", "A-1", "Counter A 1", parent=1),
    Domain("counter", "B-1", "Counter B 1", parent=2),
)
OFFICERS = (
    Domain("officer", "o1", "Cán bộ Mẫu 01", parent=1),
    Domain("officer", "o2", "Cán bộ Mẫu 02", parent=1),
    Domain("officer", "o3", "Cán bộ Mẫu 03", parent=2),
)


def ratings(rows: list[dict[str, int]], workload: Workload | None = None) -> Ratings:
    """Make columns from rows; what a row does not say is skipped, or nobody."""

    def column(name: str, default: int, dtype: type) -> np.ndarray:
        return np.array([row.get(name, default) for row in rows], dtype)

    unit = column("unit", 1, np.int32)
    return Ratings(
        UNITS,
        COUNTERS,
        OFFICERS,
        QUESTIONS,
        (("counter-service", 1), ("kiosk-quick", 1)),
        column("day", 0, np.int32) + 739_000,
        unit,
        np.array([row.get("deciding", row.get("unit", 1)) for row in rows], np.int32),
        column("counter", NOBODY, np.int32),
        column("officer", NOBODY, np.int32),
        column("version", 0, np.int16),
        column("flagged", 0, np.bool_),
        {
            question.id: column(
                question.id,
                -1,
                {"multiple": np.int64, "number": np.float64}.get(question.kind, np.int8),
            )
            for question in QUESTIONS
        },
        workload,
    )


def only(summary: Summary, **wanted: object) -> Row:
    (row,) = [row for row in summary.rows if all(getattr(row, key) == value for key, value in wanted.items())]
    return row


HAND = [
    {"day": 0, "officer": 0, "counter": 0, "overall": 4, "polite": 4, "clear": 3},
    {"day": 0, "officer": 0, "counter": 0, "overall": 1, "polite": 0, "flagged": 1, "heard": 3},
    {"day": 1, "officer": 1, "counter": 0, "overall": 3, "polite": 3, "clear": 2, "heard": 1},
    {"day": 1, "officer": 1, "counter": 0, "overall": 3, "result": 4, "minutes": 12, "clear": -2},
    {"day": 3, "overall": 2, "version": 1},
    {"day": 3, "unit": 2, "deciding": 1, "officer": 2, "counter": 1, "overall": 4, "clear": 4},
]


def hand(**served: float) -> Summary:
    known = Workload(
        np.array([np.nan, served.get("a", np.nan), served.get("b", np.nan), np.nan]),
        np.array([np.nan, 20.0, 9.0, np.nan]),
        np.array([np.nan, 4.0]),
        np.full(3, np.nan),
    )
    return summarise(tally(ratings(HAND, known)), H1)


def test_small_count_by_hand_gives_the_row_of_a_unit() -> None:
    row = only(hand(a=10, b=4), code="A", role="serving", measure="overall")
    assert (row.responses, row.answers, row.satisfied, row.clusters) == (5, 5, 3, 3)
    assert row.rate == 0.6
    assert row.questionnaire == "counter-service;kiosk-quick"
    assert row.versions == ("counter-service.v1", "kiosk-quick.v1")
    assert (row.served, row.offered, row.coverage) == (10, 20, 0.5)
    assert (row.bound_low, row.bound_high) == (0.3, 0.8)
    # Scores 5, 2, 4, 4, 3.
    assert row.mean_score == pytest.approx(3.6)
    assert (row.very_satisfied, row.dissatisfied) == (0.2, 0.2)
    assert (row.flagged, row.rate_without_flagged) == (1, 0.75)
    # Too few peers: rho = 0.05; R_w = (4 + 4 + 1) / 5; the days hold 1 of 2, 2 of 2 and 0 of 1 satisfied.
    direct = linearised([1, 2, 0], [2, 2, 1], [1, 2, 3])
    effect = max(1.0, (10 * (1 + 0.8 * 0.05) + 2 * direct.design_effect) / 12)
    assert row.design_effect == pytest.approx(effect)
    assert row.status == ("default_pool", "insufficient", "merged_in_period")
    assert row.parent_code == "P"
    assert (row.period, row.revision, row.method) == ("2026-H1", 0, "wilson-moderated")


def test_mean_score_takes_a_t_interval_from_its_days() -> None:
    row = only(hand(), code="A", role="serving", measure="overall")
    # Day sums 7 of 2, 8 of 2, 3 of 1 answers against 3.6 each; t of 2 degrees of freedom is 4.302653.
    variance = 3 / 2 * ((7 - 7.2) ** 2 + (8 - 7.2) ** 2 + (3 - 3.6) ** 2) / 25
    margin = 4.302652729911275 * math.sqrt(variance)
    assert row.mean_low == pytest.approx(3.6 - margin)
    assert row.mean_high == pytest.approx(min(5.0, 3.6 + margin))


def test_factor_counts_answers_and_responses_with_any_answer() -> None:
    row = only(hand(), code="A", role="serving", measure="factor:officials")
    assert (row.responses, row.answers, row.satisfied) == (3, 5, 3)
    assert row.bound_low is None
    assert row.flagged == 1
    assert row.rate_without_flagged == pytest.approx(3 / 4)


def test_parent_holds_its_subtree_and_roles_stay_apart() -> None:
    summary = hand(a=10, b=4)
    parent = only(summary, code="P", role="serving", measure="overall")
    assert (parent.responses, parent.satisfied, parent.clusters) == (6, 4, 4)
    assert (parent.served, parent.offered) == (14, 29)
    deciding = only(summary, code="A", role="deciding", measure="overall")
    assert (deciding.responses, deciding.served, deciding.coverage) == (6, None, None)
    assert not [row for row in summary.rows if row.code == "B" and row.role == "deciding"]


def test_served_of_a_parent_is_unknown_where_a_unit_with_responses_lacks_it() -> None:
    parent = only(hand(a=10), code="P", role="serving", measure="overall")
    assert parent.served is None
    assert "coverage_unknown" in parent.status


def test_more_responses_than_served_is_said_and_gives_no_bounds() -> None:
    row = only(hand(a=4), code="A", role="serving", measure="overall")
    assert row.coverage == 1.25
    assert row.bound_low is None
    assert "more_answers_than_transactions" in row.status


def test_unit_without_responses_has_one_row_that_says_so() -> None:
    (row,) = [row for row in hand().rows if row.code == "C"]
    assert (row.measure, row.responses, row.answers, row.rate) == ("overall", 0, 0, None)
    assert row.status == ("coverage_unknown", "no_data")
    assert (row.low, row.high, row.versions) == (0.0, 1.0, ())


def test_officer_is_rated_by_the_factor_officials_alone() -> None:
    summary = hand()
    assert [row.measure for row in summary.rows if row.code == "o1"] == [
        "factor:officials",
        "question:polite",
        "question:clear",
    ]
    assert {row.question for row in summary.answers if row.kind == "officer"} == {"polite", "clear"}


def test_rows_stand_in_the_order_units_counters_officers_and_of_the_questionnaire() -> None:
    summary = hand()
    kinds = list(dict.fromkeys(row.kind for row in summary.rows))
    assert kinds == ["province", "ward", "counter", "officer"]
    assert [(row.role, row.measure) for row in summary.rows if row.code == "A"][:10] == [
        ("serving", "overall"),
        ("serving", "factor:officials"),
        ("serving", "factor:result"),
        ("serving", "question:polite"),
        ("serving", "question:clear"),
        ("serving", "question:result"),
        ("serving", "index:pooled"),
        ("serving", "index:question_mean"),
        ("serving", "index:weighted_factors"),
        ("deciding", "overall"),
    ]


def test_what_is_said_of_a_domain_stands_in_each_of_its_rows() -> None:
    rows = [row for row in hand().rows if row.code == "A"]
    assert {"merged_in_period" in row.status for row in rows} == {True}
    assert "merged_in_period" not in only(hand(), code="B", role="serving", measure="overall").status


def test_answers_count_choices_and_what_is_none() -> None:
    summary = hand()
    found = {(row.question, row.choice): (row.count, row.share) for row in summary.answers if row.code == "A"}
    assert found["overall", "good"] == (2, 0.4)
    assert found["clear", "not_applicable"] == (1, None)
    # The kiosk's version never asks it, so that its response did not skip it.
    assert found["clear", "skipped"] == (1, None)
    assert found["polite", "skipped"] == (1, None)
    # Both choices of one response count; shares are of the two responses that answered.
    assert found["heard", "radio"] == (2, 1.0)
    assert found["heard", "friend"] == (1, 0.5)
    assert found["minutes", "skipped"] == (3, None)
    assert ("overall", "unmapped") in found


def test_single_day_and_flat_days_are_said() -> None:
    one_day = [{"day": 0, "overall": 4}, {"day": 0, "overall": 0}]
    flat = [{"day": day, "unit": 2, "overall": 4} for day in range(3)]
    summary = summarise(tally(ratings(one_day + flat)), H1)
    one = only(summary, code="A", role="serving")
    assert "single_day" in one.status
    assert one.rate == 0.5
    all_good = only(summary, code="B", role="serving")
    assert "degenerate_variance" in all_good.status
    assert all_good.high == 1.0
    # Mean 5 on every day: the interval of a proportion of 1 at the effective size, on 1..5.
    assert all_good.mean_low == pytest.approx(1 + 4 * all_good.low)
    assert all_good.mean_high == 5.0


def test_no_responses_at_all_give_a_row_for_each_unit() -> None:
    summary = summarise(tally(ratings([])), H1, demo=True, revision=2)
    assert [row.code for row in summary.rows] == ["P", "A", "B", "C"]
    assert summary.answers == ()
    assert (summary.demo, summary.revision, summary.responses) == (True, 2, 0)


def test_two_headlines_stand_apart_by_questionnaire() -> None:
    both = ratings([{"overall": 4, "day": day, "version": day % 2} for day in range(4)])
    other = scale("overall_online", headline=True)
    answers = dict(both.answers)
    kiosk = both.version == 1
    answers["overall_online"] = np.where(kiosk, answers["overall"], -1).astype(np.int8)
    answers["overall"] = np.where(kiosk, -1, answers["overall"]).astype(np.int8)
    both = replace(both, questions=(*QUESTIONS, other), answers=answers)
    rows = [row for row in summarise(tally(both), H1).rows if row.code == "A" and row.role == "serving"]
    assert [(row.measure, row.questionnaire, row.responses) for row in rows] == [
        ("overall", "counter-service", 2),
        ("overall", "kiosk-quick", 2),
    ]


RESPONSES = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.integers(0, 9),
            "unit": st.integers(0, 3),
            "deciding": st.integers(0, 3),
            "counter": st.integers(-1, 1),
            "officer": st.integers(-1, 2),
            "version": st.integers(0, 1),
            "flagged": st.integers(0, 1),
            "overall": st.integers(-4, 4),
            "polite": st.integers(-4, 4),
            "clear": st.integers(-4, 4),
            "heard": st.integers(-2, 3),
        }
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(RESPONSES, st.randoms())
def test_order_of_responses_changes_nothing(rows: list[dict[str, int]], random: object) -> None:
    mixed = rows.copy()
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert summarise(tally(ratings(mixed)), H1) == summarise(tally(ratings(rows)), H1)


@settings(max_examples=40, deadline=None)
@given(RESPONSES)
def test_every_row_holds_its_rate_and_its_counts_agree_with_a_plain_count(rows: list[dict[str, int]]) -> None:
    for row in summarise(tally(ratings(rows)), H1).rows:
        if row.rate is None:
            continue
        assert row.low is not None
        assert row.high is not None
        assert 0 <= row.low <= row.rate <= row.high <= 1
        assert row.effective_n is not None
        assert row.effective_n <= (row.answers or 0) * (1 + 1e-12)
        if row.kind == "officer" or row.measure != "overall":
            continue
        columns = {"counter": ("counter", COUNTERS)}
        name, domains = columns.get(row.kind, ("deciding" if row.role == "deciding" else "unit", UNITS))
        index = [domain.code for domain in domains].index(row.code)
        mine = [each for each in rows if row.kind == "province" or each[name] == index]
        given = [each["overall"] for each in mine if each["overall"] >= 0]
        assert (row.answers, row.satisfied) == (len(given), sum(choice >= 3 for choice in given))
        flagged = sum(each["flagged"] for each in mine if each["overall"] >= 0)
        assert row.flagged == flagged


@settings(max_examples=40, deadline=None)
@given(RESPONSES)
def test_merging_units_sums_their_tallies(rows: list[dict[str, int]]) -> None:
    merged = [row | {"unit": 1 if row["unit"] == 2 else row["unit"]} for row in rows]
    apart, joined = (summarise(tally(ratings(each)), H1) for each in (rows, merged))
    for measure in ("overall", "factor:officials", "question:clear"):

        def counts(summary: Summary, *codes: str, measure: str = measure) -> list[int]:
            found = [
                (row.responses or 0, row.answers or 0, row.satisfied or 0, row.flagged or 0)
                for row in summary.rows
                if row.code in codes and row.role == "serving" and row.measure == measure
            ]
            return [sum(column) for column in zip(*found, strict=True)] or [0] * 4

        assert counts(joined, "A") == counts(apart, "A", "B")
        assert counts(joined, "P") == counts(apart, "P")
