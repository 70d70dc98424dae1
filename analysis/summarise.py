"""Summarising: tallies of a period to the rows that every output prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.answers import answer_rows
from analysis.coverage import coverage
from analysis.estimate.design import Index
from analysis.estimate.moderated import Pooled
from analysis.figures import Figures, figures
from analysis.hierarchy import Members, alone, members
from analysis.layout import layout
from analysis.period import Period
from analysis.ratings import Domain
from analysis.summary import COLUMNS, AnswerRow, Pool, Row, Summary
from analysis.table import Column, Table, Words, joined
from analysis.tallies import OFFICIALS, Level, Measure, Tallies

METHOD = "wilson-moderated"


class _Options(NamedTuple):
    period: Period
    revision: int
    confidence_level: float
    prior_df: float
    minimum_pool: int | None
    minimum_responses: int


def summarise(
    tallies: Tallies,
    period: Period,
    *,
    confidence_level: float = 0.95,
    prior_df: float = 10,
    minimum_pool: int | None = 5,
    minimum_responses: int = 30,
    demo: bool = False,
    revision: int = 0,
) -> Summary:
    """Estimate every domain and measure of a period.

    Rates are satisfied answers over answers, with Wilson intervals at the effective size of a moderated
    design effect; a unit's cluster is a day of it, and a unit with units below it holds all of theirs,
    stratified by unit. Every unit has a row ``overall``, if only to say ``no_data``; other rows stand where
    there are answers, and roles are never added. What ``Domain.statuses`` says stands in each of its rows.

    Parameters
    ----------
    tallies
        What ``tally`` or ``read_tallies`` gives.
    period
        What the tallies cover.
    confidence_level
        Of all intervals.
    prior_df
        Weight of the peers in a design effect, in degrees of freedom.
    minimum_pool
        Fewest peers from whom a design effect is estimated; None for no minimum.
    minimum_responses
        Below, a row is ``insufficient``.
    demo
        Whether made-up responses are among them.
    revision
        Number of the revision of a closed period.
    """
    options = _Options(period, revision, confidence_level, prior_df, minimum_pool, minimum_responses)
    found = [_level(tallies, level, options) for level in tallies.levels]
    return Summary(
        period=period,
        rows=_in_order(tallies.levels, found),
        answers=joined(
            AnswerRow,
            (
                answer_rows(level, each.members, np.unique(each.domain), tallies.questions, period, revision)
                for level, each in zip(tallies.levels, found, strict=True)
                if level.name != "deciding"
            ),
        ),
        pools=tuple(pool for each in found for pool in each.pools),
        revision=revision,
        demo=demo,
        responses=tallies.responses,
    )


class _Level(NamedTuple):
    rows: Table[Row]
    domain: Index
    members: Members
    pools: list[Pool]


def _in_order(levels: Sequence[Level], found: Sequence[_Level]) -> Table[Row]:
    """Give the rows of units, a deciding unit's after those it has as the serving one; then of people."""
    together = joined(Row, (each.rows for each in found))
    last = max((len(level.domains) for level in levels), default=0)
    ranks = [
        each.domain if level.name in ("unit", "deciding") else np.full(len(each.domain), last)
        for level, each in zip(levels, found, strict=True)
    ]
    return together.take(np.argsort(np.concatenate(ranks), kind="stable")) if len(together) else together


class _Part(NamedTuple):
    """The rows of one measure, before they are put in order: domains and columns."""

    domain: Index
    measure: Measure
    figures: Figures
    default_pool: bool


def _level(tallies: Tallies, level: Level, options: _Options) -> _Level:
    parts_of = members(level.domains) if level.name in ("unit", "deciding") else alone(len(level.domains))
    where = layout(level, parts_of)
    responses = parts_of.total(level.responses)
    parts, pools = [], []
    tallied = [
        tally for tally in level.tallies if level.name != "officer" or tally.measure.factor == OFFICIALS
    ]
    leading = tallied[0].measure.name if tallied else ""
    listed = np.zeros(len(level.domains), np.bool_)
    of_questions: dict[object, tuple[Figures, Pooled]] = {}
    for tally in tallied:
        # A factor of one question has the figures of that question.
        same = tally.measure.questions, tally.components and tally.measure.name
        if same not in of_questions:
            of_questions[same] = figures(
                level,
                tally,
                parts_of,
                where,
                confidence_level=options.confidence_level,
                prior_df=options.prior_df,
                minimum_pool=options.minimum_pool,
            )
        found, pool = of_questions[same]
        wanted = found.answers > 0
        listed |= wanted & (tally.measure.name == leading)
        parts.append(_Part(np.flatnonzero(wanted), tally.measure, found, pool.default))
        if wanted.any():
            pools.append(Pool(level.name, tally.measure.name, *pool))
    if parts:
        missing = np.flatnonzero(~listed & ((responses > 0) | (level.name == "unit")))
        parts.insert(0, parts[0]._replace(domain=missing))
    rows, domain = _rows(tallies, level, parts_of, parts, options)
    return _Level(rows, domain, parts_of, pools)


def _rows(
    tallies: Tallies, level: Level, parts_of: Members, parts: Sequence[_Part], options: _Options
) -> tuple[Table[Row], Index]:
    domain = np.concatenate([np.empty(0, np.intp), *(part.domain for part in parts)])
    if not len(domain):
        return Table(Row, {}), domain
    order = np.argsort(domain, kind="stable")
    domain = domain[order]

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part.figures, name)[part.domain] for part in parts])[order]

    numbers = {name: column(name) for name in Figures._fields if name in COLUMNS and name != "versions"}
    single = np.repeat([len(part.measure.questions) == 1 for part in parts], [len(p.domain) for p in parts])
    numbers |= coverage(tallies, level, parts_of, domain, numbers, single[order])
    measure = np.repeat(np.arange(len(parts)), [len(part.domain) for part in parts])[order]
    questionnaires, versions = _versions(column("versions"), tallies.versions)
    marks = {
        "no_data": numbers["answers"] == 0,
        "insufficient": (numbers["responses"] > 0) & (numbers["responses"] < options.minimum_responses),
        "degenerate_variance": column("degenerate"),
        "single_day": column("single_day"),
        "default_pool": np.array([part.default_pool for part in parts])[measure] & (numbers["answers"] > 0),
        "coverage_unknown": np.isnan(numbers["served"]) & (level.name == "unit"),
        "more_answers_than_transactions": numbers["responses"] > numbers["served"],
    }
    columns: dict[str, Column] = {
        **_identity(tallies.units, level, domain, options),
        **numbers,
        "measure": Words([part.measure.name for part in parts], measure),
        "questionnaire": questionnaires,
        "versions": versions,
        "status": _statuses(marks, [each.statuses for each in level.domains], domain),
    }
    return Table(Row, columns), domain


def _identity(units: Sequence[Domain], level: Level, domain: Index, options: _Options) -> dict[str, Column]:
    every = np.zeros(len(domain), np.intp)
    domains = level.domains
    parents = [None if each.parent is None else units[each.parent].code for each in domains]
    return {
        "period": Words((options.period.label,), every),
        "revision": np.full(len(domain), float(options.revision)),
        "kind": Words([each.kind for each in domains], domain),
        "role": Words(("deciding" if level.name == "deciding" else "serving",), every),
        "code": Words([each.code for each in domains], domain),
        "valid_from": Words([each.valid_from and each.valid_from.isoformat() for each in domains], domain),
        "name": Words([each.name for each in domains], domain),
        "parent_code": Words(parents, domain),
        "confidence_level": np.full(len(domain), options.confidence_level),
        "method": Words((METHOD,), every),
    }


def _versions(seen: NDArray[np.bool_], labels: Sequence[str]) -> tuple[Words, Words]:
    """Give the questionnaires and the versions of each row."""
    found, place = np.unique(np.packbits(seen, axis=1), axis=0, return_inverse=True)
    marked = np.unpackbits(found, axis=1, count=len(labels)).tolist()
    versions = [tuple(sorted(compress(labels, marks))) for marks in marked]
    questionnaires = [";".join(sorted({label.rpartition(".v")[0] for label in each})) for each in versions]
    return Words(questionnaires, place), Words(versions, place)


def _statuses(
    marks: Mapping[str, NDArray[np.bool_]], of_domains: Sequence[tuple[str, ...]], domain: Index
) -> Words:
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
