from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_app.commands.serve import web_command
from survey_app.config import Settings, create_keys
from survey_app.store.engine import Database


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path, port: int, database: Database, database_url: str) -> dict[str, str]:
    create_keys(tmp_path)
    return os.environ | {
        "SURVEY_INSTANCE": str(tmp_path),
        "DATABASE_URL": database_url,
        "LISTEN": f"127.0.0.1:{port}",
        "PROCESSES": "1",
        "THREADS": "2",
    }


@pytest.fixture
def running(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "survey_app", "run"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for(lambda: answers(port, "/health/ready"))
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


def children(of: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(after_name[1]) == of:
            found.append(int(stat.parent.name))
    return sorted(found)


def test_run_serves_pages_and_ends_both_when_told(running: subprocess.Popen[str], port: int) -> None:
    assert answers(port, "/sign-in")
    started = children(running.pid)
    assert len(started) == 2
    running.send_signal(signal.SIGTERM)
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 0, output
    assert f"listening on 127.0.0.1:{port}" in output
    assert not any(Path(f"/proc/{child}").exists() for child in started)


def test_run_ends_with_a_fault_when_one_of_both_dies(running: subprocess.Popen[str], port: int) -> None:
    worker = children(running.pid)[-1]
    os.kill(worker, signal.SIGKILL)
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "ended by itself" in output
    assert not answers(port, "/health/live")


def test_web_command_listens_where_the_settings_say() -> None:
    command = web_command(Settings(listen="[::1]:8080", processes=3, threads=5))
    assert command[command.index("--host") + 1] == "::1"
    assert command[command.index("--port") + 1] == "8080"
    assert command[command.index("--workers") + 1] == "3"
    assert command[command.index("--blocking-threads") + 1] == "5"
