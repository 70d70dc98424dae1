"""Notes: the sheets that explain: what is under review, the method, and what every column means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from analysis.report.phrases import CERTAINTIES, GRADES, KINDS, ROLES, VERDICTS, phrase, word
from analysis.report.provenance import Provenance
from analysis.report.terms import INSTEAD, REMARKS
from analysis.report.workbook.book import Book, added, height_of, write_heads, write_text
from analysis.report.workbook.columns import COLUMNS, UNITS
from analysis.report.workbook.overview import figure, write_line
from analysis.summary import Row, Summary


class Flag(NamedTuple):
    """One odd sign of a domain: what it rests on, what was found and what is usual, in its own unit.

    ``responses`` says how many responses it points to; ``rate`` and ``rate_without`` are the leading rate
    with and without them. ``decision`` is what people decided, in words.
    """

    kind: str
    code: str
    name: str
    indicator: str
    n: int | None = None
    value: float | None = None
    expected: float | None = None
    q: float | None = None
    responses: int | None = None
    rate: float | None = None
    rate_without: float | None = None
    decision: str = ""


def write_flags(book: Book, rows: Sequence[Row], flags: Sequence[Flag]) -> None:
    """Add the sheet of what is under review: by domain, and what was found."""
    widths = (38, 13, 13, 34, 11, 12, 12, 12, 12, 12, 12, 30)
    notes = [book.say("A sign proves nothing: a person reviews it.")]
    sheet, row = added(book, "Flags", widths, title=book.say("Responses under review"), notes=notes)
    names = ("name", "code", "kind", "flagged", "rate", "rate_without_flagged")
    flagged = sorted((each for each in rows if each.flagged), key=lambda each: -(each.flagged or 0))
    write_text(sheet, row, 0, book.say("Units with responses under review"), book, "section")
    row += 1
    heads = [(COLUMNS[name].heading(book.language), place > 2) for place, name in enumerate(names)]
    write_heads(sheet, row, heads, book)
    for each in flagged:
        row += 1
        sheet.set_row(row, height_of(each.name, widths[0]))
        cells = (each.name, each.code, word(each.kind, KINDS, book.language), each.flagged, each.rate)
        write_cells(sheet, row, (*cells, each.rate_without_flagged), _FLAGGED, book)
    if not flagged:
        row += 1
        write_text(sheet, row, 0, book.say("There are no such rows."), book, "note")
    _write_findings(sheet, row + 2, flags, book)


_FLAGGED = ("name", "text", "text", "count", "share", "share")
_FINDING = (
    "name",
    "text",
    "text",
    "name",
    "count",
    "real",
    "real",
    "fine",
    "count",
    "share",
    "share",
    "name",
)


def _write_findings(sheet: Any, row: int, flags: Sequence[Flag], book: Book) -> None:
    write_text(sheet, row, 0, book.say("What was found"), book, "section")
    row += 1
    if not flags:
        write_text(sheet, row, 0, book.say("No list of findings was handed over."), book, "note")
        return
    words = [COLUMNS[name].heading(book.language) for name in ("name", "code", "kind")]
    words += [book.say(each) for each in ("Rule", "n", "Seen", "Expected", "q-value", "Marked")]
    words += [COLUMNS[name].heading(book.language) for name in ("rate", "rate_without_flagged")]
    heads = [(text, 3 < place < 11) for place, text in enumerate([*words, book.say("Decision")])]
    write_heads(sheet, row, heads, book)
    for each in flags:
        row += 1
        rule = book.style.labels.get(f"indicator:{each.indicator}", each.indicator)
        kind = word(each.kind, KINDS, book.language)
        shown = (each.name, each.code, kind, rule, each.n, each.value, each.expected, each.q, each.responses)
        write_cells(sheet, row, (*shown, each.rate, each.rate_without, each.decision), _FINDING, book)


def write_cells(sheet: Any, row: int, cells: Sequence[Any], forms: Sequence[str], book: Book) -> None:
    """Write a row of texts and numbers, each in its form; nothing where there is none."""
    for column, (value, form) in enumerate(zip(cells, forms, strict=True)):
        if isinstance(value, str):
            write_text(sheet, row, column, value, book, form)
        elif value is None:
            sheet.write_blank(row, column, None, book.formats[form])
        else:
            sheet.write_number(row, column, figure(value), book.formats[form])


def write_method(book: Book, summary: Summary, lines: Sequence[str], provenance: Provenance) -> None:
    """Add the sheet of the method: sentences, bands, design effects, and the files of the package."""
    widths = (38, 30, 14, 14, 14, 14, 14)
    title = book.say("Method, and how to read the figures")
    sheet, row = added(book, "Method", widths, title=title)
    bounds = book.say("The bounds of the bands are settings; no regulation fixes them.")
    for line in (*lines, bounds):
        write_line(sheet, row, line, len(widths), 130, book)
        row += 1
    row = _write_pools(sheet, row + 1, summary, book)
    _write_files(sheet, row + 1, provenance, book)


def _write_pools(sheet: Any, row: int, summary: Summary, book: Book) -> int:
    if not summary.pools:
        return row
    write_text(sheet, row, 0, book.say("Design effects that units lent each other"), book, "section")
    row += 1
    words = ("Level", "phi", "rho", "usable units", "days", "default")
    heads = [book.say(text) for text in words]
    heads.insert(1, COLUMNS["measure"].heading(book.language))
    write_heads(sheet, row, [(text, 1 < place < 6) for place, text in enumerate(heads)], book)
    forms = ("text", "text", "real", "fine", "count", "count", "text")
    for pool in summary.pools:
        row += 1
        level = word(pool.level, KINDS, book.language)
        cells = (level, pool.measure, pool.phi, pool.rho, pool.usable, pool.clusters)
        write_cells(sheet, row, (*cells, book.say("yes" if pool.default else "no")), forms, book)
    return row + 2


def _write_files(sheet: Any, row: int, provenance: Provenance, book: Book) -> None:
    told = [(book.say("Signed with the key"), provenance.signed_by)]
    told.append((book.say("Last entry of the audit"), provenance.audit_head))
    told += sorted(provenance.manifest.items())
    if not any(value for _, value in told):
        return
    write_text(sheet, row, 0, book.say("Files and signature"), book, "section")
    row += 1
    write_heads(sheet, row, [(book.say("File"), False), ("SHA-256", False)], book)
    for name, value in told:
        if value:
            row += 1
            write_text(sheet, row, 0, name, book, "name")
            write_text(sheet, row, 1, value, book, "text")


def write_dictionary(book: Book) -> None:
    """Add the sheet that says what every column and every code means."""
    widths = (28, 24, 84, 44)
    note = book.say(
        "An empty cell is not available; a hidden one says so. Numbers are those of summary.json."
    )
    title = book.say("What every column means")
    sheet, row = added(book, "Data dictionary", widths, title=title, notes=[note])
    heads = [book.say(text) for text in ("Heading", "Column of summary.csv", "Meaning", "Measured in")]
    write_heads(sheet, row, [(text, False) for text in heads], book, freeze=1)
    for column in COLUMNS.values():
        row += 1
        measured = UNITS[column.form][0 if book.language == "vi" else 1]
        cells = (column.heading(book.language), column.name, column.meaning(book.language), measured)
        write_cells(sheet, row, cells, ("name", "text", "name", "name"), book)
    _write_codes(sheet, row + 2, book)


def _write_codes(sheet: Any, row: int, book: Book) -> None:
    write_text(sheet, row, 0, book.say("Words for codes"), book, "section")
    row += 1
    heads = [(book.say(text), False) for text in ("Column", "Code", "Word")]
    write_heads(sheet, row, heads, book)
    for name, codes in (
        ("kind", KINDS),
        ("role", ROLES),
        ("grade", GRADES),
        ("certainty", CERTAINTIES),
        ("verdict", VERDICTS),
        ("status", REMARKS | INSTEAD),
    ):
        for code, term in codes.items():
            row += 1
            shown = book.style.words.say(term) if name == "status" else phrase(term, book.language)
            if name == "grade":
                shown += _bounds(code, book)
            cells = (COLUMNS[name].heading(book.language), code, shown)
            write_cells(sheet, row, cells, ("name", "text", "name"), book)


def _bounds(code: str, book: Book) -> str:
    bounds = dict(zip(("medium", "high", "very_high"), book.style.rules.bounds, strict=True))
    return f" ({book.say('from')} {book.style.percent(bounds[code])})" if code in bounds else ""
