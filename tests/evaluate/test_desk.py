from __future__ import annotations

import pytest

from analysis.report.tables import summary_json
from survey_app.evaluate.desk import Choice, axis_of, find_unit, lines, lines_of_unit, root
from survey_app.evaluate.stored import Figures, UnknownUnit, decode, subtree
from survey_app.evaluate.words import KINDS
from tests.provinces import province


@pytest.fixture(scope="module")
def rows() -> tuple[Figures, ...]:
    return decode(summary_json(province())).of_role("serving")


def test_stored_rows_hold_the_headline_of_units_and_counters_only(rows: tuple[Figures, ...]) -> None:
    assert {row.measure for row in rows} == {"overall"}
    assert {row.kind for row in rows} == {"province", "centre", "department", "commune", "counter"}


def test_tree_puts_province_first_and_heads_each_group_once(rows: tuple[Figures, ...]) -> None:
    shown = lines(rows, Choice(), KINDS)
    assert len(shown) == 146
    assert (shown[0].figures.code, shown[0].level) == ("T", 0)
    assert [(line.figures.kind, line.heading) for line in shown if line.heading] == [
        ("department", 14),
        ("commune", 130),
    ]
    assert {line.figures.code: line.counters for line in shown}["X001"] == 4


@pytest.mark.parametrize("typed", ["do mau", "ĐÔ MẪU", "đô mâ\u0303u", "x006"])
def test_search_finds_a_unit_however_its_name_is_typed(rows: tuple[Figures, ...], typed: str) -> None:
    assert [line.figures.code for line in lines(rows, Choice(search=typed), KINDS)] == ["X006"]


def test_kind_leaves_only_units_of_it(rows: tuple[Figures, ...]) -> None:
    shown = lines(rows, Choice(kind="department", sort="responses"), KINDS)
    assert [line.figures.code for line in shown[:2]] == ["S14", "S13"]
    assert len(shown) == 14


def test_choice_of_unknown_values_means_the_first() -> None:
    assert Choice.of({"sort": "rate", "role": "both", "q": " a "}) == Choice(search="a")


def test_unit_stands_above_its_counters(rows: tuple[Figures, ...]) -> None:
    unit = find_unit(rows, "X001")
    assert unit is not None
    assert [line.figures.code for line in lines_of_unit(rows, unit)] == [
        "X001",
        *(f"X001-{n}" for n in range(1, 5)),
    ]


def test_axis_begins_lower_where_an_interval_does(rows: tuple[Figures, ...]) -> None:
    assert axis_of(rows).start == 0.5
    top = root(rows)
    assert top is not None
    low = Figures("commune", "serving", "X", "X", "T", "overall", rate=0.5, low=0.3, high=0.7)
    axis = axis_of([top, low])
    assert axis.start == 0.0
    assert (axis.x(0.0), axis.x(0.5), axis.x(1.0)) == (0.0, 120.0, 240.0)


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
