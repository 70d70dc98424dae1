from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from survey_app.access.accounts import add_account, disable_account, reset_account
from survey_app.store.engine import Database
from tests.pages import PASSWORD, Clock, PageClient, code_of, come_in, parsed, shown_key


def test_sign_in_with_one_time_password_asks_for_a_new_one_first(
    client: PageClient, database: Database, clock: Clock
) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    answer = client.sent("/sign-in", login=" kiemtra01 ", password=one_time)
    assert (answer.status_code, answer.location) == (303, "/sign-in/new-password")
    assert client.get("/evaluations").location == "/sign-in/new-password"
    for password, again, told in (
        ("ngắn", "ngắn", "ít nhất 12 ký tự"),
        (PASSWORD, PASSWORD + "x", "không giống nhau"),
        ("kiemtra01 kiemtra01", "kiemtra01 kiemtra01", "không được chứa tên đăng nhập"),
    ):
        refused = client.sent("/sign-in/new-password", password=password, again=again)
        assert refused.status_code == 422
        assert told in refused.text
    answer = client.sent("/sign-in/new-password", password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/sign-in/second-factor")
    assert client.get("/evaluations").location == "/sign-in/second-factor"
    key = shown_key(client.get("/sign-in/second-factor"))
    assert client.sent("/sign-in/second-factor", code="000000").status_code == 422
    answer = client.sent("/sign-in/second-factor", code=code_of(key, clock()))
    assert len(parsed(answer).findall(".//ol[@class='codes']/li")) == 10
    assert client.get("/evaluations").status_code == 200
    assert client.get("/sign-in/new-password").location == "/sign-in"
    assert client.get("/sign-in/second-factor").location == "/sign-in"


def test_sign_in_with_wrong_password_says_the_same_as_with_unknown_login(inspector: PageClient) -> None:
    inspector.delete_cookie("session")
    told = {
        inspector.sent("/sign-in", login=login, password="not the password").text.replace(login, "")
        for login in ("kiemtra01", "kiemtra99")
    }
    assert len({page.split('role="alert"')[1].split("</p>")[0] for page in told}) == 1


def test_sign_in_after_many_failures_must_wait_and_then_works(
    inspector: PageClient, app: Flask, clock: Clock
) -> None:
    visitor = app.test_client()
    assert isinstance(visitor, PageClient)
    for _ in range(5):
        assert visitor.sent("/sign-in", login="kiemtra01", password="wrong").status_code == 422
    slowed = visitor.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    assert slowed.status_code == 429
    assert slowed.headers["Retry-After"] == "1"
    assert "giây" in slowed.text
    assert visitor.sent("/sign-in", login="kiemtra02", password="wrong").status_code == 422
    clock.now += timedelta(seconds=1)
    assert visitor.sent("/sign-in", login="kiemtra01", password=PASSWORD).status_code == 303


def test_sign_in_without_the_pages_token_is_refused(client: PageClient) -> None:
    assert client.post("/sign-in", data={"login": "a", "password": "b"}).status_code == 400


def test_step_sent_without_the_pages_token_is_refused(
    client: PageClient, database: Database, clock: Clock
) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    client.sent("/sign-in", login="kiemtra01", password=one_time)
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert client.post("/sign-in/new-password", data=fields).status_code == 400
    client.sent("/sign-in/new-password", **fields)
    key = shown_key(client.get("/sign-in/second-factor"))
    assert client.post("/sign-in/second-factor", data={"code": code_of(key, clock())}).status_code == 400


def test_session_lasts_twelve_hours_however_busy(inspector: PageClient, clock: Clock) -> None:
    for _ in range(14):
        clock.now += timedelta(minutes=51)
        assert inspector.get("/evaluations").status_code == 200
    clock.now += timedelta(minutes=6)
    assert inspector.get("/evaluations").location == "/sign-in?next=/evaluations"


def test_session_ends_after_an_hour_without_a_page(inspector: PageClient, clock: Clock) -> None:
    for _ in range(2):
        clock.now += timedelta(minutes=59)
        assert inspector.get("/evaluations").status_code == 200
    clock.now += timedelta(minutes=60)
    assert inspector.get("/evaluations").status_code == 303


def test_sign_in_halfway_ends_after_an_hour_too(client: PageClient, database: Database, clock: Clock) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    client.sent("/sign-in", login="kiemtra01", password=one_time)
    clock.now += timedelta(minutes=60)
    assert client.get("/sign-in/new-password").location == "/sign-in"


def test_session_begins_anew_with_the_sign_in(client: PageClient, database: Database, clock: Clock) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    client.get("/sign-in?lang=en")
    with client.session_transaction() as session:
        session["planted"] = "by somebody"
        token = session["csrf_token"]
    come_in(client, "kiemtra01", one_time, clock())
    with client.session_transaction() as session:
        assert session["language"] == "en"
        assert "planted" not in session
        assert session["csrf_token"] != token
        assert "_id" not in session


def test_session_keeps_nothing_of_address_and_browser(inspector: PageClient) -> None:
    with inspector.session_transaction() as session:
        assert set(session) == {"_user_id", "since", "seen", "how", "factor", "csrf_token"}


@pytest.mark.parametrize("change", [reset_account, disable_account])
def test_session_of_an_account_that_changed_ends(
    inspector: PageClient, database: Database, clock: Clock, change: object
) -> None:
    assert callable(change)
    with database.writing() as connection:
        change(connection, "kiemtra01", clock())
    assert inspector.get("/evaluations").status_code == 303


def test_session_cookie_is_kept_from_scripts_and_other_sites(client: PageClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_sign_out_ends_the_session(inspector: PageClient) -> None:
    tree = parsed(inspector.get("/evaluations"))
    token = tree.findall(".//form[@action='/sign-out']/input")[0].get("value")
    assert inspector.get("/sign-out").status_code == 405
    assert inspector.post("/sign-out").status_code == 400
    inspector.post("/sign-out", data={"csrf_token": token})
    assert inspector.get("/evaluations").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/evaluations/2026-H1?unit=X", "/evaluations/2026-H1?unit=X"),
        ("https://elsewhere.example/", "/evaluations"),
        ("//elsewhere.example/", "/evaluations"),
        ("/\\elsewhere.example", "/evaluations"),
        ("/\t/elsewhere.example", "/evaluations"),
    ],
)
def test_sign_in_leads_only_to_pages_of_this_site(inspector: PageClient, wanted: str, leads_to: str) -> None:
    answer = inspector.get("/sign-in", query_string={"next": wanted})
    assert answer.location == leads_to


def test_page_for_inspectors_tells_an_account_without_the_role(
    client: PageClient, database: Database, clock: Clock
) -> None:
    with database.writing() as connection:
        one_time = add_account(connection, "nguoikhac", "Cán bộ Mẫu 02", clock(), role="head")
    come_in(client, "nguoikhac", one_time, clock())
    assert client.get("/account").status_code == 200
    assert client.get("/evaluations").status_code == 403
