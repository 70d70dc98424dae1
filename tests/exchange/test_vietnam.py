import csv
import unicodedata
from pathlib import Path

import pytest
from vietnam_provinces import Province

from survey_app.exchange.csvfile import sheet_of
from survey_app.exchange.dated import Imported
from survey_app.exchange.organisation import import_sheet
from survey_app.exchange.vietnam import doubt, province_units
from survey_app.store.engine import Database


def letters(name: str) -> str:
    """Give a name in which it does not matter which vowel carries the tone mark: its signs, sorted."""
    return "".join(sorted(unicodedata.normalize("NFD", name)))


def test_province_units__nghe_an__as_the_national_list_has_it(reference: Path | None) -> None:
    units = {row["code"]: row for row in province_units(40)}
    assert len(units) == 131
    assert units["40"]["name"] == "Tỉnh Nghệ An"
    assert units["16681"] == {
        "code": "16681",
        "name": "Phường Thành Vinh",
        "kind": "ward",
        "parent_code": "40",
        "valid_from": "2025-07-01",
        "name_en": "Thanh Vinh Ward",
    }
    # Decision 19/2025/QĐ-TTg; an edition of the national list has 16994 and 17152.
    assert units["17011"]["name"] == "Phường Tây Hiếu"
    assert units["17170"]["name"] == "Xã Quỳnh Sơn"
    kim_lien = next(row for row in units.values() if row["name"] == "Xã Kim Liên")
    assert (kim_lien["kind"], kim_lien["name_en"]) == ("commune", "Kim Lien Commune")
    if reference is not None:
        path = reference / "data" / "units" / "nghe_an_units_2025-07.csv"
        with path.open(encoding="utf-8", newline="") as file:
            listed = {row["code"]: row["name"] for row in csv.DictReader(file)}
        assert {code: letters(row["name"]) for code, row in units.items()} == {
            code: letters(name) for code, name in listed.items()
        }
        assert sum(row["name"] != listed[code] for code, row in units.items()) <= 3


def test_province_units__all_provinces__unique_codes_and_plain_english() -> None:
    codes = [int(province.code) for province in Province.iter_all()]
    assert len(codes) == 34
    rows = [row for code in codes for row in province_units(code)]
    assert len({row["code"] for row in rows}) == len(rows) == 34 + 3321
    assert all(len(row["code"]) == (2 if row["kind"] == "province" else 5) for row in rows)
    assert all(row["name_en"].isascii() for row in rows)
    assert {row["kind"] for row in rows} == {"province", "commune", "ward", "special_zone"}


@pytest.mark.parametrize(
    ("code", "edition", "warned"), [(40, "2025.10.1", False), (1, "2025.10.1", True), (1, "2026.9.0", False)]
)
def test_doubt__old_edition__warned_but_for_nghe_an(code: int, edition: str, warned: bool) -> None:
    assert bool(doubt(code, edition)) == warned


def test_province_units__stored_twice__second_time_unchanged(database: Database, settings, now) -> None:
    sheet = sheet_of("province 40", province_units(40))
    assert import_sheet(database, "units", sheet, settings, now) == Imported(new=131)
    assert str(import_sheet(database, "units", sheet, settings, now)) == "0 new, 131 unchanged"


def test_province_units__unknown_code__known_ones_named() -> None:
    with pytest.raises(ValueError, match=r"province 41: no province has this code; .*40 Nghệ An"):
        province_units(41)
