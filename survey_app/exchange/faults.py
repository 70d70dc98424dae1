"""Faults: what is wrong in an imported file, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

LISTED = 200
"""How many faults are written out; of the others the number is told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. ``row`` counts as a spreadsheet does: the header is row 1."""

    file: str
    row: int | None
    column: str | None
    found: str
    remedy: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.found}; {self.remedy}"


class ImportFaults(ValueError):
    """A file cannot be stored; ``faults`` are all that was found in it, in the order of its rows."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row or 0))
        lines = [str(fault) for fault in self.faults[:LISTED]]
        if len(self.faults) > LISTED:
            lines.append(f"… and {len(self.faults) - LISTED} more faults")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a file, collected while it is read."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, row: int | None, column: str | None, found: str, remedy: str) -> None:
        """Note a fault."""
        self.found.append(Fault(self.file, row, column, found, remedy))

    def refuse(self) -> None:
        """Raise ImportFaults if there are any."""
        if self.found:
            raise ImportFaults(self.found)
