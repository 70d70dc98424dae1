from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import update

from analysis.period import period
from survey_app.evaluate.arrived import Day, read_arrived
from survey_app.evaluate.details import decoded
from survey_app.evaluate.domains import read_domains
from survey_app.evaluate.snapshots import make_snapshot, read_file
from survey_app.store.engine import Database
from survey_app.store.responses import Response
from tests.evaluate.closed import SETTINGS, filled

H1 = period("2026-H1")


def test_read_arrived__unit_and_all_above_it__by_day_channel_and_attribution(database: Database) -> None:
    filled(database, days=2, each=3)
    with database.writing() as connection:
        connection.execute(update(Response).where(Response.number == 1).values(channel="kiosk"))
    with database.reading() as connection:
        found = read_arrived(connection, H1, 5, read_domains(connection, H1, SETTINGS.zone))
    days = {date(2026, 3, 2): Day(3, 2), date(2026, 3, 3): Day(2, 1)}
    assert found.days == {"01": days, "40": days}
    for code in ("01", "40"):
        assert found.channels[code] == {"kiosk": 1, "poster": 4}
        assert found.attributions[code] == {"none": 2, "poster_now": 3}


def test_snapshot__page_of_the_province__channels_of_all_units(database: Database) -> None:
    filled(database, days=2, each=3)
    number = make_snapshot(database, SETTINGS, "2026-H1", datetime(2026, 6, 16, 2, tzinfo=UTC))
    with database.reading() as connection:
        detail = decoded(read_file(connection, number, "unit/40.json") or b"")
    assert detail.channels == {"poster": 6}
    assert detail.attributions == {"none": 2, "poster_now": 4}
