"""Prints how many seconds an evaluation takes from an open database to finished bytes."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

from survey_app.config import load_settings
from survey_app.evaluate.evaluation import evaluate
from survey_app.evaluate.outputs import outputs
from survey_app.store.engine import open_database

LATE = ("analysis.summarise", "analysis.tally", "analysis.check.disclosure", "analysis.report")
"""What an evaluation imports only when it begins: not part of its work."""


def main(instance: Path) -> None:
    for name in LATE:
        importlib.import_module(name)
    settings = load_settings(instance, {})
    database = open_database(settings.database_url)
    started = time.perf_counter()
    outputs(evaluate(database, settings, "2026-H1"), settings, formats=("csv", "json"))
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
