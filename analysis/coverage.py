"""Coverage: responses against the citizens served, and what those who did not answer could change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.hierarchy import Members
from analysis.tallies import Level, Tallies


class Served(NamedTuple):
    """Citizens served and invited to answer, by domain; NaN where that is not known."""

    served: Array
    offered: Array


def served_of(tallies: Tallies, level: Level, parts_of: Members) -> Served:
    """Add up the workload of each domain and its parts; known where it is of every part with responses."""
    return Served(*(_known(tallies, level, parts_of, own) for own in _workload(tallies, level)))


def coverage(
    of_domain: Served, domain: Index, numbers: Mapping[str, Array], single: NDArray[np.bool_]
) -> dict[str, Array]:
    """Give ``served``, ``offered``, ``coverage`` and the worst-case bounds of rows; NaN where not known.

    The bounds satisfied / served and (satisfied + served - answers) / served [1]_ stand for measures of a
    ``single`` question with no more answers than citizens served.

    Parameters
    ----------
    domain
        Of each row, as in ``numbers`` and ``single``.
    numbers
        Columns ``responses``, ``answers`` and ``satisfied`` of the rows.

    References
    ----------
    .. [1] Manski 1990, Am Econ Rev 80:319-323.
    """
    served, offered = (column[domain] for column in of_domain)
    responses, answers, satisfied = numbers["responses"], numbers["answers"], numbers["satisfied"]
    reached = np.where(served > 0, served, np.nan)
    bounded = single & (answers > 0) & (reached >= responses)
    return {
        "served": served,
        "offered": offered,
        "coverage": responses / reached,
        "bound_low": np.where(bounded, satisfied / reached, np.nan),
        "bound_high": np.where(bounded, (satisfied + reached - answers) / reached, np.nan),
    }


def _workload(tallies: Tallies, level: Level) -> tuple[Array, Array]:
    unknown = np.full(len(level.domains), np.nan)
    workload = tallies.workload
    if workload is None or level.name == "deciding":
        return unknown, unknown
    if level.name == "unit":
        return workload.unit_served, workload.unit_offered
    return (workload.counter_served if level.name == "counter" else workload.officer_served), unknown


def _known(tallies: Tallies, level: Level, parts_of: Members, own: Array) -> Array:
    """Add up a workload over parts; known where it is known of every part with responses or counters."""
    needed = level.responses > 0
    if level.name == "unit":
        needed[[counter.parent for counter in tallies.counters if counter.parent is not None]] = True
    lacking = parts_of.any(needed & np.isnan(own)) | ~parts_of.any(~np.isnan(own))
    return np.where(lacking, np.nan, parts_of.total(np.nan_to_num(own)))
