"""Office: the units, counters, officers and workload of a made-up province, and what is asked there."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, func, select

import survey_app
from analysis.period import period
from survey_app.collect.releases import release
from survey_app.config import Settings
from survey_app.demo.places import CENTRE, COMMUNE_COUNTERS, DEPARTMENTS, PROCEDURES, PROVINCE
from survey_app.exchange.csvfile import sheet_of
from survey_app.exchange.organisation import KINDS, take_turn
from survey_app.exchange.vietnam import VALID_FROM, province_units
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter, Officer, Posting, Procedure, Unit, Workload
from survey_app.store.responses import Release

FOUNDED = date.fromisoformat(VALID_FROM)
QUESTIONNAIRES = Path(survey_app.__file__).parents[1] / "questionnaires"
TABLES = (Unit, Counter, Officer, Posting, Procedure, Workload, Release)

Row = Mapping[str, str]


class NotEmpty(ValueError):
    """The database holds something that is not made up: nothing made up may come beside it."""


@dataclass(frozen=True, slots=True)
class DemoCounter:
    """A made-up counter: its code, who runs it, who decides there, and whose officers sit at it."""

    code: str
    unit: str
    deciding: str
    name: str
    field: str

    @property
    def employer(self) -> str:
        """Give the unit its officers belong to."""
        return self.deciding or self.unit


def demo_office(database: Database, settings: Settings, now: datetime) -> dict[str, int]:
    """Fill an empty database with the made-up province; give how many rows each table has.

    An office that is there already stays as it is. Raises NotEmpty if other units are there.
    """
    with database.writing() as connection:
        take_turn(connection)
        if not _stands(connection):
            began = datetime.combine(FOUNDED, time(), settings.zone)
            for kind, rows in _files(settings, now.astimezone(settings.zone).date()):
                KINDS[kind].store(connection, sheet_of(f"demo {kind}", rows), settings, began)
            _release_all(connection, began)
        return {
            table.__tablename__: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        }


def _stands(connection: Connection) -> bool:
    codes = set(connection.execute(select(Unit.code)).scalars())
    if codes and CENTRE["code"] not in codes:
        raise NotEmpty(
            f"database: holds {len(codes)} units that are not made up; "
            "give the demo an instance of its own: survey --instance FOLDER db upgrade"
        )
    return bool(codes)


def _release_all(connection: Connection, began: datetime) -> None:
    """Release the questionnaires of the project.

    Raises ValueError if their folder is not beside the package.
    """
    files = sorted(QUESTIONNAIRES.glob("*.toml"))
    if not files:
        raise ValueError(f"{QUESTIONNAIRES}: holds no questionnaire; run the demo from the project's folder")
    for path in files:
        release(connection, load(path.read_text(encoding="utf-8"), path.name), began)


def _files(settings: Settings, today: date) -> Iterator[tuple[str, list[Row]]]:
    """Give the rows of each kind of file, in the order in which they need one another."""
    places = province_units(PROVINCE)
    top, communes = places[0]["code"], places[1:]
    above = {"parent_code": top, "valid_from": VALID_FROM}
    departments = [
        {"code": code, "name": name, "kind": "department", **above, "name_en": name_en}
        for code, name, name_en, _ in DEPARTMENTS
    ]
    counters = [*_centre_counters(), *_commune_counters(communes)]
    yield "units", [*places, {**CENTRE, **above}, *departments]
    yield "counters", [_counter(counter) for counter in counters]
    officers, postings = _staff(counters, _change(today))
    yield "officers", officers
    yield "postings", postings
    yield "procedures", [{"code": code, "name": name, "field": field} for code, name, field in PROCEDURES]
    yield "workload", list(_workload(counters, settings, today))


def _centre_counters() -> Iterator[DemoCounter]:
    number = 0
    for code, name, _, fields in DEPARTMENTS:
        for field in fields:
            number += 1
            about = f"{name}: {field}" if len(fields) > 1 else name
            yield DemoCounter(f"TT-{number:02}", CENTRE["code"], code, f"Quầy {number} · {about}", field)


def _commune_counters(communes: Iterable[Row]) -> Iterator[DemoCounter]:
    for commune in communes:
        many = commune["kind"] == "ward" or Random(commune["code"]).random() < 0.4
        for number, field in enumerate(COMMUNE_COUNTERS[: 3 if many else 2], start=1):
            yield DemoCounter(
                f"{commune['code']}-{number}", commune["code"], "", f"Quầy {number} · {field}", field
            )


def _counter(counter: DemoCounter) -> Row:
    return {
        "code": counter.code,
        "unit_code": counter.unit,
        "deciding_unit_code": counter.deciding,
        "name": counter.name,
        "field": counter.field,
        "opens": "7:30",
        "closes": "17:00",
        "valid_from": VALID_FROM,
    }


def _change(today: date) -> date | None:
    """Give the last beginning of March, when some officers changed places; None if there was none yet."""
    march = [date(year, 3, 2) for year in (today.year, today.year - 1)]
    return next((day for day in march if FOUNDED < day <= today), None)


def _staff(counters: Iterable[DemoCounter], change: date | None) -> tuple[list[Row], list[Row]]:
    """Give officers and postings: one at a counter; at some a second one beside, or since March instead."""
    officers: list[Row] = []
    postings: list[Row] = []

    def post(counter: DemoCounter, first: date, last: date | None = None) -> None:
        number = len(officers) + 1
        code = f"CB{number:03}"
        since = {"valid_from": VALID_FROM}
        officers.append(
            {"code": code, "name": f"Cán bộ Mẫu {number:03}", "unit_code": counter.employer, **since}
        )
        to = last.isoformat() if last else ""
        postings.append(
            {"officer_code": code, "counter_code": counter.code, "from": first.isoformat(), "to": to}
        )

    for place, counter in enumerate(counters):
        replaced = change is not None and place % 10 == 4
        post(counter, FOUNDED, change - timedelta(days=1) if change and replaced else None)
        if change and replaced:
            post(counter, change)
        if place % 9 == 7:
            post(counter, FOUNDED)
    return officers, postings


def _workload(counters: Iterable[DemoCounter], settings: Settings, today: date) -> Iterator[Row]:
    """Give how many were served in each month of this year and the last, up to today."""
    sizes = Tally(counter.unit for counter in counters)
    months = [
        period(f"{year}-{month:02}", settings.period_scheme)
        for year in (today.year - 1, today.year, today.year + 1)
        for month in range(1, 13)
    ]
    for unit, number in sizes.items():
        chance = Random(unit)
        daily = number * chance.lognormvariate(2.6, 0.4)
        for month in months:
            first, last = max(month.first_day, FOUNDED), min(month.last_day, today)
            if first <= last:
                days = (last - first).days + 1
                yield {
                    "unit_code": unit,
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "served": str(round(daily * days * 5 / 7 * chance.uniform(0.85, 1.15))),
                    "source": "estimated",
                }
