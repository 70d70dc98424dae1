from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from analysis.period import period
from survey_app.config import Settings
from survey_app.evaluate.closing import close
from survey_app.evaluate.lifecycle import publish
from survey_app.store.engine import Database
from tests.collect.visits import open_form, send
from tests.evaluate.closed import H1_CLOSES, SETTINGS, add, closed, filled
from tests.offices import SmallOffice
from tests.pages import NOW, Clock, PageClient, parsed


def published(database: Database, label: str = "2026-H1", now: datetime = H1_CLOSES) -> None:
    with database.writing() as connection:
        publish(connection, period(label), now.date(), now, 1)


def thanks(client: PageClient, clock: Clock, code: str, language: str = "en") -> str:
    """Answer, and give the words of the thanks; what was kept for ten seconds is over."""
    clock.now += timedelta(seconds=30)
    response = send(client, code, open_form(client, code, lang=language))
    location = response.headers["Location"].partition("?")[0]
    (main,) = parsed(client.get(f"{location}?lang={language}")).iter("main")
    return " ".join("".join(main.itertext()).split())


@pytest.fixture
def instance(app: Flask) -> Path:
    return Path(app.instance_path)


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = NOW
    return filled(database)


def test_thanks__nothing_published__no_figure(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock, instance: Path
) -> None:
    closed(database, instance)
    words = thanks(client, clock, office.code)
    assert "satisfied, may vary" not in words
    assert "Official channels" in words


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ("61,7%", "48,7%", "73,1%", "15/12/2025 – 14/06/2026")),
        (
            "en",
            (
                "Mau Commune, first half of 2026 61.7% satisfied, may vary from 48.7% to 73.1% (60 answers).",
                "15 December 2025 – 14 June 2026.",
            ),
        ),
        ("fr", ("61,7 %", "48,7 %", "73,1 %", "15 déc. 2025 – 14 juin 2026")),
    ],
)
def test_thanks__published__rate_with_interval_answers_and_days(
    client: PageClient,
    database: Database,
    office: SmallOffice,
    clock: Clock,
    instance: Path,
    language: str,
    said: tuple[str, ...],
) -> None:
    closed(database, instance)
    published(database)
    words = thanks(client, clock, office.code, language)
    for each in said:
        assert each in words


def test_thanks__too_few_answers_for_the_public__no_figure(
    client: PageClient, database: Database, clock: Clock, instance: Path
) -> None:
    clock.now = NOW
    office = filled(database, days=9, each=3)
    closed(database, instance)
    published(database)
    words = thanks(client, clock, office.code)
    assert "Not enough answers yet to publish a result." in words
    assert "%" not in words


def test_thanks__revised__figure_of_the_newest_state(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock, instance: Path
) -> None:
    closed(database, instance)
    published(database)
    assert "(60 answers)" in thanks(client, clock, office.code)
    with database.writing() as connection:
        add(connection, office, "late", 20, 1, date(2026, 3, 2))
    close(database, SETTINGS, instance, "2026-H1", H1_CLOSES, reason="answers of a kiosk came late")
    assert "(80 answers)" in thanks(client, clock, office.code)


def test_settings__grace__closing_of_tests_is_late_enough() -> None:
    assert H1_CLOSES.date() > date(2026, 6, 14) + timedelta(days=Settings().closing_grace_days)
