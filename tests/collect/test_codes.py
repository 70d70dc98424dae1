from hypothesis import given
from hypothesis import strategies as st

from survey_app.collect.codes import ALPHABET, LENGTH, new_code, read_code


def test_alphabet__signs__none_looks_like_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    assert not set("0O1ILB2Z5SGUQ") & set(ALPHABET)


def test_new_code__many__all_read_back() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == LENGTH and read_code(code) == code for code in codes)


@given(st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_read_code__one_sign_wrong__none(place: int, sign: str) -> None:
    code = new_code()
    wrong = code[:place] + sign + code[place + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(st.integers(0, LENGTH - 3))
def test_read_code__neighbours_swapped__none(place: int) -> None:
    code = new_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(swapped) == (code if swapped == code else None)


def test_read_code__typed_small_with_spaces__read() -> None:
    code = new_code()
    assert read_code(f" {code[:4].lower()}-{code[4:].lower()} ") == code


def test_read_code__hostile__none() -> None:
    for typed in ("", "K7M4", "'; DROP TABLE", "０１２３４５６７", "K" * 5000):
        assert read_code(typed) is None
