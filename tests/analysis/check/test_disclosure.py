from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.check.disclosure import MINIMUM, DisclosureError, for_audience, subtree
from analysis.period import period
from analysis.summary import IDENTITY, AnswerRow, Row, Summary


def row(
    kind: str, code: str, responses: int, parent: str | None = None, *status: str, measure: str = "overall"
) -> Row:
    satisfied = responses * 4 // 5
    return Row(
        "2026-H1",
        0,
        kind,
        "serving",
        code,
        None,
        code,
        parent,
        "counter-service",
        ("counter-service.v1",),
        measure,
        responses=responses,
        answers=responses,
        satisfied=satisfied,
        rate=satisfied / responses if responses else None,
        very_satisfied=0.5,
        dissatisfied=0.1,
        status=tuple(sorted(status)),
    )


def cells(kind: str, code: str, *counts: int) -> list[AnswerRow]:
    total = sum(counts)
    found = [
        AnswerRow("2026-H1", 0, kind, "serving", code, None, "overall", str(choice), count, count / total)
        for choice, count in enumerate(counts, 1)
    ]
    return [*found, AnswerRow("2026-H1", 0, kind, "serving", code, None, "overall", "skipped", 20)]


def summary(*rows: Row, answers: tuple[AnswerRow, ...] = ()) -> Summary:
    return Summary(period("2026-H1"), rows, answers, responses=999)


def shown(cut: Summary) -> list[str]:
    return [row.code for row in cut.rows if row.status != ("suppressed",)]


WARD = (
    row("province", "P", 300),
    row("ward", "A", 100, "P"),
    row("ward", "B", 200, "P"),
    row("counter", "A-1", 60, "A"),
    row("counter", "A-2", 40, "A"),
    row("officer", "o1", 35, "A"),
    row("officer", "o2", 65, "A"),
)


def test_each_audience_gets_the_rows_of_the_table() -> None:
    codes = {
        audience: [each.code for each in for_audience(summary(*WARD), audience).rows] for audience in MINIMUM
    }
    assert codes["internal"] == codes["head"] == [each.code for each in WARD]
    assert codes["officer"] == ["o1", "o2"]
    assert codes["public"] == ["P", "A", "B"]


@pytest.mark.parametrize(("audience", "least"), [("internal", 10), ("head", 30), ("officer", 30)])
def test_people_are_shown_from_their_minimum(audience: str, least: int) -> None:
    for responses in (least - 1, least):
        rows = (row("ward", "A", 500), row("officer", "o1", responses, "A"))
        assert ("o1" in shown(for_audience(summary(*rows), audience))) == (responses == least)


def test_units_are_shown_from_one_inside_and_from_thirty_outside() -> None:
    rows = (
        row("ward", "A", 1),
        row("ward", "B", 29),
        row("ward", "C", 30),
        row("ward", "D", 0, None, "no_data"),
    )
    assert shown(for_audience(summary(*rows), "internal")) == ["A", "B", "C", "D"]
    assert shown(for_audience(summary(*rows), "public")) == ["C"]


def test_suppressed_row_keeps_its_identity_and_nothing_else() -> None:
    hidden = for_audience(summary(row("ward", "A", 99), row("counter", "A-1", 4, "A")), "internal").rows[1]
    assert hidden[:IDENTITY] == row("counter", "A-1", 4, "A")[:IDENTITY]
    assert set(hidden[IDENTITY:-1]) == {None}
    assert hidden.status == ("suppressed",)


def test_unit_with_one_officer_is_that_officer() -> None:
    rows = (row("ward", "A", 9, None, "single_officer"), row("ward", "B", 60, None, "single_officer"))
    assert shown(for_audience(summary(*rows), "internal")) == ["B"]
    assert shown(for_audience(summary(*rows), "public")) == []


def test_hidden_counter_takes_the_smallest_shown_one_with_it() -> None:
    rows = (
        row("ward", "A", 100),
        row("counter", "A-1", 60, "A"),
        row("counter", "A-2", 36, "A"),
        row("counter", "A-3", 4, "A"),
    )
    assert shown(for_audience(summary(*rows), "internal")) == ["A", "A-1"]


def test_hidden_counters_that_reach_the_minimum_together_take_no_other() -> None:
    rows = (
        row("ward", "A", 72),
        row("counter", "A-1", 60, "A"),
        row("counter", "A-2", 6, "A"),
        row("counter", "A-3", 6, "A"),
    )
    assert shown(for_audience(summary(*rows), "internal")) == ["A", "A-1"]


def test_rest_without_counter_counts_too() -> None:
    rows = (row("ward", "A", 103), row("counter", "A-1", 60, "A"), row("counter", "A-2", 40, "A"))
    assert shown(for_audience(summary(*rows), "internal")) == ["A", "A-1"]


def test_counters_and_officers_are_checked_apart_and_by_measure() -> None:
    other = "question:polite"
    rows = (
        *WARD,
        row("ward", "A", 44, "P", measure=other),
        row("counter", "A-1", 40, "A", measure=other),
        row("counter", "A-2", 4, "A", measure=other),
    )
    cut = for_audience(summary(*rows), "internal")
    assert [(each.code, each.measure) for each in cut.rows if each.status == ("suppressed",)] == [
        ("A-1", other),
        ("A-2", other),
    ]


def test_hidden_unit_cannot_be_had_as_the_province_minus_the_others() -> None:
    rows = (
        row("province", "P", 112),
        row("ward", "A", 12, "P"),
        row("ward", "B", 40, "P"),
        row("ward", "C", 60, "P"),
    )
    assert shown(for_audience(summary(*rows), "public")) == ["P", "C"]


def test_answers_of_a_hidden_question_keep_identity_only() -> None:
    rows = (row("ward", "A", 60), row("counter", "A-1", 56, "A"), row("counter", "A-2", 4, "A"))
    answers = (*cells("ward", "A", 20, 40), *cells("counter", "A-1", 18, 38), *cells("counter", "A-2", 2, 2))
    cut = for_audience(summary(*rows, answers=answers), "internal")
    assert [each.count for each in cut.answers if each.kind == "ward"] == [20, 40, 20]
    hidden = [each for each in cut.answers if each.kind == "counter"]
    assert len(hidden) == 6
    assert {(each.count, each.share) for each in hidden} == {(None, None)}


def test_public_sees_answers_only_where_no_cell_is_small() -> None:
    rows = (row("ward", "A", 60), row("ward", "B", 60))
    answers = (*cells("ward", "A", 0, 20, 40), *cells("ward", "B", 3, 17, 40))
    cut = for_audience(summary(*rows, answers=answers), "public")
    assert [each.count for each in cut.answers] == [0, 20, 40, 20, None, None, None, None]
    # 10 % of 60 answers are 6 dissatisfied ones: fewer than a cell may hold.
    assert cut.rows[0].rate == 0.8
    assert cut.rows[0].dissatisfied is None


def test_change_hides_where_the_row_of_the_period_before_was_hidden() -> None:
    now = [each._replace(change=0.1, change_low=0.0, change_high=0.2) for each in WARD]
    before = [row("counter", each.code, 8, each.parent_code) if each.code == "A-1" else each for each in WARD]
    cut = for_audience(summary(*now), "internal", previous=summary(*before))
    kept = {each.code: each.change for each in cut.rows}
    assert kept["A-1"] is None
    assert kept["P"] == 0.1
    assert all(each.change == 0.1 for each in for_audience(summary(*now), "internal").rows)


def test_settings_move_a_minimum_but_not_below_its_floor() -> None:
    rows = (row("ward", "A", 500), row("officer", "o1", 12, "A"))
    assert shown(for_audience(summary(*rows), "head", people=12)) == ["A", "o1"]
    assert shown(for_audience(summary(*rows), "internal", people=13)) == ["A"]
    with pytest.raises(DisclosureError, match="people 9: below the floor; give 10"):
        for_audience(summary(*rows), "head", people=9)
    with pytest.raises(DisclosureError, match="cells 4"):
        for_audience(summary(*rows), "public", cells=4)
    with pytest.raises(DisclosureError, match=r"'press'.*internal, head, officer, public"):
        for_audience(summary(*rows), "press")


def test_subtree_holds_a_unit_and_all_below_it() -> None:
    answers = (*cells("ward", "A", 20, 80), *cells("ward", "B", 20, 80), *cells("counter", "A-1", 20, 40))
    cut = subtree(summary(*WARD, answers=answers), "A")
    assert [each.code for each in cut.rows] == ["A", "A-1", "A-2", "o1", "o2"]
    assert {each.code for each in cut.answers} == {"A", "A-1"}
    assert cut.responses == 100
    assert subtree(summary(*WARD), "P").rows == WARD


def test_subtree_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(DisclosureError, match="'Z'"):
        subtree(summary(*WARD), "Z")
    with pytest.raises(DisclosureError, match="'A-1'"):
        subtree(summary(*WARD), "A-1")


@given(st.lists(st.integers(0, 60), max_size=8), st.integers(0, 15))
def test_rest_of_shown_parts_is_empty_or_large_enough(parts: list[int], without: int) -> None:
    unit = row("ward", "A", sum(parts) + without)
    counters = [row("counter", str(at), responses, "A") for at, responses in enumerate(parts)]
    cut = for_audience(summary(unit, *counters), "internal")
    left = [each.responses or 0 for each in cut.rows if each.kind == "counter" and each.rate is not None]
    rest = (unit.responses or 0) - sum(left)
    assert all(responses >= 10 for responses in left)
    assert not left or rest == 0 or rest >= 10
