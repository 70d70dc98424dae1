"""Answers: how often each choice of a question was taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.arrays import Array, Index
from analysis.counting import CODES
from analysis.hierarchy import Members
from analysis.period import Period
from analysis.ratings import Question
from analysis.summary import AnswerRow
from analysis.table import Table, Words
from analysis.tallies import Level

NO_ANSWER = ("skipped", "not_applicable", "refused", "unmapped")
"""What stands in place of a choice code, in the order of the rows."""

_BEFORE_CHOICES = [CODES - 1 - place for place in range(CODES)]


def answer_rows(
    level: Level,
    parts_of: Members,
    domains: Index,
    questions: Sequence[Question],
    period: Period,
    revision: int,
) -> Table[AnswerRow]:
    """Give the counts of every choice, then of NO_ANSWER, for each question that reached a domain.

    A share is of the responses that answered the question; several choices of one response each count.
    """
    asked = [question for question in questions if question.id in level.answers]
    if not asked:
        return Table(AnswerRow, {})
    tables, shares = [], []
    for question in asked:
        table = parts_of.total(level.answers[question.id])
        answered = parts_of.total(level.answered[question.id])
        tables.append(np.concatenate((table[:, CODES:], table[:, _BEFORE_CHOICES]), axis=1))
        shares.append(_shares(tables[-1], answered))
    width = [len(question.choices) + CODES for question in asked]
    reached = np.repeat(np.stack([table.any(axis=1) for table in tables], axis=1), width, axis=1)[domains]
    row, label = np.nonzero(reached)
    domain = domains[row]
    every = np.zeros(len(row), np.intp)
    days = [each.valid_from and each.valid_from.isoformat() for each in level.domains]
    return Table(
        AnswerRow,
        {
            "period": Words((period.label,), every),
            "revision": np.full(len(row), float(revision)),
            "kind": Words([each.kind for each in level.domains], domain),
            "role": Words(("serving",), every),
            "code": Words([each.code for each in level.domains], domain),
            "valid_from": Words(days, domain),
            "question": Words(np.repeat([question.id for question in asked], width).tolist(), label),
            "choice": Words(
                [choice for question in asked for choice in (*question.choices, *NO_ANSWER)], label
            ),
            "count": np.concatenate(tables, axis=1)[domains][reached],
            "share": np.concatenate(shares, axis=1)[domains][reached],
        },
    )


def _shares(table: Array, answered: Array) -> Array:
    shares = np.full(table.shape, np.nan)
    some = answered > 0
    choices = table.shape[1] - CODES
    shares[some, :choices] = table[some, :choices] / answered[some, None]
    return shares
