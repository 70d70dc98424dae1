"""A small office with a half-year of answers, to be closed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from analysis.period import period
from survey_app.collect.attribution import Place
from survey_app.collect.intake import Arrival, record_response
from survey_app.config import Settings, create_keys
from survey_app.evaluate.closing import close
from survey_app.evaluate.lifecycle import begin_review
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from survey_app.store.evaluations import Proposal, Proposed
from tests.offices import SmallOffice, small_office

SETTINGS = Settings(database_url="unused")
H1_CLOSES = datetime(2026, 6, 20, 3, tzinfo=UTC)
H2_CLOSES = datetime(2026, 12, 20, 3, tzinfo=UTC)
ONE, TWO = 1, 2
"""Accounts of two inspectors."""


def answered(office: SmallOffice, id: str, day: date, choice: str, *, officer: int | None = None) -> Arrival:
    moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return Arrival(
        id=id,
        release_id=office.release_id,
        place=Place(office.commune, office.commune, office.counter, officer),
        attribution="none" if officer is None else "poster_now",
        channel="poster",
        language="vi",
        answers={"overall": choice, "officer_attitude": choice, "reasons": ["wait"]}
        if choice < "4"
        else {"overall": choice, "officer_attitude": choice},
        service_day=day,
        answered_at=moment,
        received_at=moment,
    )


def filled(
    database: Database, days: int = 20, each: int = 3, *, first: date = date(2026, 3, 2)
) -> SmallOffice:
    """Fill an empty database with two inspectors, an office and its answers."""
    with database.writing() as connection:
        office = small_office(connection)
        for id, login in ((ONE, "inspector01"), (TWO, "inspector02")):
            connection.execute(
                insert(Account).values(
                    id=id,
                    login=login,
                    name=f"Thanh tra Mẫu {id}",
                    session_stamp="s",
                    created_at=datetime(2026, 1, 1, tzinfo=UTC),
                )
            )
        add(connection, office, "h1", days, each, first)
    return office


def add(
    connection: Connection, office: SmallOffice, prefix: str, days: int, each: int, first: date, seed: int = 5
) -> None:
    """Store answers on days in a row."""
    rng = random.Random(seed)
    for day in range(days):
        for number in range(each):
            made = answered(
                office,
                f"{prefix}-{day}-{number}",
                first + timedelta(days=day),
                rng.choice("2344555"),
                officer=office.officers[0] if number else None,
            )
            record_response(connection, made)


def decide(
    connection: Connection,
    number: int,
    kind: str,
    at: datetime,
    *,
    label: str = "2026-H1",
    **attribution: int,
) -> None:
    """Let one inspector propose and the other confirm."""
    key = connection.execute(
        insert(Proposal).values(
            period=label,
            kind=kind,
            reason="made by the officer",
            proposed_by=ONE,
            proposed_at=at,
            confirmed=True,
            decided_by=TWO,
            decided_at=at,
            **attribution,
        )
    ).inserted_primary_key
    assert key is not None
    connection.execute(insert(Proposed).values(proposal_id=key[0], response_number=number))


def closed(database: Database, instance: Path, label: str = "2026-H1", now: datetime = H1_CLOSES) -> int:
    """Review and close a period."""
    create_keys(instance)
    with database.writing() as connection:
        if not label.endswith("Y"):
            begin_review(connection, period(label), now.date(), now, ONE)
    return close(database, SETTINGS, instance, label, now, account=ONE)
