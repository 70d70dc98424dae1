"""Need: how far a unit is on the way to a band, and to a rate of a given precision."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.summary import Row

RESPONSES, DAYS = 30, 8
"""What a band needs at least, as in the table of audiences."""
NEED = (RESPONSES, DAYS)
MARGIN = 0.04
"""Half of the width of the interval that a plan aims at: four points."""
Z = 1.959963984540054
"""The normal quantile of a level of 95 %."""


@dataclass(frozen=True)
class Need:
    """Responses and days of a unit, and how many responses make ±4 points at its rate and design effect."""

    responses: int
    days: int
    planned: int | None

    @classmethod
    def of(cls, row: Row) -> Need:
        """Read the need from the row of a unit."""
        planned = None
        if row.rate is not None and (row.responses or 0) >= RESPONSES:  # of fewer the rate says too little
            planned = sample_size(MARGIN, row.rate, row.design_effect or 1.0)
        return cls(row.responses or 0, row.clusters or 0, planned)

    @property
    def enough(self) -> bool:
        """Whether a band can be given."""
        return self.responses >= RESPONSES and self.days >= DAYS


def sample_size(half_width: float, rate: float, design_effect: float = 1.0) -> int:
    """Give how many answers make a Wilson interval of at most a half width, without a population's end.

    As `analysis.estimate.planning.sample_size` does for columns, which web processes do not import: it is
    the larger root of half_width² (s + z²)² = z² (rate (1 - rate) s + z² / 4) times the design effect.

    >>> [sample_size(half, 0.8) for half in (0.02, 0.03, 0.05, 0.10)]
    [1535, 682, 245, 60]
    """
    z2 = Z * Z
    half = z2 * (rate * (1 - rate) / (2 * half_width**2) - 1)
    root = half + math.sqrt(max(half * half + z2 * z2 * (1 / (4 * half_width**2) - 1), 0.0))
    return max(1, math.ceil(design_effect * root * (1 - 1e-12)))
