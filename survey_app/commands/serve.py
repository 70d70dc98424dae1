"""`survey run`: the web processes and the worker, started and ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from threading import Event

import click

from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import Settings, load_keys

PATIENCE = 60.0
"""Seconds for a process to end by itself; jobs that are cut off are done again by the next worker."""


@click.command("run")
@pass_office
def run_command(office: Office) -> None:
    """Serve the pages and do the jobs until told to stop (SIGTERM, Ctrl-C)."""
    with faults_listed():
        load_keys(office.instance, "session")
        office.database.engine.dispose()  # opened to see that its schema is this version's
        commands = {
            "web": web_command(office.settings),
            "worker": [sys.executable, "-m", "survey_app", "work"],
        }
    environment = os.environ | {"SURVEY_INSTANCE": str(office.instance.resolve())}
    click.echo(f"pages: {office.settings.base_url}/ (listening on {office.settings.listen})")
    sys.exit(run_together(commands, environment))


def web_command(settings: Settings) -> list[str]:
    """Give the command of the web processes."""
    host, _, port = settings.listen.rpartition(":")
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory",
        "--host", host.strip("[]"), "--port", port,
        "--workers", str(settings.processes), "--blocking-threads", str(settings.threads),
        "--http", "1", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "30",
        "survey_app:create_app",
    ]  # fmt: skip


def run_together(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run processes until told to stop or until one ends; give 0, or 1 if one ended by itself."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # A session of their own: Ctrl-C reaches only this process, which tells them.
    running = {
        name: subprocess.Popen(command, env=dict(environment), start_new_session=True)
        for name, command in commands.items()
    }
    ended: str | None = None
    while ended is None and not stop.wait(0.2):
        ended = next((name for name, process in running.items() if process.poll() is not None), None)
    if ended is not None:
        click.echo(f"{ended}: ended by itself ({running[ended].returncode}); stopping", err=True)
    _end(list(running.values()))
    return 0 if ended is None else 1


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
