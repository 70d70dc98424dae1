"""Workload from a plain file: transactions by month, unit, procedure and channel."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis.ratings import Workload
from analysis.tallies import Tallies
from analysis.tally_file import TallyFileError

COLUMNS = ("month", "unit", "transactions")

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def with_workload(tallies: Tallies, path: Path) -> Tallies:
    """Give tallies with the transactions of their units over all months of the file.

    Parameters
    ----------
    path
        CSV with the columns month (2026-01), unit and transactions; procedure, channel and others are left
        aside, so that rows that differ in them add up. A unit that is not in the file has no known workload.

    Raises
    ------
    TallyFileError
        If the file lacks a column, or holds a cell that cannot be read or a unit that has no tallies; all
        faults at once.
    """
    place = {unit.code: number for number, unit in enumerate(tallies.units)}
    served = np.full(len(place), np.nan)
    faults = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise TallyFileError(
                f"{path.name}: no column {', '.join(missing)}; the header needs {', '.join(COLUMNS)}"
            )
        for number, row in enumerate(reader, 2):
            found = list(_faults(row, place))
            faults += [f"{path.name} row {number}, {fault}" for fault in found]
            if not found:
                at = place[row["unit"].strip()]
                served[at] = np.nan_to_num(served[at]) + int(row["transactions"])
    if faults:
        raise TallyFileError("\n".join(faults))
    nobody = [np.full(len(level.domains), np.nan) for level in tallies.levels]
    return replace(tallies, workload=Workload(served, nobody[0], nobody[2], nobody[3]))


def _faults(row: Mapping[str, str | None], place: Mapping[str, int]) -> Iterator[str]:
    month, unit, count = ((row[name] or "").strip() for name in COLUMNS)
    if not _MONTH.fullmatch(month):
        yield f"month: {month!r}; write a month as 2026-01"
    if unit not in place:
        yield f"unit: {unit!r}; write one that stands in the tallies"
    if not (count.isascii() and count.isdigit()):
        yield f"transactions: {count!r}; write a whole number, 0 or more"
