"""People for the tests of the desk's pages: anybody with any role, signed in with all steps taken."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.access.accounts import add_account
from survey_app.access.grants import grant
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.evaluate.closed import add
from tests.offices import SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed


def signed_in(
    app: Flask,
    login: str,
    role: str,
    *,
    unit: str | None = None,
    officer: str | None = None,
    also: str = "",
) -> PageClient:
    """Give a browser in which a new person with a role is signed in."""
    database: Database = app.extensions["database"]
    clock: Clock = app.extensions["clock"]
    with database.writing() as connection:
        add_account(connection, login, f"Cán bộ Mẫu {login}", clock(), role, unit=unit, officer=officer)
        if also:
            grant(connection, login, also, clock())
    return come_back(app, login)


def come_back(app: Flask, login: str) -> PageClient:
    """Give another browser in which a person is signed in now."""
    database: Database = app.extensions["database"]
    clock: Clock = app.extensions["clock"]
    with database.reading() as connection:
        number, stamp = connection.execute(
            select(Account.id, Account.session_stamp).where(Account.login == login)
        ).one()
    client = app.test_client()
    assert isinstance(client, PageClient)
    with client.session_transaction() as session:
        moment = int(clock().timestamp())
        session.update({"_user_id": f"{number}.{stamp}", "factor": "code", "since": moment, "seen": moment})
    return client


def account_of(database: Database, login: str) -> int:
    """Give the number of an account."""
    with database.reading() as connection:
        number: int = connection.scalars(select(Account.id).where(Account.login == login)).one()
    return number


def answered_office(database: Database, days: int = 20, each: int = 3) -> SmallOffice:
    """Fill an empty database with a small office and its answers, and no account."""
    with database.writing() as connection:
        office = small_office(connection)
        add(connection, office, "h1", days, each, date(2026, 3, 2))
    return office


def text_of(client: PageClient, path: str) -> str:
    """Give the words of a page."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join("".join(parsed(answer).find("body").itertext()).split())


def sent(client: PageClient, page: str, path: str, **fields: str | list[str]) -> TestResponse:
    """Send a form to a path with the token of a page of ours."""
    found = parsed(client.get(page)).find(".//input[@name='csrf_token']")
    token = "" if found is None else found.get("value")
    return client.post(path, data={"csrf_token": token} | fields)
