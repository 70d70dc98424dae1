from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from survey_app.access.accounts import (
    AccountFault,
    Person,
    add_account,
    change_email,
    disable_account,
    email_of,
    find_person,
    list_accounts,
    reset_account,
)
from survey_app.access.passwords import change_password, choose_password, hashed, password_fault
from survey_app.access.passwords import verify as find_account
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.pages import NOW, PASSWORD


@pytest.fixture
def one_time(database: Database) -> str:
    with database.writing() as connection:
        return add_account(connection, "KiemTra01", "Cán bộ Mẫu 01", NOW)


def verify(database: Database, login: str, password: str, now: datetime) -> Person | None:
    number = find_account(database, login, password, now)
    return None if number is None else find_person(database, number, now.date())


@pytest.fixture
def person(database: Database, one_time: str) -> Person:
    known = verify(database, "kiemtra01", one_time, NOW)
    assert known is not None
    with database.writing() as connection:
        assert choose_password(connection, known.id, hashed(PASSWORD))
    return known


def test_one_time_password_within_the_hour_lets_in_once(database: Database, one_time: str) -> None:
    known = verify(database, "KIEMTRA01", one_time, NOW + timedelta(minutes=59))
    assert known is not None
    assert known.must_choose
    assert known.roles == {"inspector"}
    assert verify(database, "kiemtra01", one_time, NOW) is None


def test_one_time_password_after_the_hour_is_refused(database: Database, one_time: str) -> None:
    assert verify(database, "kiemtra01", one_time, NOW + timedelta(hours=1)) is None


def test_own_password_lets_in_however_its_letters_are_composed(database: Database, person: Person) -> None:
    for form in ("NFC", "NFD"):
        typed = unicodedata.normalize(form, PASSWORD)
        known = verify(database, "kiemtra01", typed, NOW)
        assert known is not None
        assert not known.must_choose
    assert verify(database, "kiemtra01", PASSWORD + "x", NOW) is None
    assert verify(database, "nobody", PASSWORD, NOW) is None


def test_own_password_chosen_twice_keeps_the_first(database: Database, person: Person) -> None:
    with database.writing() as connection:
        assert not choose_password(connection, person.id, hashed("another long password"))
    assert verify(database, "kiemtra01", PASSWORD, NOW) is not None


def test_own_password_changed_by_two_at_once_keeps_the_first(database: Database, person: Person) -> None:
    with database.writing() as connection:
        old = connection.scalar(select(Account.password_hash))
        assert old is not None
        assert change_password(connection, person.id, old, hashed("another long password"))
        assert not change_password(connection, person.id, old, hashed("a third long password"))
    assert verify(database, "kiemtra01", "another long password", NOW) is not None


def test_own_password_kept_under_older_parameters_is_hashed_anew(database: Database, person: Person) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    older = hasher.hash(unicodedata.normalize("NFKC", PASSWORD))
    with database.writing() as connection:
        connection.execute(update(Account).values(password_hash=older))
    assert verify(database, "kiemtra01", PASSWORD, NOW) is not None
    with database.reading() as connection:
        kept = connection.scalar(select(Account.password_hash))
    assert kept not in (None, older)
    assert verify(database, "kiemtra01", PASSWORD, NOW) is not None


def test_account_reset_ends_password_and_sessions(database: Database, person: Person) -> None:
    with database.writing() as connection:
        fresh = reset_account(connection, "kiemtra01", NOW)
    assert verify(database, "kiemtra01", PASSWORD, NOW) is None
    known = verify(database, "kiemtra01", fresh, NOW)
    assert known is not None
    assert known.stamp != person.stamp


def test_account_disabled_lets_in_nobody_until_reset(database: Database, person: Person) -> None:
    with database.writing() as connection:
        disable_account(connection, "kiemtra01", NOW)
    assert verify(database, "kiemtra01", PASSWORD, NOW) is None
    with database.writing() as connection:
        fresh = reset_account(connection, "kiemtra01", NOW)
    assert verify(database, "kiemtra01", fresh, NOW) is not None


@pytest.mark.parametrize(
    ("login", "name", "told"),
    [
        ("kiemtra01", "Cán bộ Mẫu 02", "exists already"),
        ("có dấu", "Cán bộ Mẫu 02", "write 2 to 60"),
        ("x", "Cán bộ Mẫu 02", "write 2 to 60"),
        ("kiemtra02", "  ", "has no name"),
    ],
)
def test_account_that_cannot_be_made_is_told_why(
    database: Database, one_time: str, login: str, name: str, told: str
) -> None:
    with pytest.raises(AccountFault, match=told), database.writing() as connection:
        add_account(connection, login, name, NOW)


@pytest.mark.parametrize("email", ["nobody", "ai đó@nghean.example", "KiemTra01@Nghean.example"])
def test_account_with_an_address_that_is_none_or_taken_is_told_why(database: Database, email: str) -> None:
    with database.writing() as connection:
        add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", NOW, email="kiemtra01@nghean.example")
    with pytest.raises(AccountFault, match="email"), database.writing() as connection:
        add_account(connection, "kiemtra02", "Cán bộ Mẫu 02", NOW, email=email)


def test_account_gets_another_address_and_none_but_never_that_of_another(database: Database) -> None:
    with database.writing() as connection:
        add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", NOW, email="a@nghean.example")
        add_account(connection, "kiemtra02", "Cán bộ Mẫu 02", NOW)
        for given, kept in (
            (" B@nghean.example ", "b@nghean.example"),
            ("b@nghean.example", "b@nghean.example"),
            ("", None),
            ("b@nghean.example", "b@nghean.example"),
        ):
            change_email(connection, "KiemTra01", given)
            assert email_of(connection, 1) == kept
        for login, given, told in (
            ("kiemtra02", "B@nghean.example", "belongs to another"),
            ("kiemtra02", "a@b.example\nBcc: c@d.example", "is no address"),
            ("kiemtra02", f"a@{'b' * 200}", "is no address"),
            ("nobody", "c@nghean.example", "no such account"),
        ):
            with pytest.raises(AccountFault, match=told):
                change_email(connection, login, given)
        assert email_of(connection, 2) is None


def test_accounts_are_listed_by_login_with_their_grants(database: Database, one_time: str) -> None:
    with database.writing() as connection:
        add_account(connection, "a1", "Cán bộ Mẫu 02", NOW, role="auditor")
        found = list_accounts(connection, NOW.date())
    assert [(row.login, [grant.role for grant in grants]) for row, grants in found] == [
        ("a1", ["auditor"]),
        ("kiemtra01", ["inspector"]),
    ]


def test_account_unknown_to_reset_and_disable_is_told(database: Database) -> None:
    with database.writing() as connection:
        with pytest.raises(AccountFault, match="no such account"):
            reset_account(connection, "nobody", NOW)
        with pytest.raises(AccountFault, match="no such account"):
            disable_account(connection, "nobody", NOW)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("mười một ký", "short"),
        ("x" * 201, "long"),
        ("trời KiemTra01 mưa", "login"),
        (PASSWORD, None),
    ],
)
def test_password_fault_names_the_rule(password: str, fault: str | None) -> None:
    assert password_fault("kiemtra01", password) == fault
