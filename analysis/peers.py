"""Peers: which units are compared with which, and officers with which."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.ratings import Domain
from analysis.tallies import Level

ALIKE = {"ward": "commune"}
"""Kinds of unit that do the same work as another kind."""


def peer_groups(level: Level, units: Sequence[Domain]) -> tuple[str, ...]:
    """Give the label of each domain's peer group; empty where nobody is compared.

    Units are compared with those of their kind that stand as deep below the top, communes and wards as one
    kind; officers with those of their field of service (``Domain.peers``); counters with nobody.

    Examples
    --------
    >>> from analysis.ratings import Domain
    >>> units = (
    ...     Domain("province", "P", "P"), Domain("ward", "W", "W", parent=0),
    ...     Domain("commune", "C", "C", parent=0), Domain("commune", "D", "D", parent=2),
    ... )
    >>> import numpy as np
    >>> none = np.zeros(0, np.intp)
    >>> peer_groups(Level("unit", units, none, none, (), none, {}, {}), units)
    ('province', 'commune', 'commune', 'commune:2')
    """
    if level.name == "counter":
        return ("",) * len(level.domains)
    if level.name == "officer":
        return tuple(each.peers or each.kind for each in level.domains)
    kinds = [each.peers or ALIKE.get(each.kind, each.kind) for each in level.domains]
    depths = [_depth(each, units) for each in level.domains]
    highest = {kind: min(d for k, d in zip(kinds, depths, strict=True) if k == kind) for kind in set(kinds)}
    return tuple(
        kind if depth == highest[kind] else f"{kind}:{depth}"
        for kind, depth in zip(kinds, depths, strict=True)
    )


def _depth(domain: Domain, units: Sequence[Domain]) -> int:
    depth, parent = 0, domain.parent
    while parent is not None:
        depth, parent = depth + 1, units[parent].parent
    return depth
