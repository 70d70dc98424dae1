"""Driver: connections that are kept open ask the loopback as fast as they are answered."""

from __future__ import annotations

import asyncio
import os
import re
import time
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

CONNECTIONS = 8
HERTZ = os.sysconf("SC_CLK_TCK")
PEOPLE = cycle(range(1 << 24))
"""As many as send: who sends all that by one address is stopped."""
TOKEN = re.compile(rb'name="visit" value="([^"]+)"')


class Line:
    """One kept-open HTTP/1.1 connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> Line:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        return self

    async def ask(
        self, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        body = urlencode(form).encode() if form else b""
        head = f"{'POST' if form else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if form:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            head += f"X-Forwarded-For: 10.{'.'.join(map(str, next(PEOPLE).to_bytes(3)))}\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        named = (line.partition(b": ") for line in lines)
        headers = {name.lower(): value for name, _, value in named}
        content = await self.reader.readexactly(int(headers.get(b"content-length", b"0")))
        return int(first.split()[1]), headers, content


async def _get(port: int, path: str, until: float) -> int:
    line, done = await Line(port).open(), 0
    while time.perf_counter() < until:
        status, _, _ = await line.ask(path)
        assert status == 200
        done += 1
    return done


async def _respond(port: int, path: str, answers: dict[str, str], until: float) -> list[float]:
    """Open the form, send it, read the thanks; give how many seconds each of it took."""
    line, took = await Line(port).open(), []
    while (began := time.perf_counter()) < until:
        _, _, page = await line.ask(path)
        token = TOKEN.search(page)
        assert token is not None
        status, headers, _ = await line.ask(path, answers | {"visit": token[1].decode()})
        assert status == 303, status
        status, _, _ = await line.ask(headers[b"location"].decode())
        assert status == 200
        took.append(time.perf_counter() - began)
    return took


def requests_a_second(port: int, path: str, seconds: float) -> float:
    async def all_lines() -> int:
        until = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(_get(port, path, until) for _ in range(CONNECTIONS))))

    return asyncio.run(all_lines()) / seconds


def responses(
    port: int, path: str, answers: dict[str, str], seconds: float, connections: int = CONNECTIONS
) -> list[float]:
    """Give how many seconds each whole response took that so many connections gave one after the other."""

    async def all_lines() -> list[float]:
        until = time.perf_counter() + seconds
        lines = (_respond(port, path, answers, until) for _ in range(connections))
        return [each for took in await asyncio.gather(*lines) for each in took]

    return asyncio.run(all_lines())


def cpu_seconds(root: int) -> float:
    """Give the processor time of a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        if fields := _stat(pid):
            total += sum(int(value) for value in fields[11:15])
    return total / HERTZ


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
