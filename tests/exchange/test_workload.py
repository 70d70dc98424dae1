from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from survey_app.config import Settings
from survey_app.exchange.dated import Imported
from survey_app.exchange.faults import ImportFaults
from survey_app.exchange.organisation import import_file
from survey_app.store.engine import Database
from survey_app.store.organisation import Workload

HEADER = "unit_code,from,to,served,source\n"
FULL = "unit_code,from,to,served,source,officer_code,counter_code,procedure_code,field,channel,offered\n"


def counted(database: Database) -> list[tuple[date, date, int, str]]:
    with database.reading() as connection:
        query = select(Workload.first_day, Workload.last_day, Workload.served, Workload.source)
        return [tuple(row) for row in connection.execute(query.order_by(Workload.first_day, Workload.id))]


@pytest.fixture
def staffed(tree):
    """Give an organisation with a counter, an officer and a procedure."""
    tree("counters", "code,unit_code,name,valid_from\nQ1,A,Quầy 1,2025-01-01\n")
    tree("officers", "code,name,unit_code,valid_from\nCB1,Cán bộ Mẫu 01,A,2025-01-01\n")
    tree("procedures", "code,name\n1.012753,Cấp lần đầu\n")
    return tree


def test_workload__again_and_corrected__one_row_with_the_last_number(database: Database, tree) -> None:
    text = HEADER + "A,2026-01-01,2026-01-31,120,system\n"
    assert tree("workload", text) == Imported(new=1)
    assert tree("workload", text) == Imported(unchanged=1)
    assert tree("workload", text.replace("120", "125")) == Imported(changed=1)
    assert counted(database) == [(date(2026, 1, 1), date(2026, 1, 31), 125, "system")]


def test_workload__subjects_apart__same_days_allowed(staffed) -> None:
    rows = (
        "A,2026-01-01,2026-01-31,100,system,,,,,,90\n"
        "A,2026-01-01,2026-01-31,60,counted,CB1,Q1,,,,\n"
        "A,2026-01-01,2026-01-31,60,counted,CB1,,,,,\n"
        "A,2026-01-01,2026-01-31,60,estimated,,,1.012753,Đất đai,poster,\n"
        "B,2026-01-01,2026-01-31,60,counted,,,,,,\n"
        "A,2026-02-01,2026-02-14,60,counted,,,,,,\n"
    )
    assert staffed("workload", FULL + rows) == Imported(new=6)
    assert staffed("workload", FULL + rows) == Imported(unchanged=6)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A,2026-01-01,2026-01-31,,system\n", "row 2, column served: the cell is empty"),
        ("A,2026-01-01,2026-01-31,-5,system\n", "served: '-5' is no count"),
        (
            "A,2026-01-01,2026-01-31,5,guess\n",
            "source: 'guess' is not known here; write one of system, counted,",
        ),
        ("A,2026-01-31,2026-01-01,5,system\n", "to: 2026-01-01 is before 2026-01-31"),
        ("X,2026-01-01,2026-01-31,5,system\n", "unit_code: 'X' is no unit on 2026-01-01"),
        (
            "A,2026-06-01,2026-06-30,5,system\n",
            "to: 2026-06-01 to 2026-06-30 crosses the edge of a half-year; split it into "
            "2026-06-01 to 2026-06-14, 2026-06-15 to 2026-06-30, each with its own count",
        ),
        (
            "A,2026-01-01,2026-01-31,5,system\nA,2026-01-01,2026-01-31,6,system\n",
            "row 3, column from: the same",
        ),
        (
            "A,2026-01-01,2026-01-31,5,system\nA,2026-01-31,2026-02-10,6,system\n",
            "row 3, column from: 2026-01-31 to 2026-02-10 overlaps row 2 (2026-01-01 to 2026-01-31)",
        ),
        (
            "A,2026-03-31,2026-04-30,5,system\n",
            "row 2, column from: 2026-03-31 to 2026-04-30 overlaps what is stored (2026-03-01 to 2026-03-31)",
        ),
    ],
)
def test_workload__fault__named_and_nothing_stored(
    database: Database, tree, refused: Callable[[str, str], str], rows: str, expected: str
) -> None:
    tree("workload", HEADER + "A,2026-03-01,2026-03-31,7,system\n")
    before = counted(database)
    assert expected in refused("workload", HEADER + rows)
    assert counted(database) == before


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("CB9,,,,,", "officer_code: 'CB9' is no officer on 2026-01-01"),
        (",Q9,,,,", "counter_code: 'Q9' is no counter on 2026-01-01"),
        (",,9.9,,,", "procedure_code: '9.9' is no procedure"),
        (",,,,fax,", "channel: 'fax' is not known here"),
        (",,,,,some", "offered: 'some' is no count"),
    ],
)
def test_workload__unknown_subject__named(
    staffed, refused: Callable[[str, str], str], row: str, expected: str
) -> None:
    assert expected in refused("workload", FULL + "A,2026-01-01,2026-01-31,5,system," + row + "\n")


def test_workload__unit_merged_meanwhile__told_where_to_cut(tree, refused: Callable[[str, str], str]) -> None:
    tree("mergers", "old_code,new_code,date,kind\nA,C,2025-07-01,merge\n")
    text = refused("workload", HEADER + "A,2025-06-20,2025-07-20,5,system\n")
    assert "unit_code: the unit 'A' ends on 2025-06-30, before 2025-07-20; end on 2025-06-30" in text


def test_workload__calendar_scheme__its_own_edges(database: Database, tree, now) -> None:
    calendar = Settings(period_scheme="calendar")

    def put(text: str) -> Imported:
        return import_file(database, "workload", text.encode(), "w.csv", calendar, now)

    assert put(HEADER + "A,2026-06-01,2026-06-30,5,system\n") == Imported(new=1)
    with pytest.raises(ImportFaults, match="2025-12-15 to 2025-12-31, 2026-01-01 to 2026-01-14"):
        put(HEADER + "A,2025-12-15,2026-01-14,5,system\n")
