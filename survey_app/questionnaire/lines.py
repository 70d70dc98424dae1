"""Lines: where in a TOML file a key stands."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Keys from the top of a file, and positions from 0 in its lists."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*=(.*)")


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line of every header, key and one-line table in a list; TOML's reader tells none."""
    places: dict[Path, int] = {}
    lists: dict[Path, int] = {}
    table: Path = ()
    key: Path = ()
    row = 0
    inside_string = False
    for number, line in enumerate(text.split("\n"), 1):
        ends_string = (line.count('"""') + line.count("'''")) % 2 == 1
        if inside_string:
            inside_string = not ends_string
            continue
        inside_string = ends_string
        if header := _HEADER.match(line):
            table = key = _table(header[2], header[1] == "[[", lists)
            _note(places, (), table, number)
        elif pair := _KEY.match(line):
            names = _names(pair[1])
            key, row = table + names, pair[2].count("{")
            _note(places, table, names, number)
        elif line.lstrip().startswith("{"):
            places[(*key, row)] = number
            row += 1
    return places


def line_of(places: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it; None if there is nothing."""
    return next((places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in places), None)


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in dotted.split("."))


def _table(dotted: str, listed: bool, lists: dict[Path, int]) -> Path:
    """Give the path of a header: a list already begun means its last element."""
    path: Path = ()
    *parents, last = _names(dotted)
    for name in parents:
        path = (*path, name)
        if path in lists:
            path = (*path, lists[path])
    path = (*path, last)
    if listed:
        lists[path] = lists.get(path, -1) + 1
        path = (*path, lists[path])
    return path


def _note(places: dict[Path, int], table: Path, names: Path, number: int) -> None:
    """Keep the line of a path and, where they have none yet, of the paths around it."""
    for n in range(1, len(names)):
        places.setdefault(table + names[:n], number)
    places[table + names] = number
