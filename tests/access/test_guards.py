"""Every route says whom it is for, and answers each role as the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey_app.access.accounts import add_account
from survey_app.access.roles import ROLES
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.pages import Clock, PageClient
from tests.test_routes import routes

TABLE = Path(__file__).with_name("guards.txt")
PEOPLE = ("nobody", *ROLES, "disabled")
WORDS = {
    "label": "2026-H1",
    "typed": "AAAAAAAA",
    "proof": "x",
    "any(csv, json, pdf):form": "csv",
    "any(xlsx, docx):form": "xlsx",
    "any(file, manifest):part": "file",
    "path:filename": "desk.css",
}
"""What stands in addresses in place of their variables; ``1`` where a variable is not named here."""


def guard_of(app: Flask, endpoint: str) -> str:
    view = app.view_functions[endpoint]
    if getattr(view, "public", False):
        return "everybody"
    if getattr(view, "step", None):
        return "halfway"
    return ",".join(sorted(view.roles)) or "signed-in" if hasattr(view, "roles") else ""


def test_every_route__states_its_guard(app: Flask) -> None:
    silent = sorted(rule.rule for rule in app.url_map.iter_rules() if not guard_of(app, rule.endpoint))
    assert silent == [], "decorate their views with required(…), for_step(…) or open_to_all"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_route__asked_by_every_role__answers_as_the_table_says(
    app: Flask, database: Database, clock: Clock
) -> None:
    clients = {person: visitor(app, database, clock, person) for person in PEOPLE}
    guards = {
        f"{method} {rule.rule}": guard_of(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set())
    }
    lines = [["route", *PEOPLE, "guard"]]
    for route in sorted(routes(app), key=lambda each: each.split(" ", 1)[::-1]):
        method, rule = route.split(" ", 1)
        address = re.sub(r"<([^>]*)>", lambda found: WORDS.get(found[1], "1"), rule)
        answers = []
        for client in clients.values():
            # No token of a page of ours comes with it: nothing that is sent may be taken.
            with client.open(address, method=method, buffered=True) as answer:
                answers.append(str(answer.status_code))
        assert method == "GET" or not any(answer.startswith("2") for answer in answers), route
        lines.append([route, *answers, guards[route]])
    found = written(lines)
    kept = TABLE.read_text(encoding="utf-8")
    assert found.splitlines() == kept.splitlines(), f"{TABLE.name} should say, if it is right:\n{found}"


def visitor(app: Flask, database: Database, clock: Clock, who: str) -> PageClient:
    """Give a browser in which somebody is signed in, all steps taken."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    if who == "nobody":
        return client
    role = ROLES[0] if who == "disabled" else who
    with database.writing() as connection:
        where = {"officer": officer(connection)} if role == "officer" else {}
        add_account(connection, who, f"Cán bộ Mẫu {who}", clock(), role, **where)
        number, stamp = connection.execute(
            select(Account.id, Account.session_stamp).where(Account.login == who)
        ).one()
        if who == "disabled":
            connection.execute(update(Account).where(Account.id == number).values(disabled_at=clock()))
    with client.session_transaction() as session:
        moment = int(clock().timestamp())
        session.update({"_user_id": f"{number}.{stamp}", "factor": "code", "since": moment, "seen": moment})
    return client


def officer(connection: object) -> str:
    from datetime import date

    from sqlalchemy import Connection, insert

    from survey_app.store.organisation import Officer, Unit

    assert isinstance(connection, Connection)
    valid = {"valid_from": date(2025, 7, 1)}
    connection.execute(insert(Unit).values(id=1, code="40", name="Tỉnh Mẫu", kind="province", **valid))
    connection.execute(insert(Officer).values(id=1, code="CB01", name="Cán bộ Mẫu 09", unit_id=1, **valid))
    return "CB01"


def written(lines: list[list[str]]) -> str:
    """Write lines in columns.

    >>> written([["a", "bb"], ["ccc", "d"]])
    'a    bb\\nccc  d\\n'
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )
