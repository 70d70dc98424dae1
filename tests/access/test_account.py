from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from survey_app.access.accounts import add_account
from survey_app.access.audit import entries
from survey_app.store.engine import Database
from tests.pages import PASSWORD, Clock, PageClient, code_of, come_in, parsed, shown_key

FRESH = "một mật khẩu khác"
STEP = timedelta(seconds=30)


@pytest.fixture
def key(client: PageClient, database: Database, clock: Clock) -> str:
    """Give the key of a signed-in inspector's authenticator."""
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    return come_in(client, "kiemtra01", one_time, clock())


def again(app: Flask, clock: Clock, key: str, password: str = PASSWORD) -> PageClient:
    """Give another browser in which the same person has signed in."""
    other = app.test_client()
    assert isinstance(other, PageClient)
    clock.now += STEP
    other.sent("/sign-in", login="kiemtra01", password=password)
    assert other.sent("/sign-in/code", code=code_of(key, clock())).status_code == 303
    return other


def codes_on(client: PageClient, path: str, to: str, **fields: str) -> list[str]:
    token = parsed(client.get(path)).find(".//main//input[@name='csrf_token']").get("value")
    answer = client.post(to, data={"csrf_token": token, **fields})
    return ["".join(each.itertext()) for each in parsed(answer).findall(".//ol[@class='codes']/li")]


def done(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row.action for row in entries(connection)]


def sent(client: PageClient, to: str, **fields: str) -> int:
    token = parsed(client.get("/account")).find(".//main//input[@name='csrf_token']").get("value")
    return client.post(to, data={"csrf_token": token, **fields}).status_code


def test_password__changed_with_the_old_one__ends_other_sessions(
    client: PageClient, key: str, app: Flask, clock: Clock, database: Database
) -> None:
    other = again(app, clock, key)
    wrong = {"old": "not this one", "password": FRESH, "again": FRESH}
    assert sent(client, "/account/password", **wrong) == 422
    assert sent(client, "/account/password", old=PASSWORD, password=FRESH, again=FRESH + "x") == 422
    assert sent(client, "/account/password", old=PASSWORD, password=FRESH, again=FRESH) == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert again(app, clock, key, FRESH).get("/evaluations").status_code == 200
    assert "account.password_changed" in done(database)


def test_sessions__signed_out_everywhere__all_end(
    client: PageClient, key: str, app: Flask, clock: Clock, database: Database
) -> None:
    other = again(app, clock, key)
    assert sent(client, "/account/sign-out-everywhere") == 303
    assert client.get("/account").status_code == other.get("/account").status_code == 303
    assert done(database)[-1] == "signin.out_everywhere"


def test_recovery_codes__renewed_with_the_authenticator__let_in_once(
    client: PageClient, key: str, app: Flask, clock: Clock
) -> None:
    assert codes_on(client, "/account", "/account/recovery-codes", code="000000") == []
    clock.now += STEP
    codes = codes_on(client, "/account", "/account/recovery-codes", code=code_of(key, clock()))
    assert len(codes) == 10
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", code) for code in codes)
    other = app.test_client()
    assert isinstance(other, PageClient)
    other.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    assert other.sent("/sign-in/recovery-code", code=codes[0]).location == "/account?done=recovery"
    assert "9" in "".join(parsed(other.get("/account?done=recovery")).find(".//main").itertext())
    other.delete_cookie("session")
    other.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    assert other.sent("/sign-in/recovery-code", code=codes[0]).status_code == 422


def test_authenticator__replaced_by_whoever_has_the_old_one__old_one_and_other_sessions_end(
    client: PageClient, key: str, app: Flask, clock: Clock
) -> None:
    other = again(app, clock, key)
    clock.now += STEP
    new = shown_key(client.get("/account/second-factor"))
    assert new != key
    assert new == shown_key(client.get("/account/second-factor"))
    page, fresh = "/account/second-factor", code_of(new, clock())
    assert codes_on(client, page, page, code=code_of(key, clock()), proof=code_of(key, clock())) == []
    assert codes_on(client, page, page, code=fresh, proof="000000") == []
    assert codes_on(client, page, page, code=fresh) == []
    assert len(codes_on(client, page, page, code=fresh, proof=code_of(key, clock()))) == 10
    assert client.get("/evaluations").status_code == 200
    assert other.get("/account").status_code == 303
    clock.now += STEP
    other.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    assert other.sent("/sign-in/code", code=code_of(key, clock())).status_code == 422
    assert other.sent("/sign-in/code", code=code_of(new, clock())).status_code == 303


def test_authenticator__lost__replaced_with_two_recovery_codes(
    client: PageClient, key: str, app: Flask, clock: Clock
) -> None:
    clock.now += STEP
    codes = codes_on(client, "/account", "/account/recovery-codes", code=code_of(key, clock()))
    other = app.test_client()
    assert isinstance(other, PageClient)
    other.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    other.sent("/sign-in/recovery-code", code=codes[0])
    page = "/account/second-factor"
    new = shown_key(other.get(page))
    assert codes_on(other, page, page, code=code_of(new, clock()), proof=codes[0]) == []
    assert len(codes_on(other, page, page, code=code_of(new, clock()), proof=codes[1])) == 10


def test_head__without_second_factor__comes_in_and_may_set_one_up(
    client: PageClient, database: Database, clock: Clock, app: Flask
) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "truong01", "Cán bộ Mẫu 03", clock(), "head")
    assert come_in(client, "truong01", one_time, clock()) == ""
    page = "/account/second-factor"
    new = shown_key(client.get(page))
    assert len(codes_on(client, page, page, code=code_of(new, clock()))) == 10
    assert client.get("/account").status_code == 200
    other = app.test_client()
    assert isinstance(other, PageClient)
    assert other.sent("/sign-in", login="truong01", password=PASSWORD).location == "/sign-in/code"


def test_role_that_needs_a_second_factor__granted_in_a_session__asks_for_it_first(
    client: PageClient, database: Database, clock: Clock
) -> None:
    from survey_app.access.grants import grant

    with database.writing() as connection:
        one_time = add_account(connection, "truong01", "Cán bộ Mẫu 03", clock(), "head")
    come_in(client, "truong01", one_time, clock())
    with database.writing() as connection:
        grant(connection, "truong01", "inspector", clock())
    assert client.get("/evaluations").location == "/sign-in/second-factor"
    key = shown_key(client.get("/sign-in/second-factor"))
    client.sent("/sign-in/second-factor", code=code_of(key, clock()))
    assert client.get("/evaluations").status_code == 200


def test_sign_ins__failed_and_done__are_in_the_audit_without_what_was_typed(
    client: PageClient, key: str, database: Database, clock: Clock
) -> None:
    client.delete_cookie("session")
    for login in ("kiemtra01", "a password typed in the wrong field"):
        client.sent("/sign-in", login=login, password="wrong")
    client.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    client.sent("/sign-in/code", code="000000")
    with database.reading() as connection:
        rows = [(row.action, row.login, json.loads(row.details)) for row in entries(connection)]
    assert rows == [
        ("account.password_changed", "kiemtra01", {}),
        ("account.second_factor_set", "kiemtra01", {}),
        ("signin.ok", "kiemtra01", {"factor": "code", "how": "password"}),
        ("signin.failed", "kiemtra01", {}),
        ("signin.failed", None, {}),
        ("signin.factor_failed", "kiemtra01", {"what": "factor"}),
    ]
