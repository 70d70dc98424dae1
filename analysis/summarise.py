"""Summarising: tallies of a period to the rows that every output prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.answers import answer_rows
from analysis.coverage import coverage
from analysis.estimate.design import Array, Index
from analysis.figures import Figures, figures, layout
from analysis.hierarchy import Members, alone, members
from analysis.period import Period
from analysis.ratings import Domain
from analysis.summary import COLUMNS, Pool, Row, Summary
from analysis.tally import OFFICIALS, Level, Measure, Tallies

METHOD = "wilson-moderated"

_COUNTS = ("served", "offered", "responses", "answers", "satisfied", "clusters", "flagged")


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
    there are answers, and roles are never added. Status ``single_officer`` marks units and counters whose
    responses name one officer only.

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
    units: list[tuple[int, Row]] = []
    people: list[Row] = []
    answers, pools = [], []
    for level in tallies.levels:
        found = _level(tallies, level, options)
        pools.extend(found.pools)
        if level.name in ("unit", "deciding"):
            units.extend(zip(found.domain.tolist(), found.rows, strict=True))
        else:
            people.extend(found.rows)
        if level.name != "deciding":
            rows = np.unique(found.domain)
            answers.extend(answer_rows(level, found.members, rows, tallies.questions, period, revision))
    units.sort(key=itemgetter(0))
    return Summary(
        period=period,
        rows=(*(row for _, row in units), *people),
        answers=tuple(answers),
        pools=tuple(pools),
        revision=revision,
        demo=demo,
        responses=tallies.responses,
    )


class _Level(NamedTuple):
    rows: list[Row]
    domain: Index
    members: Members
    pools: list[Pool]


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
    for tally in tallied:
        found, pool = figures(
            level,
            tally,
            parts_of,
            where,
            confidence_level=options.confidence_level,
            prior_df=options.prior_df,
            minimum_pool=options.minimum_pool,
        )
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
) -> tuple[list[Row], Index]:
    domain = np.concatenate([np.empty(0, np.intp), *(part.domain for part in parts)])
    if not len(domain):
        return [], domain
    order = np.argsort(domain, kind="stable")
    domain = domain[order]

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part.figures, name)[part.domain] for part in parts])[order]

    numbers = {name: column(name) for name in Figures._fields if name in COLUMNS and name != "versions"}
    single = np.repeat([len(part.measure.questions) == 1 for part in parts], [len(p.domain) for p in parts])
    numbers |= coverage(tallies, level, parts_of, domain, numbers, single[order])
    names = np.repeat(np.arange(len(parts)), [len(part.domain) for part in parts])[order].tolist()
    columns: dict[str, Sequence[object]] = {name: _plain(name, values) for name, values in numbers.items()}
    columns |= _identity(tallies.units, level, domain.tolist(), options)
    columns["measure"] = [parts[name].measure.name for name in names]
    columns["questionnaire"], columns["versions"] = _versions(column("versions"), tallies.versions)
    marks = {
        "no_data": numbers["answers"] == 0,
        "insufficient": (numbers["responses"] > 0) & (numbers["responses"] < options.minimum_responses),
        "degenerate_variance": column("degenerate"),
        "single_day": column("single_day"),
        "default_pool": np.array([part.default_pool for part in parts])[names] & (numbers["answers"] > 0),
        "coverage_unknown": np.isnan(numbers["served"]) & (level.name == "unit"),
        "more_answers_than_transactions": numbers["responses"] > numbers["served"],
        "single_officer": _single_officer(level, parts_of)[domain],
    }
    columns["status"] = list(_statuses(marks, [level.domains[index].statuses for index in domain.tolist()]))
    rows = map(Row._make, zip(*(columns.get(name, repeat(None)) for name in COLUMNS), strict=False))
    return list(rows), domain


def _identity(
    units: Sequence[Domain], level: Level, domain: Sequence[int], options: _Options
) -> dict[str, Sequence[object]]:
    texts = [
        (
            each.kind,
            each.code,
            each.name,
            each.valid_from and each.valid_from.isoformat(),
            None if each.parent is None else units[each.parent].code,
        )
        for each in level.domains
    ]
    kind, code, name, valid_from, parent_code = zip(*(texts[index] for index in domain), strict=True)
    many = len(domain)
    return {
        "kind": kind,
        "code": code,
        "name": name,
        "valid_from": valid_from,
        "parent_code": parent_code,
        "role": ["deciding" if level.name == "deciding" else "serving"] * many,
        "period": [options.period.label] * many,
        "revision": [options.revision] * many,
        "confidence_level": [options.confidence_level] * many,
        "method": [METHOD] * many,
    }


def _plain(name: str, values: Array) -> Sequence[object]:
    """Give plain numbers, whole ones for counts, None for NaN."""
    plain = values.astype(object)
    known = ~np.isnan(values)
    if name in _COUNTS:
        plain[known] = values[known].astype(np.int64)
    plain[~known] = None
    return list(plain.tolist())


def _versions(seen: NDArray[np.bool_], labels: Sequence[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Give the questionnaires and the versions of each row."""
    known: dict[bytes, tuple[str, tuple[str, ...]]] = {}
    rows = []
    for row in np.packbits(seen, axis=1):
        key = row.tobytes()
        if key not in known:
            marked = np.unpackbits(row, count=len(labels)).tolist()
            versions = tuple(sorted(label for label, mark in zip(labels, marked, strict=True) if mark))
            ids = sorted({label.rpartition(".v")[0] for label in versions})
            known[key] = ";".join(ids), versions
        rows.append(known[key])
    return [ids for ids, _ in rows], [versions for _, versions in rows]


def _statuses(
    marks: dict[str, NDArray[np.bool_]], of_domain: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """Give the statuses of each row in order of the alphabet."""
    codes = sum(np.asarray(mark).astype(np.int64) << bit for bit, mark in enumerate(marks.values()))
    known: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = {}
    for key in zip(np.asarray(codes).tolist(), of_domain, strict=True):
        if key not in known:
            of_row = (name for bit, name in enumerate(marks) if key[0] >> bit & 1)
            known[key] = tuple(sorted({*of_row, *key[1]}))
        yield known[key]


def _single_officer(level: Level, parts_of: Members) -> NDArray[np.bool_]:
    """Say whose responses name exactly one officer, over all parts of a domain."""
    if level.name == "officer" or not len(level.officers):
        return np.zeros(len(level.domains), np.bool_)
    officers = int(level.officers[:, 1].max()) + 1
    named = np.zeros((len(level.domains), officers), np.bool_)
    named[level.officers[:, 0], level.officers[:, 1]] = True
    return np.asarray(parts_of.any(named).sum(axis=1) == 1)
