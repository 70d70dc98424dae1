from __future__ import annotations

import unicodedata

from analysis.report.collation import person_key, unit_key, vietnamese_key


def test_letters_of_the_alphabet_stand_in_their_order() -> None:
    alphabet = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    assert "".join(sorted(set(alphabet), key=vietnamese_key)) == alphabet


def test_tones_decide_only_after_all_letters() -> None:
    assert sorted(["má b", "ma c", "mạ a"], key=vietnamese_key) == ["mạ a", "má b", "ma c"]


def test_decomposed_and_composed_name_have_the_same_key() -> None:
    for name in ("Xã Diễn Mường", "Quỳnh Ưỡng Ộc"):
        assert vietnamese_key(unicodedata.normalize("NFD", name)) == vietnamese_key(name)


def test_space_comes_before_letters() -> None:
    assert sorted(["Anh", "An Z"], key=vietnamese_key) == ["An Z", "Anh"]


def test_small_letter_comes_before_capital_at_the_very_end() -> None:
    assert sorted(["Mẫu", "mẫu", "màu"], key=vietnamese_key) == ["màu", "mẫu", "Mẫu"]


def test_units_sort_by_own_name() -> None:
    names = ["Xã Ý Mẫu", "Phường 2", "Xã Đông", "Đặc khu Ân", "Phường Ân", "Xã Ân", "Phường 10", "Sở Nội vụ"]
    assert sorted(names, key=unit_key) == [
        "Phường 2",
        "Phường 10",
        "Đặc khu Ân",
        "Phường Ân",
        "Xã Ân",
        "Xã Đông",
        "Sở Nội vụ",
        "Xã Ý Mẫu",
    ]


def test_persons_sort_by_given_name_then_family_then_middle() -> None:
    names = ["Cán bộ Mẫu B", "Anh Mẫu B", "Anh Lâu B", "Cán bộ Mẫu A"]
    assert sorted(names, key=person_key) == ["Cán bộ Mẫu A", "Anh Lâu B", "Anh Mẫu B", "Cán bộ Mẫu B"]


def test_any_text_has_a_key() -> None:
    for name in ("", " ", "\u0301", "=1+1", "中文", "İ", "٣", "\u0000"):
        assert unit_key(name) == unit_key(name)
        assert person_key(name) == person_key(name)
