"""Findings: what in the stored responses of a period looks odd, by unit and by officer, with the evidence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from analysis.check.arrivals import Arrivals
from analysis.ratings import NOBODY, Domain, Question, Ratings
from analysis.report.tables import neutral
from survey_app.evaluate.reading import Reading
from survey_app.evaluate.times import Times, read_times

SEED = 1
"""Of the scans: the same responses give the same findings."""

LEVELS = ("unit", "officer")
REPLICATES = 199
"""Of the scans that a bound does not settle: with thousands of tests no simulated p value is small enough."""


@dataclass(frozen=True)
class Finding:
    """One odd indicator of one unit or officer: what it rests on, what was found and what is usual.

    ``value`` and ``expected`` are in the unit of the indicator (a share, a count, seconds, bits), ``q`` is
    None of a hard check. ``rate_without`` is the leading rate if none of ``responses`` counted, which are
    the numbers of those that the indicator points to.
    """

    level: str
    kind: str
    code: str
    name: str
    parent_code: str | None
    indicator: str
    n: int
    value: float
    expected: float | None
    q: float | None
    rate: float | None
    rate_without: float | None
    responses: tuple[int, ...]


COLUMNS = (
    *("level", "kind", "code", "name", "parent_code", "indicator"),
    *("n", "value", "expected", "q", "rate", "rate_without", "responses"),
)


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """Give ``findings.csv``: a row a finding; ``responses`` says how many it points to, not which."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for each in findings:
        shown = {name: getattr(each, name) for name in COLUMNS} | {"responses": len(each.responses)}
        writer.writerow(
            neutral(value)
            if isinstance(value, str)
            else f"{value:.12g}"
            if isinstance(value, float)
            else value
            for value in shown.values()
        )
    return file.getvalue().encode("utf-8-sig")


def find(connection: Connection, reading: Reading, zone: ZoneInfo) -> tuple[Finding, ...]:
    """Look at the responses of a reading for the signs of `analysis.integrity`, units first.

    Nothing is proved by them, and nothing is left out because of them: people review.
    """
    ratings = reading.ratings
    if not ratings.responses:
        return ()
    times = read_times(connection, reading, zone)
    return tuple(finding for level in LEVELS for finding in _of_level(level, reading, times))


def _of_level(level: str, reading: Reading, times: Times) -> Iterator[Finding]:
    from analysis.check.integrity import integrity

    ratings = reading.ratings
    domains, domain = (
        (ratings.units, ratings.unit) if level == "unit" else (ratings.officers, ratings.officer)
    )
    if not np.any(domain >= 0):
        return
    found = integrity(_arrivals(level, ratings, domains, domain, times), seed=SEED, replicates=REPLICATES)
    given, good = _leading(level, ratings)
    own = _indices(domain, len(domains))
    for row, of in zip(*np.nonzero(found.flagged), strict=True):
        points = found.points[row][own[of]]
        yield Finding(
            level=level,
            kind=domains[of].kind,
            code=domains[of].code,
            name=domains[of].name,
            parent_code=_parent(domains[of], ratings),
            indicator=found.indicators[row],
            n=int(found.n[row, of]),
            value=float(found.value[row, of]),
            expected=_known(found.expected[row, of]),
            q=_known(found.q[row, of]),
            rate=_rate(given, good, own[of]),
            rate_without=_rate(given, good, own[of][~points]),
            responses=tuple(reading.numbers[own[of][points]].tolist()),
        )


def _arrivals(
    level: str, ratings: Ratings, domains: Sequence[Domain], domain: NDArray[np.int32], times: Times
) -> Arrivals:
    scales = [each for each in ratings.questions if each.rated and each.kind == "scale"]
    given = (
        np.stack([_codes(ratings, each) for each in scales]) if scales else np.zeros((0, ratings.responses))
    )
    answered = given >= 0
    answers = answered.sum(axis=0).astype(np.float64)
    lowest = np.where(answered, given, np.iinfo(np.int16).max).min(axis=0, initial=np.iinfo(np.int16).max)
    highest = given.max(axis=0, initial=-1)
    best = np.array([len(each.choices) - 1 for each in scales]).reshape(-1, 1)
    workload = ratings.workload
    served = None
    if workload is not None:
        served = workload.unit_served if level == "unit" else workload.officer_served
    groups = [each.peers or each.kind for each in domains]
    return Arrivals(
        domains=len(domains),
        first_day=int(ratings.day.min()),
        last_day=int(ratings.day.max()),
        domain=domain.astype(np.intp),
        counter=ratings.counter.astype(np.intp),
        day=ratings.day.astype(np.intp),
        opened=times.opened,
        duration=times.duration,
        opens=times.opens,
        closes=times.closes,
        answers=answers,
        satisfied=_satisfied(ratings, scales),
        equal=(answers > 1) & (lowest == highest),
        best=(answers > 0) & (answered <= (given == best)).all(axis=0),
        flagged=ratings.flagged,
        peers=np.unique(groups, return_inverse=True)[1].astype(np.intp),
        served=served,
        choices=_choices(given.astype(np.intp), domain, len(domains)),
    )


def _choices(given: NDArray[np.intp], domain: NDArray[np.int32], domains: int) -> NDArray[np.float64]:
    """Count the answers of each domain by choice."""
    most = int(given.max(initial=0)) + 1
    counts = np.zeros(domains * most)
    for codes in given:
        kept = (codes >= 0) & (domain >= 0)
        counts += np.bincount(domain[kept] * most + codes[kept], minlength=domains * most)
    return counts.reshape(domains, most)


def _codes(ratings: Ratings, question: Question) -> NDArray[np.int16]:
    return np.asarray(ratings.answers[question.id], np.int16)


def _satisfied(ratings: Ratings, scales: Sequence[Question]) -> NDArray[np.float64]:
    total = np.zeros(ratings.responses)
    for question in scales:
        good = np.array([code in question.satisfied for code in question.choices])
        codes = _codes(ratings, question)
        total += (codes >= 0) & good[np.maximum(codes, 0)]
    return total


def _leading(level: str, ratings: Ratings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count answers and satisfied ones to the questions that the level leads with."""
    led = [
        each
        for each in ratings.questions
        if each.rated and (each.headline if level == "unit" else each.factor == "officials")
    ]
    given = sum(
        ((_codes(ratings, each) >= 0).astype(np.float64) for each in led), np.zeros(ratings.responses)
    )
    return given, _satisfied(ratings, led)


def _indices(domain: NDArray[np.int32], domains: int) -> list[NDArray[np.intp]]:
    """Give the places of the responses of each domain."""
    order = np.argsort(domain, kind="stable")
    ends = np.searchsorted(domain[order], np.arange(domains + 1))
    return [order[first:last] for first, last in pairwise(ends)]


def _rate(given: NDArray[Any], good: NDArray[Any], of: NDArray[np.intp]) -> float | None:
    answers = float(given[of].sum())
    return float(good[of].sum()) / answers if answers else None


def _parent(domain: Domain, ratings: Ratings) -> str | None:
    return None if domain.parent in (None, NOBODY) else ratings.units[domain.parent or 0].code


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
