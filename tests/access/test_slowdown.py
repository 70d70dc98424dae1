from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.access.accounts import add_account
from survey_app.access.sealing import Seals
from survey_app.access.slowdown import ANYWHERE, OWN, Attempt, begin, sources_of, succeeded
from survey_app.store.accounts import FailedSignIn
from survey_app.store.engine import Database
from tests.pages import NOW, PASSWORD, Clock, PageClient, code_of, come_in

SEALS = Seals.of(["a" * 64])
SECOND = timedelta(seconds=1)


def tried(
    database: Database,
    address: str = "192.0.2.1",
    browser: str | None = None,
    now: datetime = NOW,
    login: str = "kiemtra01",
) -> Attempt | timedelta:
    return begin(database, sources_of(SEALS, "password", login, address, browser, now), now)


def test_failures__a_few__cost_nothing_then_each_doubles_the_wait(database: Database) -> None:
    for _ in range(OWN.free):
        assert isinstance(tried(database), Attempt)
    assert tried(database) == SECOND
    assert isinstance(tried(database, now=NOW + SECOND), Attempt)
    assert tried(database, now=NOW + SECOND) == 2 * SECOND
    assert isinstance(tried(database, login="kiemtra02"), Attempt)


def test_failures__from_one_network__are_one_source(database: Database) -> None:
    for last in range(OWN.free):
        tried(database, f"192.0.2.{last}")
    assert tried(database, "192.0.2.200") == SECOND
    assert isinstance(tried(database, "198.51.100.1"), Attempt)


def test_failures__from_everywhere__slow_down_strangers_and_no_known_browser(database: Database) -> None:
    for number in range(ANYWHERE.free):
        assert isinstance(tried(database, f"10.0.{number}.1"), Attempt)
    assert tried(database, "198.51.100.1") == SECOND
    for _ in range(OWN.free):
        assert isinstance(tried(database, "198.51.100.1", browser="of the person"), Attempt)
    assert tried(database, "198.51.100.1", browser="of the person") == SECOND


def test_success__at_last__forgets_ones_own_failures_alone(database: Database) -> None:
    for number in range(ANYWHERE.free - 1):
        tried(database, f"10.0.{number}.1")
    attempt = tried(database, "10.0.0.1")
    assert isinstance(attempt, Attempt)
    with database.writing() as connection:
        succeeded(connection, attempt)
        # Of the others one row for their network and one for anywhere; of ours the one for anywhere.
        assert connection.scalar(select(func.count()).select_from(FailedSignIn)) == 2 * 18 + 1


def test_failures__after_an_hour__forgotten_and_deleted(database: Database) -> None:
    for _ in range(OWN.free):
        tried(database)
    later = NOW + timedelta(hours=1, seconds=1)
    assert isinstance(tried(database, now=later), Attempt)
    with database.reading() as connection:
        assert set(connection.scalars(select(FailedSignIn.at))) == {later}


def test_failures__many_at_the_same_moment__no_more_than_the_free_ones(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: tried(database), range(24)))
    assert sum(isinstance(each, Attempt) for each in made) == OWN.free


def test_sources__another_day__not_told_to_be_the_same() -> None:
    today, tomorrow = (
        sources_of(SEALS, "password", "a", "192.0.2.1", None, day) for day in (NOW, NOW + timedelta(days=1))
    )
    assert not {source.hash for source in today} & {source.hash for source in tomorrow}


# On the pages


@pytest.fixture
def known(client: PageClient, database: Database, clock: Clock) -> tuple[PageClient, str]:
    """Give the browser of somebody who has signed in with it and out again, and their authenticator's key."""
    with database.writing() as connection:
        one_time = add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", clock())
    key = come_in(client, "kiemtra01", one_time, clock())
    client.delete_cookie("session")
    return client, key


def test_attack_from_the_same_network__person_at_their_own_browser__comes_in_at_once(
    known: tuple[PageClient, str], app: Flask, clock: Clock
) -> None:
    browser, key = known
    stranger = app.test_client()
    assert isinstance(stranger, PageClient)
    for _ in range(OWN.free):
        assert stranger.sent("/sign-in", login="kiemtra01", password="wrong").status_code == 422
    assert stranger.sent("/sign-in", login="kiemtra01", password=PASSWORD).status_code == 429
    assert browser.sent("/sign-in", login="kiemtra01", password=PASSWORD).location == "/sign-in/code"
    clock.now += timedelta(seconds=30)
    assert browser.sent("/sign-in/code", code=code_of(key, clock())).location == "/evaluations"


def test_known_browser__with_another_login__is_a_stranger(
    known: tuple[PageClient, str], app: Flask, database: Database, clock: Clock
) -> None:
    browser, _ = known
    with database.writing() as connection:
        add_account(connection, "kiemtra02", "Cán bộ Mẫu 02", clock())
    for _ in range(OWN.free):
        assert browser.sent("/sign-in", login="kiemtra02", password="wrong").status_code == 422
    stranger = app.test_client()
    assert isinstance(stranger, PageClient)
    assert stranger.sent("/sign-in", login="kiemtra02", password="wrong").status_code == 429


def test_known_browser__cookie__kept_from_scripts_and_changed_in_vain(
    known: tuple[PageClient, str], app: Flask
) -> None:
    browser, _ = known
    cookie = browser.get_cookie("browser", path="/sign-in")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert not cookie.secure  # a test on plain http of this machine
    assert "kiemtra01" not in cookie.value
    forger = app.test_client()
    assert isinstance(forger, PageClient)
    forger.set_cookie("browser", cookie.value + "x", path="/sign-in")
    for _ in range(OWN.free):
        forger.sent("/sign-in", login="kiemtra01", password="wrong")
    stranger = app.test_client()
    assert isinstance(stranger, PageClient)
    assert stranger.sent("/sign-in", login="kiemtra01", password="wrong").status_code == 429


def test_codes_guessed__by_somebody_with_the_password__slowed_down(
    known: tuple[PageClient, str], app: Flask, clock: Clock
) -> None:
    _, key = known
    thief = app.test_client()
    assert isinstance(thief, PageClient)
    thief.sent("/sign-in", login="kiemtra01", password=PASSWORD)
    clock.now += timedelta(seconds=30)
    for page in ("code", "recovery-code", "code", "code", "code"):
        assert thief.sent(f"/sign-in/{page}", code="000000").status_code == 422
    late = thief.sent("/sign-in/code", code=code_of(key, clock()))
    assert late.status_code == 422
    assert thief.get("/evaluations").location == "/sign-in/code"
