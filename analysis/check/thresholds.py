"""Thresholds: what counts as odd among the responses of a period."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.check.arrivals import ArrivalsError


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as odd.

    ``level`` is the false discovery rate over all tests of the period. Seconds: ``gap`` between two responses
    in a row, ``closing`` about closing time, ``grace`` about the opening hours, ``per_question`` for one
    question. ``presses`` is the longest row that can be; ``window`` and ``last`` are days of a burst and of
    the end of the period. A share counts as odd only from ``excess`` above what is expected: less hardly
    moves a rate.
    """

    level: float = 0.01
    excess: float = 0.05
    gap: float = 20.0
    presses: int = 5
    window: int = 3
    last: int = 10
    closing: float = 900.0
    grace: float = 1800.0
    per_question: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no threshold.

        Raises
        ------
        ArrivalsError
            If the level is not between 0 and 1 or a length is not positive.
        """
        if not 0 < self.level < 1:
            raise ArrivalsError(f"level {self.level!r}: give a fraction between 0 and 1, such as 0.01")
        for name in ("gap", "presses", "window", "last", "closing", "per_question"):
            if not getattr(self, name) > 0:
                raise ArrivalsError(f"{name} {getattr(self, name)!r}: give a number above 0")
