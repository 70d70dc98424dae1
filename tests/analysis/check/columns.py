"""Columns of arrivals for tests: honest domains, each with some responses a day."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.check.arrivals import Arrivals


def arrivals(domains: int = 8, days: int = 40, a_day: int = 5, **changed: Any) -> Arrivals:
    """Give responses of all domains, alike on all days; columns by name replace these."""
    size = domains * days * a_day
    domain = np.repeat(np.arange(domains), days * a_day)
    day = np.tile(np.repeat(np.arange(days), a_day), domains)
    hour = np.tile(np.arange(a_day), domains * days) + 9
    # Satisfied are four of five, but for every fifth response all.
    best = np.arange(size) % 5 == (domain + day) % 5
    columns: dict[str, Any] = {
        "domain": domain,
        "counter": domain,
        "day": 1000 + day,
        "opened": 3600.0 * hour + 60.0 * ((domain * 7 + day * 11) % 50),
        "duration": 20.0 + (np.arange(size) % 7) + domain,
        "opens": np.full(size, 8 * 3600.0),
        "closes": np.full(size, 17 * 3600.0),
        "answers": np.full(size, 5.0),
        "satisfied": np.where(best, 5.0, 4.0),
        "equal": best,
        "best": best,
        "flagged": np.zeros(size, np.bool_),
    }
    period = {"domains": domains, "first_day": 1000, "last_day": 999 + days}
    return Arrivals(**(period | columns | changed))
