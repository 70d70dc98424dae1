"""Counting: columns of answers to small tables, by histograms only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.ratings import SKIPPED, UNMAPPED, Question

Column = NDArray[np.int8] | NDArray[np.int64] | NDArray[np.float64]

CODES = -UNMAPPED
"""Columns before the choices in a table of answers: unmapped, refused, not applicable, skipped."""

_LARGEST_TABLE = 50_000_000


class Pairs(NamedTuple):
    """Distinct pairs of numbers, in order: ``of`` gives each row's pair, ``left`` and ``right`` its parts."""

    of: Index
    left: Index
    right: Index


class Counts(NamedTuple):
    """Answers to one question: ``table`` by place, flagged or not, version and code.

    ``answered`` counts the responses that took a choice, over the first three.
    """

    table: Array
    answered: Array


class Moments(NamedTuple):
    """Respondents of several questions, by place and flagged or not, and sums over them of q², qk and k²."""

    respondents: Array
    sum_q2: Array
    sum_qk: Array
    sum_k2: Array


def pairs(left: NDArray[np.integer], right: NDArray[np.integer]) -> Pairs:
    """Give numbers to the distinct pairs of two columns of numbers, 0 or more.

    Examples
    --------
    >>> pairs(np.array([2, 0, 2]), np.array([1, 5, 1])).of.tolist()
    [1, 0, 1]
    """
    size = int(right.max()) + 1 if len(right) else 1
    keys = left.astype(np.intp) * size + right
    largest = int(keys.max()) + 1 if len(keys) else 0
    if largest > _LARGEST_TABLE:
        found, of = np.unique(keys, return_inverse=True)
        return Pairs(of, found // size, found % size)
    seen = np.zeros(largest, np.bool_)
    seen[keys] = True
    found = np.flatnonzero(seen)
    number = np.zeros(largest, np.intp)
    number[found] = np.arange(len(found))
    return Pairs(number[keys], found // size, found % size)


def counts(question: Question, column: Column, group: Index, shape: tuple[int, int, int]) -> Counts:
    """Count the answers to a question by group (place, flagged, version in one number) and code.

    Skipped answers count only in versions that ask the question: those where some response did not skip it.
    """
    groups = int(np.prod(shape))
    width = CODES + len(question.choices)
    if question.kind in ("scale", "choice"):
        key = group * width
        key += column.astype(np.int8) + np.int8(CODES)
        table = np.bincount(key, minlength=groups * width).reshape(groups, width).astype(np.float64)
        answered = table[:, CODES:].sum(axis=1)
    else:
        table = np.zeros((groups, width))
        for code in range(-CODES, 0):
            table[:, code + CODES] = np.bincount(group[column == code], minlength=groups)
        answered = np.bincount(group[column >= 0], minlength=groups).astype(np.float64)
        if question.kind == "multiple":
            mask = np.maximum(column.astype(np.int64), 0)
            for choice in range(len(question.choices)):
                taken = (mask >> choice) & 1 == 1
                table[:, CODES + choice] = np.bincount(group[taken], minlength=groups)
    counted = Counts(table.reshape(*shape, width), answered.reshape(shape))
    skipped = counted.table[..., CODES + SKIPPED]
    reached = counted.table.sum(axis=(0, 1, 3)) - skipped.sum(axis=(0, 1)) + counted.answered.sum(axis=(0, 1))
    skipped[:, :, reached == 0] = 0.0
    return counted


def respondents(
    questions: Sequence[Question], columns: Sequence[Column], group: Index, groups: int
) -> tuple[NDArray[np.bool_], Moments]:
    """Say who answered any of several questions, and give the moments by group (place, flagged)."""
    base = len(questions) + 1
    q = np.zeros(len(group), np.int8)
    k = np.zeros(len(group), np.int8)
    for question, column in zip(questions, columns, strict=True):
        q += column >= 0
        k += satisfied(question, column)
    table = np.bincount(group * base**2 + (q.astype(np.intp) * base + k), minlength=groups * base**2)
    by_group = table.reshape(groups // 2, 2, base**2).astype(np.float64)
    each_q, each_k = np.divmod(np.arange(base**2), base)
    columns_of_sums = (each_q > 0, each_q * each_q, each_q * each_k, each_k * each_k)
    return q > 0, Moments(*(by_group @ column.astype(np.float64) for column in columns_of_sums))


def satisfied(question: Question, column: Column) -> NDArray[np.bool_]:
    """Say which responses took a satisfied choice."""
    marked = [column == number for number, code in enumerate(question.choices) if code in question.satisfied]
    return reduce(np.logical_or, marked, np.zeros(len(column), np.bool_))


def by_cluster(question: Question, column: Column, cluster: Index, clusters: int) -> Array:
    """Sum by cluster: answers, satisfied, scored and score, one row each."""
    width = 1 + len(question.choices)
    key = np.multiply(np.maximum(column.astype(np.int8), np.int8(-1)) + np.int8(1), clusters, dtype=np.intp)
    key += cluster
    table = np.bincount(key, minlength=clusters * width).reshape(width, clusters)
    sums = np.zeros((4, clusters))
    for code, taken in zip(question.choices, table[1:], strict=True):
        score = question.scores.get(code)
        sums[0] += taken
        if code in question.satisfied:
            sums[1] += taken
        if score is not None:
            sums[2] += taken
            sums[3] += score * taken
    return sums


def added(values: Array | NDArray[np.bool_], label: Index, labels: int) -> Array:
    """Add up each row of ``values`` by label."""
    return np.stack([np.bincount(label, row, labels).astype(np.float64, copy=False) for row in values])


def by_domain(table: Array, domain: Index, domains: int) -> Array:
    """Add up the rows of a table by domain; rows of no domain (below 0) are left out."""
    order = np.argsort(domain, kind="stable")[np.count_nonzero(domain < 0) :]
    whole = np.zeros((domains, *table.shape[1:]))
    if len(order):
        present, first = np.unique(domain[order], return_index=True)
        whole[present] = np.add.reduceat(table[order], first, axis=0)
    return whole
