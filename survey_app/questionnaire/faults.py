"""Faults: what is wrong in a questionnaire file, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from survey_app.questionnaire.lines import Path, line_of


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the line and the key it stands at, what was found, what to do."""

    line: int | None
    key: str
    found: str
    advice: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        if self.key:
            where.append(self.key)
        return f"{', '.join(where) or 'file'}: {self.found}. {self.advice}."


class QuestionnaireFaults(ValueError):
    """A questionnaire file cannot be used; ``faults`` are all that was found in it, in the file's order."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        self.source = source
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line or 0))
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{source}: {count}", *(f"  {fault}" for fault in self.faults)]))


@dataclass(frozen=True, slots=True)
class Report:
    """Faults collected while a file is read."""

    content: Mapping[str, object]
    places: dict[Path, int]
    faults: list[Fault] = field(default_factory=list)

    def add(self, path: Path, found: str, advice: str) -> None:
        """Note a fault at a path of the file, once."""
        fault = Fault(line_of(self.places, path), self._key(path), found, advice)
        if fault not in self.faults:
            self.faults.append(fault)

    def _key(self, path: Path) -> str:
        """Write a path with the ids and codes that an author knows, or positions from 1."""
        names: list[str] = []
        value: object = self.content
        for step in path:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            if isinstance(step, int):
                name = (value.get("id") or value.get("code")) if isinstance(value, dict) else None
                names.append(name if isinstance(name, str) else str(step + 1))
            else:
                names.append(step)
        return ".".join(names)
