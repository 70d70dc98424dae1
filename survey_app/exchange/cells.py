"""Cells: one value of a file, read as what it stands for, or noted as a fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from survey_app.exchange.csvfile import Row, folded

LONGEST_CODE = 40
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_COUNTED = 2**31 - 1

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DIGITS = re.compile(r"[0-9]{1,10}")


def given(row: Row, column: str) -> str:
    """Give a cell that must not be empty; the empty text, with a fault, if it is."""
    value = row.cells.get(column, "")
    if not value:
        row.fault(column, "the cell is empty", "fill it")
    return value


def line(row: Row, column: str, longest: int) -> str | None:
    """Give a text on one line, with single spaces; None for an empty cell or a fault."""
    value = folded(row.cells.get(column, ""))
    if not value:
        return None
    if len(value) > longest:
        row.fault(column, f"the text has {len(value)} signs", f"write at most {longest}")
        return None
    hidden = next((sign for sign in value if not sign.isprintable()), None)
    if hidden is not None:
        row.fault(column, f"{value!r} holds the invisible sign U+{ord(hidden):04X}", "type it anew")
        return None
    return value


def code(row: Row, column: str) -> str | None:
    """Give a code; None for an empty cell or a fault."""
    value = row.cells.get(column, "")
    if not value:
        return None
    if value[0] in "=+-@":
        row.fault(column, f"the code {value!r} reads as a formula", "begin it with a letter or a digit")
        return None
    if len(value) > LONGEST_CODE or not value.isprintable() or any(sign in r"/\?#" for sign in value):
        remedy = f"write at most {LONGEST_CODE} letters and digits, without / \\ ? # or line ends"
        row.fault(column, f"{value[: LONGEST_CODE + 1]!r} is no code", remedy)
        return None
    return value


def one_of(row: Row, column: str, choices: Collection[str]) -> str | None:
    """Give a word of a list, whatever its capitals; None for an empty cell or a fault."""
    value = row.cells.get(column, "").lower()
    if not value:
        return None
    if value not in choices:
        row.fault(column, f"{value!r} is not known here", f"write one of {', '.join(choices)}")
        return None
    return value


def day(row: Row, column: str) -> date | None:
    """Give a local day; None for an empty cell or a fault."""
    value = row.cells.get(column, "")
    if not value:
        return None
    found = _day(value)
    if found is None:
        row.fault(column, f"{value!r} is no date", "write a date such as 2025-07-01")
    return found


def clock(row: Row, column: str) -> time | None:
    """Give a local time of day; None for an empty cell or a fault."""
    value = row.cells.get(column, "")
    if not value:
        return None
    found = _clock(value)
    if found is None:
        row.fault(column, f"{value!r} is no time of day", "write a time such as 07:30")
    return found


def moment(row: Row, column: str, zone: ZoneInfo, *, ends: bool = False) -> datetime | None:
    """Give the moment of a local date and time, in UTC; None for an empty cell or a fault.

    A bare date stands for its whole day: for the midnight before it, or with ``ends`` for the one after.
    """
    value = row.cells.get(column, "")
    if not value:
        return None
    first, _, rest = value.replace("T", " ", 1).partition(" ")
    local_day = _day(first)
    local_time = _clock(rest.strip()) if rest else time()
    if local_day is None or local_time is None:
        row.fault(
            column,
            f"{value!r} is no local date and time",
            "write 2025-07-01, or 2025-07-01 07:30 (no offset)",
        )
        return None
    if not rest and ends:
        local_day += timedelta(days=1)
    return instant(row, column, datetime.combine(local_day, local_time), zone)


def instant(row: Row, column: str, local: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the moment at which local clocks show a time; None with a fault if they never do."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local and local.time() != time():
        row.fault(
            column, f"{local} never was: clocks were put forward", "write a time that the clocks showed"
        )
        return None
    return found


def count(row: Row, column: str) -> int | None:
    """Give a whole number from 0 on; None for an empty cell or a fault."""
    value = row.cells.get(column, "")
    if not value:
        return None
    if not _DIGITS.fullmatch(value) or int(value) > MOST_COUNTED:
        remedy = f"write a whole number from 0 to {MOST_COUNTED}, digits only"
        row.fault(column, f"{value!r} is no count", remedy)
        return None
    return int(value)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _clock(text: str) -> time | None:
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        return None
    hour, minute, second = int(parts[1]), int(parts[2]), int(parts[3] or 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None
