"""Table: the rows of a summary kept as columns, which read as rows again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.counting import pairs
from analysis.summary import AnswerRow, Row, WeightedRow

Kind = Literal["text", "list", "count", "figure"]
R = TypeVar("R", Row, AnswerRow, WeightedRow)

_KIND_OF_TYPE: Mapping[object, Kind] = {
    str: "text",
    str | None: "text",
    tuple[str, ...]: "list",
    int: "count",
    int | None: "count",
    float | None: "figure",
}
_KINDS = {
    name: _KIND_OF_TYPE[hint]
    for row in (Row, AnswerRow, WeightedRow)
    for name, hint in get_type_hints(row).items()
}


class NotANumber(ValueError):
    """A figure is neither a finite number nor None."""


class Words(NamedTuple):
    """A column of words, or of lists of words: row i holds ``values[place[i]]``.

    Columns that speak of the same thing share one ``place``, so that whoever prints them can join their words
    first.
    """

    values: Sequence[object]
    place: Index


Numbers = dict[tuple[object, ...], int]
"""Words that have been given a number."""

Column = Words | Array
"""Words, or numbers with NaN for none."""


def kind_of(column: str) -> Kind:
    """Say what a column holds: ``text``, a ``list`` of texts, a ``count`` or a ``figure``.

    Examples
    --------
    >>> kind_of("rate"), kind_of("served"), kind_of("status"), kind_of("name")
    ('figure', 'count', 'list', 'text')
    """
    return _KINDS[column]


@dataclass(frozen=True, slots=True, eq=False)
class Table(Sequence[R], Generic[R]):
    """Columns by their names; a column that is not there is None in every row.

    Examples
    --------
    >>> rows = [AnswerRow("2026-H1", 0, "ward", "serving", "A", None, "overall", "5", 3, 0.75)]
    >>> table = table_of(AnswerRow, rows)
    >>> table.columns["share"].tolist(), table[0].count, table == rows
    ([0.75], 3, True)
    """

    kind: type[R]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        """Give the number of rows."""
        return next((_length(column) for column in self.columns.values()), 0)

    def __iter__(self) -> Iterator[R]:
        """Give the rows."""
        make: Callable[[Iterable[Any]], R] = self.kind._make
        if not len(self):
            return iter(())
        return map(make, zip(*(self._objects(name) for name in self.kind._fields), strict=False))

    @overload
    def __getitem__(self, at: int) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[R]: ...
    def __getitem__(self, at: int | slice) -> R | Sequence[R]:
        """Give a row, or some."""
        which = np.arange(len(self))[at]
        return self.take(which) if isinstance(at, slice) else next(iter(self.take(which[None])))

    def __eq__(self, other: object) -> bool:
        """Whether the rows are the same as those of another sequence."""
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def words(self, name: str) -> Words:
        """Give a column of words."""
        column = self.columns.get(name)
        if isinstance(column, Words):
            return column
        return Words((None,), np.zeros(len(self), np.intp))

    def numbers(self, name: str) -> Array:
        """Give a column of numbers, NaN for none."""
        column = self.columns.get(name)
        return column if isinstance(column, np.ndarray) else np.full(len(self), np.nan)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Table[R]:
        """Give some of the rows, by number or mark."""
        places = {
            id(each.place): each.place[which] for each in self.columns.values() if isinstance(each, Words)
        }
        columns: dict[str, Column] = {}
        for name, column in self.columns.items():
            if isinstance(column, Words):
                columns[name] = column._replace(place=places[id(column.place)])
            else:
                columns[name] = column[which]
        return Table(self.kind, columns)

    def emptied(self, hidden: NDArray[np.bool_], **instead: object) -> Table[R]:
        """Give the table with None, or a word ``instead``, in the columns named and the rows marked."""
        columns = dict(self.columns)
        for name in instead.keys() & columns.keys():
            columns[name] = _emptied(columns[name], hidden, instead[name])
        return Table(self.kind, columns)

    def marked(self, name: str, test: Callable[[Any], bool]) -> NDArray[np.bool_]:
        """Mark the rows whose word in a column passes a test."""
        values, place = self.words(name)
        if not len(place):  # then no value was ever looked at, and there may be none
            return np.zeros(0, np.bool_)
        return np.array([test(value) for value in values], np.bool_)[place]

    def numbered(self, names: Sequence[str], known: Numbers) -> Index:
        """Give each row the number of its words; ``known`` has those that have one and gets the others."""
        words = [self.words(name) for name in names]
        of = np.zeros(len(self), np.intp)
        for place in {id(column.place): column.place for column in words}.values():
            of = pairs(of, place).of
        some = np.zeros(int(of.max(initial=-1)) + 1, np.intp)
        some[of] = np.arange(len(of))
        distinct = zip(*(spread(column.values, column.place[some]) for column in words), strict=True)
        return np.array([known.setdefault(each, len(known)) for each in distinct], np.intp)[of]

    def _objects(self, name: str) -> Iterable[object]:
        column = self.columns.get(name)
        if column is None:
            return repeat(None)
        if isinstance(column, Words):
            return spread(column.values, column.place)
        known = ~np.isnan(column)
        plain = column.astype(object)
        if kind_of(name) == "count":
            plain[known] = column[known].astype(np.int64)
        plain[~known] = None
        return list(plain.tolist())


def table_of(kind: type[R], rows: Sequence[R]) -> Table[R]:
    """Give rows as a table; a table is given back.

    Raises
    ------
    NotANumber
        If a figure is not finite.
    """
    if isinstance(rows, Table):
        return rows
    columns: dict[str, Column] = {}
    for name, values in zip(kind._fields, zip(*rows, strict=True), strict=False):
        if kind_of(name) in ("text", "list"):
            number = {value: place for place, value in enumerate(dict.fromkeys(values))}
            columns[name] = Words(tuple(number), np.array([number[value] for value in values], np.intp))
        else:
            numbers = np.array(values, np.float64)
            if np.count_nonzero(np.isnan(numbers)) != values.count(None):
                raise not_a_number(name)
            columns[name] = numbers
    return Table(kind, columns)


def joined(kind: type[R], tables: Iterable[Table[R]]) -> Table[R]:
    """Give the rows of several tables with the same columns, one table after the other."""
    parts = [table for table in tables if len(table)]
    if not parts:
        return Table(kind, {})
    places: dict[tuple[int, ...], Index] = {}
    return Table(
        kind, {name: _joined([part.columns[name] for part in parts], places) for name in parts[0].columns}
    )


def not_a_number(column: str) -> NotANumber:
    """Give the error of a column with a figure that is no finite number."""
    return NotANumber(f"column {column}: a figure is not finite; write None where there is no figure")


def spread(values: Sequence[object], place: Index) -> list[Any]:
    """Give the value at each place."""
    return list(np.fromiter(values, object, len(values))[place].tolist())


def _length(column: Column) -> int:
    return len(column.place) if isinstance(column, Words) else len(column)


def _emptied(column: Column, hidden: NDArray[np.bool_], word: object) -> Column:
    if isinstance(column, Words):
        return Words((*column.values, word), np.where(hidden, len(column.values), column.place))
    return np.where(hidden, np.nan, column)


def _joined(columns: Sequence[Column], places: dict[tuple[int, ...], Index]) -> Column:
    words = [column for column in columns if isinstance(column, Words)]
    if not words:
        return np.concatenate([column for column in columns if not isinstance(column, Words)])
    same = all(column.values == words[0].values for column in words)
    sizes = [0 if same else len(column.values) for column in words]
    # Columns that share their places shall share them afterwards.
    key = (*(id(column.place) for column in words), *sizes)
    if key not in places:
        offsets = np.cumsum(sizes) - sizes
        places[key] = np.concatenate(
            [column.place + offset for column, offset in zip(words, offsets, strict=True)]
        )
    values = words[0].values if same else tuple(value for column in words for value in column.values)
    return Words(values, places[key])
