"""A small office with a kiosk: paired, its clocks right, on a Monday morning at ten past nine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select

from survey_app.collect.devices import NewDevice, make_device
from survey_app.collect.releases import release
from survey_app.store.devices import Device, DeviceRecord
from survey_app.store.engine import Database
from survey_app.store.responses import Flag, Part, Response
from tests.collect.kiosk.tablet import Tablet, paired
from tests.offices import MONDAY_9, SmallOffice, questionnaire, small_office
from tests.pages import Clock


@dataclass
class Hall:
    """The office, the clock of the server, and a tablet at its first counter."""

    app: Flask
    database: Database
    clock: Clock
    office: SmallOffice
    tablet: Tablet

    def go(self, seconds: float) -> None:
        """Let time pass for the server and the tablet."""
        self.clock.now += timedelta(seconds=seconds)
        self.tablet.clocks.go(seconds)

    def rows(self, query: Select[Any]) -> list[Any]:
        """Give the rows of a query."""
        with self.database.reading() as connection:
            return list(connection.execute(query).all())

    def responses(self) -> list[Any]:
        """Give every response with its answers, in the order of arrival."""
        query = select(*Response.__table__.columns, Part.answers).join(
            Part, Part.response_number == Response.number
        )
        return self.rows(query.order_by(Response.number))

    def flags(self) -> list[tuple[int, int]]:
        """Give every flag as response and rule."""
        return [
            tuple(row)
            for row in self.rows(
                select(Flag.response_number, Flag.rule).order_by(*Flag.__table__.primary_key.columns)
            )
        ]

    def records(self) -> list[tuple[int, str | None]]:
        """Give number and fault of every record that arrived."""
        return [
            tuple(row)
            for row in self.rows(
                select(DeviceRecord.number, DeviceRecord.fault).order_by(DeviceRecord.number)
            )
        ]

    def device(self) -> Any:
        """Give what is known of the tablet."""
        [row] = self.rows(select(*Device.__table__.columns).where(Device.id == self.tablet.device))
        return row


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_9 + timedelta(minutes=10))


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        made = small_office(connection)
        release(connection, questionnaire("kiosk-quick.v1"), MONDAY_9)
        return made


@pytest.fixture
def new_device(database: Database, office: SmallOffice, clock: Clock) -> Callable[..., NewDevice]:
    def make(*counters: str, questionnaire: str = "kiosk-quick", name: str = "Máy 1") -> NewDevice:
        with database.writing() as connection:
            return make_device(
                connection,
                name=name,
                unit="01",
                counters=counters or ("Q1",),
                questionnaire=questionnaire,
                now=clock(),
                day=clock().date(),
            )

    return make


@pytest.fixture
def hall(
    app: Flask, database: Database, clock: Clock, office: SmallOffice, new_device: Callable[..., NewDevice]
) -> Hall:
    tablet = paired(app, new_device().code, milliseconds(clock()))
    return Hall(app, database, clock, office, tablet)
