"""Viet Nam: the provinces, communes and wards in force since 1 July 2025, from the national list.

Only commands import this module: the list is large, and web processes do without it.
"""

from __future__ import annotations

import unicodedata

import vietnam_provinces
from vietnam_provinces import Province, Ward

from survey_app.exchange.csvfile import folded

VALID_FROM = "2025-07-01"

FIRST_SOUND_YEAR = 2026
"""Editions of the list before this year have wrong codes for about a hundred communes."""

_KINDS = {"xã": "commune", "phường": "ward", "đặc khu": "special_zone"}
_ENGLISH = {"commune": "Commune", "ward": "Ward", "special_zone": "Special Zone"}
_CODES = {("40", "Phường Tây Hiếu"): "17011", ("40", "Xã Quỳnh Sơn"): "17170"}
"""Codes by Decision 19/2025/QĐ-TTg where an edition of the list has others; complete for Nghệ An only."""


def province_units(code: int) -> list[dict[str, str]]:
    """Give a province and its communes, wards and special zones as rows of a file of units.

    Raises ValueError if no province has the code.
    """
    province = next((province for province in Province.iter_all() if province.code == code), None)
    if province is None:
        known = ", ".join(f"{p.code:02} {p.name}" for p in Province.iter_all())
        raise ValueError(f"province {code}: no province has this code; choose one of {known}")
    top = f"{int(province.code):02}"
    rows = [_province(province, top)]
    for ward in sorted(Ward.iter_by_province(province.code), key=lambda ward: int(ward.code)):
        kind, own_name = _KINDS[ward.division_type.value], _own_name(ward.name, ward.division_type.value)
        name = f"{ward.division_type.value.capitalize()} {own_name}"
        own_code = _CODES.get((top, name), f"{int(ward.code):05}")
        rows.append(_row(own_code, name, kind, top, f"{_plain(own_name)} {_ENGLISH[kind]}"))
    return rows


def doubt(code: int, edition: str = vietnam_provinces.__version__) -> str | None:
    """Give a warning where the installed edition of the list may have wrong codes for a province."""
    if code == 40 or int(edition.split(".")[0]) >= FIRST_SOUND_YEAR:
        return None
    return (
        f"the list of units installed here is edition {edition}, which has wrong codes for some communes; "
        "check them against Decision 19/2025/QĐ-TTg, or use Python 3.12, for which there is a newer edition"
    )


def _province(province: Province, code: str) -> dict[str, str]:
    city = province.name.startswith("Thành phố")
    own_name = _own_name(province.name, "thành phố" if city else "tỉnh")
    name = f"{'Thành phố' if city else 'Tỉnh'} {own_name}"
    return _row(code, name, "province", "", f"{_plain(own_name)} {'City' if city else 'Province'}")


def _own_name(name: str, kind: str) -> str:
    """Give a name without the word for its kind, with which some editions begin it and some do not."""
    name = folded(name)
    return name[len(kind) :].strip() if name.lower().startswith(f"{kind} ") else name


def _row(code: str, name: str, kind: str, parent: str, name_en: str) -> dict[str, str]:
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "parent_code": parent,
        "valid_from": VALID_FROM,
        "name_en": name_en,
    }


def _plain(name: str) -> str:
    """Give a Vietnamese name in the letters of English.

    >>> _plain("Đắk Lắk"), _plain("Kim Liên"), _plain("Ea H’leo")
    ('Dak Lak', 'Kim Lien', "Ea H'leo")
    """
    letters = unicodedata.normalize(
        "NFD", name.translate({ord(a): b for a, b in zip("đĐ’–", "dD'-", strict=True)})
    )
    return "".join(sign for sign in letters if not unicodedata.combining(sign))
