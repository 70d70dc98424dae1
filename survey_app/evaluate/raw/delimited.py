"""Delimited: rows as CSV, a block at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.report.tables import neutral
from survey_app.evaluate.raw.columns import Column
from survey_app.evaluate.raw.rows import Block, Places

JOINED = 4096
"""How many texts a table of several columns may have."""


def write_csv(path: Path, columns: Sequence[Column], blocks: Iterable[Block], *, mark: bool = True) -> int:
    """Write rows as UTF-8 with commas, with a byte-order mark unless told otherwise; give how many."""
    groups = list(_groups(columns[1:]))
    tables = {group[0]: _table([columns[1 + place].texts for place in group]) for group in groups}
    end, rows = [b"\r\n"], 0
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8 if mark else b"")
        file.write(",".join(column.name for column in columns).encode() + b"\r\n")
        for block in blocks:
            parts: list[Iterable[bytes]] = [[b"%d" % number for number in _numbers(block)]]
            for group in groups:
                texts, place = _part(block, group, tables[group[0]])
                parts.append(texts[place].tolist())
            parts.append(end * block.rows)
            file.write(b"".join(chain.from_iterable(zip(*parts, strict=True))))
            rows += block.rows
    return rows


def _numbers(block: Block) -> range:
    return range(block.first, block.first + block.rows)


def _groups(columns: Sequence[Column]) -> Iterator[tuple[int, ...]]:
    """Give neighbours whose texts are few enough to be joined before they are spread over the rows."""
    group: list[int] = []
    size = 1
    for place, column in enumerate(columns):
        texts = None if column.texts is None else len(column.texts)
        if group and (texts is None or size * texts > JOINED):
            yield tuple(group)
            group, size = [], 1
        if texts is None:
            yield (place,)
            continue
        group.append(place)
        size *= texts
    if group:
        yield tuple(group)


Texts = NDArray[np.object_]


def _table(known: Sequence[Sequence[str] | None]) -> Texts | None:
    """Give every text that neighbours can have together, the last one's changing quickest."""
    joined = [b""]
    for texts in known:
        if texts is None:
            return None
        cells = [b"," + _cell(text) for text in texts]
        joined = [left + right for left in joined for right in cells]
    return _array(joined)


def _part(block: Block, group: Sequence[int], table: Texts | None) -> tuple[Texts, Places]:
    cells = [block.cells[place] for place in group]
    if table is None:
        return _array([b"," + _cell(text) for text in cells[0].texts]), cells[0].place
    place = cells[0].place
    for each in cells[1:]:
        place = place * len(each.texts) + each.place
    return table, place


def _array(texts: Sequence[bytes]) -> Texts:
    return np.fromiter(texts, object, len(texts))


def _cell(text: str) -> bytes:
    safe = neutral(text)
    quoted = '"' + safe.replace('"', '""') + '"' if any(sign in safe for sign in ',"\r\n') else safe
    return quoted.encode()
