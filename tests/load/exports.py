"""Prints what exports of responses cost: seconds at work, with the start, and memory, by size and format."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from survey_app.config import create_keys, load_settings
from survey_app.evaluate.raw.export import LIMITS, WRITERS, Form, Order, export_responses
from survey_app.store.engine import open_database
from survey_app.store.upgrade import upgrade
from tests.load.filled import fill

TURNS = 3
SIZES = (100_000, 1_000_000)
SLOW = ("xlsx", "sav")
"""Formats that are written a cell at a time: one turn tells enough."""


def at_work(instance: Path, form: Form) -> float:
    """Export in this process; give the seconds from an open database to the finished file."""
    settings = load_settings(instance, {})
    database = open_database(settings.database_url)
    if form == "parquet":
        import pyarrow.parquet  # noqa: F401  # what is imported late is not part of the work
    elif form == "xlsx":
        import xlsxwriter  # noqa: F401
    elif form == "sav":
        import pandas  # type: ignore[import-untyped]  # noqa: F401
        import pyreadstat  # noqa: F401
    started = time.perf_counter()
    export_responses(database, settings, Order("2026-H1", form), instance / f"out.{form}", datetime.now(UTC))
    return time.perf_counter() - started


def measure(instance: Path, size: int, form: Form) -> None:
    """Export some times, each in a process of its own, and print the medians."""
    inside, seconds, peaks = [], [], []
    command = [sys.executable, "-m", "tests.load.exports", str(instance), form]
    for _ in range(1 if form in SLOW else TURNS):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        inside.append(float(process.stdout.read()))
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0
        seconds.append(time.perf_counter() - started)
        peaks.append(usage.ru_maxrss / 1024)
    megabytes = (instance / f"out.{form}").stat().st_size / 2**20
    print(
        f"export of {size:>9,} responses as {form:>9}: {statistics.median(inside):6.2f} s at work, "
        f"{statistics.median(seconds):6.2f} s with start, peak {statistics.median(peaks):.0f} MB, "
        f"file {megabytes:.1f} MB",
        flush=True,
    )


def main() -> None:
    """Fill databases and print what exports of them cost."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            instance = Path(folder) / str(size)
            create_keys(instance)
            database = open_database(load_settings(instance, {}).database_url)
            upgrade(database)
            fill(database, size)
            database.engine.dispose()
            for form in WRITERS:
                if size <= LIMITS.get(form, size):
                    measure(instance, size, form)


if __name__ == "__main__":
    if sys.argv[1:]:
        instance, form = sys.argv[1:]
        print(at_work(Path(instance), form))  # type: ignore[arg-type]  # one of the formats
    else:
        main()
