"""Tables: a summary as CSV and JSON, cell by cell the same in both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Literal

from analysis.summary import COLUMNS, AnswerRow, Row, Summary

Kind = Literal["text", "list", "count", "figure"]

ANSWER_COLUMNS: tuple[str, ...] = AnswerRow._fields
"""Columns of ``answers.csv``, in their order."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LISTS = frozenset({"versions", "status"})
_COUNTS = frozenset(
    {
        "revision",
        "served",
        "offered",
        "responses",
        "answers",
        "satisfied",
        "clusters",
        "rank_best",
        "rank_worst",
        "flagged",
        "count",
    }
)
_FIGURES = frozenset(
    {
        "rate",
        "low",
        "high",
        "confidence_level",
        "design_effect",
        "effective_n",
        "coverage",
        "bound_low",
        "bound_high",
        "mean_score",
        "mean_low",
        "mean_high",
        "very_satisfied",
        "dissatisfied",
        "target",
        "change",
        "change_low",
        "change_high",
        "rate_without_flagged",
        "share",
    }
)


class NotANumber(ValueError):
    """A figure is neither a finite number nor None."""


def kind_of(column: str) -> Kind:
    """Say what a column holds: ``text``, a ``list`` of texts, a ``count`` or a ``figure``.

    Examples
    --------
    >>> kind_of("rate"), kind_of("served"), kind_of("status"), kind_of("name")
    ('figure', 'count', 'list', 'text')
    """
    if column in _FIGURES:
        return "figure"
    if column in _COUNTS:
        return "count"
    return "list" if column in _LISTS else "text"


def neutral(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula: an apostrophe stands before ``= + - @ tab CR LF``.

    Examples
    --------
    >>> neutral("=1+1"), neutral("Xã Mẫu")
    ("'=1+1", 'Xã Mẫu')
    """
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _figures(values: Iterable[float | None], column: str, empty: str) -> list[str]:
    # + 0.0 turns a negative zero into zero.
    texts = [empty if value is None else "%.12g" % (value + 0.0) for value in values]
    if not {"nan", "inf", "-inf"}.isdisjoint(texts):
        raise NotANumber(f"column {column}: a figure is not finite; write None where there is no figure")
    return texts


def _csv_column(column: str, values: Sequence[object]) -> Sequence[object]:
    match kind_of(column):
        case "figure":
            return _figures(values, column, "")  # type: ignore[arg-type] # its kind says so
        case "count":
            return values
        case "list":
            known = {value: neutral(";".join(value)) for value in set(values)}  # type: ignore[arg-type]
        case _:
            known = {value: neutral(value) for value in set(values) if value is not None}  # type: ignore[arg-type]
    return [known.get(value) for value in values]


def _csv(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    cells = [
        _csv_column(column, values) for column, values in zip(columns, zip(*rows, strict=True), strict=False)
    ]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue().encode("utf-8-sig")


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
    return _csv(COLUMNS, summary.rows)


def answers_csv(summary: Summary) -> bytes:
    """Give ``answers.csv``, in the same form as `summary_csv`: how often each choice was taken.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    return _csv(ANSWER_COLUMNS, summary.answers)


def _json_column(column: str, values: Sequence[object]) -> Sequence[str]:
    match kind_of(column):
        case "figure":
            return _figures(values, column, "null")  # type: ignore[arg-type] # its kind says so
        case "count":
            return ["null" if value is None else f"{value:d}" for value in values]
        case _:
            known = {value: json.dumps(value, ensure_ascii=False) for value in set(values)}
            return [known[value] for value in values]


def _objects(columns: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    form = "{" + ",".join(f"{json.dumps(column)}:%s" for column in columns) + "}"
    cells = [
        _json_column(column, values) for column, values in zip(columns, zip(*rows, strict=True), strict=False)
    ]
    return map(form.__mod__, zip(*cells, strict=True))


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


def summary_json(summary: Summary) -> bytes:
    """Give ``summary.json``: an object of ``head`` and ``rows``, each an object in the order of the columns.

    Figures carry 12 significant digits, None is null, lists are arrays; texts stand as they are.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    top = json.dumps(_rounded(head(summary)), ensure_ascii=False, allow_nan=False)
    rows = ",\n".join(_objects(COLUMNS, summary.rows))
    return f'{{"head":{top},\n"rows":[\n{rows}\n]}}\n'.encode()


def _rounded(value: object) -> object:
    match value:
        case float():
            return float(_figures([value], "pools", "")[0])
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list():
            return [_rounded(inner) for inner in value]
    return value
