"""What tests of the citizen's page share: opening it, sending it, looking at what became of it."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.store.engine import Database
from survey_app.store.responses import Flag, Response


def token(page: str) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def open_form(client: FlaskClient, code: str, **query: str) -> str:
    return token(client.get(f"/q/{code}", query_string=query).text)


def send(
    client: FlaskClient, code: str, visit: str, address: str = "203.0.113.7", **answers: str
) -> TestResponse:
    fields = {"visit": visit, "overall": "4"} | answers
    return client.post(f"/q/{code}", data=fields, environ_overrides={"REMOTE_ADDR": address})


def responses(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Response)) or 0


def flags(database: Database) -> dict[int, int]:
    """Give how many responses each rule flagged."""
    with database.reading() as connection:
        query = select(Flag.rule, func.count().label("responses")).group_by(Flag.rule)
        return {row.rule: row.responses for row in connection.execute(query)}
