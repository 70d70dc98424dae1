"""Kiosk return: many kiosks come back at once after days without a line; every record must be stored.

``python -m tests.load.kiosk_return`` runs 500 tablets with 200 responses each on SQLite.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey_app.collect.kiosk_message import to_base64
from survey_app.collect.sealed import CURVE, point
from survey_app.store.responses import Response
from tests.collect.kiosk.tablet import Clocks, Tablet
from tests.load.failing import Server, free_port
from tests.load.kiosks import office_with_kiosks

BATCH = 25


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status_code: int
    json: Any


@dataclass
class Client:
    """Requests to a server over a line of its own; ``refused`` counts by status what has to be sent again."""

    port: int
    refused: dict[str, int] = field(default_factory=dict)

    def post(
        self, path: str, data: bytes = b"", headers: Mapping[str, str] | None = None, **_more: str
    ) -> Answer:
        """Send a body; an error of the line is an answer too."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("POST", path, data, {"Content-Type": "application/json", **(headers or {})})
            answer = line.getresponse()
            body = answer.read()
            if answer.status == 200:
                return Answer(200, json.loads(body))
            self._count(str(answer.status))
            return Answer(answer.status, None)
        except OSError as error:
            self._count(type(error).__name__)
            return Answer(0, None)
        finally:
            line.close()

    def _count(self, what: str) -> None:
        self.refused[what] = self.refused.get(what, 0) + 1


def come_back(tablet: Tablet) -> None:
    """Send all in batches, with the tablet's waiting after what failed."""
    failures = 0
    time.sleep(random.random())
    while tablet.held:
        if tablet.send(sorted(tablet.held)[:BATCH]).status_code == 200:
            failures = 0
        else:
            failures += 1
            time.sleep(min(4 * 2 ** (failures - 1), 300) * (0.5 + random.random()))


def main() -> None:
    """Run and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--responses", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        address = f"sqlite:///{folder / 'survey.sqlite3'}"
        database, codes = office_with_kiosks(folder, port, address, asked.devices)
        server = Server(folder, port)
        server.start()
        try:
            tablets = [_paired(port, code) for code in codes]
            for tablet in tablets:
                for _ in range(asked.responses):
                    tablet.clocks.go(0.001)
                    tablet.keep()
            began = time.monotonic()
            threads = [threading.Thread(target=come_back, args=(tablet,)) for tablet in tablets]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.monotonic() - began
        finally:
            server.kill()
        with database.reading() as connection:
            stored = connection.scalar(select(func.count()).select_from(Response))
        again: dict[str, int] = {}
        for tablet in tablets:
            for what, count in cast(Client, tablet.client).refused.items():
                again[what] = again.get(what, 0) + count
        made = asked.devices * asked.responses
        print(f"{asked.devices} kiosks with {asked.responses} responses each: {stored} of {made} stored")
        print(f"{seconds:.0f} s; sent again after {again or 'nothing'}")


def _paired(port: int, code: str) -> Tablet:
    client = Client(port)
    private = ec.generate_private_key(CURVE)
    body = json.dumps({"code": code, "key": to_base64(point(private.public_key()))}).encode()
    answer = client.post("/kiosk/pair", body)
    clocks = Clocks(wall=int(datetime.now(UTC).timestamp() * 1000))
    tablet = Tablet(cast(FlaskClient, client), answer.json["device"], private, clocks)
    assert tablet.send([]).status_code == 200
    return tablet


if __name__ == "__main__":
    main()
