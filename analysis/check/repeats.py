"""Repeats: responses that intake flagged, against those of peers."""

from __future__ import annotations

import numpy as np

from analysis.check.arrivals import Arrivals
from analysis.check.reading import Reading, share_reading
from analysis.check.usual import usual_shares


def repeated(arrivals: Arrivals) -> Reading:
    """Read the share of responses that intake flagged against that of the peers."""
    n, x = arrivals.count(np.ones(len(arrivals.day), np.bool_)), arrivals.count(arrivals.flagged)
    return share_reading("flagged", x, n, usual_shares(x, n, arrivals.groups), arrivals.flagged)


def repeated_together(arrivals: Arrivals) -> Reading:
    """Read the share of responses that intake flagged on a day of the domain after the first one flagged.

    Where many citizens share a network, single flags are common; a source that answers again and again has
    several on a day, all of which are pointed to.
    """
    everyone = np.ones(len(arrivals.day), np.bool_)
    place = arrivals.day - arrivals.first_day
    a_day = arrivals.table(place, arrivals.days, arrivals.flagged)
    together = arrivals.flagged & (arrivals.domain >= 0) & (a_day > 1)[arrivals.domain, place]
    n, x = arrivals.count(everyone), np.maximum(a_day - 1, 0).sum(axis=1)
    return share_reading("flagged_together", x, n, usual_shares(x, n, arrivals.groups), together)
