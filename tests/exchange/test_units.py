import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_app.exchange.dated import Imported
from survey_app.exchange.faults import ImportFaults
from survey_app.store.engine import Database
from survey_app.store.organisation import Succession, Unit

HEADER = "code,name,kind,parent_code,valid_from,valid_to,name_en\n"
LATER = "E,Xã Én,commune,40,2025-07-01,,\n"


def units(database: Database) -> dict[tuple[str, str], Unit]:
    with database.reading() as connection:
        rows = connection.execute(select(*Unit.__table__.columns)).all()
    return {(row.code, f"{row.valid_from}"): row for row in rows}


def test_units__parent_below_its_children__stored(database: Database, put) -> None:
    text = HEADER + "A,Xã An,commune,40,2025-07-01,,\n40,Tỉnh Mẫu,province,,2025-07-01,,Mau\n"
    assert put("units", text) == Imported(new=2)
    stored = units(database)
    assert stored["A", "2025-07-01"].parent_id == stored["40", "2025-07-01"].id
    assert stored["40", "2025-07-01"].name_en == "Mau"


def test_units__same_file_again__unchanged(database: Database, tree) -> None:
    before = units(database)
    text = HEADER + "".join(
        f"{unit.code},{unit.name},{unit.kind},{'40' if unit.code != '40' else ''},{unit.valid_from},,"
        f"{unit.name_en or ''}\n"
        for unit in before.values()
    )
    assert str(tree("units", text)) == "0 new, 5 unchanged"
    assert units(database) == before


def test_units__same_code_and_day__updated(database: Database, tree) -> None:
    text = (
        "code,name,kind,parent_code,valid_from\nA,Xã Ân,commune,D,2020-01-01\n"
        + "B,Xã Bình,commune,40,2020-01-01\n"
    )
    assert str(tree("units", text)) == "0 new, 1 changed, 1 unchanged"
    stored = units(database)
    unit = stored["A", "2020-01-01"]
    assert (unit.name, unit.name_en, unit.parent_id) == ("Xã Ân", "An Commune", stored["D", "2020-01-01"].id)


def test_units__code_used_again_after_its_end__stored(database: Database, tree) -> None:
    text = HEADER + "A,Xã An,commune,40,2020-01-01,2025-06-30,\nA,Phường Mới,ward,40,2025-07-01,,\n"
    assert tree("units", text) == Imported(new=1, changed=1)
    assert units(database)["A", "2020-01-01"].valid_to == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (",Xã,commune,40,2025-07-01,,\n", "row 2, column code: the cell is empty"),
        ("=E,Xã,commune,40,2025-07-01,,\n", "row 2, column code: the code '=E' reads as a formula"),
        ("E,,commune,40,2025-07-01,,\n", "row 2, column name: the cell is empty"),
        ("E,Xã,xã,40,2025-07-01,,\n", "column kind: 'xã' is not known here; write one of province, "),
        (
            "E,Xã,commune,40,2025-02-30,,\n",
            "valid_from: '2025-02-30' is no date; write a date such as 2025-07-01",
        ),
        ("E,Xã,commune,40,2025-07-01,2025-06-30,\n", "valid_to: 2025-06-30 is before 2025-07-01"),
        (LATER + LATER, "row 3, column code: 'E' from 2025-07-01 stands in row 2 already"),
        (
            "A,Xã,commune,40,2025-07-01,,\n",
            "row 2, column code: A from 2025-07-01 on overlaps what is stored (A from 2020-01-01 on)",
        ),
        (
            LATER + "E,Xã,commune,40,2025-08-01,2025-08-31,\n",
            "row 3, column code: E 2025-08-01 to 2025-08-31 overlaps row 2 (E from 2025-07-01 on)",
        ),
        ("E,Xã,commune,41,2025-07-01,,\n", "parent_code: '41' is no unit on 2025-07-01; add a row for it"),
        (
            "E,Xã,commune,C,2025-06-01,,\n",
            "parent_code: 'C' is no unit on 2025-06-01; C is valid from 2025-07-01 on",
        ),
        (
            "E,Xã,commune,F,2025-07-01,,\nF,Xã,commune,40,2025-07-01,2025-12-31,\n",
            "row 2, column parent_code: the unit 'F' ends on 2025-12-31, before this one",
        ),
        (
            "E,Xã,commune,F,2025-07-01,,\nF,Xã,commune,E,2025-07-01,,\n",
            "row 2, column parent_code: the units stand in a circle: E under F under E",
        ),
        ("40,Tỉnh,province,A,2020-01-01,,\n", "the units stand in a circle: 40 under A under 40"),
    ],
)
def test_units__fault__named_and_nothing_stored(
    database: Database, tree, refused: Callable[[str, str], str], rows: str, expected: str
) -> None:
    before = units(database)
    assert expected in refused("units", HEADER + rows)
    assert units(database) == before


def test_units__several_faults__all_listed(refused: Callable[[str, str], str]) -> None:
    text = refused("units", HEADER + "-1,,x,9,mai,,\nE,Xã,commune,9,2025-07-01,,\n" + LATER)
    assert [line.split(":")[0].removeprefix("units.csv, row ") for line in text.splitlines()] == [
        "2, column name",
        "2, column code",
        "2, column valid_from",
        "2, column kind",
        "3, column parent_code",
        "4, column code",
        "4, column parent_code",
    ]


def test_units__parent_s_row_faulty__children_not_blamed(refused: Callable[[str, str], str]) -> None:
    text = refused("units", HEADER + "40,Tỉnh,province,,mai,,\n" + LATER)
    assert len(text.splitlines()) == 1


def test_units__two_imports_at_once__second_sees_the_first(database: Database, tree) -> None:
    def attempt(row: str) -> int:
        try:
            return tree("units", HEADER + row).new
        except ImportFaults:
            return 0

    rows = [f"E,Xã Én,commune,40,2025-0{month}-01,,\n" for month in range(1, 9)]
    with ThreadPoolExecutor(len(rows)) as pool:
        assert sum(pool.map(attempt, rows)) == 1
    assert sum(code == "E" for code, _ in units(database)) == 1


MERGERS = "old_code,new_code,date,kind\n"


def test_mergers__merge__old_units_end_the_day_before(database: Database, tree) -> None:
    text = MERGERS + "A,C,2025-07-01,merge\nB,C,2025-07-01,merge\n"
    assert str(tree("mergers", text)) == "2 new, 0 unchanged"
    stored = units(database)
    assert {stored[code, "2020-01-01"].valid_to for code in "AB"} == {date(2025, 6, 30)}
    assert str(tree("mergers", text)) == "0 new, 2 unchanged"
    assert units(database) == stored


def test_mergers__units_imported_again__stay_ended(database: Database, tree) -> None:
    tree("mergers", MERGERS + "A,C,2025-07-01,merge\n")
    text = HEADER + "A,Xã An,commune,40,2020-01-01,,An Commune\n"
    assert tree("units", text) == Imported(unchanged=1)
    assert units(database)["A", "2020-01-01"].valid_to == date(2025, 6, 30)


def test_units__merged_given_another_end__refused(tree, refused: Callable[[str, str], str]) -> None:
    tree("mergers", MERGERS + "A,C,2025-07-01,merge\n")
    text = refused("units", HEADER + "A,Xã An,commune,40,2020-01-01,2025-08-31,\n")
    assert "valid_to: 2025-08-31 is not the day before the unit was merged, 2025-06-30" in text


def test_mergers__chain_in_one_file__followed(database: Database, tree) -> None:
    tree("units", HEADER + "E,Xã Én,commune,40,2026-01-01,,\n")
    assert tree("mergers", MERGERS + "C,E,2026-01-01,merge\nA,C,2025-07-01,rename\n") == Imported(new=2)
    assert units(database)["C", "2025-07-01"].valid_to == date(2025, 12, 31)


def test_mergers__split_corrected__kind_changed(database: Database, tree) -> None:
    tree("units", HEADER + LATER)
    tree("mergers", MERGERS + "A,C,2025-07-01,merge\n")
    text = MERGERS + "A,C,2025-07-01,split\nA,E,2025-07-01,split\n"
    assert str(tree("mergers", text)) == "1 new, 1 changed, 0 unchanged"
    with database.reading() as connection:
        assert set(connection.execute(select(Succession.kind)).scalars()) == {"split"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A,,2025-07-01,merge\n", "row 2, column new_code: the cell is empty"),
        ("X,C,2025-07-01,merge\n", "row 2, column old_code: 'X' is no unit on 2025-06-30"),
        (
            "A,C,2025-06-30,merge\n",
            "column new_code: 'C' is no unit on 2025-06-30; C is valid from 2025-07-01 on",
        ),
        ("A,A,2025-07-01,merge\n", "column new_code: it is the unit that stood before 2025-07-01 too"),
        ("A,C,2025-07-01,join\n", "column kind: 'join' is not known here"),
        ("A,C,2025-07-01,merge\nA,C,2025-07-01,merge\n", "row 3, column new_code: the two units stand in"),
        ("A,C,2025-07-01,split\n", "row 2, column kind: 'A' has one new unit"),
        (
            "A,C,2025-07-01,merge\nA,D,2025-07-01,merge\n",
            "row 2, column kind: 'A' has 2 new units; write split",
        ),
        (
            "A,C,2025-07-01,rename\nB,C,2025-07-01,rename\n",
            "row 3, column kind: 2 units become 'C'; write merge",
        ),
        (
            "A,C,2025-07-01,merge\nA,D,2025-08-01,merge\n",
            "row 3, column date: the unit 'A' ends on 2025-06-30, not on the day before 2025-08-01",
        ),
        (
            "A,B,2025-07-01,merge\nB,C,2025-07-01,merge\n",
            "row 2, column new_code: the unit 'B' ends on 2025-06-30 by another row of the file",
        ),
    ],
)
def test_mergers__fault__named_and_nothing_stored(
    database: Database, tree, refused: Callable[[str, str], str], rows: str, expected: str
) -> None:
    before = units(database)
    assert expected in refused("mergers", MERGERS + rows)
    assert units(database) == before


def written(rows: list[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def listed(path: Path, first: str, last: str) -> list[dict[str, str]]:
    """Give a list of the reference data in our columns."""
    kinds = {"Tỉnh": "province", "Phường": "ward", "Xã": "commune", "Thị trấn": "commune"}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["code"],
                "name": row["name"],
                "kind": kinds.get(row["type"], "district"),
                "parent_code": row["parent_code"],
                "valid_from": first,
                "valid_to": "" if row["level"] == "province" else last,
            }
            for row in csv.DictReader(file)
        ]


def test_mergers__nghe_an_of_july_2025__every_old_commune_has_its_heir(
    database: Database, put, reference: Path | None
) -> None:
    if reference is None:
        # Thành Vinh took the code that Quang Trung had; both were merged into it.
        old = [["16681", "Phường Quang Trung"], ["16663", "Phường Đông Vĩnh"]]
        new = [["16681", "Phường Thành Vinh"]]
        pairs = [["16681", "16681"], ["16663", "16681"]]
        common = {"kind": "ward", "parent_code": "40"}
        top = {"code": "40", "name": "Tỉnh Nghệ An", "kind": "province", "parent_code": ""}
        rows = [top | {"valid_from": "2025-03-01", "valid_to": ""}]
        rows += [
            {"code": c, "name": n, **common, "valid_from": "2025-03-01", "valid_to": "2025-06-30"}
            for c, n in old
        ]
        rows += [{"code": c, "name": n, **common, "valid_from": "2025-07-01", "valid_to": ""} for c, n in new]
    else:
        folder = reference / "data" / "units"
        rows = listed(folder / "nghe_an_units_2025-03.csv", "2025-03-01", "2025-06-30")
        rows += [
            row
            for row in listed(folder / "nghe_an_units_2025-07.csv", "2025-07-01", "")
            if row["kind"] != "province"
        ]
        with (folder / "nghe_an_map_2025-03_to_2025-07.csv").open(encoding="utf-8", newline="") as file:
            pairs = [[row["old_code"], row["new_code"]] for row in csv.DictReader(file)]
    assert put("units", written(rows)) == Imported(new=len(rows))
    assert put("units", written(rows)) == Imported(unchanged=len(rows))
    olds = [old for old, _ in pairs]
    mergers = [
        {
            "old_code": old,
            "new_code": new,
            "date": "2025-07-01",
            "kind": "split" if olds.count(old) > 1 else "merge",
        }
        for old, new in pairs
    ]
    assert put("mergers", written(mergers)) == Imported(new=len(pairs))
    assert put("mergers", written(mergers)) == Imported(unchanged=len(pairs))
    with database.reading() as connection:
        ended = connection.execute(select(Unit.id).where(Unit.valid_to == date(2025, 6, 30))).scalars().all()
        followed = set(connection.execute(select(Succession.old_unit_id)).scalars())
        communes = connection.execute(
            select(Unit.id).where(Unit.valid_to.is_not(None), Unit.kind != "district")
        )
        assert followed == set(communes.scalars())
        assert followed <= set(ended)
