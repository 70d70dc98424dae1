"""Factors: what must hide so that the questions of a factor cannot be told from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.check.complement import slack
from analysis.check.parts import UNIT, Figures, Parts, given_itself


class Factor(NamedTuple):
    """The figures of one factor: ``factor`` has an element a domain, ``questions`` a column a question.

    Both hold numbers of figures, -1 where the domain has none.
    """

    factor: Index
    questions: Index


class _Block(NamedTuple):
    """The parts of one unit, all units one after the other: a table of domains by questions.

    ``block`` numbers the unit of each domain. ``present`` marks the questions with an answer. ``open``
    domains show the factor but no question, those ``gone`` show neither. ``free`` is how far the answers
    that no part has can move, by block and question, and ``unbound`` marks the questions that the unit does
    not show.
    """

    block: Index
    present: Marks
    open: Marks
    gone: Marks
    free: Array
    unbound: Marks


def with_factors(
    figures: Figures,
    parts: Parts,
    counts: Array,
    factors: Sequence[Factor],
    units: int | None,
    hidden: Marks,
) -> Marks:
    """Mark also the figures of factors and questions that would tell a hidden one from each other.

    The answers of a factor are those of its questions. A domain therefore shows all questions of a factor or
    none, and where the factor hides they do. If a factor stays beside hidden questions, the two-way table of
    the unit's parts by the questions has known margins. Then every small number in it must be able to
    move: answers pass to another question of the part and back at another part, of which neither has
    fewer than none nor more than responses to the factor. What can pass so is at least ``slack``, and one of
    each row of ``counts``; where it is less, the factor hides too.

    Parameters
    ----------
    counts
        Answers of some sort (satisfied, not satisfied, ...) of each figure: one row a sort.
    units
        The minimum of units; None: their figures are known to all, though not shown.
    """
    hidden = hidden.copy()
    for each in factors:
        _hide_factor(figures, parts, counts, each, units, hidden)
    return hidden


def _hide_factor(
    figures: Figures, parts: Parts, counts: Array, made: Factor, units: int | None, hidden: Marks
) -> None:
    responses = _of(figures.responses, made.questions)
    present = responses > 0
    has = (made.factor >= 0) & present.any(axis=1)
    known = has & ~hidden[made.factor]
    some = (_marked(hidden, made.questions) & present).any(axis=1)
    covered = present & (has & ~known | known & some)[:, None]
    hidden[made.questions[covered]] = True
    still = known & some
    if made.questions.shape[1] == 1:
        hidden[made.factor[still]] = True
        return
    if not still.any():
        return
    # Only the units matter that have such a part.
    key = parts.of[made.factor] * (figures.group.max() + 1) + figures.group[made.factor]
    key = np.where(parts.of[made.factor] < 0, -1 - np.arange(len(key)), key)
    here = np.flatnonzero(has & np.isin(key, key[still]))
    made = Factor(made.factor[here], made.questions[here])
    _, block = np.unique(key[here], return_inverse=True)
    free, whole = _free(figures, parts, made, block)
    unbound = (whole < 0) | (_marked(hidden, whole) if units is not None else False)
    table = _Block(block, present[here], still[here], hidden[made.factor], free, unbound)
    told = table.open & _told(figures, counts, made, table, alone=True).any(axis=1)
    table = table._replace(open=table.open & ~told, gone=table.gone | told)
    blocks = np.zeros(len(free), np.bool_)
    blocks[block[_told(figures, counts, made, table, alone=False).any(axis=1)]] = True
    told |= table.open & blocks[block]
    hidden[made.factor[told]] = True


def _of(values: Array, at: Index) -> Array:
    """Give values of figures, 0 where there is none."""
    return np.where(at >= 0, values[at], 0.0)


def _marked(marks: Marks, at: Index) -> Marks:
    return marks[at] & (at >= 0)


def _free(figures: Figures, parts: Parts, made: Factor, block: Index) -> tuple[Array, Index]:
    """Give the answers of each block's unit that none of the parts has, and its figures of the questions."""
    blocks = int(block.max()) + 1
    whole = np.full((blocks, made.questions.shape[1]), -1)
    of = np.where(made.questions >= 0, parts.of[made.questions], -1)
    np.maximum.at(whole, block, of)
    total = np.zeros(whole.shape)
    np.add.at(total, block, _of(figures.responses, made.questions))
    people = np.zeros(blocks, np.bool_)
    people[block] = figures.group[made.factor] != UNIT
    left = np.where(people[:, None], _of(given_itself(figures, parts), whole) - total, 0.0)
    return np.maximum(left, 0.0), whole


def _told(figures: Figures, counts: Array, made: Factor, table: _Block, *, alone: bool) -> Marks:
    """Mark the small numbers of a table that can move too little.

    ``alone`` looks at the domain by itself, as if nothing were known of the others.
    """
    responses = _of(figures.responses, made.questions)
    # A unit that the factor does not make one officer may be one in a question.
    minimum = np.maximum(figures.minimum[made.factor][:, None], _of(figures.minimum, made.questions))
    small = table.present & (table.open | table.gone)[:, None] & (responses < minimum)
    if alone:
        small &= table.open[:, None]
    most = np.where(table.present, figures.responses[made.factor][:, None] - responses, 0.0)
    least = np.where(table.present, responses - 1.0, 0.0)
    moves = []
    told = np.zeros(small.shape, np.bool_)
    for row in counts:
        cells = _of(row, made.questions)
        move = _moves(table, np.maximum(most, 0.0), np.minimum(cells, least), alone=alone)
        moves.append(move)
        none = (table.open & (row[made.factor] == 0))[:, None]
        if not alone:
            total = np.zeros(table.free.shape)
            np.add.at(total, table.block, cells * (table.open | table.gone)[:, None])
            none = none | (total[table.block] == 0)
        told |= small & ~none & (move < 1.0)
    told |= small & (np.maximum(moves[0], moves[1]) < slack(minimum))
    return np.asarray(told)


def _moves(table: _Block, up: Array, down: Array, *, alone: bool) -> Array:
    """Give by how much each number can be another, less or more together.

    Each domain can pass ``up`` more answers to a question and ``down`` fewer.
    """
    open_, gone = table.open[:, None], table.gone[:, None]
    pair = np.minimum(down[:, :, None], up[:, None, :]) * open_[:, :, None]
    np.einsum("dqq->dq", pair)[:] = 0.0
    reverse = pair.transpose(0, 2, 1)
    if alone:
        return np.asarray(reverse.max(axis=2) + pair.max(axis=2))
    shape = table.free.shape
    pairs = np.zeros((*shape, shape[1]))
    np.add.at(pairs, table.block, pair)
    fewer, more = np.zeros(shape), np.zeros(shape)
    np.add.at(fewer, table.block, down * gone)
    np.add.at(more, table.block, up * gone)
    loose = np.where(table.unbound, np.inf, 0.0)
    fewer, more = (fewer + loose)[table.block], (more + loose)[table.block]
    every = pairs + table.free[:, :, None]
    given, taken = every[table.block], every[table.block].transpose(0, 2, 1)
    others_give = given - pair + np.minimum(fewer[:, :, None], more[:, None, :])
    others_take = taken - reverse + np.minimum(more[:, :, None], fewer[:, None, :])
    of_open = np.minimum(reverse, others_give).max(axis=2) + np.minimum(pair, others_take).max(axis=2)
    by_gone = fewer - down * gone + np.minimum(fewer[:, None, :], given).max(axis=2)
    by_gone += np.minimum(down, more - up * gone + np.minimum(more[:, None, :], taken).max(axis=2))
    return np.asarray(np.where(open_, of_open, by_gone))
