from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from survey_app.collect.attribution import attribute_poster, find_counter
from survey_app.store.engine import Database
from survey_app.store.organisation import Succession, Unit
from tests.offices import MONDAY_9, SmallOffice, small_office

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 3, 2)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


@pytest.mark.parametrize(
    ("code", "opened_at", "timing", "officer", "attribution"),
    [
        ("code", MONDAY_9, "now", 0, "poster_now"),
        ("code", datetime(2026, 3, 2, 2, 59, 59, tzinfo=UTC), "now", 0, "poster_now"),
        ("code", datetime(2026, 3, 2, 3, 0, tzinfo=UTC), "now", 1, "poster_now"),
        ("code", MONDAY_9, "earlier", None, "none"),
        ("code", MONDAY_9, None, None, "none"),
        ("code", datetime(2026, 3, 2, 0, 30, tzinfo=UTC), "now", 0, "poster_now"),
        ("code", datetime(2026, 3, 2, 0, 29, tzinfo=UTC), "now", None, "none"),
        ("code", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "now", None, "none"),
        ("shared_code", MONDAY_9, "now", None, "ambiguous"),
        ("shared_code", MONDAY_9, "earlier", None, "none"),
    ],
)
def test_poster__opened_and_said__names_only_on_evidence(
    database: Database, office: SmallOffice, code: str, opened_at: datetime, timing: str | None,
    officer: int | None, attribution: str,
) -> None:  # fmt: skip
    with database.reading() as connection:
        counter = find_counter(connection, getattr(office, code), DAY)
        assert counter is not None
        place, rests_on = attribute_poster(connection, counter, opened_at, timing, ZONE)
    assert rests_on == attribution
    assert place.officer_id == (None if officer is None else office.officers[officer])
    assert place.unit_id == office.commune
    assert place.deciding_unit_id == (office.department if code == "shared_code" else office.commune)


def test_counter__no_hours__nobody_named(database: Database, office: SmallOffice) -> None:
    from survey_app.store.organisation import Counter

    with database.writing() as connection:
        connection.execute(update(Counter).values(opens=None, closes=None))
        counter = find_counter(connection, office.code, DAY)
        assert counter is not None
        assert attribute_poster(connection, counter, MONDAY_9, "now", ZONE)[1] == "none"


def test_counter__unit_merged__keeps_its_code_and_serves_the_new_unit(
    database: Database, office: SmallOffice
) -> None:
    with database.writing() as connection:
        merged = connection.execute(
            insert(Unit).values(code="02", name="Xã Mới", kind="commune", valid_from=DAY).returning(Unit.id)
        ).scalar_one()
        connection.execute(
            update(Unit).where(Unit.id == office.commune).values(valid_to=DAY - timedelta(days=1))
        )
        connection.execute(
            insert(Succession).values(old_unit_id=office.commune, new_unit_id=merged, date=DAY, kind="merge")
        )
        before = find_counter(connection, office.code, DAY - timedelta(days=1))
        after = find_counter(connection, office.code, DAY)
    assert before is not None
    assert after is not None
    assert (before.unit_id, after.unit_id) == (office.commune, merged)


def test_counter__unknown_code__none(database: Database, office: SmallOffice) -> None:
    with database.reading() as connection:
        assert find_counter(connection, "AAAAAAAA", DAY) is None
