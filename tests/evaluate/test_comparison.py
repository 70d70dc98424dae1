from __future__ import annotations

import pytest

from analysis.compare.difference import difference_interval, difference_of_intervals
from analysis.estimate.proportion import proportion_interval
from analysis.period import period
from analysis.summary import Row
from survey_app.evaluate.comparison import Reason, Side, above_of, compare, difference_of
from survey_app.store.engine import Database
from tests.evaluate.desks import hidden, keep_desk, office, row
from tests.pages import PageClient, parsed

H1, H2, Y = period("2026-H1"), period("2026-H2"), period("2026-Y")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((0.84, 0.80, 0.88), (0.79, 0.75, 0.82)),
        ((1.0, 0.6, 1.0), (0.0, 0.0, 0.3)),
        ((0.5, 0.1, 0.9), (0.5, 0.2, 0.7)),
    ],
)
def test_difference__from_both_intervals__is_that_of_the_statistics(
    left: tuple[float, float, float], right: tuple[float, float, float]
) -> None:
    first, second = (row("A", rate=r, low=low, high=high) for r, low, high in (left, right))
    found, expected = difference_of(first, second), difference_of_intervals(*left, *right)
    assert (found.value, found.low, found.high) == pytest.approx(tuple(map(float, expected)), abs=1e-12)


def test_difference__of_wilson_intervals__is_the_published_example() -> None:
    # Newcombe 1998, Stat Med 17:873-890, table II, contrast (a) 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    sides = []
    for satisfied, n in ((56, 70), (48, 80)):
        low, high = proportion_interval(satisfied, n)
        sides.append(row("A", rate=satisfied / n, low=float(low), high=float(high)))
    found = difference_of(*sides)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.low == pytest.approx(float(difference_interval(56, 70, 48, 80).low), abs=1e-12)
    assert found.direction == "higher"


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (Side(H1, row("A")), Side(H1, row("A")), "same"),
        (Side(H1, row("A")), Side(H1, None), "missing"),
        (Side(H1, row("A")), Side(H1, hidden("B", "Xã Ẩn")), "suppressed"),
        (Side(H1, row("A", rate=None, status=("no_data",))), Side(H1, row("B")), "no_data"),
        (Side(H1, row("A", status=("insufficient",))), Side(H1, row("B")), "insufficient"),
        (Side(H1, row("A"), frozenset({"40"})), Side(H1, row("40")), "within"),
        (Side(H1, row("A")), Side(Y, row("A")), "days"),
        (Side(H1, row("A")), Side(H2, row("A", questionnaire="online-service")), "questions"),
        (Side(H1, row("A")), Side(H2, row("A", confidence_level=0.9)), "level"),
    ],
)
def test_compare__what_cannot_be_compared__says_why(left: Side, right: Side, reason: Reason) -> None:
    for first, second in ((left, right), (right, left)):
        found = compare(first, second)
        assert (found.difference, found.reason) == (None, reason)


def test_compare__one_unit_in_two_periods__versions_are_noted() -> None:
    newer = row("A", versions=("counter-service.v1", "counter-service.v2"))
    assert compare(Side(H1, row("A")), Side(H2, newer)).versions
    found = compare(Side(H1, row("A")), Side(H2, row("A")))
    assert (found.versions, found.reason) == (False, None)
    assert found.difference is not None
    assert found.difference.direction == "no_clear_difference"


def test_above_of__units_in_a_ring__ends() -> None:
    assert above_of("A", {"A": "B", "B": "A"}) == {"A", "B"}
    assert above_of("X", {}) == frozenset()


def said(client: PageClient, asked: str) -> str:
    tree = parsed(client.get(f"/evaluations/compare?{asked}&lang=en"))
    return " ".join("".join(tree.find(".//main").itertext()).split())


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep_desk(database, office("2025-H2"))
    keep_desk(database, office())
    return inspector


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "left=2026-H1:01&right=2026-H1:02",
            "Xã Mẫu 01 is above Xã Đô Mẫu by 14.0 points (8.3 to 19.7), more than chance variation.",
        ),
        (
            "left=2026-H1:02&right=2026-H1:01",
            "Xã Đô Mẫu is below Xã Mẫu 01 by 14.0 points (8.3 to 19.7), more than chance variation.",
        ),
        (
            "left=2026-H1:01&right=2025-H2:01",
            "No clear difference between Xã Mẫu 01 2026-H1 and Xã Mẫu 01 2025-H2: 0.0 points",
        ),
        ("left=2026-H1:01&right=2026-H1:40", "Not compared: one unit is a part of the other"),
        ("left=2026-H1:01&right=2026-H1:99", "Not compared: one of them is not among the figures."),
        ("left=2026-H1:01&right=nonsense:01", "Not compared: one of them is not among the figures."),
        ("left=&right=", "Two units of a period, or one unit in two periods."),
    ],
)
def test_comparison_page__two_sides__says_what_the_figures_allow(
    desk: PageClient, asked: str, told: str
) -> None:
    assert told in said(desk, asked)


def test_comparison_page__form__leads_to_the_address_of_the_comparison(desk: PageClient) -> None:
    answer = desk.get(
        "/evaluations/compare?left_period=2026-H1&left_unit=01&right_period=2025-H2&right_unit=01"
    )
    assert (answer.status_code, answer.location) == (
        303,
        "/evaluations/compare?left=2026-H1:01&right=2025-H2:01",
    )


def test_rows_of_figures_without_a_rate_are_refused() -> None:
    nothing: Row = row("A", rate=None)
    with pytest.raises(ValueError, match="A: has no rate with an interval"):
        difference_of(nothing, row("B"))
