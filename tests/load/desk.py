"""Prints what a half-year of a province costs at the desk: snapshot, pages, package, export."""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from survey_app import create_app
from survey_app.access.accounts import add_account
from survey_app.config import create_keys, load_settings
from survey_app.evaluate.package import Wanted, make_package
from survey_app.evaluate.snapshots import make_snapshot, read_file
from survey_app.store.engine import open_database
from survey_app.store.upgrade import upgrade
from tests.load.filled import OFFICERS, UNITS, fill
from tests.pages import Clock, PageClient, come_in

RESPONSES, LABEL, LOOKS = 300_000, "2026-H1", 200
NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


def filled(instance: Path) -> None:
    """Fill a database with a province's half-year."""
    create_keys(instance)
    database = open_database(load_settings(instance, {}).database_url)
    upgrade(database)
    fill(database, RESPONSES)
    database.engine.dispose()


def measured(instance: Path, work: str) -> None:
    """Do one piece of work in a process of its own; print seconds and memory."""
    settings = load_settings(instance, {})
    database = open_database(settings.database_url)
    started = time.perf_counter()
    if work == "snapshot":
        make_snapshot(database, settings, LABEL, NOW)
    else:
        wanted = Wanted(LABEL)
        number = make_package(database, settings, instance, wanted)
    seconds = time.perf_counter() - started
    size = ""
    if work == "package":
        with database.reading() as connection:
            size = f", {len(read_file(connection, number, wanted.name) or b'') / 2**20:.1f} MB"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{work}: {seconds:.1f} s at work, peak {peak:.0f} MB{size}", flush=True)


def looked_at(instance: Path) -> None:
    """Look at pages as a signed-in inspector, within this process; print the 95th percentile of each kind."""
    clock = Clock(NOW)
    app = create_app(instance, load_settings(instance, {}), clock)
    app.test_client_class = PageClient
    with app.extensions["database"].writing() as connection:
        password = add_account(connection, "inspector01", "Thanh tra Mẫu", NOW)
    client = app.test_client()
    come_in(client, "inspector01", password, NOW)
    plain = app.test_client(use_cookies=True)
    plain._cookies = client._cookies
    rng = random.Random(1)
    kinds = {
        "period": [
            f"/evaluations/{LABEL}",
            f"/evaluations/{LABEL}?sort=rate",
            f"/evaluations/{LABEL}?q=xa+mau+1",
        ],
        "unit": [f"/evaluations/{LABEL}/units/U{n:03}" for n in range(UNITS)],
        "officer": [f"/evaluations/{LABEL}/officers/C{n}" for n in range(OFFICERS)],
        "comparison": [
            f"/evaluations/compare?left={LABEL}:U{n:03}&right={LABEL}:U{n + 1:03}" for n in range(UNITS - 1)
        ],
        "review": [f"/evaluations/{LABEL}/review"],
        "progress": [f"/evaluations/{LABEL}/progress"],
    }
    for kind, addresses in kinds.items():
        taken, statuses = [], set()
        for _ in range(LOOKS):
            started = time.perf_counter()
            statuses.add(super(PageClient, plain).open(rng.choice(addresses)).status_code)
            taken.append(time.perf_counter() - started)
        late = np.percentile(taken, 95)
        print(
            f"page {kind}: median {statistics.median(taken) * 1000:.0f} ms, "
            f"95th percentile {late * 1000:.0f} ms, "
            f"status {sorted(statuses)}",
            flush=True,
        )


def main() -> None:
    """Fill a database and print what its half-year costs."""
    names = ("numpy", "scipy", "sqlalchemy", "flask", "typst", "xlsxwriter", "python-docx")
    print(
        f"{datetime.now(UTC):%d/%m/%Y}; Python {sys.version.split()[0]}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
    )
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        filled(instance)
        for work in ("snapshot", "package"):
            subprocess.run([sys.executable, "-m", "tests.load.desk", folder, work], check=True)
        looked_at(instance)


if __name__ == "__main__":
    if sys.argv[1:]:
        measured(Path(sys.argv[1]), sys.argv[2])
    else:
        main()
