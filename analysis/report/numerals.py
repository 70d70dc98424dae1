"""Numerals: numbers, shares, days and periods as a report writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.period import Period

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

MINUS = "\u2212"
_ENDS = (0.0, 1.0)


def decimals(value: float, thresholds: Iterable[float] = ()) -> int:
    """Give with how many decimals a fraction is written as a percentage.

    One, unless it would round onto 0, 1 or a threshold that it is not.

    Examples
    --------
    >>> decimals(0.841), decimals(0.89961, [0.9]), decimals(0.9, [0.9]), decimals(0.9999)
    (1, 2, 1, 2)
    """
    exact = Decimal(repr(float(value))) * 100
    marks = [Decimal(repr(float(mark))) * 100 for mark in (*thresholds, *_ENDS)]
    for places in (1, 2, 3):
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
        if not any(rounded == mark != exact for mark in marks):
            return places
    return 2


def number(value: float, language: Language, places: int = 0) -> str:
    """Write a number: 12.345,6 in Vietnamese, 12,345.6 in English; the minus sign is U+2212.

    Examples
    --------
    >>> number(12345.6, "vi", 1), number(12345.6, "en", 1), number(-3, "vi")
    ('12.345,6', '12,345.6', '−3')
    """
    pattern = "#,##0" + ("." + "0" * places if places else "")
    text: str = format_decimal(Decimal(str(value)), format=pattern, locale=language)
    return text.replace("-", MINUS)


def percent(value: float, language: Language, thresholds: Iterable[float] = (), sign: str = "%") -> str:
    """Write a fraction as a percentage with one decimal, and more where it would round onto a threshold.

    ``thresholds`` are fractions; 0 and 1 always count among them, so that "100,0%" means all. ``sign`` is
    what follows the number (nothing in the columns of tables).

    Examples
    --------
    >>> percent(0.841, "vi"), percent(0.841, "en"), percent(0.89961, "vi", [0.9]), percent(0.9, "vi", [0.9])
    ('84,1%', '84.1%', '89,96%', '90,0%')
    """
    places = decimals(value, thresholds)
    return number(float(Decimal(repr(float(value))) * 100), language, places) + sign


def day(value: date, language: Language) -> str:
    """Write a day in words: ngày 05 tháng 01 năm 2026; 5 January 2026.

    Vietnamese administrative documents put a zero before days under 10 and before months 1 and 2.

    Examples
    --------
    >>> day(date(2026, 1, 5), "vi"), day(date(2026, 6, 14), "vi"), day(date(2026, 1, 5), "en")
    ('ngày 05 tháng 01 năm 2026', 'ngày 14 tháng 6 năm 2026', '5 January 2026')
    """
    if language == "vi":
        month = f"{value.month:02}" if value.month < 3 else f"{value.month}"
        return f"ngày {value.day:02} tháng {month} năm {value.year}"
    return format_date(value, "d MMMM y", locale=language)


def short_day(value: date, language: Language) -> str:
    """Write a day for a table: 05/01/2026; 5 Jan 2026.

    Examples
    --------
    >>> short_day(date(2026, 1, 5), "vi"), short_day(date(2026, 1, 5), "en")
    ('05/01/2026', '5 Jan 2026')
    """
    return format_date(value, "dd/MM/yyyy" if language == "vi" else "d MMM y", locale=language)


def _vietnamese_period(year: str, part: str) -> str:
    if part == "Y":
        return f"năm {year}"
    if part.startswith("H"):
        return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
    if part.startswith("Q"):
        return f"quý {('I', 'II', 'III', 'IV')[int(part[1]) - 1]} năm {year}"
    return f"tháng {int(part) if int(part) > 2 else part} năm {year}"


def _english_period(year: str, part: str) -> str:
    if part == "Y":
        return f"year {year}"
    if part.startswith("H"):
        return f"{'first' if part == 'H1' else 'second'} half of {year}"
    if part.startswith("Q"):
        return f"{('first', 'second', 'third', 'fourth')[int(part[1]) - 1]} quarter of {year}"
    return format_date(date(int(year), int(part), 1), "MMMM y", locale="en")


def period_name(period: Period, language: Language) -> str:
    """Write the name of a period without its days.

    Examples
    --------
    >>> from analysis.period import period
    >>> [period_name(period(f"2026-{part}"), "vi") for part in ("H1", "Y", "Q3", "02", "03")]
    ['6 tháng đầu năm 2026', 'năm 2026', 'quý III năm 2026', 'tháng 02 năm 2026', 'tháng 3 năm 2026']
    >>> [period_name(period(f"2026-{part}"), "en") for part in ("H2", "Y", "Q3", "02")]
    ['second half of 2026', 'year 2026', 'third quarter of 2026', 'February 2026']
    """
    year, _, part = period.label.partition("-")
    return _vietnamese_period(year, part) if language == "vi" else _english_period(year, part)


def period_words(period: Period, language: Language) -> str:
    """Write a period with its first and last day, both inclusive.

    Examples
    --------
    >>> from analysis.period import period
    >>> period_words(period("2026-H1"), "vi")
    '6 tháng đầu năm 2026 (từ ngày 15 tháng 12 năm 2025 đến hết ngày 14 tháng 6 năm 2026)'
    >>> period_words(period("2026-H1"), "en")
    'first half of 2026 (15 December 2025 to 14 June 2026, both included)'
    """
    first, last = day(period.first_day, language), day(period.last_day, language)
    days = f"từ {first} đến hết {last}" if language == "vi" else f"{first} to {last}, both included"
    return f"{period_name(period, language)} ({days})"
