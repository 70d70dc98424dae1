"""CSV file: bytes of unknown origin, read into rows of named cells."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey_app.exchange.faults import Faults

MOST_BYTES = 64 * 2**20
MOST_COLUMNS = 2_000
LONGEST_CELL = 20_000
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as a spreadsheet counts it, and its cells by column."""

    number: int
    cells: Mapping[str, str]
    faults: Faults

    def fault(self, column: str | None, found: str, remedy: str) -> None:
        """Note a fault of this row."""
        self.faults.add(self.number, column, found, remedy)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, the columns it has, and the faults found in it so far."""

    file: str
    columns: frozenset[str]
    rows: tuple[Row, ...]
    faults: Faults


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it stands: its header, and every record that is not empty with its row number."""

    file: str
    digest: str
    header: tuple[str, ...]
    records: tuple[tuple[int, list[str]], ...]
    faults: Faults


def normal(text: str) -> str:
    """Give a text composed (NFC), without white space around it."""
    return unicodedata.normalize("NFC", text).strip()


def folded(text: str) -> str:
    r"""Give a text composed, with one plain space wherever it has white space.

    >>> folded(" PTS\N{NO-BREAK SPACE} - Patient Transport")
    'PTS - Patient Transport'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_sheet(
    content: bytes, file: str, needed: Sequence[str], optional: Sequence[str] = (), *, others: bool = False
) -> Sheet:
    """Give the rows of a file that has the needed columns, perhaps the optional ones, and no others.

    With ``others`` further columns are allowed, and left out. Raises ImportFaults where the file cannot be
    read or a column is missing, unknown or doubled; rows of the wrong length are faults of the sheet.
    """
    return choose_columns(read_table(content, file), needed, optional, others=others)


def read_table(content: bytes, file: str) -> Table:
    """Give header and records of a file.

    Raises ImportFaults if it is too large, not UTF-8, not CSV, or has no header.
    """
    faults = Faults(file)
    text = _decoded(content, faults)
    records = _records(text, faults)
    number, header = next(records, (0, []))
    if not header:
        faults.add(None, None, "the file has no header", "write the names of the columns in its first row")
    elif len(header) > MOST_COLUMNS:
        found = f"{len(header)} columns are more than {MOST_COLUMNS}"
        faults.add(number, None, found, "leave out those that are not needed")
    faults.refuse()
    body = tuple(records)
    digest = hashlib.sha256(content).hexdigest()
    return Table(file, digest, tuple(folded(name) for name in header), body, faults)


def choose_columns(
    table: Table, needed: Sequence[str], optional: Sequence[str] = (), *, others: bool = False
) -> Sheet:
    """Give the rows of a table with the columns asked for, under the names they were asked by."""
    places = _places(table, needed, optional, others)
    table.faults.refuse()
    width = len(table.header)
    rows = []
    for number, record in table.records:
        if len(record) != width:
            found = f"{len(record)} cells stand under {width} columns"
            table.faults.add(number, None, found, 'give every column one cell; put "…" around a separator')
            continue
        cells = {name: normal(record[place]) for name, place in places.items()}
        rows.append(Row(number, cells, table.faults))
    return Sheet(table.file, frozenset(places), tuple(rows), table.faults)


def sheet_of(file: str, rows: Iterable[Mapping[str, str]]) -> Sheet:
    """Give the sheet of rows that another program made, all with the same columns."""
    faults = Faults(file)
    made = tuple(Row(number, cells, faults) for number, cells in enumerate(rows, start=2))
    return Sheet(file, frozenset(made[0].cells if made else ()), made, faults)


def _decoded(content: bytes, faults: Faults) -> str:
    if len(content) > MOST_BYTES:
        faults.add(
            None,
            None,
            f"{len(content)} bytes are more than {MOST_BYTES}",
            "split the file into several with the same header",
        )
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.add(None, None, "byte 1: the file is UTF-16", "save it as 'CSV UTF-8'")
    elif (nul := content.find(b"\0")) >= 0:
        found = f"byte {nul + 1} (line {content.count(10, 0, nul) + 1}) is NUL"
        faults.add(None, None, found, "save the file as 'CSV UTF-8'; this is no text")
    faults.refuse()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # "utf-8-sig" counts from behind the byte-order mark
        at = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        found = f"byte {at + 1} (line {content.count(10, 0, at) + 1}) is 0x{content[at]:02x}, not UTF-8"
        faults.add(None, None, found, "save the file as 'CSV UTF-8'")
        faults.refuse()
        raise


def _records(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Give every record that is not empty; raise ImportFaults where the file stops being CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            faults.add(number, None, f"the file is no CSV from here on ({error})", _QUOTES)
            faults.refuse()
            raise
        if record is None:
            return
        for place, cell in enumerate(record, start=1):
            if len(cell) > LONGEST_CELL:
                found = f"cell {place} has {len(cell)} signs, more than {LONGEST_CELL}"
                faults.add(number, None, found, "shorten it, or look for a quotation mark that is not closed")
        if any(cell.strip() for cell in record):
            yield number, record


_QUOTES = 'close every quotation mark, and double those inside a cell: "a ""b"" c"'


def _delimiter(text: str) -> str:
    """Give the separator that the header has most of, outside quotation marks."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in counts:
            counts[sign] += 1
        elif not quoted and sign in "\r\n" and any(counts.values()):
            break
    return max(counts, key=counts.__getitem__)


def _places(table: Table, needed: Sequence[str], optional: Sequence[str], others: bool) -> dict[str, int]:
    wanted = {folded(name).casefold(): name for name in (*needed, *optional)}
    places: dict[str, int] = {}
    for place, name in enumerate(table.header):
        known = wanted.get(name.casefold())
        if known is None:
            if not others:
                near = difflib.get_close_matches(name, list(wanted), 1)
                remedy = f"perhaps {near[0]} is meant" if near else f"use {', '.join(wanted.values())}"
                table.faults.add(1, name or f"number {place + 1}", "the column is not known", remedy)
        elif known in places:
            table.faults.add(1, known, "the column stands twice", "leave one of the two")
        else:
            places[known] = place
    for name in needed:
        if name not in places:
            table.faults.add(1, name, "the column is missing", "add it")
    return places
