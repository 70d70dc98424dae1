from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app.exchange.dated import Imported
from survey_app.store.engine import Database
from survey_app.store.organisation import Posting

HEADER = "officer_code,counter_code,from,to\n"


@pytest.fixture
def staffed(tree):
    """Give an organisation with two counters and two officers, one of whom leaves."""
    tree(
        "counters",
        "code,unit_code,name,valid_from,valid_to\nQ1,A,Quầy 1,2025-01-01,\n"
        "Q2,A,Quầy 2,2025-01-01,2026-06-30\n",
    )
    tree(
        "officers",
        "code,name,unit_code,valid_from,valid_to\nCB1,Cán bộ Mẫu 01,A,2025-01-01,\n"
        "CB2,Cán bộ Mẫu 02,A,2025-01-01,2026-03-31\n",
    )
    return tree


def spans(database: Database) -> list[tuple[datetime, datetime | None]]:
    with database.reading() as connection:
        query = select(Posting.starts_at, Posting.ends_at).order_by(Posting.starts_at, Posting.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize(
    ("cells", "starts", "ends"),
    [
        ("2026-01-05,2026-01-09", (2026, 1, 4, 17), (2026, 1, 9, 17)),
        ("2026-01-05,", (2026, 1, 4, 17), None),
        ("2026-01-05 07:30,2026-01-05 11:30", (2026, 1, 5, 0, 30), (2026, 1, 5, 4, 30)),
        ("2026-01-05T13:30,2026-01-05", (2026, 1, 5, 6, 30), (2026, 1, 5, 17)),
    ],
)
def test_postings__local_days_and_times__moments_in_utc(
    database: Database, staffed, cells: str, starts: tuple[int, ...], ends: tuple[int, ...] | None
) -> None:
    text = f"{HEADER}CB1,Q1,{cells}\n"
    assert staffed("postings", text) == Imported(new=1)
    expected = [(datetime(*starts, tzinfo=UTC), datetime(*ends, tzinfo=UTC) if ends else None)]
    assert spans(database) == expected
    assert staffed("postings", text) == Imported(unchanged=1)
    assert spans(database) == expected


def test_postings__others_at_the_same_time__allowed(staffed) -> None:
    rows = "CB1,Q1,2026-01-05,2026-01-09\nCB2,Q1,2026-01-05,2026-01-09\nCB1,Q2,2026-01-05,2026-01-09\n"
    assert staffed("postings", HEADER + rows + "CB1,Q1,2026-01-10,\n") == Imported(new=4)


def test_postings__open_one_given_an_end__changed(database: Database, staffed) -> None:
    staffed("postings", HEADER + "CB1,Q1,2026-01-05,\n")
    rows = "CB1,Q1,2026-01-05,2026-01-09\nCB1,Q1,2026-01-10,\n"
    assert staffed("postings", HEADER + rows) == Imported(new=1, changed=1)
    (_, end), (start, _) = spans(database)
    assert end == start


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("CB1,Q1,,\n", "row 2, column from: the cell is empty"),
        ("CB9,Q1,2026-01-05,\n", "officer_code: 'CB9' is no officer on 2026-01-05; import the officer first"),
        ("CB1,Q9,2026-01-05,\n", "counter_code: 'Q9' is no counter on 2026-01-05"),
        ("CB1,Q1,2024-12-31,\n", "'CB1' is no officer on 2024-12-31; CB1 is valid from 2025-01-01 on"),
        ("CB1,Q1,5/1/2026,\n", "from: '5/1/2026' is no local date and time"),
        ("CB1,Q1,2026-01-05,2026-01-04\n", "to: '2026-01-04' is not after '2026-01-05'"),
        ("CB1,Q1,2026-01-05 11:30,2026-01-05 07:30\n", "is not after '2026-01-05 11:30'"),
        ("CB2,Q1,2026-01-05,\n", "to: the officer 'CB2' ends on 2026-03-31, the posting is open"),
        ("CB2,Q1,2026-01-05,2026-04-01\n", "the officer 'CB2' ends on 2026-03-31, before 2026-04-01"),
        ("CB1,Q2,2026-01-05,2026-07-01\n", "the counter 'Q2' ends on 2026-06-30, before 2026-07-01"),
        (
            "CB1,Q1,2026-01-05,2026-01-09\nCB1,Q1,2026-01-09 13:00,\n",
            "row 3, column from: from 2026-01-09 13:00 on overlaps row 2 (2026-01-05 00:00 to 2026-01-10",
        ),
        (
            "CB1,Q1,2026-02-01,\nCB1,Q1,2026-02-01,2026-02-02\n",
            "row 3, column from: the posting stands in row 2",
        ),
        (
            "CB1,Q1,2025-12-01,2025-12-31 23:59\nCB1,Q1,2025-11-01,2026-03-31\n",
            "row 3, column from: 2025-11-01 00:00 to 2026-04-01 00:00 overlaps what is stored",
        ),
    ],
)
def test_postings__fault__named_and_nothing_stored(
    database: Database, staffed, refused: Callable[[str, str], str], rows: str, expected: str
) -> None:
    staffed("postings", HEADER + "CB1,Q1,2026-03-01,2026-03-31\n")
    before = spans(database)
    assert expected in refused("postings", HEADER + rows)
    assert spans(database) == before
