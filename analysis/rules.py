"""Rules: what is decided before a period is evaluated, and holds for every unit alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from analysis.compare.grading import BOUNDS, Minimum

Frame = Literal["process", "transactions"]
FRAMES: tuple[Frame, ...] = ("process", "transactions")


class RulesError(ValueError):
    """Rules that no evaluation can follow; the text lists all faults."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an evaluation follows; the same rules and the same tallies give the same summary.

    Parameters
    ----------
    confidence_level
        Of all intervals, and with which all ranks of a group hold at once; between 0 and 1.
    prior_df
        Weight of the peers in a design effect, in degrees of freedom.
    minimum_pool
        Fewest peers with rates between 0 and 1 from whom a design effect is estimated; None for no minimum.
    minimum_responses
        Below, a row is ``insufficient``, and is not compared with another period.
    minimum
        Least data for verdicts, ranks and grades.
    bounds
        Lowest rates of the grades medium, high and very high; no regulation fixes them.
    target
        Rate that units are held against; None for none.
    false_discovery_rate
        Share of wrong names among those called above or below that is borne with.
    frame
        What an interval speaks of: the days of the period as a sample of how the service works (``process``),
        or this period's transactions only (``transactions``; a finite population correction where the
        transactions are known). The frame is part of the method that every row names.

    Raises
    ------
    RulesError
        If a number lies outside its range or the frame is unknown.

    Examples
    --------
    >>> Rules(target=0.9).bounds
    (0.65, 0.8, 0.9)
    >>> Rules(confidence_level=95)
    Traceback (most recent call last):
    analysis.rules.RulesError: confidence_level 95: give a number between 0 and 1
    """

    confidence_level: float = 0.95
    prior_df: float = 10
    minimum_pool: int | None = 5
    minimum_responses: int = 30
    minimum: Minimum = field(default_factory=Minimum)
    bounds: tuple[float, float, float] = BOUNDS
    target: float | None = None
    false_discovery_rate: float = 0.05
    frame: Frame = "process"

    def __post_init__(self) -> None:
        """Refuse what no evaluation can follow."""
        fractions = {
            "confidence_level": self.confidence_level,
            "false_discovery_rate": self.false_discovery_rate,
            "target": self.target,
        }
        faults = [
            f"{name} {value!r}: give a number between 0 and 1"
            for name, value in fractions.items()
            if value is not None and not 0 < value < 1
        ]
        if not (0 < self.bounds[0] < self.bounds[1] < self.bounds[2] < 1):
            faults.append(f"bounds {self.bounds!r}: give three rising fractions between 0 and 1")
        if not self.prior_df > 0:
            faults.append(f"prior_df {self.prior_df!r}: give a number above 0")
        if self.frame not in FRAMES:
            faults.append(f"frame {self.frame!r}: choose one of {', '.join(FRAMES)}")
        if faults:
            raise RulesError("\n".join(faults))
