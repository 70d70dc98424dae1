import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from analysis.period import period
from survey_app.cli import main
from survey_app.config import Settings
from survey_app.demo.citizens import Service, answer
from survey_app.demo.comments import CONTENT, CRITICAL
from survey_app.demo.office import NotEmpty, demo_office
from survey_app.demo.openings import HOLIDAYS
from survey_app.demo.responses import demo_year
from survey_app.evaluate.reading import read_ratings
from survey_app.questionnaire.definition import applies
from survey_app.store.engine import Database, open_database
from survey_app.store.jobs import Job
from survey_app.store.organisation import Counter, CounterCode, Officer, Posting, Unit
from survey_app.store.responses import Batch, Comment, Part, Response
from survey_app.store.upgrade import upgrade
from tests.offices import questionnaire, small_office

SETTINGS = Settings()
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give the made-up province with 1,500 responses; tests only read it."""
    folder = tmp_path_factory.mktemp("province")
    database = open_database(f"sqlite:///{folder / 'survey.sqlite3'}")
    upgrade(database)
    demo_office(database, SETTINGS, NOW)
    demo_year(database, SETTINGS, NOW, responses=1_500)
    yield database
    database.engine.dispose()


def rows(database: Database, query: Any) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(query))


def test_demo__on_each_database__office_stays_when_made_twice_and_year_is_refused_twice(
    database: Database,
) -> None:
    counts = demo_office(database, SETTINGS, NOW)
    assert counts["unit"] == 1 + 130 + 1 + 14
    assert demo_office(database, SETTINGS, NOW) == counts
    assert demo_year(database, SETTINGS, NOW, responses=60) == 60
    with pytest.raises(NotEmpty, match="holds 60 responses"):
        demo_year(database, SETTINGS, NOW, responses=60)
    assert rows(database, select(Batch.kind, Batch.demo, Batch.rows, Batch.stored)) == [
        ("demo", True, 60, 60)
    ]


def test_demo_office__beside_units_that_are_real__refused_and_nothing_added(database: Database) -> None:
    with database.writing() as connection:
        small_office(connection)
    with pytest.raises(NotEmpty, match="holds 3 units that are not made up"):
        demo_office(database, SETTINGS, NOW)
    assert rows(database, select(func.count()).select_from(Unit)) == [(3,)]


def test_demo_year__same_seed__same_answers(province: Database, tmp_path: Path) -> None:
    again = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade(again)
    demo_office(again, SETTINGS, NOW)
    demo_year(again, SETTINGS, NOW, responses=1_500)
    query = select(Response.id, Response.answered_at, Part.answers).join(Part).order_by(Response.number)
    assert rows(again, query) == rows(province, query)
    again.engine.dispose()


def test_demo_office__counters__each_has_hours_and_one_code_and_the_centre_decides_nothing(
    province: Database,
) -> None:
    coded = select(Counter.id, func.count(CounterCode.code)).join(CounterCode).group_by(Counter.id)
    assert {number for _, number in rows(province, coded)} == {1}
    assert len(rows(province, coded)) == len(rows(province, select(Counter.id)))
    assert rows(province, select(Counter.id).where(Counter.opens.is_(None))) == []
    at_centre = (
        select(Counter.deciding_unit_id, func.count())
        .join(Unit, Unit.id == Counter.unit_id)
        .where(Unit.kind == "centre")
        .group_by(Counter.deciding_unit_id)
    )
    deciding = rows(province, at_centre)
    assert len(deciding) == 14
    assert all(unit is not None and 1 <= number <= 3 for unit, number in deciding)


def test_demo_office__officers__made_up_names_some_share_some_changed_in_march(province: Database) -> None:
    names = [name for (name,) in rows(province, select(Officer.name))]
    assert all(name.startswith("Cán bộ Mẫu ") for name in names)
    assert len(set(names)) == len(names)
    ended = rows(province, select(Posting.ends_at).where(Posting.ends_at.is_not(None)).distinct())
    assert ended == [(datetime(2026, 3, 1, 17, 0, tzinfo=UTC),)]
    open_now = select(func.count()).where(Posting.ends_at.is_(None)).group_by(Posting.counter_id)
    assert {number for (number,) in rows(province, open_now)} == {1, 2}


def test_demo_year__read_for_the_figures__marked_as_made_up_with_plausible_rates_and_workload(
    province: Database,
) -> None:
    with province.reading() as connection:
        for label in ("2026-H1", "2026-H2"):
            reading = read_ratings(connection, period(label, SETTINGS.period_scheme), SETTINGS.zone)
            assert reading.demo
            codes = reading.ratings.answers["overall"]
            assert 0.7 < np.mean(codes[codes >= 0] >= 3) < 0.95
            assert reading.ratings.workload is not None
            served = reading.ratings.workload.unit_served
            serving = np.unique(reading.ratings.unit)
            assert not np.isnan(served[serving]).any()
            assert 300_000 < np.nansum(served) < 1_500_000


def test_demo_year__moments__working_days_before_now_in_order_of_arrival(province: Database) -> None:
    found = rows(
        province, select(Response.service_day, Response.answered_at, Response.received_at).order_by("number")
    )
    assert {day.weekday() for day, _, _ in found} == {0, 1, 2, 3, 4}
    assert not {(day.month, day.day) for day, _, _ in found} & set(HOLIDAYS)
    assert all(opened < received <= NOW for _, opened, received in found)
    assert [opened for _, opened, _ in found] == sorted(opened for _, opened, _ in found)
    assert all(day == opened.astimezone(SETTINGS.zone).date() for day, opened, _ in found)


def test_demo_year__attribution__officer_named_only_on_evidence(province: Database) -> None:
    query = select(Response.channel, Response.attribution, Response.officer_id.is_not(None), Part.timing)
    found = set(rows(province, query.join(Part)))
    assert {attribution for _, attribution, named, _ in found if named} == {"poster_now", "kiosk"}
    assert {attribution for _, attribution, named, _ in found if not named} == {"none", "ambiguous"}
    assert {timing for _, attribution, _, timing in found if attribution == "poster_now"} == {"now"}
    assert {timing for channel, _, _, timing in found if channel == "poster"} == {"now", "earlier", None}


def test_demo_year__units__some_have_few_responses_or_none(province: Database) -> None:
    rated = rows(province, select(Response.unit_id, func.count()).group_by(Response.unit_id))
    assert 115 < len(rated) < 131
    assert min(number for _, number in rated) < 5


def test_demo_year__comments__only_harmless_ones(province: Database) -> None:
    texts = {text for (text,) in rows(province, select(Comment.text))}
    assert texts
    assert texts <= {*CONTENT, *CRITICAL}


@pytest.mark.parametrize("name", ["counter-service.v1", "kiosk-quick.v1", "online-service.v1"])
def test_answer__many_people__what_the_form_would_take(name: str) -> None:
    asked = questionnaire(name)
    kinds: set[int] = set()
    for seed in range(300):
        answers, comments = answer(asked, Service(0.5, -0.5), Random(seed))
        kinds.add(len(answers))
        for question in asked.questions:
            given = answers.get(question.id)
            if given is not None:
                assert applies(question.when, answers, {})
                assert set(given if isinstance(given, list) else [given]) <= question.answer_codes
        assert asked.headline in answers
        assert set(comments) <= {question.id for question in asked.questions if question.kind == "text"}
    assert min(kinds) == 1
    assert len(kinds) > 1


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Give the command in a new installation."""

    def invoke(*words: str) -> tuple[int, str, str]:
        outcome = CliRunner().invoke(main, ["--instance", str(tmp_path), *words])
        return outcome.exit_code, outcome.stdout, outcome.stderr

    assert invoke("db", "upgrade")[0] == 0
    return invoke


def test_command__office_only_then_the_year__address_printed_and_snapshots_asked_for(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, said, _ = run("demo", "--office-only")
    database = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    codes = {code for (code,) in rows(database, select(CounterCode.code))}
    address, _, printed = said.splitlines()[-1].rpartition("/")
    assert (code, address) == (0, "http://127.0.0.1:8000/q")
    assert printed in codes
    assert rows(database, select(Response.number)) == []

    code, said, _ = run("demo", "--responses", "200")
    assert code == 0
    assert "200 made-up responses" in said
    jobs = rows(database, select(Job.kind, Job.argument, Job.state))
    assert {(kind, state) for kind, _, state in jobs} == {("snapshot", "waiting")}
    assert len(jobs) in (2, 3)
    assert all(label in said for _, label, _ in jobs)

    code, _, said = run("demo")
    assert code == 1
    assert "holds 200 responses" in said
    database.engine.dispose()


def test_answer__reasons__only_after_a_low_rating() -> None:
    asked = questionnaire()
    scales = [question.id for question in asked.questions if question.kind == "scale"]
    found = [answer(asked, Service(0.5, 0.0), Random(seed))[0] for seed in range(400)]
    with_reasons = [answers for answers in found if "reasons" in answers]
    assert with_reasons
    assert all({"1", "2"} & {answers.get(id) for id in scales} for answers in with_reasons), json.dumps(found)
