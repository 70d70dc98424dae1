from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select

from survey_app.access.accounts import AccountFault, Person, add_account, find_person
from survey_app.access.grants import GrantOf, account_id, grant, revoke
from survey_app.access.scope import Parents, lies_in, scope_of
from survey_app.store.engine import Database
from survey_app.store.organisation import Officer, Unit
from tests.pages import NOW

TODAY = NOW.date()
PARENTS = {"40": None, "S1": "40", "S1.1": "S1", "S2": "40"}


@pytest.fixture
def units(database: Database) -> Database:
    """Give a database with a small tree, an officer, and a code that named a unit before."""
    with database.writing() as connection:
        for number, (code, parent) in enumerate(PARENTS.items(), 1):
            above = None if parent is None else list(PARENTS).index(parent) + 1
            rows = {"id": number, "code": code, "name": f"Đơn vị {code}", "kind": "department"}
            connection.execute(insert(Unit).values(**rows, parent_id=above, valid_from=date(2025, 7, 1)))
        old = {"code": "X1", "name": "Xã cũ", "kind": "commune", "parent_id": 1}
        connection.execute(
            insert(Unit).values(**old, id=9, valid_from=date(2020, 1, 1), valid_to=date(2026, 12, 31))
        )
        officer = {"code": "CB01", "name": "Cán bộ Mẫu 09", "unit_id": 3, "valid_from": date(2025, 7, 1)}
        connection.execute(insert(Officer).values(officer))
    return database


def person(database: Database, role: str, day: date = TODAY, **where: str) -> Person:
    with database.writing() as connection:
        if account_id(connection, "a01") is None:
            add_account(connection, "a01", "Cán bộ Mẫu 01", NOW, role, **where)
        number = account_id(connection, "a01")
    assert number is not None
    found = find_person(database, number, day)
    assert found is not None
    return found


def may_see(person: Person, roles: tuple[str, ...], code: str, parents: Parents) -> bool:
    scope = scope_of(person, *roles)
    return scope is None or lies_in(scope, code, parents)


def test_grant_on_a_unit__pages__it_and_all_below_it(units: Database) -> None:
    head = person(units, "head", unit="S1")
    assert head.grants == (GrantOf("head", unit_id=2, unit_code="S1"),)
    seen = [code for code in PARENTS if may_see(head, ("head", "inspector"), code, PARENTS)]
    assert seen == ["S1", "S1.1"]
    assert not may_see(head, ("inspector",), "S1", PARENTS)
    assert scope_of(head, "inspector") == frozenset()


def test_grant_without_unit__pages__everything(units: Database) -> None:
    inspector = person(units, "inspector")
    assert scope_of(inspector, "inspector") is None
    assert may_see(inspector, ("inspector",), "not in the tree", PARENTS)


def test_grant_of_an_officer__pages__themself_and_no_unit(units: Database) -> None:
    officer = person(units, "officer", officer="CB01")
    assert scope_of(officer, "officer", "inspector") == frozenset()
    assert {grant.officer_code for grant in officer.grants} == {"CB01"}


def test_grants_on_two_units__scope__both_until_one_is_revoked(units: Database) -> None:
    person(units, "head", unit="S1")
    with units.writing() as connection:
        grant(connection, "a01", "head", NOW, unit="S2")
    assert scope_of(person(units, "head"), "head") == {"S1", "S2"}
    with units.writing() as connection:
        revoke(connection, "a01", "head", unit="S1")
    assert scope_of(person(units, "head"), "head") == {"S2"}


def test_grant_on_a_unit_that_ended__its_code_names_another__shows_nothing(units: Database) -> None:
    person(units, "head", unit="X1")
    with units.writing() as connection:
        new = {"code": "X1", "name": "Xã mới", "kind": "commune", "parent_id": 1}
        connection.execute(insert(Unit).values(**new, id=10, valid_from=date(2027, 1, 1)))
    assert scope_of(person(units, "head", date(2026, 12, 31)), "head") == {"X1"}
    later = person(units, "head", date(2027, 1, 1))
    assert later.grants[0].ended
    assert scope_of(later, "head") == frozenset()
    with units.writing() as connection:
        revoke(connection, "a01", "head", unit="X1")
    assert person(units, "head").grants == ()


@pytest.mark.parametrize(
    ("role", "where", "told"),
    [
        ("king", {}, "is unknown; choose from inspector"),
        ("inspector", {}, "has this role already"),
        ("head", {"unit": "S9"}, "unit 'S9': there is none"),
        ("head", {"unit": "X0"}, "ended on 2026-06-30"),
        ("officer", {}, "it needs one"),
        ("officer", {"officer": "CB99"}, "officer 'CB99': there is none"),
        ("head", {"officer": "CB01"}, "is for the role officer"),
        ("administrator", {"unit": "S1"}, "is on no unit"),
    ],
)
def test_grant_that_cannot_be__told_why(units: Database, role: str, where: dict[str, str], told: str) -> None:
    person(units, "inspector")
    with units.writing() as connection:
        gone = {"code": "X0", "name": "Xã đã nhập", "kind": "commune", "parent_id": 1}
        connection.execute(
            insert(Unit).values(**gone, id=10, valid_from=date(2020, 1, 1), valid_to=date(2026, 6, 30))
        )
    with pytest.raises(AccountFault, match=told), units.writing() as connection:
        grant(connection, "a01", role, NOW, **where)
    with units.reading() as connection:
        assert connection.scalars(select(Unit.id).where(Unit.code == "X0")).all()


def test_revoke_of_what_was_not_granted__told(units: Database) -> None:
    person(units, "head", unit="S1")
    with units.writing() as connection:
        for role, unit in (("head", None), ("head", "S2"), ("inspector", None)):
            with pytest.raises(AccountFault, match="does not have this role"):
                revoke(connection, "a01", role, unit=unit)
        with pytest.raises(AccountFault, match="no such account"):
            revoke(connection, "nobody", "head")
