"""Terms: what the codes of a summary are called in the cells of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from analysis.report.phrases import CERTAINTIES, GRADES, KINDS, ROLES, VERDICTS, word
from analysis.report.style import measure_name
from analysis.report.terms import INSTEAD, METHODS, REMARKS
from analysis.report.workbook.book import Book
from analysis.report.workbook.columns import Column

_WORDS: dict[str, dict[str, str]] = {
    "kind": KINDS,
    "role": ROLES,
    "peer_group": KINDS,
    "grade": GRADES,
    "certainty": CERTAINTIES,
    "verdict": VERDICTS,
    "against_target": VERDICTS,
}


def leading_measure(kind: str) -> str:
    """Give the measure that a kind of domain leads with.

    Examples
    --------
    >>> leading_measure("commune"), leading_measure("officer")
    ('overall', 'factor:officials')
    """
    return "factor:officials" if kind == "officer" else "overall"


def measured(measure: str, book: Book) -> str:
    """Give the name of a measure; the headline is told apart from the question of that id."""
    if measure == "overall" and measure not in book.style.labels:
        return book.say("Overall satisfaction")
    return measure_name(measure, book.style)


def method_name(code: str, book: Book) -> str:
    """Give the name of a method, with its frame."""
    if code in METHODS:
        return book.style.words.say(METHODS[code])
    base, _, frame = code.rpartition("-")
    if frame == "transactions" and base in METHODS:
        of_frame = book.say("this period's transactions")
        return f"{book.style.words.say(METHODS[base])}, {of_frame}"
    return code


def remarks(codes: Sequence[str], book: Book) -> str | None:
    """Give the words for statuses; None for none."""
    terms = REMARKS | INSTEAD
    return "; ".join(book.style.words.say(terms[code]) if code in terms else code for code in codes) or None


def shown_by(name: str, parents: Mapping[str, str], book: Book) -> Callable[[Any], str | date | None]:
    """Give what turns a word of a column into what a reader sees."""
    if name == "valid_from":
        return date.fromisoformat
    if name == "measure":
        return lambda code: measured(code, book)
    if name == "parent_code":
        return lambda code: parents.get(code, code)
    if name == "status":
        return lambda codes: remarks(codes, book)
    if name == "method":
        return lambda code: method_name(code, book)
    if name == "versions":
        return lambda versions: ", ".join(versions) or None
    codes = _WORDS.get(name, {})
    return lambda code: word(code, codes, book.language)


def form_of(column: Column) -> str:
    """Give the name of the format of a column."""
    return {"name": "name", "rate": "rate", "status": "remark"}.get(
        column.name, "text" if column.form in ("word", "text") else column.form
    )
