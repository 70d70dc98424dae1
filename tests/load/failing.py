"""Failing: a server that is killed and runs out of disk, and lines to it that are cut at the worst moment."""

from __future__ import annotations

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

GOOD, CUT_BEFORE, CUT_DURING, NO_ANSWER = "good", "cut before", "cut during", "no answer"


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Server:
    """The web processes of an installation, which can be killed like a machine that loses its power."""

    instance: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self, largest_file: int | None = None) -> None:
        """Serve; with ``largest_file`` no file grows beyond it, as on a full disk."""

        def limited() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1",
            "--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "--http", "1", "--no-ws",
            "--log-level", "critical", "survey_app:create_app",
        ]  # fmt: skip
        with (self.instance / "log").open("a") as log:
            self.process = subprocess.Popen(
                command,
                env=os.environ | {"SURVEY_INSTANCE": str(self.instance), "PYTHONPATH": "."},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=limited,
            )
        for _ in range(600):
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=2),
            ):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start; see {self.instance / 'log'}")

    def kill(self) -> None:
        """Kill all of its processes at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            self.kills += 1


@dataclass
class Lines:
    """Lines from tablets to the server, a port each; what is wrong with them changes while they are used."""

    server_port: int
    chance: random.Random
    faults: tuple[str, ...] = (GOOD,)
    cut: dict[str, int] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    listeners: list[socket.socket] = field(default_factory=list)

    def open(self, count: int) -> None:
        """Begin to listen."""
        for _ in range(count):
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            self.listeners.append(listener)
            self.ports.append(listener.getsockname()[1])
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        for listener in self.listeners:
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            fault = self.chance.choice(self.faults)
            if fault != GOOD:
                self.cut[fault] = self.cut.get(fault, 0) + 1
            threading.Thread(target=self._carry, args=(near, fault), daemon=True).start()

    def _carry(self, near: socket.socket, fault: str) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.server_port), timeout=30)
        except OSError:
            near.close()
            return
        if fault == CUT_BEFORE:
            _end(near, far)
            return
        some = self.chance.randrange(50, 1500) if fault == CUT_DURING else None
        back = threading.Thread(target=_pump, args=(far, near, None, fault == NO_ANSWER), daemon=True)
        back.start()
        _pump(near, far, some, False)


def _pump(source: socket.socket, sink: socket.socket, most: int | None, swallow: bool) -> None:
    """Carry bytes until one side ends, or so many are carried; or read the first ones and carry none."""
    with suppress(OSError):
        while data := source.recv(65536):
            if swallow:
                break
            if most is not None and len(data) >= most:
                sink.sendall(data[:most])
                break
            most = most - len(data) if most is not None else None
            sink.sendall(data)
    _end(source, sink)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
