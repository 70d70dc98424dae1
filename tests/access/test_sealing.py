from __future__ import annotations

import pytest
from sqlalchemy import select, update

from survey_app.access.accounts import add_account
from survey_app.access.sealing import Seals, Unreadable, reseal_all
from survey_app.access.second_factor import new_secret, secret_of, set_up
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.pages import NOW

OLD, NEW, NEWEST = "a" * 64, "b" * 64, "c" * 64


def test_sealed__opened_by_any_key_and_by_no_other() -> None:
    sealed = Seals.of([OLD]).seal("một bí mật")
    assert b"secret" not in sealed
    assert Seals.of([NEW, OLD]).unseal(sealed) == "một bí mật"
    with pytest.raises(Unreadable, match=r"secrets/account\.keys"):
        Seals.of([NEW]).unseal(sealed)
    with pytest.raises(Unreadable):
        Seals.of([OLD]).unseal(sealed[:-2] + b"AA")


def test_signed__read_with_any_key_for_its_purpose_alone() -> None:
    signed = Seals.of([OLD]).sign("a browser", ["x", [1]])
    assert Seals.of([NEW, OLD]).unsign("a browser", signed) == ["x", [1]]
    assert Seals.of([NEW, OLD]).unsign("something else", signed) is None
    assert Seals.of([NEW]).unsign("a browser", signed) is None
    assert Seals.of([OLD]).unsign("a browser", signed + "x") is None


def test_hashed__of_the_newest_key_and_of_where_parts_end() -> None:
    assert Seals.of([NEW, OLD]).hashed("p", "ab", "c") == Seals.of([NEW]).hashed("p", "ab", "c")
    assert Seals.of([NEW]).hashed("p", "ab", "c") != Seals.of([NEW]).hashed("p", "a", "bc")


def test_second_factors__resealed_before_each_rotation__outlive_all_of_them(database: Database) -> None:
    secret = new_secret()
    with database.writing() as connection:
        add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", NOW)
        number = connection.scalar(select(Account.id))
        assert number is not None
        assert set_up(connection, Seals.of([OLD]), number, secret, 1, None)
        for keys in ([OLD], [NEW, OLD], [NEWEST, NEW]):
            assert reseal_all(connection, Seals.of(keys)) == 1
        sealed = connection.scalar(select(Account.second_factor))
        assert sealed is not None
        assert secret_of(Seals.of([NEWEST]), number, sealed) == secret
        with pytest.raises(Unreadable, match="belongs to another"):
            secret_of(Seals.of([NEWEST]), number + 1, sealed)
        connection.execute(update(Account).values(second_factor=b"nothing that any key opens"))
        assert reseal_all(connection, Seals.of([NEWEST])) == 0
