"""Evaluation periods: labels to dates and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Scheme = Literal["vn-report", "calendar"]
SCHEMES: tuple[Scheme, ...] = ("vn-report", "calendar")

_LABEL = re.compile(r"(?P<year>\d{4})-(?P<part>H[12]|Y|Q[1-4]|0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A named run of local days, both ends inclusive."""

    first_day: date
    last_day: date
    label: str

    def __contains__(self, day: date) -> bool:
        """Whether a local day lies in the period."""
        return self.first_day <= day <= self.last_day

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last_day - self.first_day).days + 1


def _months(label: str) -> tuple[int, int, int]:
    match = _LABEL.fullmatch(label)
    if match is None or int(match["year"]) < 1000:
        raise ValueError(
            f"period {label!r}: not a period; write a half-year as 2026-H1, a year as 2026-Y, "
            "a quarter as 2026-Q1 or a month as 2026-03"
        )
    part = match["part"]
    if part == "Y":
        first, last = 1, 12
    elif part.startswith("H"):
        first = 1 if part == "H1" else 7
        last = first + 5
    elif part.startswith("Q"):
        first = 3 * int(part[1]) - 2
        last = first + 2
    else:
        first = last = int(part)
    return int(match["year"]), first, last


def period(label: str, scheme: Scheme = "vn-report") -> Period:
    """Give the days of a label such as ``2026-H1``, ``2026-Y``, ``2026-Q1`` or ``2026-03``.

    Parameters
    ----------
    label
        Half-year, year, quarter or month.
    scheme
        ``vn-report``: state reporting dates, where month m runs from the 15th of the month before to the 14th
        (so H1 is 15 December to 14 June); ``calendar``: calendar months.

    Raises
    ------
    ValueError
        If the label names no period or the scheme is unknown.

    Examples
    --------
    >>> period("2026-H1")
    Period(first_day=datetime.date(2025, 12, 15), last_day=datetime.date(2026, 6, 14), label='2026-H1')
    >>> period("2026-03").first_day, period("2026-03", "calendar").first_day
    (datetime.date(2026, 2, 15), datetime.date(2026, 3, 1))
    """
    if scheme not in SCHEMES:
        raise ValueError(f"period scheme {scheme!r}: unknown; choose one of {', '.join(SCHEMES)}")
    year, first, last = _months(label)
    after = date(year + last // 12, last % 12 + 1, 1)
    if scheme == "calendar":
        return Period(date(year, first, 1), after - timedelta(days=1), label)
    before = date(year, first, 1) - timedelta(days=1)
    return Period(before.replace(day=15), date(year, last, 14), label)


def half_year_of(day: date, scheme: Scheme = "vn-report") -> Period:
    """Give the half-year that a local day falls into.

    Examples
    --------
    >>> half_year_of(date(2026, 6, 14)).label, half_year_of(date(2026, 6, 15)).label
    ('2026-H1', '2026-H2')
    >>> half_year_of(date(2026, 12, 15)).label, half_year_of(date(2026, 12, 15), "calendar").label
    ('2027-H1', '2026-H2')
    """
    for year in (day.year, day.year + 1):
        for part in ("H1", "H2"):
            candidate = period(f"{year}-{part}", scheme)
            if day in candidate:
                return candidate
    raise ValueError(f"day {day}: in no half-year of scheme {scheme!r}")


def before(this: Period, scheme: Scheme = "vn-report") -> Period:
    """Give the period of the same kind that ends the day before this one begins.

    Examples
    --------
    >>> before(period("2026-H1")).label
    '2025-H2'
    """
    year, first, last = _months(this.label)
    length = last - first + 1
    index = year * 12 + first - 1 - length
    year, first = index // 12, index % 12 + 1
    part = this.label.partition("-")[2]
    if part == "Y":
        return period(f"{year}-Y", scheme)
    if part.startswith("H"):
        return period(f"{year}-H{first // 6 + 1}", scheme)
    if part.startswith("Q"):
        return period(f"{year}-Q{first // 3 + 1}", scheme)
    return period(f"{year}-{first:02}", scheme)


def is_half_year(label: str) -> bool:
    """Whether a label is that of a half-year.

    Examples
    --------
    >>> is_half_year("2026-H2"), is_half_year("2026-Y")
    (True, False)
    """
    return label.partition("-")[2] in ("H1", "H2")


def halves_of(label: str) -> tuple[str, ...]:
    """Give the labels of the half-years that make a year; nothing for other periods.

    Examples
    --------
    >>> halves_of("2026-Y"), halves_of("2026-Q1")
    (('2026-H1', '2026-H2'), ())
    """
    year, _, part = label.partition("-")
    return (f"{year}-H1", f"{year}-H2") if part == "Y" else ()
