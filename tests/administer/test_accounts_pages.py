from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.access.grants import grants_of
from survey_app.store.accounts import Account, AuditEntry
from survey_app.store.engine import Database
from tests.evaluate.people import account_of, answered_office, sent, signed_in, text_of
from tests.pages import Clock, PageClient, come_in, parsed

ADMIN = "/admin/accounts"


@pytest.fixture
def admin(app: Flask, database: Database) -> PageClient:
    answered_office(database, days=1)
    return signed_in(app, "quantri01", "administrator")


def roles(database: Database, clock: Clock, login: str) -> list[tuple[str, str | None]]:
    with database.reading() as connection:
        number = connection.scalars(select(Account.id).where(Account.login == login)).one()
        found = grants_of(connection, number, clock().date())
    return [(each.role, each.unit_code or each.officer_code) for each in found]


def actions(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_accounts__added__password_shown_once_opens_the_door(
    admin: PageClient, app: Flask, database: Database, clock: Clock
) -> None:
    answer = sent(admin, ADMIN, ADMIN, login="TRUONG01", name="Cán bộ Mẫu 07", role="head", unit="01")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    password = parsed(answer).findtext(".//code[@id='password']")
    assert password not in admin.get(ADMIN).text
    assert password not in admin.get(f"{ADMIN}/truong01").text
    assert roles(database, clock, "truong01") == [("head", "01")]
    assert actions(database) == ["account.added"]
    visitor = app.test_client()
    assert isinstance(visitor, PageClient)
    come_in(visitor, "truong01", password, clock())
    assert visitor.get("/evaluations/mine").status_code == 200


def test_accounts__faulty__are_refused_in_words_and_nothing_is_stored(
    admin: PageClient, database: Database
) -> None:
    good = {"login": "canbo07", "name": "Cán bộ Mẫu 07", "role": "inspector"}
    page = f"{ADMIN}?lang=en"
    for fields, words in (
        ({"login": "quantri01"}, "This login is taken"),
        ({"login": "x"}, "A login has 2 to 60 letters"),
        ({"name": " "}, "Write the person"),
        ({"email": "nowhere"}, "This is no mail address"),
        ({"role": "king"}, "Choose a role"),
        ({"role": "officer"}, "Write the code of the officer"),
        ({"role": "officer", "officer": "C99"}, "No officer has this code"),
        ({"role": "administrator", "unit": "01"}, "An administrator has no unit"),
        ({"unit": "X9"}, "No unit has this code"),
    ):
        answer = sent(admin, page, ADMIN, **(good | fields))
        assert answer.status_code == 422, fields
        assert words in answer.text, fields
    with database.reading() as connection:
        assert list(connection.scalars(select(Account.login))) == ["quantri01"]
    assert actions(database) == []


def test_grants__added_and_taken__are_audited(
    app: Flask, admin: PageClient, database: Database, clock: Clock
) -> None:
    signed_in(app, "canbo01", "officer", officer="C1")
    one = f"{ADMIN}/canbo01"
    assert sent(admin, one, f"{one}/grants", role="head", unit="01").status_code == 303
    assert sent(admin, one, f"{one}/grants", role="head", unit="01").status_code == 422
    assert roles(database, clock, "canbo01") == [("officer", "C1"), ("head", "01")]
    assert sent(admin, one, f"{one}/grants/revoke", role="officer", officer="C1").status_code == 303
    assert sent(admin, one, f"{one}/grants/revoke", role="officer", officer="C1").status_code == 422
    assert roles(database, clock, "canbo01") == [("head", "01")]
    assert actions(database) == ["account.granted", "account.revoked"]


def test_reset__second_factor_and_sessions__end(app: Flask, admin: PageClient, database: Database) -> None:
    other = signed_in(app, "kiemtra01", "inspector")
    assert other.get("/evaluations").status_code == 200
    answer = sent(admin, f"{ADMIN}/kiemtra01", f"{ADMIN}/kiemtra01/reset")
    assert answer.status_code == 200
    assert parsed(answer).findtext(".//code[@id='password']")
    assert other.get("/evaluations").status_code == 303
    with database.reading() as connection:
        assert connection.scalar(select(Account.second_factor).where(Account.login == "kiemtra01")) is None
    assert sent(admin, ADMIN, f"{ADMIN}/nobody/reset").status_code == 404
    assert actions(database) == ["account.reset"]


def test_disable__another__ends_their_sessions_and_not_ones_own(app: Flask, admin: PageClient) -> None:
    other = signed_in(app, "kiemtra01", "inspector")
    assert sent(admin, f"{ADMIN}/kiemtra01", f"{ADMIN}/kiemtra01/disable").status_code == 303
    assert other.get("/evaluations").status_code == 303
    assert "disabled" in text_of(admin, f"{ADMIN}?lang=en")
    assert sent(admin, f"{ADMIN}/quantri01", f"{ADMIN}/quantri01/disable").status_code == 422


def test_email__set_changed_and_emptied__is_shown_to_its_person_and_audited_without_it(
    app: Flask, admin: PageClient, database: Database
) -> None:
    other = signed_in(app, "kiemtra01", "inspector")
    one = f"{ADMIN}/kiemtra01"
    assert "none; ask the person who manages accounts" in text_of(other, "/account?lang=en")
    for given, kept in (("A@nghean.example", "a@nghean.example"), ("b@nghean.example", "b@nghean.example")):
        assert sent(admin, one, f"{one}/email", email=given).status_code == 303
        assert parsed(admin.get(one)).find(".//input[@id='email']").get("value") == kept
        assert kept in text_of(other, "/account")
    assert sent(admin, f"{ADMIN}/quantri01", f"{ADMIN}/quantri01/email", email=kept).status_code == 422
    wrong = sent(admin, f"{one}?lang=en", f"{one}/email", email="nowhere")
    assert (wrong.status_code, "This is no mail address" in wrong.text) == (422, True)
    assert parsed(wrong).find(".//input[@id='email']").get("value") == "nowhere"
    assert sent(admin, one, f"{one}/email", email=" ").status_code == 303
    assert "none; ask the person who manages accounts" in text_of(other, "/account")
    assert sent(admin, ADMIN, f"{ADMIN}/nobody/email", email=kept).status_code == 404
    assert actions(database) == ["account.email"] * 3
    with database.reading() as connection:
        assert set(connection.scalars(select(AuditEntry.details))) == {'{"login":"kiemtra01"}'}


def test_administrator__own_role__is_not_taken_by_themselves(
    app: Flask, admin: PageClient, database: Database, clock: Clock
) -> None:
    one = f"{ADMIN}/quantri01"
    assert sent(admin, one, f"{one}/grants/revoke", role="administrator").status_code == 422
    upper = sent(admin, one, f"{ADMIN}/QUANTRI01/grants/revoke", role="administrator")
    assert upper.status_code == 404
    assert roles(database, clock, "quantri01") == [("administrator", None)]
    second = signed_in(app, "quantri02", "administrator")
    assert sent(second, one, f"{one}/grants/revoke", role="administrator").status_code == 303
    assert admin.get(ADMIN).status_code == 403


def test_accounts__other_roles_or_no_token__change_nothing(
    app: Flask, admin: PageClient, database: Database
) -> None:
    acts = ("grants", "grants/revoke", "email", "reset", "disable")
    posts = ("", *(f"/quantri01/{act}" for act in acts))
    for path in posts:
        assert admin.post(f"{ADMIN}{path}", data={"role": "inspector"}).status_code == 400
    for role in ("inspector", "auditor", "head", "statistician"):
        client = signed_in(app, f"x.{role}", role)
        assert client.get(ADMIN).status_code == 403
        for path in posts:
            assert sent(client, "/account", f"{ADMIN}{path}", role="inspector").status_code == 403
    assert actions(database) == []
    assert account_of(database, "quantri01") > 0
