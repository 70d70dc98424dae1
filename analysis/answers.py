"""Answers: how often each choice of a question was taken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from analysis.counting import CODES
from analysis.hierarchy import Members
from analysis.period import Period
from analysis.ratings import Domain, Question
from analysis.summary import AnswerRow
from analysis.tally import Array, Index, Level

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
) -> list[AnswerRow]:
    """Give the counts of every choice, then of NO_ANSWER, for each question that reached a domain.

    A share is of the responses that answered the question; several choices of one response each count.
    """
    asked = [question for question in questions if question.id in level.answers]
    if not asked:
        return []
    tables, shares = [], []
    for question in asked:
        table = parts_of.total(level.answers[question.id])
        answered = parts_of.total(level.answered[question.id])
        tables.append(np.concatenate((table[:, CODES:], table[:, _BEFORE_CHOICES]), axis=1))
        shares.append(_shares(tables[-1], answered))
    width = [len(question.choices) + CODES for question in asked]
    reached = np.repeat(np.stack([table.any(axis=1) for table in tables], axis=1), width, axis=1)[domains]
    row, label = np.nonzero(reached)
    count = np.concatenate(tables, axis=1)[domains][reached].astype(np.int64)
    share = np.concatenate(shares, axis=1)[domains][reached]
    labels = [(question.id, choice) for question in asked for choice in (*question.choices, *NO_ANSWER)]
    identities = [_identity(level.domains[index], period, revision) for index in domains.tolist()]
    return list(
        map(
            AnswerRow._make,
            zip(
                *_spread(identities, row),
                *_spread(labels, label),
                count.tolist(),
                (None if part != part else part for part in share.tolist()),
                repeat(None),
                repeat(None),
                strict=False,
            ),
        )
    )


def _identity(domain: Domain, period: Period, revision: int) -> tuple[object, ...]:
    valid_from = domain.valid_from and domain.valid_from.isoformat()
    return period.label, revision, domain.kind, "serving", domain.code, valid_from


def _spread(texts: Sequence[tuple[object, ...]], index: Index) -> list[list[object]]:
    """Give the columns of texts that stand at each index."""
    return [np.array(column, object)[index].tolist() for column in zip(*texts, strict=True)]


def _shares(table: Array, answered: Array) -> Array:
    shares = np.full(table.shape, np.nan)
    some = answered > 0
    choices = table.shape[1] - CODES
    shares[some, :choices] = table[some, :choices] / answered[some, None]
    return shares
