"""The rate weighted by field of service, from the answers of an office to the pages that show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import Connection, insert, update

from survey_app.collect.attribution import Place
from survey_app.collect.intake import record_response
from survey_app.evaluate.details import Detail, decoded
from survey_app.evaluate.snapshots import make_snapshot, newest, read_file
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter, Workload
from tests.evaluate.closed import H1_CLOSES, SETTINGS, answered, filled
from tests.evaluate.desks import keep_desk, office, somebody
from tests.evaluate.people import text_of
from tests.offices import SmallOffice
from tests.pages import Clock

FIRST, LAST = date(2025, 12, 15), date(2026, 6, 14)


def in_two_fields(database: Database) -> SmallOffice:
    """Fill an office whose counters serve two fields: many people in the one that satisfies less."""
    made = filled(database, days=20, each=6)
    with database.writing() as connection:
        for counter, name in ((made.counter, "Đất đai"), (made.shared_counter, "Hộ tịch")):
            connection.execute(update(Counter).where(Counter.id == counter).values(field=name))
        for day in range(20):
            for number in range(4):
                one = answered(made, f"f-{day}-{number}", date(2026, 3, 2) + timedelta(days=day), "5")
                place = Place(made.commune, made.commune, made.shared_counter, None)
                record_response(connection, replace(one, place=place))
        for name, served in (("Đất đai", 4000), ("Hộ tịch", 1000)):
            connection.execute(
                insert(Workload).values(
                    unit_id=made.commune,
                    first_day=FIRST,
                    last_day=LAST,
                    served=served,
                    field=name,
                    source="file",
                )
            )
    return made


def detail_of(connection: Connection, folder: str) -> Detail:
    made = newest(connection, "2026-H1")
    assert made is not None
    content = read_file(connection, made.id, f"{folder}/01.json")
    assert content is not None
    return decoded(content)


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    in_two_fields(database)
    make_snapshot(database, SETTINGS, "2026-H1", H1_CLOSES)
    with database.reading() as connection:
        yield connection


def table_row(connection: Connection) -> dict[str, str]:
    made = newest(connection, "2026-H1")
    assert made is not None
    table = read_file(connection, made.id, "weighted.csv")
    assert table is not None
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    return next(row for row in rows if (row["code"], row["measure"]) == ("01", "overall"))


def test_detail__weighted_rate__is_that_of_the_table(database: Database) -> None:
    with snapshot(database) as connection:
        detail, told = detail_of(connection, "unit"), table_row(connection)
    own = next(row for row in detail.rows if row.measure == "overall" and row.role == "serving")
    weighted = detail.weighted_as(own)
    assert weighted is not None
    assert weighted.rate is not None
    assert own.rate is not None
    assert weighted.rate < own.rate  # the field that satisfies less served four of five
    for name in ("rate", "low", "high"):
        assert float(told[name]) == pytest.approx(getattr(weighted, name), abs=1e-9)
    assert weighted.status == ()


def test_detail__head__has_it_too_and_officers_never(database: Database) -> None:
    with snapshot(database) as connection:
        head, unit = detail_of(connection, "head"), detail_of(connection, "unit")
        made = newest(connection, "2026-H1")
        assert made is not None
        own = read_file(connection, made.id, "self/C1.json")
    assert head.weighted == unit.weighted
    assert own is not None
    assert decoded(own).weighted == ()


def test_detail__older_snapshot_without_it__is_read(database: Database) -> None:
    with snapshot(database) as connection:
        detail = detail_of(connection, "unit")
    older = msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(detail))[:-1])
    read = decoded(older)
    assert read.rows == detail.rows
    assert read.weighted == ()
    assert read.weighted_as(read.rows[0]) is None


@pytest.mark.parametrize(
    "changed", [{"status": ("not_weighted",)}, {"rate": None}, {"valid_from": "2020-01-01"}]
)
def test_detail__no_weights_or_another_unit_of_the_code__has_none(
    database: Database, changed: dict[str, Any]
) -> None:
    with snapshot(database) as connection:
        detail = detail_of(connection, "unit")
    own = next(row for row in detail.rows if row.measure == "overall" and row.role == "serving")
    one = detail.weighted[0]._replace(**changed)
    assert msgspec.structs.replace(detail, weighted=(one,)).weighted_as(own) is None


def test_unit_page__weighted_rate__stands_beside_the_rate_with_what_it_is_for(
    app: Flask, database: Database, clock: Clock
) -> None:
    with snapshot(database) as connection:
        told = {name: f"{float(table_row(connection)[name]):.1%}" for name in ("rate", "low", "high")}
    client = somebody(app, database, clock, "inspector")
    page = text_of(client, "/evaluations/2026-H1/units/01?lang=en")
    low, high = told["low"].removesuffix("%"), told["high"].removesuffix("%")
    assert f"Weighted by field of service: {told['rate']} ({low} – {high})" in page
    assert f"the rate would be {told['rate']} (interval {told['low']} to {told['high']})" in page
    assert "the published rate is the unweighted one" in page


def test_unit_page__fields_not_known__says_nothing_of_weights(
    app: Flask, database: Database, clock: Clock
) -> None:
    filled(database, days=1)
    keep_desk(database, office())
    client = somebody(app, database, clock, "inspector")
    assert "field of service" not in text_of(client, "/evaluations/2026-H1/units/01?lang=en")


def test_head_page__weighted_rate__is_said(app: Flask, database: Database, clock: Clock) -> None:
    with snapshot(database) as connection:
        rate = f"{float(table_row(connection)['rate']):.1%}"
    head = somebody(app, database, clock, "head", "01")
    assert f"the rate would be {rate}" in text_of(head, "/evaluations/2026-H1/my-unit?lang=en")
