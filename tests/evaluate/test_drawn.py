from __future__ import annotations

from analysis.summary import AnswerRow
from survey_app.evaluate.drawn import FLOOR, SPREAD, TOP, peers, spread, trend
from tests.evaluate.desks import answers, months, row


def test_spread__zero__is_the_middle_of_the_middle_choice_of_every_bar() -> None:
    low = tuple(
        AnswerRow("2026-H1", 0, "commune", "serving", "01", None, "low", choice, 20, 0.2)
        for choice in "12345"
    )
    found = spread(answers("commune", "01") + low)
    for parts in found.bars.values():
        middle = next(part for part in parts if part.choice == "3")
        assert abs(middle.x + middle.width / 2 - found.zero) < 0.2
        assert parts[-1].x + parts[-1].width <= SPREAD + 0.2
    assert [part.written for part in found.bars["overall"]] == [False, False, True, True, True]


def test_spread__nobody_answered__has_no_bar() -> None:
    nobody = AnswerRow("2026-H1", 0, "commune", "serving", "01", None, "q", "1", 0, None)
    assert spread([nobody]).bars == {}


def test_trend__month_with_too_few_responses__is_a_gap() -> None:
    found = trend(months("01"))
    assert len(found.months) == 6
    assert len(found.points) == 5
    assert len(found.lines) == len(found.ribbons) == 2
    assert found.last is not None
    assert found.last.month == "2026-06"
    assert all(TOP <= point.high <= point.y <= point.low <= FLOOR for point in found.points)


def test_trend__no_month__is_empty() -> None:
    found = trend(())
    assert (found.points, found.lines, found.last) == ((), (), None)


def test_peers__from_low_to_high__with_the_own_place() -> None:
    rows = [row("A", rate=0.9, high=0.95), row("B", rate=0.7, low=0.6), row("C", rate=None, low=None)]
    found = peers(rows, rows[0])
    assert [each.code for each, _ in found.points] == ["B", "A"]
    assert found.own == found.points[1][1]
