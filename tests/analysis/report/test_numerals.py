from __future__ import annotations

from datetime import date

import pytest

from analysis.report.numerals import Language, day, number, percent, period_words, short_day


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [(12345, "vi", "12.345"), (12345, "en", "12,345"), (-12345, "vi", "\u221212.345"), (0, "en", "0")],
)
def test_count_is_grouped_by_language(value: int, language: Language, text: str) -> None:
    assert number(value, language) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.841, "84,1%"),
        (0.8, "80,0%"),
        (0.79961, "79,96%"),
        (0.799961, "79,996%"),
        (0.80038, "80,04%"),
        (1.0, "100,0%"),
        (0.99971, "99,97%"),
        (0.0, "0,0%"),
        (0.00021, "0,02%"),
    ],
)
def test_percentage_never_rounds_onto_a_threshold_it_does_not_reach(value: float, text: str) -> None:
    assert percent(value, "vi", [0.65, 0.8, 0.9]) == text


def test_day_has_a_zero_only_where_the_rule_asks_for_it() -> None:
    assert day(date(2026, 2, 28), "vi") == "ngày 28 tháng 02 năm 2026"
    assert day(date(2026, 3, 5), "vi") == "ngày 05 tháng 3 năm 2026"
    assert day(date(2026, 10, 1), "vi") == "ngày 01 tháng 10 năm 2026"
    assert short_day(date(2026, 1, 5), "vi") == "05/01/2026"


def test_period_always_carries_its_days() -> None:
    from analysis.period import period

    assert period_words(period("2026-H2", "calendar"), "vi") == (
        "6 tháng cuối năm 2026 (từ ngày 01 tháng 7 năm 2026 đến hết ngày 31 tháng 12 năm 2026)"
    )
    assert period_words(period("2026-Q1"), "en") == (
        "first quarter of 2026 (15 December 2025 to 14 March 2026, both included)"
    )
