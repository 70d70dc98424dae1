"""Five bytes from Flask: what the server and the framework cost by themselves."""

from __future__ import annotations

from flask import Flask

application = Flask(__name__)


@application.get("/")
def five() -> str:
    return "five\n"
