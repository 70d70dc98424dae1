from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from survey_app.collect.codes import read_code
from survey_app.exchange.dated import Imported
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter, CounterCode, Officer, Unit

COUNTERS = "code,unit_code,name,deciding_unit_code,field,opens,closes,valid_from,valid_to\n"
Q1 = "Q1,A,Quầy 1,D,Đất đai,07:30,17:00,2025-01-01,\n"
OFFICERS = "code,name,unit_code,valid_from,valid_to\n"
CB1 = "CB1,Cán bộ Mẫu 01,A,2025-01-01,\n"
SPLIT = "old_code,new_code,date,kind\nA,C,2025-07-01,split\nA,E,2025-07-01,split\n"
HEIR = "code,name,kind,parent_code,valid_from\nE,Xã Én,commune,40,2025-07-01\n"
BEFORE = datetime(2025, 6, 1, tzinfo=UTC)


def rows(database: Database, table) -> list:
    with database.reading() as connection:
        return list(connection.execute(select(*table.__table__.columns)).all())


def code_of(database: Database, unit_id: int) -> str:
    with database.reading() as connection:
        return str(connection.execute(select(Unit.code).where(Unit.id == unit_id)).scalar_one())


def test_counters__new__each_has_a_code_to_print(database: Database, tree) -> None:
    assert tree("counters", COUNTERS + Q1 + "Q2,B,Quầy 2,,,,,2025-01-01,\n") == Imported(new=2)
    first, second = sorted(rows(database, Counter), key=lambda counter: counter.code)
    assert (code_of(database, first.unit_id), code_of(database, first.deciding_unit_id)) == ("A", "D")
    assert (first.opens, first.closes, first.field) == (time(7, 30), time(17), "Đất đai")
    assert (second.deciding_unit_id, second.opens) == (None, None)
    codes = rows(database, CounterCode)
    assert {code.counter_id for code in codes} == {first.id, second.id}
    assert all(read_code(code.code) == code.code for code in codes)


def test_counters__same_file_again__unchanged_and_no_new_code(database: Database, tree) -> None:
    tree("counters", COUNTERS + Q1)
    before = rows(database, CounterCode)
    assert tree("counters", COUNTERS + Q1) == Imported(unchanged=1)
    assert rows(database, CounterCode) == before


def test_counters__few_columns__unit_s_first_day_and_nothing_lost(database: Database, tree) -> None:
    tree("counters", "code,unit_code,name\nQ2,C,Quầy 2\n")
    assert [counter.valid_from for counter in rows(database, Counter)] == [date(2025, 7, 1)]
    tree("counters", COUNTERS + Q1)
    assert tree("counters", "code,unit_code,name\nQ1,A,Quầy số 1\n") == Imported(changed=1)
    counter = next(counter for counter in rows(database, Counter) if counter.code == "Q1")
    assert (counter.name, counter.field, counter.valid_from) == ("Quầy số 1", "Đất đai", date(2025, 1, 1))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Q1,,Quầy 1,,,,,2025-01-01,\n", "row 2, column unit_code: the cell is empty"),
        ("Q1,X,Quầy 1,,,,,2025-01-01,\n", "unit_code: 'X' is no unit on 2025-01-01; import the unit first"),
        ("Q1,C,Quầy 1,,,,,2025-01-01,\n", "'C' is no unit on 2025-01-01; C is valid from 2025-07-01 on"),
        ("Q1,A,Quầy 1,C,,,,2025-01-01,\n", "deciding_unit_code: 'C' is no unit on 2025-01-01"),
        ("Q1,A,Quầy 1,,,07:30,,2025-01-01,\n", "opens: only one of opens and closes is there"),
        ("Q1,A,Quầy 1,,,17:00,07:30,2025-01-01,\n", "opens: 17:00 is not before 07:30"),
        ("Q1,A,Quầy 1,,,7h,17:00,2025-01-01,\n", "opens: '7h' is no time of day"),
        ("Q1,A,Quầy 1,,,,,2025-01-01,2024-12-31\n", "valid_to: 2024-12-31 is before 2025-01-01"),
        (Q1 + Q1, "row 3, column code: 'Q1' from 2025-01-01 stands in row 2 already"),
        (
            Q1 + "Q1,B,Quầy 1,,,,,2025-02-01,\n",
            "row 3, column code: Q1 from 2025-02-01 on overlaps row 2 (Q1 from 2025-01-01 on)",
        ),
    ],
)
def test_counters__fault__named_and_nothing_stored(
    database: Database, tree, refused: Callable[[str, str], str], row: str, expected: str
) -> None:
    assert expected in refused("counters", COUNTERS + row)
    assert rows(database, Counter) == rows(database, CounterCode) == []


def test_counters__unit_was_split__counter_goes_to_one_heir_and_keeps_its_code(
    database: Database, tree
) -> None:
    tree("counters", COUNTERS + Q1, BEFORE)
    code = rows(database, CounterCode)
    tree("units", HEIR)
    tree("mergers", SPLIT)
    assert tree("counters", COUNTERS + Q1) == Imported(unchanged=1)
    given = COUNTERS + Q1.replace("Q1,A", "Q1,E")
    assert tree("counters", given) == Imported(changed=1)
    assert tree("counters", given) == Imported(unchanged=1)
    assert code_of(database, rows(database, Counter)[0].unit_id) == "E"
    assert rows(database, CounterCode) == code


def test_counters__given_to_a_unit_that_is_no_heir__refused(tree, refused: Callable[[str, str], str]) -> None:
    tree("units", HEIR)
    tree("counters", COUNTERS + Q1)
    text = refused("counters", COUNTERS + Q1.replace("Q1,A", "Q1,E"))
    assert "unit_code: 'E' is no unit on 2025-01-01" in text


def test_officers__again_and_ended__changed_once(database: Database, tree) -> None:
    assert tree("officers", OFFICERS + CB1) == Imported(new=1)
    assert tree("officers", OFFICERS + CB1) == Imported(unchanged=1)
    ended = CB1.replace(",\n", ",2026-03-31\n")
    assert tree("officers", OFFICERS + ended) == Imported(changed=1)
    assert tree("officers", "code,name,unit_code\nCB1,Cán bộ Mẫu 01,A\n") == Imported(unchanged=1)
    assert [officer.valid_to for officer in rows(database, Officer)] == [date(2026, 3, 31)]


def test_officers__comes_back_to_another_unit__new_row(database: Database, tree) -> None:
    tree("officers", OFFICERS + CB1.replace(",\n", ",2025-12-31\n"))
    assert tree("officers", OFFICERS + "CB1,Cán bộ Mẫu 01,B,2026-01-01,\n") == Imported(new=1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("CB1,Cán bộ Mẫu 01,,2025-01-01,\n", "row 2, column unit_code: the cell is empty"),
        ("@CB1,Cán bộ Mẫu 01,A,2025-01-01,\n", "code: the code '@CB1' reads as a formula"),
        ("CB1,Cán bộ Mẫu 01,C,2025-01-01,\n", "unit_code: 'C' is no unit on 2025-01-01"),
        (
            CB1 + "CB1,Cán bộ Mẫu 02,B,2025-02-01,\n",
            "row 3, column code: CB1 from 2025-02-01 on overlaps row 2",
        ),
    ],
)
def test_officers__fault__named_and_nothing_stored(
    database: Database, tree, refused: Callable[[str, str], str], row: str, expected: str
) -> None:
    assert expected in refused("officers", OFFICERS + row)
    assert rows(database, Officer) == []


def test_officers__ended_while_posted__refused_until_the_posting_ends(
    tree, refused: Callable[[str, str], str]
) -> None:
    postings = "officer_code,counter_code,from,to\nCB1,Q1,2026-01-05,"
    tree("counters", COUNTERS + Q1)
    tree("officers", OFFICERS + CB1)
    tree("postings", postings + "\n")
    ended = OFFICERS + CB1.replace(",\n", ",2026-03-31\n")
    assert "valid_to: a posting goes on after 2026-03-31; first import that posting with" in refused(
        "officers", ended
    )
    tree("postings", postings + "2026-03-31\n")
    assert tree("officers", ended) == Imported(changed=1)


def test_procedures__again_and_renamed__counted(tree, refused: Callable[[str, str], str]) -> None:
    text = "code,name,field\n1.012753,Cấp lần đầu,Đất đai\n1.012756,Đăng ký,Đất đai\n"
    assert tree("procedures", text) == Imported(new=2)
    assert tree("procedures", text) == Imported(unchanged=2)
    assert tree("procedures", "code,name\n1.012753,Cấp lại\n1.012756,Đăng ký\n") == Imported(0, 1, 1)
    text = refused("procedures", "code,name\n+1,Cấp lại\n2,\n3,a\n3,b\n")
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "procedures.csv, row 2, column code",
        "procedures.csv, row 3, column name",
        "procedures.csv, row 5, column code",
    ]
