"""Cells: the columns that tables of rows can have, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.report.charts.differences import points
from analysis.report.comparisons import direction
from analysis.report.style import Line, Style
from analysis.report.terms import CERTAINTIES_IN_CELLS, GRADES, VERDICTS
from analysis.summary import Row

WIDTHS = {
    "rate": 15.0,
    "interval": 24.0,
    "plot": 33.0,
    "n": 14.0,
    "coverage": 13.0,
    "grade": 38.5,
    "verdict": 15.0,
    "change": 19.0,
    "change_interval": 29.0,
    "direction": 17.0,
    "rank": 20.0,
}
"""Millimetres of each column; what they leave of the page belongs to the names."""

_ENGLISH = {"plot": 31.0, "n": 17.0, "coverage": 15.5, "grade": 36.0}
"""Where English heads and words are longer or shorter."""

FIGURES = ("rate", "interval", "plot")
"""Columns in whose place a word stands where a row has no figures."""

_ALIGN = {"grade": "left", "verdict": "left", "direction": "left", "change_interval": "center"}


def columns(names: Sequence[str], overall: bool, style: Style) -> list[Line]:
    """Give the columns after the first as the template reads them; ``overall`` counts responses as n."""
    words = style.words
    widths = WIDTHS | (_ENGLISH if words.language == "en" else {})
    heads = {
        "rate": words.say("Rate, %"),
        "interval": words.say("{level} interval", level=style.level),
        "plot": "",
        "n": words.say("Responses") if overall else words.say("Answers"),
        "coverage": words.say("Coverage"),
        "grade": words.say("Band, certainty"),
        "verdict": words.say("Against its group"),
        "change": words.say("Change, points"),
        "change_interval": words.say("Interval of the change"),
        "direction": words.say("In words"),
        "rank": words.say("Rank"),
    }
    return [
        {
            "head": heads[name],
            "width": widths[name],
            "align": _ALIGN.get(name, "right"),
            "plot": name == "plot",
        }
        for name in names
    ]


def cell(row: Row, name: str, style: Style) -> object:
    """Give what stands in a column other than the figures; texts, or a strong word and what follows it."""
    words, language = style.words, style.words.language
    match name:
        case "n":
            return style.number(row.responses if row.measure == "overall" else row.answers)
        case "coverage":
            return "" if row.coverage is None else style.percent(row.coverage)
        case "grade":
            return _grade(row, style)
        case "verdict":
            return _strong(row.verdict in ("above", "below"), words.term(row.verdict or "", VERDICTS))
        case "change":
            return "" if row.change is None else points(row.change, language)
        case "change_interval":
            if row.change_low is None or row.change_high is None:
                return ""
            low, high = points(row.change_low, language), points(row.change_high, language)
            return words.say("{low} to {high}", low=low, high=high)
        case "direction":
            return _direction(row, style)
        case "rank":
            if row.rank_best is None or row.rank_worst is None:
                return ""
            return f"{style.number(row.rank_best)}–{style.number(row.rank_worst)}"
    return ""


def _strong(strong: bool, text: str) -> object:
    return {"strong": text, "rest": ""} if strong else text


def _grade(row: Row, style: Style) -> object:
    if not row.grade:
        return ""
    words = style.words
    certainty = words.term(row.certainty or "", CERTAINTIES_IN_CELLS)
    return {"strong": words.term(row.grade, GRADES), "rest": f", {certainty}"}


def _direction(row: Row, style: Style) -> object:
    words = style.words
    if row.change is None:
        return words.say("not compared")
    moved = direction(row)
    if not moved:
        return words.say("not clear")
    return _strong(True, words.say("higher") if moved > 0 else words.say("lower"))
