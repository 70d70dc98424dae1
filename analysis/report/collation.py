"""Collation: the Vietnamese order of names."""

from __future__ import annotations

import unicodedata

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[bool, ...]]
"""Letters, then tones, then capitals: what `vietnamese_key` gives."""

_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
# Grave, hook above, tilde, acute, dot below: huyền, hỏi, ngã, sắc, nặng.
_TONES = {mark: place for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
_SPACE, _OTHER, _NUMBER, _LETTER, _FOREIGN = range(5)
_KIND_WORDS = ("xã", "phường", "thị trấn", "đặc khu")


def _letters(name: str) -> list[tuple[str, int]]:
    """Give the letters of a name without their tones, each with the place of its tone."""
    letters: list[tuple[str, int]] = []
    for sign in unicodedata.normalize("NFD", name):
        if sign in _TONES and letters:
            letters[-1] = (letters[-1][0], _TONES[sign])
        elif unicodedata.combining(sign) and letters:
            letters[-1] = (unicodedata.normalize("NFC", letters[-1][0] + sign), letters[-1][1])
        else:
            letters.append((sign, 0))
    return letters


def _place(letter: str) -> tuple[int, int]:
    if letter.isspace():
        return (_SPACE, 0)
    if letter in _LETTERS:
        return (_LETTER, _LETTERS[letter])
    return (_FOREIGN if letter.isalpha() else _OTHER, ord(letter[0]))


def vietnamese_key(name: str) -> Key:
    """Give the sort key of a name: the order of Unicode CLDR for ``vi``, with numbers by their value.

    Letters first (a ă â b c d đ e ê … o ô ơ … u ư), then tones (none, huyền, hỏi, ngã, sắc, nặng), then
    capitals. Spaces come before signs, signs before numbers, numbers before letters.

    Examples
    --------
    >>> sorted(["mạ", "má", "mã", "mả", "mà", "ma", "măm", "mam"], key=vietnamese_key)
    ['ma', 'mà', 'mả', 'mã', 'má', 'mạ', 'mam', 'măm']
    >>> sorted(["Quầy 10", "Quầy 9", "Đông Sơn", "Dương Xá"], key=vietnamese_key)
    ['Dương Xá', 'Đông Sơn', 'Quầy 9', 'Quầy 10']
    """
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    capitals: list[bool] = []
    for letter, tone in _letters(name):
        small = letter.lower()
        if small.isdecimal():
            digit = unicodedata.decimal(small)
            if letters and letters[-1][0] == _NUMBER:
                letters[-1] = (_NUMBER, letters[-1][1] * 10 + digit)
                continue
            letters.append((_NUMBER, digit))
        else:
            letters.append(_place(small))
        tones.append(tone)
        capitals.append(letter != small)
    return tuple(letters), tuple(tones), tuple(capitals)


def unit_key(name: str) -> tuple[Key, Key]:
    """Give the sort key of a unit: its own name, the word xã or phường before it last.

    Examples
    --------
    >>> sorted(["Xã Yên Mẫu", "Phường An Mẫu", "Xã An Mẫu"], key=unit_key)
    ['Phường An Mẫu', 'Xã An Mẫu', 'Xã Yên Mẫu']
    """
    folded = unicodedata.normalize("NFC", name).strip()
    for word in _KIND_WORDS:
        if folded.lower().startswith(word + " "):
            return vietnamese_key(folded[len(word) + 1 :]), vietnamese_key(folded[: len(word)])
    return vietnamese_key(folded), vietnamese_key("")


def person_key(name: str) -> tuple[Key, Key, Key]:
    """Give the sort key of a person: given name, then family name, then middle names.

    Examples
    --------
    >>> sorted(["Trần Mẫu Bình", "Lê Mẫu Chi", "Lê Mẫu An"], key=person_key)
    ['Lê Mẫu An', 'Trần Mẫu Bình', 'Lê Mẫu Chi']
    """
    words = name.split() or [""]
    return vietnamese_key(words[-1]), vietnamese_key(words[0]), vietnamese_key(" ".join(words[1:-1]))
