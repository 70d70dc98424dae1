"""Hiding: which rows and answers of a summary must hide under a minimum, and with them which others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index, Marks
from analysis.check.complement import complemented
from analysis.check.factors import Factor, with_factors
from analysis.check.parts import parts_of, settled
from analysis.check.small_cells import unsafe_cells
from analysis.check.subjects import SUBJECT, Minimum, Subjects, figures_of
from analysis.estimate.design import starts
from analysis.summary import AnswerRow, Row
from analysis.table import Numbers, Table

_INDEX, _FACTOR, _QUESTION = "index:", "factor:", "question:"


def hidden_rows(
    rows: Table[Row], subjects: Subjects, rule: Minimum, factors: Mapping[str, str] | None
) -> Marks:
    """Mark the rows to hide: in the units above, and among the measures of each domain."""
    figures = figures_of(rows, "measure", np.nan_to_num(rows.numbers("responses")), subjects)
    if not len(rows):
        return np.zeros(0, np.bool_)
    parts = parts_of(figures)
    figures = settled(figures, parts, rule.units)
    subject = rows.numbered(SUBJECT, subjects.numbers)
    measures = _Measures(
        rows.marked("measure", lambda name: name.startswith(_INDEX)),
        rows.marked("measure", lambda name: name.startswith(_FACTOR)),
        rows.marked("measure", lambda name: name.startswith(_QUESTION)),
        subject,
    )
    made = None if factors is None else _factors(rows, subject, len(subjects.numbers), factors)
    counts = _counts(rows)
    hidden = figures.responses < figures.minimum
    before = -1
    while before != (before := int(np.count_nonzero(hidden))):
        hidden = complemented(figures, parts, rule.units, hidden, ~(measures.factor | measures.question))
        hidden |= measures.factor & measures.beside(hidden & measures.reading)
        hidden = complemented(figures, parts, rule.units, hidden, measures.factor)
        if made is None:
            below = measures.factor | measures.question
            hidden |= below & measures.beside(hidden & below)
        else:
            hidden = with_factors(figures, parts, counts, made, rule.units, hidden)
        hidden = complemented(figures, parts, rule.units, hidden, measures.question)
    # Else an index would say how many answers the hidden factor has at least.
    return hidden | measures.reading & measures.beside(hidden & measures.factor)


class _Measures(NamedTuple):
    """Which rows are of a reading of factors, a factor or a question, and the domain and role of each."""

    reading: Marks
    factor: Marks
    question: Marks
    subject: Index

    def beside(self, marks: Marks) -> Marks:
        """Mark all rows of the domains of which one is marked."""
        found = np.zeros(int(self.subject.max(initial=-1)) + 1, np.bool_)
        found[self.subject[marks]] = True
        return found[self.subject]


def _factors(rows: Table[Row], subject: Index, subjects: int, factors: Mapping[str, str]) -> list[Factor]:
    measures: Numbers = {}
    measure = rows.numbered(("measure",), measures)
    at = np.full((subjects, len(measures) + 1), -1)
    at[subject, measure] = np.arange(len(rows))
    questions: dict[str, list[int]] = {}
    for question, factor in factors.items():
        if (number := measures.get((_QUESTION + question,))) is not None:
            questions.setdefault(factor, []).append(number)
    return [
        Factor(at[:, measures.get((_FACTOR + factor,), -1)], at[:, numbers])
        for factor, numbers in questions.items()
    ]


def _counts(rows: Table[Row]) -> Array:
    """Count the answers of each sort that a row tells of: satisfied or not, the best and the worst ones."""
    answers, satisfied, very, dissatisfied = (
        np.nan_to_num(rows.numbers(name))
        for name in ("answers", "satisfied", "very_satisfied", "dissatisfied")
    )
    return np.stack(
        (satisfied, answers - satisfied, np.rint(very * answers), np.rint(dissatisfied * answers))
    )


def hidden_answers(
    answers: Table[AnswerRow], rows: Table[Row], hidden_row: Marks, subjects: Subjects, rule: Minimum
) -> Marks:
    """Mark the answers of questions whose figure must hide, or of which a cell is too small."""
    subject = answers.numbered(SUBJECT, subjects.numbers)
    questions: Numbers = {}
    question = answers.numbered(("question",), questions)
    first = starts(subject * len(questions) + question)
    if not len(first):
        return np.zeros(0, np.bool_)
    count, share = (np.nan_to_num(answers.numbers(name)) for name in ("count", "share"))
    told = (count > 0) & (share > 0)
    # A count over its share is the number of responses that answered.
    given = np.rint(count / np.where(told, share, 1.0)) * told
    at = np.minimum.reduceat(np.where(told, np.arange(len(told)), len(told) - 1), first)
    figures = figures_of(answers.take(first), "question", given[at], subjects)
    parts = parts_of(figures)
    # Those who skipped a question are counted beside its answers: they too must not be told by subtraction.
    asked = figures._replace(responses=np.add.reduceat(count, first))
    figures, asked = (settled(each, parts, rule.units) for each in (figures, asked))
    hidden = complemented(figures, parts, rule.units, figures.responses < figures.minimum)
    # What has a row of its own hides with it.
    measure = rows.marked("measure", lambda name: name.startswith(_QUESTION))
    known = rows.take(measure)
    names, place = known.words("measure")
    named = np.array([questions.get((str(name).removeprefix(_QUESTION),), -1) for name in names], np.intp)
    row = np.full((len(subjects.numbers), len(questions) + 1), -1)
    row[known.numbered(SUBJECT, subjects.numbers), named[place]] = hidden_row[measure]
    of_row = row[subject[first], question[first]]
    hidden = complemented(asked, parts, rule.units, np.where(of_row >= 0, of_row > 0, hidden))
    if rule.cells:
        hidden = unsafe_cells(figures, parts, _cells(count, first, answers), rule.cells, hidden)
    return np.repeat(hidden, np.diff(first, append=len(answers)))


def _cells(count: Array, first: Index, answers: Table[AnswerRow]) -> Array:
    """Give the counts of each question: one row, a column a choice."""
    choices: Numbers = {}
    choice = answers.numbered(("choice",), choices)
    cells = np.zeros((len(first), len(choices)))
    cells[np.repeat(np.arange(len(first)), np.diff(first, append=len(count))), choice] = count
    return cells


def hidden_shares(rows: Table[Row], subjects: Subjects, rule: Minimum, hidden: Marks) -> tuple[Marks, Marks]:
    """Mark the rows whose shares, and those whose mean score, would tell fewer answers than the minimum."""
    if not rule.cells or not len(rows):
        return hidden, hidden
    answers, satisfied, very, dissatisfied, mean = (
        rows.numbers(name)
        for name in ("answers", "satisfied", "very_satisfied", "dissatisfied", "mean_score")
    )
    very, dissatisfied, score = (np.rint(each * answers) for each in (very, dissatisfied, mean))
    good, neutral = satisfied - very, answers - satisfied - dissatisfied
    # With scores from 1 to 5 the mean tells the two worst choices apart.
    bad = score - 5 * very - 4 * good - 3 * neutral - dissatisfied
    worst = dissatisfied - bad
    cells = np.nan_to_num(np.stack((very, good, neutral, dissatisfied, bad, worst), axis=1))
    figures = figures_of(rows, "measure", np.nan_to_num(rows.numbers("responses")), subjects)
    shares = unsafe_cells(figures, parts_of(figures), cells, rule.cells, hidden)
    others = answers - satisfied
    fewest = np.maximum(0.0, score - 4 * satisfied - 3 * others)
    most = np.minimum(satisfied, score - 4 * satisfied - others)
    return shares, shares & (fewest >= most)


def hidden_flagged(rows: Table[Row], subjects: Subjects, rule: Minimum, hidden: Marks) -> Marks:
    """Mark the rows where what is said of flagged responses rests on too few of them, or on few others."""
    if not rule.flagged or not len(rows):
        return hidden
    responses, flagged = (np.nan_to_num(rows.numbers(name)) for name in ("responses", "flagged"))
    figures = figures_of(rows, "measure", responses, subjects)
    others = responses - flagged
    few = (flagged > 0) & (others > 0) & (others < rule.flagged)
    return unsafe_cells(figures, parts_of(figures), flagged[:, None], rule.flagged, hidden | few)
