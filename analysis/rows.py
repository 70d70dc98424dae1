"""Rows: the estimates of a level, put together to the rows of a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index, Marks
from analysis.change import Change
from analysis.coverage import Served, coverage
from analysis.figures import Figures
from analysis.period import Period
from analysis.ratings import Domain
from analysis.rules import Rules
from analysis.standing import Standing
from analysis.summary import COLUMNS, Row
from analysis.table import Column, Table, Words
from analysis.tallies import Level, Measure

METHODS = {"process": "wilson-moderated", "transactions": "wilson-moderated-transactions"}
"""Name of the intervals' method by frame."""

_WORDS = ("against_target", "verdict", "peer_group", "grade", "certainty")
_NUMBERS = ("target", "rank_best", "rank_worst")
_CHANGES = ("change", "change_low", "change_high")


class Part(NamedTuple):
    """The rows of one measure: for which domains, and what is known by domain."""

    domain: Index
    measure: Measure
    figures: Figures
    default_pool: bool
    standing: Standing | None = None
    change: Change | None = None
    not_weighted: Marks | None = None


class Frame(NamedTuple):
    """What all rows of a level share."""

    period: Period
    revision: int
    rules: Rules
    versions: Sequence[str]
    units: Sequence[Domain]


class _Over(NamedTuple):
    """The rows of several parts: which part's domains in which order."""

    parts: Sequence[Part]
    order: Index

    def column(self, of: Literal["figures", "standing", "change"], name: str, empty: object) -> NDArray[Any]:
        """Give one column of what is known; ``empty`` stands in the rows of parts where nothing is."""
        columns = []
        for part in self.parts:
            known = getattr(part, of)
            column = np.full(len(part.domain), empty) if known is None else getattr(known, name)[part.domain]
            columns.append(column)
        return np.concatenate(columns)[self.order]

    def marks(self) -> Marks:
        """Mark the rows whose measure could not be weighted."""
        columns = [
            np.zeros(len(part.domain), np.bool_)
            if part.not_weighted is None
            else part.not_weighted[part.domain]
            for part in self.parts
        ]
        return np.concatenate(columns)[self.order]


def rows_of(level: Level, parts: Sequence[Part], served: Served, frame: Frame) -> tuple[Table[Row], Index]:
    """Give the rows of all parts in the order of their domains, and the domain of each."""
    domain = np.concatenate([np.empty(0, np.intp), *(part.domain for part in parts)])
    if not len(domain):
        return Table(Row, {}), domain
    order = np.argsort(domain, kind="stable")
    domain = domain[order]
    over = _Over(parts, order)
    measure = np.repeat(np.arange(len(parts)), [len(part.domain) for part in parts])[order]
    numbers = {
        name: over.column("figures", name, np.nan)
        for name in Figures._fields
        if name in COLUMNS and name != "versions"
    }
    single = np.array([len(part.measure.questions) == 1 for part in parts])[measure]
    numbers |= coverage(served, domain, numbers, single)
    questionnaires, versions = _versions(over.column("figures", "versions", False), frame.versions)
    marks = _marks(level, over, numbers, frame.rules)
    marks["default_pool"] = np.array([p.default_pool for p in parts])[measure] & (numbers["answers"] > 0)
    columns: dict[str, Column] = {
        **_identity(level, domain, frame),
        **numbers,
        **_compared(over),
        "measure": Words([part.measure.name for part in parts], measure),
        "questionnaire": questionnaires,
        "versions": versions,
        "status": _statuses(marks, [each.statuses for each in level.domains], domain),
    }
    return Table(Row, columns), domain


def _compared(over: _Over) -> dict[str, Column]:
    """Give the columns of standing and change."""
    found: dict[str, Column] = {name: over.column("standing", name, np.nan) for name in _NUMBERS}
    found |= {name: over.column("change", name, np.nan) for name in _CHANGES}
    for name in _WORDS:
        words, place = np.unique(over.column("standing", name, ""), return_inverse=True)
        found[name] = Words([word or None for word in words.tolist()], place)
    return found


def _marks(level: Level, over: _Over, numbers: Mapping[str, Array], rules: Rules) -> dict[str, Marks]:
    more = numbers["responses"] > numbers["served"]
    graded = over.column("standing", "grade", "") != ""
    return {
        "no_data": numbers["answers"] == 0,
        "insufficient": (numbers["responses"] > 0) & (numbers["responses"] < rules.minimum_responses),
        "degenerate_variance": over.column("figures", "degenerate", False),
        "single_day": over.column("figures", "single_day", False),
        "coverage_unknown": np.isnan(numbers["served"]) & (level.name == "unit"),
        "more_answers_than_transactions": more,
        "no_pool": over.column("standing", "no_pool", False),
        "not_distinguishable": over.column("standing", "not_distinguishable", False),
        "under_review": over.column("standing", "review", False) | (graded & more),
        "no_baseline": over.column("change", "no_baseline", False),
        "not_weighted": over.marks(),
        "version_change": over.column("change", "version_change", False),
    }


def _identity(level: Level, domain: Index, frame: Frame) -> dict[str, Column]:
    every = np.zeros(len(domain), np.intp)
    domains = level.domains
    parents = [None if each.parent is None else frame.units[each.parent].code for each in domains]
    return {
        "period": Words((frame.period.label,), every),
        "revision": np.full(len(domain), float(frame.revision)),
        "kind": Words([each.kind for each in domains], domain),
        "role": Words(("deciding" if level.name == "deciding" else "serving",), every),
        "code": Words([each.code for each in domains], domain),
        "valid_from": Words([each.valid_from and each.valid_from.isoformat() for each in domains], domain),
        "name": Words([each.name for each in domains], domain),
        "parent_code": Words(parents, domain),
        "confidence_level": np.full(len(domain), frame.rules.confidence_level),
        "method": Words((METHODS[frame.rules.frame],), every),
    }


def _versions(seen: Marks, labels: Sequence[str]) -> tuple[Words, Words]:
    """Give the questionnaires and the versions of each row."""
    found, place = np.unique(np.packbits(seen, axis=1), axis=0, return_inverse=True)
    marked = np.unpackbits(found, axis=1, count=len(labels)).tolist()
    versions = [tuple(sorted(compress(labels, marks))) for marks in marked]
    questionnaires = [";".join(sorted({label.rpartition(".v")[0] for label in each})) for each in versions]
    return Words(questionnaires, place), Words(versions, place)


def _statuses(marks: Mapping[str, Marks], of_domains: Sequence[tuple[str, ...]], domain: Index) -> Words:
    """Give the statuses of each row in order of the alphabet."""
    distinct = list(dict.fromkeys(of_domains))
    known = {statuses: number for number, statuses in enumerate(distinct)}
    codes = np.array([known[statuses] for statuses in of_domains], np.intp)[domain]
    for mark in marks.values():
        codes = codes * 2 + mark
    found, place = np.unique(codes, return_inverse=True)
    values = []
    for code in found.tolist():
        number, bits = divmod(code, 1 << len(marks))
        own = (name for bit, name in enumerate(reversed([*marks])) if bits >> bit & 1)
        values.append(tuple(sorted({*own, *distinct[number]})))
    return Words(values, place)
