"""Intervals: rows of a summary as lines of a printed table, each with its interval, n and method."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.report.charts import BOUNDS
from analysis.report.numerals import number, percent
from analysis.report.terms import FACTORS, INDEXES, INSTEAD, METHODS, QUESTIONS, REMARKS
from analysis.report.wording import Wording
from analysis.summary import Row, Summary

Line = dict[str, object]
"""One line of a table as the template reads it."""

_TERMS = {"factor": FACTORS, "question": QUESTIONS, "index": INDEXES}
_MARKS = "¹²³⁴⁵⁶⁷⁸⁹"


@dataclass(frozen=True, slots=True)
class Style:
    """What all tables of one report share: words, labels of measures, thresholds, the axis, the reference."""

    words: Wording
    labels: Mapping[str, str]
    thresholds: tuple[float, ...]
    left: float
    level: str
    methods: tuple[str, ...] = field(default=())

    def percent(self, value: float, sign: str = "%") -> str:
        """Write a fraction as a percentage."""
        return percent(value, self.words.language, self.thresholds, sign)

    @property
    def method(self) -> str:
        """The names of the methods, for running text."""
        return "; ".join(self.words.term(method, METHODS) for method in self.methods) or "–"

    def number(self, value: int | None) -> str:
        """Write a count; nothing where there is none."""
        return "" if value is None else number(value, self.words.language)


def style_of(summary: Summary, words: Wording, labels: Mapping[str, str]) -> Style:
    """Give the style of a summary's report: one axis that shows every rate, the thresholds in use."""
    shown = [row for row in summary.rows if row.rate is not None and not instead(row)]
    targets = {row.target for row in summary.rows if row.target is not None}
    levels = sorted({row.confidence_level for row in shown if row.confidence_level is not None})
    lowest = min((row.rate for row in shown if row.rate is not None), default=0.5)
    return Style(
        words,
        labels,
        (*BOUNDS, *sorted(targets)),
        max(0.0, min(0.5, int(lowest * 10) / 10)),
        " / ".join(_level(level, words) for level in levels) or _level(0.95, words),
        tuple(sorted({row.method for row in shown if row.method is not None})),
    )


def _level(level: float, words: Wording) -> str:
    percentage = round(level * 100, 6)
    return number(percentage, words.language, 0 if percentage.is_integer() else 1) + "%"


def instead(row: Row) -> str | None:
    """Give the status whose word stands in place of the figures of a row; None where figures are printed.

    Examples
    --------
    >>> instead(Row("2026-H1", 0, "commune", "serving", "X", None, "X", None, "", (), "overall"))
    'no_data'
    """
    for status in INSTEAD:
        if status in row.status:
            return status
    return "no_data" if row.rate is None or row.low is None or row.high is None else None


def measure_name(measure: str, style: Style) -> str:
    """Give the label of a measure such as ``factor:access``: the caller's, ours, or its code.

    Examples
    --------
    >>> from analysis.report.wording import wording
    >>> style = Style(wording("en"), {"question:parking": "Parking"}, (), 0.5, "95%")
    >>> [measure_name(measure, style) for measure in ("factor:access", "question:parking", "question:new")]
    ['Access to the service', 'Parking', 'new']
    """
    if measure in style.labels:
        return style.labels[measure]
    kind, _, name = measure.partition(":")
    return style.words.term(name, _TERMS.get(kind, {})) if name else measure


def _mark(row: Row, style: Style) -> str:
    """Give the mark that says by which method a row was made, where there are several."""
    return _MARKS[style.methods.index(row.method)] if len(style.methods) > 1 and row.method else ""


def _figures(row: Row, rate: float, low: float, high: float, style: Style) -> Line:
    return {
        "rate": style.percent(rate, ""),
        "interval": f"{style.percent(low, '')}–{style.percent(high, '')}{_mark(row, style)}",
        "at": rate,
        "low": low,
        "high": high,
    }


def _line(row: Row, name: str, style: Style, common: Collection[str]) -> Line:
    """Give the line of a row: its figures, or the word that stands in their place."""
    words = style.words
    remarks = [words.say(REMARKS[code]) for code in row.status if code in REMARKS and code not in common]
    shared: Line = {
        "name": name,
        "under": "; ".join(remarks),
        "n": style.number(row.responses if row.measure == "overall" else row.answers),
        "coverage": "" if row.coverage is None else style.percent(row.coverage),
    }
    status = instead(row)
    if status is None and row.rate is not None and row.low is not None and row.high is not None:
        return shared | _figures(row, row.rate, row.low, row.high, style)
    word = INSTEAD[status or "no_data"]
    return shared | {"word": words.say(word), "hatched": status == "suppressed"}


def _axis(style: Style, reference: float | None) -> Line:
    marks = (style.left, *(bound for bound in BOUNDS if bound > style.left), 1.0)
    return {
        "left": style.left,
        "marks": [{"at": mark, "text": f"{round(mark * 100):d}"} for mark in marks],
        "reference": reference,
    }


def _note(style: Style, reference: Row | None, rows: Sequence[Row], common: Collection[str]) -> str:
    words = style.words
    names = [words.term(method, METHODS) for method in style.methods]
    if len(names) > 1:
        names = [f"{mark} {name}" for mark, name in zip(_MARKS, names, strict=False)]
    method = "; ".join(names) or "–"
    parts = [words.say("Dot: rate. Bar: {level} interval ({method}).", level=style.level, method=method)]
    if reference is not None and reference.rate is not None:
        rate = style.percent(reference.rate)
        parts.append(words.say("Dotted line: {unit}, {rate}.", unit=reference.name, rate=rate))
    bounds = ", ".join(f"{round(bound * 100):d}" for bound in BOUNDS)
    parts.append(words.say("Upright lines: {bounds}%.", bounds=bounds))
    if any(row.low is not None and row.low < style.left for row in rows if not instead(row)):
        parts.append(words.say("Bars are cut where the axis begins; their ends stand beside them."))
    if common:
        remarks = "; ".join(words.say(REMARKS[code]) for code in sorted(common))
        parts.append(words.say("Of every row: {remarks}.", remarks=remarks))
    return " ".join(parts)


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
) -> Line:
    """Give a table block: groups of rows (a group may have a heading line) under one caption and one axis.

    ``first`` heads the first column, which shows the names of the rows, or ``names`` by their measure.
    ``reference`` is the row whose rate is the dotted line. Coverage has a column where a row has it.
    """
    words = style.words
    rows = [row for _, members in groups for row in members]
    common = _common(rows)
    lines: list[Line] = []
    for heading, members in groups:
        if heading is not None:
            lines.append({"group": heading})
        lines += [_line(row, names[row.measure] if names else row.name, style, common) for row in members]
    overall = all(row.measure == "overall" for row in rows)
    covered = overall and any(row.coverage is not None for row in rows)
    dotted = None if reference is None or instead(reference) else reference
    return {
        "table": {
            "caption": caption,
            "columns": {
                "name": first,
                "rate": words.say("Rate, %"),
                "interval": words.say("{level} interval", level=style.level),
                "n": words.say("Responses") if overall else words.say("Answers"),
                "coverage": words.say("Coverage") if covered else None,
            },
            "axis": _axis(style, dotted.rate if dotted else None),
            "rows": lines,
            "note": _note(style, dotted, rows, common),
        }
    }
