"""Weighted: rates of units as if each field of service had answered in its true share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.estimate.post_stratification import PostStratified, post_stratified_domains
from analysis.figures import Figures
from analysis.hierarchy import Members
from analysis.period import Period
from analysis.rules import Rules
from analysis.summary import WeightedRow
from analysis.table import Column, Table, Words, joined
from analysis.tallies import Cells, Level, Measure, Tallies, Tally


class Weighted(NamedTuple):
    """Rows of weighted rates; by measure, the domains with known fields that could not be weighted."""

    rows: Table[WeightedRow]
    failed: Sequence[NDArray[np.bool_]]


def weighted_rates(
    tallies: Tallies,
    level: Level,
    parts_of: Members,
    measured: Sequence[tuple[Tally, Figures]],
    period: Period,
    revision: int,
    rules: Rules,
) -> Weighted:
    """Post-stratify the rates of a level by field of service, if its workload tells the fields apart.

    A domain is left out where no field of it is known. One that is known and cannot be weighted (a field
    that nobody answered for and that has no neighbour, more answers than citizens) keeps its unweighted
    figures and the status ``not_weighted``. Measures that are means of rates are not weighted.
    """
    nothing = [np.zeros(len(level.domains), np.bool_)] * len(measured)
    workload = tallies.workload
    if level.cells is None or workload is None or workload.field_served is None:
        return Weighted(Table(WeightedRow, {}), nothing)
    cells = _repeated(level.cells, parts_of)
    population = _population(level, parts_of, workload.field_served)
    known = ~np.isnan(population).all(axis=1)
    parts, failed = [], []
    for tally, of_measure in measured:
        if tally.cells is None or tally.components:
            failed.append(nothing[0])
            continue
        sums = [np.asarray(column)[cells.row] for column in tally.cells]
        found = post_stratified_domains(
            sums[2],
            sums[1],
            cells.domain,
            cells.day,
            cells.field,
            population,
            respondents=sums[0],
            stratum=cells.stratum,
            prior=np.nan_to_num(of_measure.prior, nan=1.0),
            prior_df=rules.prior_df,
            confidence_level=rules.confidence_level,
        )
        shown = np.flatnonzero(known & ~np.isnan(found.rate))
        parts.append(_rows(level, shown, tally.measure, found, period, revision))
        failed.append(known & ~np.isnan(found.rate) & ~found.weighted)
    rows = joined(WeightedRow, parts)
    # Each row's code stands at the place of its domain.
    return Weighted(rows.take(np.argsort(rows.words("code").place, kind="stable")), failed)


class _Repeated(NamedTuple):
    """The cells of all domains, those of the units below too: one stratum a member."""

    row: Index
    domain: Index
    stratum: Index
    day: Index
    field: Index


def _repeated(cells: Cells, parts_of: Members) -> _Repeated:
    own = np.bincount(cells.domain, minlength=int(parts_of.whole.max(initial=-1)) + 1)
    first = np.cumsum(own) - own
    count = own[parts_of.part]
    stratum = np.repeat(np.arange(len(parts_of.part)), count)
    row = np.arange(len(stratum)) + (first[parts_of.part] - (np.cumsum(count) - count))[stratum]
    return _Repeated(row, parts_of.whole[stratum], stratum, cells.day[row], cells.field[row])


def _population(level: Level, parts_of: Members, served: Array) -> Array:
    """Add up the citizens by field; known where they are of every part with answers in that field."""
    cells = level.cells
    assert cells is not None  # the caller looked
    answered = np.zeros(served.shape, np.bool_)
    told = cells.field >= 0
    answered[cells.domain[told], cells.field[told]] = True
    lacking = parts_of.any(answered & np.isnan(served)) | ~parts_of.any(~np.isnan(served))
    return np.where(lacking, np.nan, parts_of.total(np.nan_to_num(served)))


def _rows(
    level: Level, domain: Index, measure: Measure, found: PostStratified, period: Period, revision: int
) -> Table[WeightedRow]:
    every = np.zeros(len(domain), np.intp)
    domains = level.domains
    columns: dict[str, Column] = {
        "period": Words((period.label,), every),
        "revision": np.full(len(domain), float(revision)),
        "kind": Words([each.kind for each in domains], domain),
        "role": Words(("serving",), every),
        "code": Words([each.code for each in domains], domain),
        "valid_from": Words([each.valid_from and each.valid_from.isoformat() for each in domains], domain),
        "measure": Words((measure.name,), every),
        "rate": found.rate[domain],
        "low": found.low[domain],
        "high": found.high[domain],
        "kish": found.kish[domain],
        "design_effect": found.design_effect[domain],
        "effective_n": found.effective_n[domain],
        "status": Words(((), ("not_weighted",)), np.where(found.weighted[domain], 0, 1)),
    }
    return Table(WeightedRow, columns)
