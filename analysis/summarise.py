"""Summarising: tallies of a period to the rows that every output prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.answers import answer_rows
from analysis.arrays import Array, Index
from analysis.change import Earlier, change, same_domains
from analysis.coverage import Served, served_of
from analysis.estimate.moderated import Pooled
from analysis.figures import Figures, figures
from analysis.hierarchy import Members, alone, members
from analysis.layout import layout
from analysis.peers import peer_groups
from analysis.period import Period
from analysis.population import of_transactions
from analysis.rows import Frame, Part, rows_of
from analysis.rules import Rules
from analysis.standing import standing
from analysis.summary import AnswerRow, Pool, Row, Summary, WeightedRow
from analysis.table import Table, joined
from analysis.tallies import OFFICIALS, Level, Tallies, Tally
from analysis.weighted import Weighted, weighted_rates

RULES = Rules()


def summarise(
    tallies: Tallies,
    period: Period,
    *,
    rules: Rules = RULES,
    previous: Tallies | None = None,
    demo: bool = False,
    revision: int = 0,
) -> Summary:
    """Estimate every domain and measure of a period.

    Rates are satisfied answers over answers, with Wilson intervals at the effective size of a moderated
    design effect; a unit's cluster is a day of it, and a unit with units below it holds all of theirs,
    stratified by unit. Every unit has a row ``overall``, if only to say ``no_data``; other rows stand where
    there are answers, and roles are never added. What ``Domain.statuses`` says stands in each of its rows.
    The row of the leading measure (``overall``; of officers ``factor:officials``) says where the domain
    stands among its peers.

    Parameters
    ----------
    tallies
        What ``tally`` or ``read_tallies`` gives.
    period
        What the tallies cover.
    rules
        What was decided beforehand.
    previous
        Tallies of the period before, of the units as they are in this one; None for no comparison.
    demo
        Whether made-up responses are among them.
    revision
        Number of the revision of a closed period.
    """
    frame = Frame(period, revision, rules, tallies.versions, tallies.units)
    found = [
        _level(tallies, level, _earlier(previous, number, level, rules), frame)
        for number, level in enumerate(tallies.levels)
    ]
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
        weighted=joined(WeightedRow, (each.weighted.rows for each in found)),
    )


class _Level(NamedTuple):
    rows: Table[Row]
    domain: Index
    members: Members
    pools: list[Pool]
    weighted: Weighted


def _in_order(levels: Sequence[Level], found: Sequence[_Level]) -> Table[Row]:
    """Give the rows of units, a deciding unit's after those it has as the serving one; then of people."""
    together = joined(Row, (each.rows for each in found))
    last = max((len(level.domains) for level in levels), default=0)
    ranks = [
        each.domain if level.name in ("unit", "deciding") else np.full(len(each.domain), last)
        for level, each in zip(levels, found, strict=True)
    ]
    return together.take(np.argsort(np.concatenate(ranks), kind="stable")) if len(together) else together


class _Measured(NamedTuple):
    tally: Tally
    figures: Figures
    pool: Pooled


def _level(tallies: Tallies, level: Level, earlier: Earlier | None, frame: Frame) -> _Level:
    parts_of = _members(level)
    measured = _measured(level, parts_of, frame.rules)
    groups = peer_groups(level, tallies.units)
    served = served_of(tallies, level, parts_of)
    parts, pools = [], []
    weighted = weighted_rates(
        tallies,
        level,
        parts_of,
        [(each.tally, each.figures) for each in measured],
        frame.period,
        frame.revision,
        frame.rules,
    )
    for place, (tally, found, pool) in enumerate(measured):
        measure = tally.measure
        leads = place == 0
        part = Part(
            np.flatnonzero(found.answers > 0),
            measure,
            _framed(found, served, frame.rules),
            pool.default,
            standing(level.name, found, groups, len(measure.questions), frame.rules) if leads else None,
            change(measure, found, earlier, frame.rules) if earlier else None,
            weighted.failed[place],
        )
        if leads:
            missing = (found.answers == 0) & ((parts_of.total(level.responses) > 0) | (level.name == "unit"))
            parts.append(part._replace(domain=np.flatnonzero(missing)))
        parts.append(part)
        if len(part.domain):
            pools.append(Pool(level.name, measure.name, *pool))
    rows, domain = rows_of(level, parts, served, frame)
    return _Level(rows, domain, parts_of, pools, weighted)


def _framed(figures: Figures, served: Served, rules: Rules) -> Figures:
    if rules.frame == "process":
        return figures
    return of_transactions(figures, served.served, rules.confidence_level)


def _members(level: Level) -> Members:
    return members(level.domains) if level.name in ("unit", "deciding") else alone(len(level.domains))


def _measured(level: Level, parts_of: Members, rules: Rules) -> list[_Measured]:
    """Estimate the measures of a level, the leading one first."""
    where = layout(level, parts_of)
    of_questions: dict[object, tuple[Figures, Pooled]] = {}
    found = []
    for tally in level.tallies:
        if level.name == "officer" and tally.measure.factor != OFFICIALS:
            continue
        # A factor of one question has the figures of that question.
        same = tally.measure.questions, tally.components and tally.measure.name
        if same not in of_questions:
            of_questions[same] = figures(
                level,
                tally,
                parts_of,
                where,
                confidence_level=rules.confidence_level,
                prior_df=rules.prior_df,
                minimum_pool=rules.minimum_pool,
            )
        found.append(_Measured(tally, *of_questions[same]))
    return found


def _earlier(previous: Tallies | None, number: int, now: Level, rules: Rules) -> Earlier | None:
    """Give what an earlier period knows of a level; nothing if it had no responses at all."""
    if previous is None:
        return None
    level = previous.levels[number]
    parts_of = _members(level)
    measured = _measured(level, parts_of, rules)
    counts: list[Array] = [parts_of.total(level.responses), *(each.figures.responses for each in measured)]
    responses: Array = np.max(counts, axis=0)  # a plain file of tallies counts them by measure only
    if not responses.any():
        return None
    return Earlier(
        same_domains(now.domains, level.domains),
        responses,
        {each.tally.measure.name: (each.tally.measure, each.figures) for each in measured},
    )
