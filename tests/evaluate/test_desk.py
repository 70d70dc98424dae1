from __future__ import annotations

import pytest

from analysis.summary import Row
from survey_app.evaluate.desk import Choice, axis_of, find_unit, kinds_of, lines, roots, sorted_below
from survey_app.evaluate.shown import decode_rows, encode_rows
from survey_app.evaluate.stored import Stored, UnknownUnit, subtree
from tests.evaluate.desks import row
from tests.provinces import province

BOUNDS = (0.65, 0.80, 0.90)


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return Stored(decode_rows(encode_rows(province().rows))).of_role("serving")


def codes(rows: tuple[Row, ...], **choice: str) -> list[str]:
    return [line.figures.code for line in lines(rows, Choice(**choice))]


def test_stored_rows_hold_the_headline_of_units_and_counters_only(rows: tuple[Row, ...]) -> None:
    assert {row.measure for row in rows} == {"overall"}
    assert {row.kind for row in rows} == {"province", "centre", "department", "commune", "counter"}


def test_tree_puts_province_first_and_heads_each_group_once(rows: tuple[Row, ...]) -> None:
    shown = lines(rows, Choice())
    assert len(shown) == 146
    assert (shown[0].figures.code, shown[0].level) == ("T", 0)
    assert [(line.figures.kind, line.heading) for line in shown if line.heading] == [
        ("department", 14),
        ("commune", 130),
    ]
    assert {line.figures.code: line.counters for line in shown}["X001"] == 4


def test_tree_puts_communes_and_wards_into_one_group() -> None:
    shown = lines(
        (
            row("40", "Tỉnh Mẫu", kind="province", parent_code=None),
            row("02", "Xã Yên Mẫu"),
            row("01", "Phường An Mẫu", kind="ward"),
        ),
        Choice(),
    )
    assert [(line.figures.code, line.heading) for line in shown] == [("40", 0), ("01", 2), ("02", 0)]
    assert kinds_of(line.figures for line in shown) == ["province", "commune"]
    assert Choice(kind="commune").takes(shown[1].figures)


@pytest.mark.parametrize("typed", ["do mau", "ĐÔ MẪU", "đô mâ\u0303u", "x006"])
def test_search_finds_a_unit_however_its_name_is_typed(rows: tuple[Row, ...], typed: str) -> None:
    assert codes(rows, search=typed) == ["X006"]


def test_kind_leaves_only_units_of_it(rows: tuple[Row, ...]) -> None:
    shown = codes(rows, kind="department", sort="responses")
    assert shown[:2] == ["S14", "S13"]
    assert len(shown) == 14


SOME = (
    row("A", "Xã A", rate=0.7, grade="medium", verdict="below", change=-0.05, flagged=3),
    row("B", "Xã B", rate=0.9, grade="very_high", verdict="above", change=None),
    row("C", "Xã C", rate=1.0, responses=5, grade=None, verdict=None, change=0.1, status=("insufficient",)),
    row("D", "Xã D", rate=None, low=None, high=None, responses=0, grade=None, verdict=None, change=0.02,
        status=("no_data",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", "ABCD"),
        ("rate", "BACD"),
        ("responses", "ABCD"),
        ("change", "DACB"),
        ("flagged", "ABCD"),
    ],
)
def test_sort__from_high_to_low__unknown_and_weak_figures_last(sort: str, order: str) -> None:
    assert "".join(codes(SOME, sort=sort)) == order


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"grade": "medium"}, "A"),
        ({"verdict": "above"}, "B"),
        ({"status": "insufficient"}, "C"),
        ({"status": "no_data"}, "D"),
        ({"status": "flagged"}, "A"),
        ({"grade": "high"}, ""),
    ],
)
def test_filter__by_grade_verdict_or_status__those_alone(choice: dict[str, str], found: str) -> None:
    assert "".join(codes(SOME, **choice)) == found
    assert Choice(**choice).narrow


def test_choice_of_unknown_values_means_the_first() -> None:
    assert Choice.of({"sort": "price", "role": "both", "q": " a "}) == Choice(search="a")
    assert not Choice.of({"sort": "rate", "role": "deciding"}).narrow


def test_unit_of_two_with_one_code_is_the_later_one() -> None:
    old, new = row("01", "Xã Cũ", valid_from="2020-01-01"), row("01", "Xã Mới", valid_from="2025-07-01")
    assert find_unit((new, old), "01") == new
    assert find_unit((new, old), "02") is None


def test_roots_are_those_below_none_of_the_rest(rows: tuple[Row, ...]) -> None:
    assert [each.code for each in roots(rows)] == ["T"]
    below = tuple(each for each in rows if each.kind == "department")
    assert len(roots(below)) == 14


def test_below_a_unit_stand_units_then_counters_by_name(rows: tuple[Row, ...]) -> None:
    below = [each for each in rows if each.parent_code == "X001"] + [
        row("X1", "Xã Mẫu 9", parent_code="X001")
    ]
    assert [each.code for each in sorted_below(below)] == ["X1", *(f"X001-{n}" for n in range(1, 5))]


def test_axis_begins_lower_where_a_rate_does_and_cuts_long_intervals(rows: tuple[Row, ...]) -> None:
    axis = axis_of(rows, BOUNDS)
    assert (axis.start, axis.ticks, axis.cut) == (0.5, (0.5, 0.65, 0.8, 0.9, 1.0), False)
    cut = axis_of([row("A", low=0.3)], BOUNDS)
    assert (cut.start, cut.cut, cut.x(0.3)) == (0.5, True, 0.0)
    low = axis_of([*rows, row("A", rate=0.5, low=0.3, high=0.7)], BOUNDS, 240)
    assert low.start == 0.0
    assert (low.x(0.0), low.x(0.5), low.x(1.0)) == (0.0, 120.0, 240.0)


def test_subtree_of_a_unit_takes_what_lies_below_and_no_counter_of_the_same_code() -> None:
    places = [
        ("province", "T", None),
        ("department", "S", "T"),
        ("branch", "C", "S"),
        ("counter", "Q", "C"),
        ("counter", "S", "T"),
        ("officer", "CB", "S"),
    ]
    inside = {("department", "S"), ("branch", "C"), ("counter", "Q"), ("officer", "CB")}
    assert subtree(places, "S") == inside
    with pytest.raises(UnknownUnit, match="not among the figures"):
        subtree(places, "Q")
