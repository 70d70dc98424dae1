from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.summary import AnswerRow
from analysis.table import NotANumber, Numbers, Table, joined, table_of

ROWS = tuple(
    AnswerRow("2026-H1", 0, kind, "serving", code, None, "overall", choice, count, share)
    for kind, code in (("ward", "A"), ("counter", "A"))
    for choice, count, share in (("4", 3, 0.75), ("5", 1, 0.25), ("skipped", None, None))
)


def test_rows_as_a_table_read_as_the_same_rows() -> None:
    table = table_of(AnswerRow, ROWS)
    assert table == ROWS
    assert tuple(table) == ROWS
    assert (table[1], table[-1], tuple(table[1:3])) == (ROWS[1], ROWS[-1], ROWS[1:3])
    assert isinstance(table[0].count, int)
    assert table_of(AnswerRow, table) is table


def test_empty_table_equals_no_rows() -> None:
    assert table_of(AnswerRow, ()) == ()
    assert joined(AnswerRow, ()) == ()


def test_taken_emptied_and_joined_rows_are_those_of_the_tuples() -> None:
    table = table_of(AnswerRow, ROWS)
    assert table.take(np.array([4, 0])) == (ROWS[4], ROWS[0])
    assert table.take(table.marked("kind", "ward".__eq__)) == ROWS[:3]
    hidden = table.emptied(np.arange(6) == 1, count=None, choice="other")
    assert hidden == (ROWS[0], ROWS[1]._replace(count=None, choice="other"), *ROWS[2:])
    assert joined(AnswerRow, (table.take(np.arange(3, 6)), table)) == (*ROWS[3:], *ROWS)


def test_same_words_get_the_same_number_in_every_table() -> None:
    known: Numbers = {}
    table = table_of(AnswerRow, ROWS)
    first = table.numbered(("kind", "code"), known).tolist()
    assert (len(set(first[:3])), len(set(first[3:])), len(known)) == (1, 1, 2)
    assert table.take(np.array([5, 0])).numbered(("kind", "code"), known).tolist() == [first[5], first[0]]


def test_figure_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(NotANumber, match="column share"):
        table_of(AnswerRow, (ROWS[0]._replace(share=math.nan),))


def test_missing_column_is_none_in_every_row() -> None:
    table = table_of(AnswerRow, ROWS)
    assert Table(AnswerRow, {"code": table.columns["code"]})[0] == AnswerRow(*[None] * 4, "A", *[None] * 7)  # type: ignore[arg-type]
