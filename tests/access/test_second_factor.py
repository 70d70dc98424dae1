from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import delete, select, update

from survey_app.access.accounts import add_account, reset_account
from survey_app.access.recovery import codes_left, renew_codes, spend_code
from survey_app.access.sealing import Seals
from survey_app.access.second_factor import SECONDS, set_up, step_of, use_code
from survey_app.store.accounts import Account, RecoveryCode
from survey_app.store.engine import Database
from tests.pages import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEALS = Seals.of(["a" * 64])
STEP = timedelta(seconds=SECONDS)
NUMBER = 1


def code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(NOW + steps * STEP)


@pytest.fixture
def enrolled(database: Database) -> Database:
    """Give a database with one account, whose authenticator was set up five minutes ago."""
    with database.writing() as connection:
        add_account(connection, "kiemtra01", "Cán bộ Mẫu 01", NOW)
        assert connection.scalar(select(Account.id)) == NUMBER
        assert set_up(connection, SEALS, NUMBER, SECRET, int(NOW.timestamp()) // SECONDS - 10, None)
    return database


def used(database: Database, typed: str, after: timedelta = timedelta()) -> bool:
    with database.writing() as connection:
        return use_code(connection, SEALS, NUMBER, typed, NOW + after)


def test_code__appendix_b_of_rfc_6238__is_of_its_step() -> None:
    # The eight digits of the appendix end in the six of today's authenticators (SHA-1, its ASCII secret).
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = NOW.fromtimestamp(1_111_111_109, NOW.tzinfo)
    assert step_of(secret, "081804", moment) == 1_111_111_109 // 30


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_code__clock_early_or_late__one_step_is_forgiven(enrolled: Database, steps: int, taken: bool) -> None:
    assert used(enrolled, code(steps)) is taken


def test_code__used_once__it_and_those_before_are_spent(enrolled: Database) -> None:
    assert used(enrolled, f" {code()[:3]} {code()[3:]} ")
    assert not used(enrolled, code())
    assert not used(enrolled, code(-1))
    assert used(enrolled, code(1))


def test_code__used_by_many_at_the_same_moment__lets_in_one(enrolled: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: used(enrolled, code()), range(8)))
    assert sum(taken) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "²³¹²³¹"])
def test_code__nothing_of_six_digits__refused(enrolled: Database, typed: str) -> None:
    assert not used(enrolled, typed)


def test_set_up__by_two_at_once__keeps_the_first(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        assert not set_up(connection, SEALS, NUMBER, "A" * 32, 5, None)
    assert used(enrolled, code())


def test_secret__in_the_database__not_readable(enrolled: Database) -> None:
    with enrolled.reading() as connection:
        sealed = connection.scalar(select(Account.second_factor))
    assert sealed is not None
    assert SECRET.encode() not in sealed


# Recovery codes


def spent(database: Database, typed: str, seals: Seals = SEALS) -> bool:
    with database.writing() as connection:
        return spend_code(connection, seals, NUMBER, typed, NOW)


def test_recovery_code__however_it_is_typed__works_once(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        codes = renew_codes(connection, SEALS, NUMBER)
    assert len(set(codes)) == 10
    assert spent(enrolled, codes[0].upper().replace("-", " "))
    assert not spent(enrolled, codes[0])
    assert not spent(enrolled, "")
    with enrolled.reading() as connection:
        assert codes_left(connection, NUMBER) == 9


def test_recovery_code__used_by_many_at_the_same_moment__lets_in_one(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        codes = renew_codes(connection, SEALS, NUMBER)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: spent(enrolled, codes[3]), range(8))) == 1


def test_recovery_codes__renewed__those_before_are_gone(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        before = renew_codes(connection, SEALS, NUMBER)
        fresh = renew_codes(connection, SEALS, NUMBER)
    assert not spent(enrolled, before[0])
    assert spent(enrolled, fresh[0])


def test_recovery_codes__keys_rotated_and_all_sealed_anew__still_work(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        codes = renew_codes(connection, SEALS, NUMBER)
        sealed = connection.scalar(select(Account.second_factor))
        assert sealed is not None
        both = Seals.of(["b" * 64, "a" * 64])
        connection.execute(update(Account).values(second_factor=both.reseal(sealed)))
    assert spent(enrolled, codes[0], Seals.of(["b" * 64]))


def test_recovery_codes__account_reset__gone_with_the_authenticator(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        codes = renew_codes(connection, SEALS, NUMBER)
        reset_account(connection, "kiemtra01", NOW)
        assert connection.scalars(select(RecoveryCode.hash)).all() == []
    assert not spent(enrolled, codes[0])
    assert not used(enrolled, code())


def test_recovery_codes__in_the_database__only_their_hashes(enrolled: Database) -> None:
    with enrolled.writing() as connection:
        codes = renew_codes(connection, SEALS, NUMBER)
        hashes = connection.scalars(select(RecoveryCode.hash)).all()
        connection.execute(delete(RecoveryCode))
    assert {len(each) for each in hashes} == {32}
    assert not {code.encode() for code in codes} & set(hashes)
