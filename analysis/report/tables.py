"""Tables: a summary as CSV and JSON, cell by cell the same in both."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index
from analysis.counting import pairs
from analysis.summary import AnswerRow, Row, Summary, WeightedRow
from analysis.table import R, Table, Words, kind_of, not_a_number, spread, table_of

ANSWER_COLUMNS: tuple[str, ...] = AnswerRow._fields
"""Columns of ``answers.csv``, in their order."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_TO_QUOTE = frozenset(',"\r\n')


class Cells(NamedTuple):
    """A printed column: row i reads ``texts[place[i]]``."""

    texts: Sequence[bytes]
    place: Index


class Printed(NamedTuple):
    """A table and its numbers, each different one of a column printed once; an empty text stands for None."""

    table: Table[Row] | Table[AnswerRow] | Table[WeightedRow]
    numbers: Mapping[str, Cells]


class _Form(NamedTuple):
    """How a format writes a row: what stands before each column and at its end, words, and no word."""

    before: Mapping[str, bytes]
    end: bytes
    word: Callable[[object], str]
    none: bytes


def neutral(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula: an apostrophe stands before ``= + - @ tab CR LF``.

    Examples
    --------
    >>> neutral("=1+1"), neutral("Xã Mẫu")
    ("'=1+1", 'Xã Mẫu')
    """
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def printed(kind: type[R], rows: Sequence[R]) -> Printed:
    """Print the numbers of rows: counts as they are, figures with 12 significant digits.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    table = table_of(kind, rows)
    columns = table.columns.items()
    return Printed(
        table, {name: _numbers(name, column) for name, column in columns if not isinstance(column, Words)}
    )


def _numbers(name: str, column: Array) -> Cells:
    if np.isinf(column).any():
        raise not_a_number(name)
    if kind_of(name) == "count":
        # None is 0, and a count one more than it is: whole numbers need no sorting.
        shifted = (np.nan_to_num(column, nan=-1.0) + 1).astype(np.intp)
        place, _, found = pairs(np.zeros_like(shifted), shifted)
        return Cells([b"%d" % (value - 1) if value else b"" for value in found.tolist()], place)
    values, place = np.unique(column, return_inverse=True)
    known = values[~np.isnan(values)]
    # + 0.0 turns a negative zero into zero; NaN comes last and gets the empty text.
    texts = (b"%.12g\n" * len(known) % tuple((known + 0.0).tolist())).split(b"\n")
    return Cells(texts[: len(values)], place)


def _lines(rows: Printed, form: _Form) -> list[bytes]:
    """Print all rows; words that speak of the same thing are joined before they are spread over the rows."""
    parts = [Cells([b""], np.zeros(len(rows.table), np.intp))]
    for name, before in form.before.items():
        last, cells = parts[-1], _cells(rows, name, form)
        texts = [before + text for text in cells.texts]
        if len(texts) == 1:
            parts[-1] = Cells([text + texts[0] for text in last.texts], last.place)
        elif len(last.texts) == 1:
            parts[-1] = Cells([last.texts[0] + text for text in texts], cells.place)
        elif last.place is cells.place:
            joint = [left + right for left, right in zip(last.texts, texts, strict=True)]
            parts[-1] = Cells(joint, last.place)
        else:
            parts.append(Cells(texts, cells.place))
    parts[-1] = Cells([text + form.end for text in parts[-1].texts], parts[-1].place)
    return [b"".join(line) for line in zip(*(spread(*part) for part in parts), strict=True)]


def _cells(rows: Printed, name: str, form: _Form) -> Cells:
    if name in rows.numbers:
        texts, place = rows.numbers[name]
        return Cells([text or form.none for text in texts], place)
    values, place = rows.table.words(name)
    known = {value: form.word(value).encode() for value in set(values) if value is not None}
    return Cells([known.get(value, form.none) for value in values], place)


def csv_of(rows: Printed) -> bytes:
    """Give printed rows as CSV, with their header."""
    columns = rows.table.kind._fields
    before = dict.fromkeys(columns, b",") | {columns[0]: b""}
    header = codecs.BOM_UTF8 + ",".join(columns).encode()
    return b"\r\n".join([header, *_lines(rows, _Form(before, b"", _csv_word, b"")), b""])


def _csv_word(value: object) -> str:
    text = neutral(";".join(value) if isinstance(value, tuple) else str(value))
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.intersection(text) else text


def json_of(rows: Printed) -> bytes:
    """Give printed rows as JSON: objects, each on a line of its own."""
    columns = rows.table.kind._fields
    before = {name: f',"{name}":'.encode() for name in columns} | {columns[0]: f'{{"{columns[0]}":'.encode()}
    return b",\n".join(_lines(rows, _Form(before, b"}", _JSON.encode, b"null")))


def summary_csv(summary: Summary) -> bytes:
    r"""Give ``summary.csv``: UTF-8 with a byte-order mark, one row a domain, role and measure.

    Figures carry 12 significant digits, an empty cell is not available, lists are joined with ``;``,
    texts that would start a formula are neutralised (numbers never). Lines end in CR LF.

    Raises
    ------
    NotANumber
        If a figure is not finite.

    Examples
    --------
    >>> from analysis.period import period
    >>> row = Row("2026-H1", 0, "commune", "serving", "X1", None, "=Xã", None, "", (), "overall", rate=2 / 3)
    >>> summary_csv(Summary(period("2026-H1"), (row,), ())).decode("utf-8-sig").splitlines()[1]
    "2026-H1,0,commune,serving,X1,,'=Xã,,,,overall,,,,,,0.666666666667,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
    """
    return csv_of(printed(Row, summary.rows))


def answers_csv(summary: Summary) -> bytes:
    """Give ``answers.csv``, in the same form as `summary_csv`: how often each choice was taken.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    return csv_of(printed(AnswerRow, summary.answers))


def weighted_csv(summary: Summary) -> bytes:
    """Give ``weighted.csv``, in the same form as `summary_csv`: rates weighted by field of service.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    return csv_of(printed(WeightedRow, summary.weighted))


def head(summary: Summary) -> dict[str, object]:
    """Give what a summary is about: period, revision, audience, demo, responses, pools."""
    return {
        "period": {
            "label": summary.period.label,
            "first_day": summary.period.first_day.isoformat(),
            "last_day": summary.period.last_day.isoformat(),
        },
        "revision": summary.revision,
        "audience": summary.audience,
        "demo": summary.demo,
        "responses": summary.responses,
        "pools": [asdict(pool) for pool in summary.pools],
    }


def summary_json(summary: Summary, rows: Printed | None = None) -> bytes:
    """Give ``summary.json``: an object of ``head`` and ``rows``, each an object in the order of the columns.

    Figures carry 12 significant digits, None is null, lists are arrays; texts stand as they are. Its rows may
    have been printed before.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    top = _JSON.encode(_rounded(head(summary))).encode()
    lines = json_of(rows or printed(Row, summary.rows))
    return b"".join((b'{"head":', top, b',\n"rows":[\n', lines, b"\n]}\n"))


def _rounded(value: object) -> object:
    match value:
        case float():
            if not math.isfinite(value):
                raise not_a_number("pools")
            return float(f"{value:.12g}")
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list():
            return [_rounded(inner) for inner in value]
    return value
