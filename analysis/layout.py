"""Layout: the clusters of domains, those of the units below them too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Index
from analysis.hierarchy import Members
from analysis.tallies import Level


class Layout(NamedTuple):
    """The clusters of all domains of a level, those of the units below too: one stratum a member."""

    cluster: Index
    stratum: Index
    domain: Index


def layout(level: Level, members: Members) -> Layout:
    """Lay out each domain's clusters: its own and those of its parts."""
    own = np.bincount(level.domain, minlength=len(level.domains))
    first = np.cumsum(own) - own
    count = own[members.part]
    stratum = np.repeat(np.arange(len(members.part)), count)
    offset = first[members.part] - (np.cumsum(count) - count)
    return Layout(np.arange(len(stratum)) + offset[stratum], stratum, members.whole[stratum])
