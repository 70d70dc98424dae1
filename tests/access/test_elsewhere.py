"""Sign-in by a provider: a real one, on a port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import requests
from flask import Flask
from sqlalchemy import select

from survey_app import create_app
from survey_app.access.accounts import add_account, disable_account
from survey_app.config import ConfigFaults, Settings, create_keys
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.pages import PASSWORD, Clock, PageClient, code_of, come_in

EMAIL = "kiemtra01@nghean.example"
USERS = (
    {"sub": "s1", "email": EMAIL.upper(), "email_verified": True},
    {"sub": "s2", "email": EMAIL, "email_verified": False},
    {"sub": "s3", "email": "nobody@nghean.example", "email_verified": True},
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Give the address of a provider that knows three people, served by a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "localhost", "--port", str(port)]
    for user in USERS:
        command += ["--user-claims", json.dumps(user)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet, env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"})
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            with suppress(requests.RequestException):
                requests.get(f"{address}/.well-known/openid-configuration", timeout=2)
                break
            time.sleep(0.1)
        else:
            pytest.fail("the provider did not start")
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def settings(database_url: str, issuer: str) -> Settings:
    return Settings(
        database_url=database_url, oidc_issuer=issuer, oidc_client_id="desk", oidc_name="Cổng của tỉnh"
    )


@pytest.fixture
def app(database: Database, settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    made = application(tmp_path, settings, clock)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def one_time(database: Database, clock: Clock) -> str:
    with database.writing() as connection:
        return add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock(), email=EMAIL)


def application(folder: Path, settings: Settings, clock: Clock) -> Flask:
    create_keys(folder)
    (folder / "secrets" / "oidc.secret").write_text("a secret\n")
    made = create_app(folder, settings, clock)
    made.testing = True
    made.test_client_class = PageClient
    return made


def browser(app: Flask) -> PageClient:
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


def confirmed(client: PageClient, sub: str, wanted: str = "") -> str:
    """Go to the provider, sign in there as somebody, and give the address that it leads back to."""
    answer = client.get("/sign-in/elsewhere", query_string={"next": wanted} if wanted else {})
    assert answer.status_code == 303, answer.text
    assert answer.location is not None
    back = requests.post(answer.location, data={"sub": sub}, allow_redirects=False, timeout=10)
    parts = urlsplit(back.headers["Location"])
    assert parts.netloc == "127.0.0.1:8000"
    return f"{parts.path}?{parts.query}"


def accounts(database: Database) -> list[str | None]:
    with database.reading() as connection:
        return list(connection.scalars(select(Account.subject).order_by(Account.id)))


def test_start__provider_set__asks_it_nothing(tmp_path: Path, clock: Clock) -> None:
    nowhere = Settings(oidc_issuer="http://localhost:1", oidc_client_id="desk", database_url="sqlite:////x")
    assert application(tmp_path, nowhere, clock).extensions["provider"] is not None
    (tmp_path / "secrets" / "oidc.secret").unlink()
    with pytest.raises(ConfigFaults, match=r"oidc\.secret"):
        create_app(tmp_path, nowhere)


def test_way_there__carries_state_nonce_and_pkce(app: Flask) -> None:
    client = browser(app)
    assert "Cổng của tỉnh" in client.get("/sign-in").text
    asked = [parse_qs(urlsplit(client.get("/sign-in/elsewhere").location or "").query) for _ in range(2)]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/elsewhere/back"]
    with client.session_transaction() as session:
        assert sum(name.startswith("_state_") for name in session) == 1


def test_verified_email__first_time__ties_the_subject_and_asks_for_the_second_factor(
    app: Flask, database: Database, one_time: str, clock: Clock, issuer: str
) -> None:
    key = come_in(browser(app), "kiemtra01", one_time, clock())
    client = browser(app)
    back = confirmed(client, "s1", "/evaluations/2026-H1")
    assert client.get(back).location == "/sign-in/code"
    assert accounts(database) == [f"{issuer}|s1"]
    clock.now = clock.now.replace(minute=clock.now.minute + 1)
    answer = client.sent("/sign-in/code", code=code_of(key, clock()))
    assert answer.location == "/evaluations/2026-H1"
    assert client.get("/evaluations").status_code == 200
    assert client.get(back).status_code == 400  # the same answer a second time


def test_provider__may_replace_the_second_factor(
    tmp_path: Path, database: Database, settings: Settings, clock: Clock, one_time: str
) -> None:
    app = application(tmp_path, msgspec.structs.replace(settings, oidc_replaces_second_factor=True), clock)
    client = browser(app)
    assert client.get(confirmed(client, "s1")).location == "/evaluations"
    assert client.get("/evaluations").status_code == 200
    app.extensions["database"].engine.dispose()


@pytest.mark.parametrize("sub", ["s2", "s3"])
def test_person__unverified_or_unknown__told_and_no_account_made(
    app: Flask, database: Database, one_time: str, sub: str
) -> None:
    client = browser(app)
    answer = client.get(confirmed(client, sub))
    assert answer.status_code == 403
    assert accounts(database) == [None]
    assert client.get("/evaluations").status_code == 303


def test_person__tied__no_longer_known_by_the_address(app: Flask, database: Database, one_time: str) -> None:
    client = browser(app)
    client.get(confirmed(client, "s1"))
    with database.writing() as connection:
        add_account(connection, "kiemtra02", "Cán bộ Mẫu 02", app.extensions["clock"]())
    requests.put(f"{app.extensions['settings'].oidc_issuer}/users/s9",
                 json={"email": EMAIL, "email_verified": True}, timeout=10)  # fmt: skip
    assert client.get(confirmed(client, "s9")).status_code == 403


def test_account__disabled__told(app: Flask, database: Database, one_time: str, clock: Clock) -> None:
    with database.writing() as connection:
        disable_account(connection, "kiemtra01", clock())
    client = browser(app)
    answer = client.get(confirmed(client, "s1"))
    assert answer.status_code == 403
    assert client.get("/account").status_code == 303


def test_state__of_another_browser_or_none__told(app: Flask, one_time: str) -> None:
    back = confirmed(browser(app), "s1")
    for path in (back, "/sign-in/elsewhere/back", "/sign-in/elsewhere/back?state=x&code=y"):
        assert browser(app).get(path).status_code == 400


def test_code__that_the_provider_did_not_give__told(app: Flask, one_time: str) -> None:
    client = browser(app)
    state = parse_qs(urlsplit(confirmed(client, "s1")).query)["state"][0]
    assert client.get(f"/sign-in/elsewhere/back?state={state}&code=guessed").status_code == 400
    assert client.get("/account").status_code == 303


def test_person__who_declines_there__told(app: Flask) -> None:
    client = browser(app)
    client.get("/sign-in/elsewhere")
    assert client.get("/sign-in/elsewhere/back?error=access_denied").status_code == 400


def test_provider__down_or_another__told_and_password_still_works(
    tmp_path: Path, database: Database, settings: Settings, clock: Clock, one_time: str, issuer: str
) -> None:
    for wrong in ("http://localhost:1", issuer + "/"):
        app = application(tmp_path, msgspec.structs.replace(settings, oidc_issuer=wrong), clock)
        client = browser(app)
        assert client.get("/sign-in/elsewhere").status_code == 503
        app.extensions["database"].engine.dispose()
    assert client.sent("/sign-in", login="kiemtra01", password=one_time).status_code == 303
    assert client.sent("/sign-in/new-password", password=PASSWORD, again=PASSWORD).status_code == 303
    app.extensions["database"].engine.dispose()


def test_no_provider__no_page(tmp_path: Path, database_url: str, clock: Clock) -> None:
    app = application(tmp_path, Settings(database_url=database_url), clock)
    for path in ("/sign-in/elsewhere", "/sign-in/elsewhere/back"):
        assert browser(app).get(path).status_code == 404
    app.extensions["database"].engine.dispose()
