"""Measures: ratios within one run, medians of several; nothing is asserted."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from survey_app.config import Settings, create_keys, load_settings
from survey_app.store.engine import open_database
from survey_app.store.upgrade import upgrade
from tests.load.driver import CONNECTIONS, cpu_seconds, requests_a_second, responses
from tests.load.filled import fill
from tests.postgresql import postgresql_server

SECONDS, TURNS = 4.0, 3
MANY = 64
"""Connections at once where many wait for a slow disk."""
SIZES = (10_000, 100_000, 1_000_000)
ANSWERS = {
    "overall": "4",
    "access": "4",
    "procedures": "3",
    "officer_attitude": "5",
    "officer_responsibility": "4",
    "officer_guidance": "4",
    "result": "5",
    "feedback": "na",
    "trips": "1",
    "extra_payment": "no",
    "stage": "result",
    "respondent": "citizen",
    "when": "now",
}


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve a WSGI application as `survey run` does; give port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(Settings().processes),
        "--blocking-threads",
        str(Settings().threads),
        "--no-log",
        application,
    ]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        time.sleep(1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def page_against_five_bytes(instance: Path, code: str) -> None:
    with (
        served("tests.load.five:application", {}) as (five, _),
        served("wsgi:application", {"SURVEY_INSTANCE": str(instance)}) as (page, _),
    ):
        ratios = []
        for _ in range(TURNS + 1):  # the first warms up
            plain = requests_a_second(five, "/", SECONDS)
            form = requests_a_second(page, f"/q/{code}", SECONDS)
            ratios.append(form / plain)
            print(f"  five bytes {plain:,.0f}/s, form {form:,.0f}/s, ratio {form / plain:.2f}", flush=True)
    print(f"form against five bytes: ratio {statistics.median(ratios[1:]):.2f} (goal 0.60 or more)")


def whole_responses(
    instance: Path, code: str, name: str, environment: dict[str, str], connections: int = CONNECTIONS
) -> None:
    """Print what whole responses cost the server, how many a second are stored, and how long they take."""
    here = {"SURVEY_INSTANCE": str(instance), "TRUSTED_PROXIES": "127.0.0.1"}
    with served("wsgi:application", here | environment) as (port, process):
        turns = []
        for _ in range(TURNS + 1):
            server, own = cpu_seconds(process), time.process_time()
            took = sorted(responses(port, f"/q/{code}", ANSWERS, SECONDS, connections))
            server, own = cpu_seconds(process) - server, time.process_time() - own
            done, last = len(took), 1000 * took[int(len(took) * 0.99)]
            turns.append((1000 * server / done, done / SECONDS, last, 1000 * own / done))
    cost, rate, last, own = (statistics.median(each) for each in zip(*turns[1:], strict=True))
    print(
        f"whole response on {name}, {connections} connections: {cost:.2f} ms of server CPU, {rate:,.0f} a "
        f"second, p99 {last:.0f} ms (the driver took {own:.2f} ms of CPU each)",
        flush=True,
    )


def slow_disk(folder: Path) -> dict[str, str] | None:
    """Give the environment in which each fsync takes 4 ms longer, None where no C compiler is."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "slow_disk.so"
    source = Path(__file__).with_name("slow_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


def evaluation(size: int, folder: Path) -> None:
    """Time `survey evaluate` as a process of its own, and the same within one."""
    instance = folder / f"evaluate-{size}"
    create_keys(instance)
    settings = load_settings(instance, {})
    database = open_database(settings.database_url)
    upgrade(database)
    fill(database, size)
    database.engine.dispose()
    command = [
        sys.executable,
        "-m",
        "survey_app",
        "--instance",
        str(instance),
        "evaluate",
        "2026-H1",
        "--out",
        str(instance / "out"),
        "--format",
        "csv",
        "--format",
        "json",
    ]
    seconds, peaks, inside = [], [], []
    for _ in range(TURNS):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0
        seconds.append(time.perf_counter() - started)
        peaks.append(usage.ru_maxrss / 1024)
        timed = subprocess.run(
            [sys.executable, "-m", "tests.load.inside", str(instance)],
            capture_output=True,
            text=True,
            check=True,
        )
        inside.append(float(timed.stdout))
    print(
        f"survey evaluate, {size:>9,} responses: {statistics.median(inside):.2f} s at work, "
        f"{statistics.median(seconds):.2f} s with start, peak {statistics.median(peaks):.0f} MB",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_keys(folder)
        settings = load_settings(folder, {})
        database = open_database(settings.database_url)
        upgrade(database)
        code = fill(database, 1_000)
        database.engine.dispose()
        page_against_five_bytes(folder, code)
        whole_responses(folder, code, "SQLite", {})
        if slow := slow_disk(folder):
            whole_responses(folder, code, "SQLite with 4 ms more for each fsync", slow, MANY)
        else:
            print("slow disk: not measured, as there is no C compiler (cc)")
        with postgresql_server(fsync="on") as address:
            database = open_database(address)
            upgrade(database)
            code = fill(database, 1_000)
            database.engine.dispose()
            whole_responses(folder, code, "PostgreSQL", {"DATABASE_URL": address})
        for size in SIZES:
            evaluation(size, folder)


if __name__ == "__main__":
    main()
