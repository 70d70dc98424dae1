"""Style: what all parts of one report share: words, labels, thresholds, the axis, the methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.report.numerals import number, percent
from analysis.report.terms import FACTORS, INDEXES, INSTEAD, METHODS, QUESTIONS
from analysis.report.wording import Wording
from analysis.rules import Rules
from analysis.summary import Row, Summary

Line = dict[str, object]
"""One block, or one line of a table, as the template reads it."""

PEOPLE = ("counter", "officer")
"""Kinds whose rows stand behind those of the units."""

_TERMS = {"factor": FACTORS, "question": QUESTIONS, "index": INDEXES}


@dataclass(frozen=True, slots=True)
class Style:
    """What all tables of one report share: words, labels of measures, thresholds, the axis, the reference."""

    words: Wording
    labels: Mapping[str, str]
    thresholds: tuple[float, ...]
    left: float
    level: str
    methods: tuple[str, ...] = field(default=())
    rules: Rules = field(default_factory=Rules)

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


def style_of(
    summary: Summary, words: Wording, labels: Mapping[str, str], rules: Rules | None = None
) -> Style:
    """Give the style of a summary's report: one axis that shows the rates of all units, the thresholds.

    ``rules`` are those that the figures were made by; the usual ones if not given.
    """
    rules = rules or Rules()
    shown = [row for row in summary.rows if row.rate is not None and not instead(row)]
    targets = {row.target for row in summary.rows if row.target is not None}
    levels = sorted({row.confidence_level for row in shown if row.confidence_level is not None})
    return Style(
        words,
        labels,
        (*rules.bounds, *sorted(targets)),
        left_of([row for row in shown if row.kind not in PEOPLE]),
        " / ".join(_level(level, words) for level in levels) or _level(0.95, words),
        tuple(sorted({row.method for row in shown if row.method is not None})),
        rules,
    )


def left_of(rows: Iterable[Row]) -> float:
    """Give where an axis begins that shows the rates of rows: at a half, or the tenth below the lowest."""
    rates = [row.rate for row in rows if row.rate is not None and not instead(row)]
    return min(0.5, int(min(rates, default=0.5) * 10) / 10)


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
