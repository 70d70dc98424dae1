from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.summary import Row
from survey_app.evaluate.details import Detail
from survey_app.evaluate.gradual import STEP, next_detail

COUNTERS = ("Q1", "Q2", "Q3")


def row(kind: str, code: str, responses: int) -> Row:
    return Row(
        "2026-H1",
        0,
        kind,
        "serving",
        code,
        None,
        code,
        "U",
        "counter-service",
        ("counter-service.v1",),
        "overall",
        responses=responses,
        answers=responses,
        rate=0.5,
    )


def detail(counts: list[int], without: int = 0) -> Detail:
    """Give a unit with its counters, an officer at each, and responses without a counter."""
    return Detail(
        rows=(row("commune", "U", sum(counts) + without),),
        below=tuple(row("counter", code, n) for code, n in zip(COUNTERS, counts, strict=True)),
        officers=tuple(row("officer", f"C{n}", count) for n, count in enumerate(counts)),
    )


def responses(shown: Detail) -> list[int]:
    return [each.responses or 0 for each in shown.below]


def test_next_detail__nothing_shown_before__all_of_it() -> None:
    shown = next_detail(None, detail([30, 40, 50], 7))
    assert responses(shown) == [30, 40, 50]
    assert shown.rest == {"units": 127, "counters": 7, "officers": 7}


def test_next_detail__nine_more__the_old_one() -> None:
    old = next_detail(None, detail([30, 40, 50]))
    assert next_detail(old, detail([33, 43, 53])) == old


def test_next_detail__one_counter_with_ten_more__it_alone_moves() -> None:
    shown = next_detail(next_detail(None, detail([30, 40, 50])), detail([40, 40, 50]))
    assert responses(shown) == [40, 40, 50]


def test_next_detail__ten_more_here_and_one_there__neither_counter_moves_the_unit_does() -> None:
    shown = next_detail(next_detail(None, detail([30, 40, 50])), detail([40, 41, 50]))
    assert responses(shown) == [30, 40, 50]
    assert shown.rows[0].responses == 131


def test_next_detail__steps_of_several__smallest_waits_with_the_rest() -> None:
    shown = next_detail(next_detail(None, detail([30, 40, 50])), detail([50, 51, 53]))
    assert responses(shown) == [50, 40, 50]


def test_next_detail__new_row_with_few_responses__hides() -> None:
    old = next_detail(None, Detail(rows=(row("commune", "U", 60),), below=(row("counter", "Q1", 60),)))
    new = Detail(rows=(row("commune", "U", 75),), below=(row("counter", "Q1", 71), row("counter", "Q2", 4)))
    shown = next_detail(old, new)
    assert [each.status for each in shown.below] == [(), ("suppressed",)]
    assert shown.below[0].responses == 60


@given(st.lists(st.lists(st.integers(0, 25), min_size=4, max_size=4), min_size=1, max_size=12))
def test_no_two_views_in_a_row_tell_of_fewer_than_ten_new_responses(steps: list[list[int]]) -> None:
    """The fourth number counts responses without a counter."""
    counts, without = [30, 35, 40], 12
    shown = next_detail(None, detail(counts, without))
    for *step, more_without in steps:
        counts = [count + more for count, more in zip(counts, step, strict=True)]
        without += more_without
        before, shown = shown, next_detail(shown, detail(counts, without))
        moved = [now - then for now, then in zip(responses(shown), responses(before), strict=True)]
        total = (shown.rows[0].responses or 0) - (before.rows[0].responses or 0)
        for difference in (*moved, total, total - sum(moved)):
            assert difference == 0 or abs(difference) >= STEP
        if total:
            waiting = sum(counts) - sum(responses(shown)) + without - shown.rest["counters"]
            assert waiting == 0 or waiting >= STEP
