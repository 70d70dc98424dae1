"""Changes: what a revision changed, row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from analysis.report.tables import neutral

KEY = ("kind", "role", "code", "valid_from", "measure")
COMPARED = (
    "responses",
    "answers",
    "satisfied",
    "rate",
    "low",
    "high",
    "verdict",
    "grade",
    "certainty",
    "status",
)
COLUMNS = (*KEY, "name", *(f"{name}_{when}" for name in COMPARED for when in ("before", "after")))


def changed_rows(older: bytes, newer: bytes) -> list[dict[str, Any]]:
    """Give the rows of two ``summary.json`` that differ, with what stood before and after.

    A row that is in one of them alone has None on the other side.
    """
    before, after = _rows(older), _rows(newer)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        then, now = before.get(key, {}), after.get(key, {})
        pairs = {name: (_plain(then.get(name)), _plain(now.get(name))) for name in COMPARED}
        if any(left != right for left, right in pairs.values()):
            values = {f"{name}_before": left for name, (left, _) in pairs.items()}
            values |= {f"{name}_after": right for name, (_, right) in pairs.items()}
            found.append(dict(zip(KEY, key, strict=True)) | {"name": (now or then)["name"]} | values)
    return found


def changes_csv(older: bytes, newer: bytes) -> bytes:
    """Give what a revision changed as ``changes.csv``, in the form of ``summary.csv``."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for row in changed_rows(older, newer):
        writer.writerow({name: neutral(v) if isinstance(v, str) else v for name, v in row.items()})
    return file.getvalue().encode("utf-8-sig")


def _rows(summary: bytes) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = msgspec.json.decode(summary)["rows"]
    return {tuple(row[name] for name in KEY): row for row in rows}


def _plain(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else value
