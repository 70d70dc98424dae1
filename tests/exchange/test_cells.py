from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from survey_app.exchange import cells
from survey_app.exchange.csvfile import Row
from survey_app.exchange.faults import Faults

HANOI, PARIS = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Paris")


def read(reader: Callable[..., Any], value: str, *arguments: Any, **named: Any) -> tuple[Any, list[str]]:
    faults = Faults("f.csv")
    found = reader(Row(2, {"c": value}, faults), "c", *arguments, **named)
    return found, [fault.found for fault in faults.found]


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (cells.day, "2025-07-01", date(2025, 7, 1)),
        (cells.day, "", None),
        (cells.clock, "7:30", time(7, 30)),
        (cells.clock, "17:00:00", time(17)),
        (cells.count, "0", 0),
        (cells.count, "2147483647", 2**31 - 1),
        (cells.code, "H40.12-a", "H40.12-a"),
        (cells.code, "000.00.16.H40", "000.00.16.H40"),
    ],
)
def test_cell__well_written__its_value(reader: Callable[..., Any], value: str, expected: Any) -> None:
    assert read(reader, value) == (expected, [])


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        (cells.day, "2025-02-30", "'2025-02-30' is no date"),
        (cells.day, "01/07/2025", "'01/07/2025' is no date"),
        (cells.day, "20250701", "'20250701' is no date"),
        (cells.day, "0001-01-01", "'0001-01-01' is no date"),
        (cells.day, "２０２５-07-01", "'２０２５-07-01' is no date"),
        (cells.clock, "24:00", "'24:00' is no time of day"),
        (cells.clock, "7h30", "'7h30' is no time of day"),
        (cells.count, "-1", "'-1' is no count"),
        (cells.count, "1.234", "'1.234' is no count"),
        (cells.count, "2147483648", "'2147483648' is no count"),
        (cells.code, "=1+1", "the code '=1+1' reads as a formula"),
        (cells.code, "+84", "the code '+84' reads as a formula"),
        (cells.code, "-5", "the code '-5' reads as a formula"),
        (cells.code, "@x", "the code '@x' reads as a formula"),
        (cells.code, "a/b", "'a/b' is no code"),
        (cells.code, "a\u202eb", "'a\\u202eb' is no code"),
        (cells.code, "a" * 41, f"'{'a' * 41}' is no code"),
    ],
)
def test_cell__badly_written__quoted(reader: Callable[..., Any], value: str, found: str) -> None:
    assert read(reader, value) == (None, [found])


@pytest.mark.parametrize("value", ['#read("x")', "$x$", '=HYPERLINK("http://x")', "Xã\u00a0 An"])
def test_line__hostile_name__kept_on_one_line(value: str) -> None:
    assert read(cells.line, value, 200) == (value.replace("\u00a0 ", " "), [])


def test_line__invisible_sign__refused() -> None:
    assert read(cells.line, "Xã\u200b An", 200)[1] == ["'Xã\\u200b An' holds the invisible sign U+200B"]
    assert read(cells.line, "a" * 201, 200)[1] == ["the text has 201 signs"]


def test_one_of__capitals__do_not_matter() -> None:
    assert read(cells.one_of, "Ward", ("commune", "ward")) == ("ward", [])
    assert read(cells.one_of, "phường", ("commune", "ward")) == (None, ["'phường' is not known here"])


@pytest.mark.parametrize(
    ("value", "ends", "expected"),
    [
        ("2026-03-02", False, datetime(2026, 3, 1, 17, tzinfo=UTC)),
        ("2026-03-02", True, datetime(2026, 3, 2, 17, tzinfo=UTC)),
        ("2026-03-02 07:30", False, datetime(2026, 3, 2, 0, 30, tzinfo=UTC)),
        ("2026-03-02T11:30:00", True, datetime(2026, 3, 2, 4, 30, tzinfo=UTC)),
    ],
)
def test_moment__local__in_utc(value: str, ends: bool, expected: datetime) -> None:
    assert read(cells.moment, value, HANOI, ends=ends) == (expected, [])


@pytest.mark.parametrize("value", ["2026-03-02T07:30+07:00", "2026-03-02 7 giờ", "2026-03-02 25:00", "mai"])
def test_moment__badly_written__quoted(value: str) -> None:
    assert read(cells.moment, value, HANOI) == (None, [f"{value!r} is no local date and time"])


def test_moment__clocks_put_forward__refused() -> None:
    assert read(cells.moment, "2026-03-29 02:30", PARIS)[1] == [
        "2026-03-29 02:30:00 never was: clocks were put forward"
    ]
