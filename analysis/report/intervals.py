"""Intervals: rows of a summary as lines of a printed table, each with its interval, n and method."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from analysis.report import cells
from analysis.report.style import Line, Style, instead, measure_name, style_of
from analysis.report.terms import INSTEAD, METHODS, REMARKS
from analysis.summary import Row

__all__ = ["Line", "Style", "instead", "listing", "measure_name", "style_of", "table"]

_MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
_OF_COLUMNS = {"no_baseline": "change", "version_change": "change", "no_pool": "grade"}
"""Remarks that say something of one column, and are left out where it is."""
_OF_FIGURES = frozenset({"single_day", "degenerate_variance", "default_pool", *_OF_COLUMNS})
"""Remarks on how figures came about, left out where there are none."""
_PLAIN = ("rate", "interval", "plot", "n")


def _mark(row: Row, style: Style) -> str:
    """Give the mark that says by which method a row was made, where there are several."""
    return _MARKS[style.methods.index(row.method)] if len(style.methods) > 1 and row.method else ""


def _figures(row: Row, name: str, style: Style) -> object:
    rate, low, high = row.rate or 0.0, row.low or 0.0, row.high or 0.0
    match name:
        case "rate":
            return {"strong": style.percent(rate, ""), "rest": ""}
        case "interval":
            return f"{style.percent(low, '')}–{style.percent(high, '')}{_mark(row, style)}"
    return {"at": rate, "low": low, "high": high}


def _line(row: Row, name: str, style: Style, columns: Sequence[str], common: Collection[str]) -> Line:
    """Give the line of a row: its cells, and the word that stands in place of its figures if any."""
    words = style.words
    status = instead(row)
    bare = status is not None or row.rate is None or row.low is None or row.high is None
    left_out = {*common, *(code for code, column in _OF_COLUMNS.items() if column not in columns)}
    if bare:
        left_out |= _OF_FIGURES
    remarks = [words.say(REMARKS[code]) for code in row.status if code in REMARKS and code not in left_out]
    line: Line = {
        "name": name,
        "under": "; ".join(remarks),
        "cells": [
            ""
            if bare and column in cells.FIGURES
            else _figures(row, column, style)
            if column in cells.FIGURES
            else ""
            if bare and column == "direction"
            else cells.cell(row, column, style)
            for column in columns
        ],
    }
    if bare:
        word = INSTEAD[status or "no_data"]
        line |= {"word": words.say(word), "hatched": status == "suppressed"}
    return line


def _axis(style: Style, reference: float | None) -> Line:
    marks = (style.left, *(bound for bound in style.rules.bounds if bound > style.left), 1.0)
    return {
        "left": style.left,
        "marks": [{"at": mark, "text": _whole(mark, style)} for mark in marks],
        "reference": reference,
    }


def _note(
    style: Style,
    columns: Sequence[str],
    reference: Row | None,
    rows: Sequence[Row],
    common: Collection[str],
) -> str:
    words = style.words
    parts = _of_plot(style, columns, reference, rows) if "plot" in columns else []
    if "grade" in columns:
        parts.append(
            words.say(
                "Band: by the rate, from {bounds}%; certain: probability of 90% or more, likely: "
                "of 70% or more, borderline: less.",
                bounds=_bounds(style),
            )
        )
    if "verdict" in columns:
        parts.append(
            words.say(
                "Against its group: test against all others together, at most {share} of those named are "
                "named wrongly.",
                share=_whole(style.rules.false_discovery_rate, style) + "%",
            )
        )
    if "change" in columns:
        parts.append(
            words.say(
                "Change: this period less the one before, in percentage points; without a test of all "
                "together, about one in twenty that did not change seems to."
            )
        )
    if "rank" in columns:
        parts.append(
            words.say("A rank is a range. Where two ranges overlap, neither unit can be said to be better.")
        )
    if common:
        remarks = "; ".join(words.say(REMARKS[code]) for code in sorted(common))
        parts.append(words.say("Of every row: {remarks}.", remarks=remarks))
    return " ".join(parts)


def _bounds(style: Style) -> str:
    return ", ".join(_whole(bound, style) for bound in style.rules.bounds)


def _of_plot(style: Style, columns: Sequence[str], reference: Row | None, rows: Sequence[Row]) -> list[str]:
    words = style.words
    names = [words.term(method, METHODS) for method in style.methods]
    if len(names) > 1:
        names = [f"{mark} {name}" for mark, name in zip(_MARKS, names, strict=False)]
    method = "; ".join(names) or "–"
    parts = [words.say("Dot: rate. Bar: {level} interval ({method}).", level=style.level, method=method)]
    if reference is not None and reference.rate is not None:
        rate = style.percent(reference.rate)
        parts.append(words.say("Dotted line: {unit}, {rate}.", unit=reference.name, rate=rate))
    parts.append(words.say("Upright lines: {bounds}%.", bounds=_bounds(style)))
    if any(row.low is not None and row.low < style.left for row in rows if not instead(row)):
        parts.append(
            words.say("Bars are cut where the axis begins; their ends stand beside them.")
            if "interval" in columns
            else words.say("Bars are cut where the axis begins; their ends stand in the annex of units.")
        )
    return parts


def _whole(value: float, style: Style) -> str:
    """Write a bound without its decimal where that is 0."""
    text = style.percent(value, "")
    return text[:-2] if text.endswith("0") and len(text) > 2 and not text[-2].isdigit() else text


def _common(rows: Sequence[Row]) -> frozenset[str]:
    """Give the remarks that all of several rows carry: they are said once, below the table."""
    if len(rows) < 2:
        return frozenset()
    return frozenset(REMARKS).intersection(*(row.status for row in rows if "suppressed" not in row.status))


def table(
    caption: str,
    first: str,
    groups: Sequence[tuple[str | None, Sequence[Row]]],
    style: Style,
    names: Mapping[str, str] | None,
    reference: Row | None,
    columns: Sequence[str] = _PLAIN,
) -> Line:
    """Give a table block: groups of rows (a group may have a heading line) under one caption and one axis.

    ``first`` heads the first column, which shows the names of the rows, or ``names`` by their measure.
    ``reference`` is the row whose rate is the dotted line. ``columns`` are some of `cells.WIDTHS`; those
    behind the number of answers are left out where no row has anything in them.
    """
    rows = [row for _, members in groups for row in members]
    common = _common(rows)
    overall = all(row.measure == "overall" for row in rows)
    shown = [name for name in columns if name in _PLAIN or any(_told(row, name, style) for row in rows)]
    lines: list[Line] = []
    for heading, members in groups:
        if heading is not None:
            lines.append({"group": heading})
        lines += [
            _line(row, names[row.measure] if names else row.name, style, shown, common) for row in members
        ]
    dotted = None if reference is None or instead(reference) else reference
    return {
        "table": {
            "caption": caption,
            "first": first,
            "columns": cells.columns(shown, overall, style),
            "figures": sum(name in cells.FIGURES for name in shown),
            "axis": _axis(style, dotted.rate if dotted else None) if "plot" in shown else None,
            "rows": lines,
            "note": _note(style, shown, dotted, rows, common),
        }
    }


def _told(row: Row, name: str, style: Style) -> bool:
    return bool(cells.cell(row, name, style)) and (name != "direction" or row.change is not None)


def listing(
    caption: str,
    first: str,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Line],
    *,
    note: str = "",
    align: str = "left",
) -> Line:
    """Give a table block of texts: the heads and widths of the further columns, lines, and a note."""
    return {
        "table": {
            "caption": caption,
            "first": first,
            "columns": [
                {"head": head, "width": width, "align": align, "plot": False} for head, width in columns
            ],
            "figures": 0,
            "axis": None,
            "rows": list(rows),
            "note": note,
        }
    }
