"""Cutting: which rows, numbers of rows and answers of one period hide from an audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.arrays import Index, Marks
from analysis.check.hiding import hidden_answers, hidden_flagged, hidden_rows, hidden_shares
from analysis.check.subjects import PEOPLE, Minimum, subjects_of
from analysis.summary import AnswerRow, Row, Summary
from analysis.table import Numbers, R, Table, table_of

ROW = ("kind", "role", "code", "measure")
ANSWER = ("kind", "role", "code", "question", "choice")


class Hidden(NamedTuple):
    """What hides: of each row the whole, its shares, its mean score and what flagged ones changed; answers.

    The first four have an element a row, the last one an answer row.
    """

    rows: Marks
    shares: Marks
    means: Marks
    flagged: Marks
    answers: Marks


@dataclass(frozen=True)
class Cut:
    """The rows and answers of a period of the kinds that an audience is shown, and what of them hides."""

    rows: Table[Row]
    answers: Table[AnswerRow]
    hidden: Hidden

    def within(self, parts: Sequence[Cut]) -> Cut:
        """Hide also what hides in a period that is a part of this one, though something came in there.

        What is left then could be added up from the parts.
        """
        found = Hidden(*(marks.copy() for marks in self.hidden))
        for part in parts:
            rows = _numbered(self.rows, part.rows, ROW)
            answers = _numbered(self.answers, part.answers, ANSWER)
            something = np.nan_to_num(part.rows.numbers("responses")) > 0
            for own, theirs in zip(found[:4], part.hidden[:4], strict=True):
                own |= np.isin(rows[0], rows[1][theirs & something])
            found.answers[:] |= np.isin(answers[0], answers[1][part.hidden.answers])
        return Cut(self.rows, self.answers, found)


def cut(summary: Summary, rule: Minimum, factors: Mapping[str, str] | None) -> Cut:
    """Say what of a period hides under the minimum of an audience, as if no other period were known."""
    rows = of_kinds(table_of(Row, summary.rows), rule)
    answers = of_kinds(table_of(AnswerRow, summary.answers), rule)
    subjects = subjects_of(rows, answers, rule)
    hidden = hidden_rows(rows, subjects, rule, factors)
    shares, means = hidden_shares(rows, subjects, rule, hidden)
    return Cut(
        rows,
        answers,
        Hidden(
            hidden,
            shares,
            means,
            hidden_flagged(rows, subjects, rule, hidden),
            hidden_answers(answers, rows, hidden, subjects, rule),
        ),
    )


def of_kinds(table: Table[R], rule: Minimum) -> Table[R]:
    """Give the rows of units, and of the kinds of people that a rule lets through."""
    return table.take(table.marked("kind", lambda kind: kind in rule.kinds or kind not in PEOPLE))


def _numbered(own: Table[R], theirs: Table[R], names: tuple[str, ...]) -> tuple[Index, Index]:
    """Give numbers for what the rows of two tables are about, the same in both."""
    known: Numbers = {}
    return own.numbered(names, known), theirs.numbered(names, known)
