import csv
import io
import json
import math
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from analysis.period import period
from analysis.ratings import NOBODY, NOT_APPLICABLE, SKIPPED
from survey_app.collect.attribution import Place
from survey_app.collect.intake import Arrival, record_response
from survey_app.config import Settings
from survey_app.evaluate.evaluation import evaluate
from survey_app.evaluate.outputs import outputs
from survey_app.evaluate.reading import read_ratings
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from survey_app.store.evaluations import Proposal, Proposed
from survey_app.store.organisation import Succession, Unit, Workload
from survey_app.store.responses import Flag
from tests.offices import MONDAY_9, SmallOffice, small_office

H1 = period("2026-H1")
SETTINGS = Settings(database_url="unused")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def arrival(office: SmallOffice, number: int, day: date = date(2026, 3, 2), **answers: object) -> Arrival:
    moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return Arrival(
        id=f"v{number}",
        release_id=office.release_id,
        place=Place(office.commune, office.commune, office.counter),
        attribution="none",
        channel="poster",
        language="vi",
        answers=answers or {"overall": "5"},
        service_day=day,
        answered_at=moment,
        received_at=moment,
    )


def store(database: Database, *arrivals: Arrival) -> None:
    with database.writing() as connection:
        for one in arrivals:
            record_response(connection, one)


def test_read__parts_of_one_response__last_answer_to_each_question(
    database: Database, office: SmallOffice
) -> None:
    first = arrival(office, 1, overall="1", access="3", reasons=["wait", "rude"])
    store(
        database,
        replace(first, part=2, answers={"overall": "4", "procedures": "na"}),
        arrival(office, 2, overall="5"),
        first,
    )
    with database.reading() as connection:
        ratings = read_ratings(connection, H1, SETTINGS.zone).ratings
    scale = next(q for q in ratings.questions if q.id == "overall").choices
    assert scale == ("1", "2", "3", "4", "5")
    assert ratings.answers["overall"].tolist() == [3, 4]
    assert ratings.answers["access"].tolist() == [2, SKIPPED]
    assert ratings.answers["procedures"].tolist() == [NOT_APPLICABLE, SKIPPED]
    reasons = next(q for q in ratings.questions if q.id == "reasons").choices
    mask = 1 << reasons.index("wait") | 1 << reasons.index("rude")
    assert ratings.answers["reasons"].tolist() == [mask, SKIPPED]
    assert ratings.officer.tolist() == [NOBODY, NOBODY]


def test_read__no_responses__empty_columns(database: Database, office: SmallOffice) -> None:
    with database.reading() as connection:
        reading = read_ratings(connection, H1, SETTINGS.zone)
    assert (reading.ratings.responses, reading.last_response, reading.demo) == (0, 0, False)
    assert [unit.code for unit in reading.ratings.units] == ["40", "01", "S1"]


def decide(database: Database, number: int, kind: str, *, confirmed: bool | None, **attribution: int) -> None:
    """Propose something about a response, and decide it unless ``confirmed`` is None."""
    with database.writing() as connection:
        for id in (1, 2):
            if connection.scalar(select(Account.id).where(Account.id == id)) is None:
                connection.execute(
                    insert(Account).values(
                        id=id, login=f"a{id}", name="A", session_stamp="s", created_at=MONDAY_9
                    )
                )
        decided = {} if confirmed is None else {"decided_by": 2, "decided_at": MONDAY_9}
        key = connection.execute(
            insert(Proposal).values(
                period="2026-H1",
                kind=kind,
                reason="r",
                proposed_by=1,
                proposed_at=MONDAY_9,
                confirmed=confirmed,
                **decided,
                **attribution,
            )
        ).inserted_primary_key
        assert key is not None
        connection.execute(insert(Proposed).values(proposal_id=key[0], response_number=number))


def test_read__exclusions__confirmed_left_out_others_kept_last_decision_counts(
    database: Database, office: SmallOffice
) -> None:
    store(database, *(arrival(office, number) for number in (1, 2, 3, 4)))
    decide(database, 1, "exclude", confirmed=True)
    decide(database, 2, "exclude", confirmed=None)
    decide(database, 3, "exclude", confirmed=False)
    decide(database, 4, "exclude", confirmed=True)
    decide(database, 4, "include", confirmed=True)
    with database.reading() as connection:
        assert read_ratings(connection, H1, SETTINGS.zone).ratings.responses == 3


def test_read__correction__confirmed_attribution_counts(database: Database, office: SmallOffice) -> None:
    store(database, arrival(office, 1), arrival(office, 2))
    elsewhere = {"unit_id": office.province, "deciding_unit_id": office.province}
    decide(database, 1, "correct", confirmed=True, **elsewhere)
    decide(database, 2, "correct", confirmed=None, **elsewhere)
    with database.reading() as connection:
        ratings = read_ratings(connection, H1, SETTINGS.zone).ratings
    assert [ratings.units[unit].code for unit in ratings.unit] == ["40", "01"]
    assert ratings.counter.tolist()[0] == -1


def test_read__as_decided_until_a_moment__later_decisions_and_flags_do_not_count(
    database: Database, office: SmallOffice
) -> None:
    store(database, arrival(office, 1), arrival(office, 2))
    decide(database, 1, "exclude", confirmed=True)
    with database.writing() as connection:
        connection.execute(insert(Flag).values(response_number=2, rule=1, evidence="{}", raised_at=MONDAY_9))
    with database.reading() as connection:
        before, then = (
            read_ratings(connection, H1, SETTINGS.zone, until=until).ratings
            for until in (MONDAY_9 - timedelta(microseconds=1), MONDAY_9)
        )
    assert (before.responses, before.flagged.tolist()) == (2, [False, False])
    assert (then.responses, then.flagged.tolist()) == (1, [True])


def test_proposal__decided_by_who_proposed_it__refused(database: Database, office: SmallOffice) -> None:
    store(database, arrival(office, 1))
    decide(database, 1, "exclude", confirmed=None)
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(text("UPDATE proposal SET confirmed = TRUE, decided_by = 1"))


def test_read__up_to_a_response__later_arrivals_left_out(database: Database, office: SmallOffice) -> None:
    store(database, arrival(office, 1), arrival(office, 2), arrival(office, 3))
    with database.reading() as connection:
        assert read_ratings(connection, H1, SETTINGS.zone, last_response=2).ratings.responses == 2


def test_read__merged_unit__one_row_today_two_then_same_total(
    database: Database, office: SmallOffice
) -> None:
    merge_day = date(2026, 3, 1)
    with database.writing() as connection:
        new = connection.execute(
            insert(Unit)
            .values(code="02", name="Xã Mới", kind="commune", parent_id=office.province, valid_from=merge_day)
            .returning(Unit.id)
        ).scalar_one()
        connection.execute(
            text("UPDATE unit SET valid_to = :day WHERE id = :id"),
            {"day": "2026-02-28", "id": office.commune},
        )
        connection.execute(
            insert(Succession).values(
                old_unit_id=office.commune, new_unit_id=new, date=merge_day, kind="merge"
            )
        )
    after = arrival(office, 2)
    store(
        database,
        arrival(office, 1, date(2026, 2, 1)),
        replace(after, place=replace(after.place, unit_id=new)),
    )
    with database.reading() as connection:
        today, then = (
            read_ratings(connection, H1, SETTINGS.zone, map=map).ratings for map in ("today", "then")
        )
    assert [unit.code for unit in today.units] == ["40", "02", "S1"]
    assert today.units[1].statuses == ("merged_in_period",)
    assert today.unit.tolist() == [1, 1]
    assert [unit.code for unit in then.units] == ["40", "01", "02", "S1"]
    assert then.unit.tolist() == [1, 2]


def test_workload__whole_period_or_part__known_or_not(database: Database, office: SmallOffice) -> None:
    store(database, arrival(office, 1, date(2026, 6, 14)))

    def served() -> float:
        with database.reading() as connection:
            workload = read_ratings(connection, H1, SETTINGS.zone).ratings.workload
        assert workload is not None
        return float(workload.unit_served[1])

    def add(first: date, last: date, count: int, **more: object) -> None:
        with database.writing() as connection:
            connection.execute(
                insert(Workload).values(
                    unit_id=office.commune,
                    first_day=first,
                    last_day=last,
                    served=count,
                    source="system",
                    **more,
                )
            )

    assert math.isnan(served())
    add(H1.first_day, date(2026, 3, 14), 100)
    assert math.isnan(served())
    add(date(2026, 3, 15), H1.last_day, 50, channel="poster")
    add(date(2026, 3, 15), H1.last_day, 70, channel="kiosk")
    assert served() == 220
    add(date(2026, 3, 15), H1.last_day, 130)
    assert served() == 230


@pytest.mark.parametrize(
    ("scheme", "last", "first"),
    [
        ("vn-report", date(2026, 6, 14), date(2026, 6, 15)),
        ("vn-report", date(2026, 12, 14), date(2026, 12, 15)),
        ("calendar", date(2026, 6, 30), date(2026, 7, 1)),
        ("calendar", date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_evaluate__either_side_of_the_edge__falls_into_its_half_year(
    database: Database, office: SmallOffice, scheme: str, last: date, first: date
) -> None:
    labels = ("2026-H1", "2026-H2") if last.month == 6 else ("2026-H2", "2027-H1")
    store(database, arrival(office, 1, last), arrival(office, 2, first), arrival(office, 3, first))
    settings = Settings(database_url="unused", period_scheme=scheme)
    assert [evaluate(database, settings, label).summary.responses for label in labels] == [1, 2]


def test_evaluate__two_thousand_random_responses__equal_an_independent_count(
    database: Database, office: SmallOffice
) -> None:
    chance = random.Random(20260302)
    places = [
        Place(office.commune, office.commune, office.counter, office.officers[0]),
        Place(office.commune, office.department, office.shared_counter),
        Place(office.department, office.department),
    ]
    codes = ["1", "2", "3", "4", "5", "na"]
    arrivals = []
    for number in range(2000):
        answers = {
            q: chance.choice(codes) for q in ("access", "officer_attitude", "result") if chance.random() < 0.7
        }
        day = H1.first_day + timedelta(days=chance.randrange(H1.days + 20) - 10)
        one = arrival(office, number, day, overall=chance.choice(codes[:5]), **answers)
        arrivals.append(replace(one, place=chance.choice(places)))
    with database.writing() as connection:
        for one in arrivals:
            record_response(connection, one)
            if chance.random() < 0.1:
                record_response(connection, replace(one, part=2, answers={"overall": "2"}))
                one.answers["overall"] = "2"  # type: ignore[index]  # what counts in the end

    counts: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    unit_code = {office.commune: "01", office.department: "S1"}
    for one in arrivals:
        if one.service_day not in H1:
            continue
        domains = [
            ("serving", unit_code[one.place.unit_id]),
            ("serving", "40"),
            ("deciding", unit_code[one.place.deciding_unit_id]),
            ("deciding", "40"),
        ]
        for question, code in one.answers.items():
            for role, domain in domains:
                counts["", role, domain, question][str(code)] += 1
    files = outputs(evaluate(database, SETTINGS, "2026-H1"), SETTINGS, formats=("csv", "json"))
    rows = list(csv.DictReader(io.StringIO(files["summary.csv"].decode("utf-8-sig"))))
    measures = {
        "overall": "overall",
        "question:access": "access",
        "question:officer_attitude": "officer_attitude",
        "question:result": "result",
    }
    compared = 0
    for row in rows:
        key = ("", row["role"], row["code"], measures.get(row["measure"], ""))
        if row["kind"] in ("counter", "officer") or key not in counts:
            continue
        answered = {code: count for code, count in counts[key].items() if code != "na"}
        n, satisfied = sum(answered.values()), answered.get("4", 0) + answered.get("5", 0)
        assert (int(row["answers"]), int(row["satisfied"])) == (n, satisfied), key
        assert float(row["rate"]) == pytest.approx(satisfied / n, rel=1e-11)
        assert float(row["low"]) < float(row["rate"]) < float(row["high"])
        compared += 1
    assert compared == len(counts) == 24
    assert json.loads(files["summary.json"])
    assert np.isfinite(float(rows[0]["rate"]))


def test_read__one_officer_posted_in_the_period__marked(database: Database, office: SmallOffice) -> None:
    with database.reading() as connection:
        before = read_ratings(connection, H1, SETTINGS.zone).ratings
        after = read_ratings(connection, period("2026-H2"), SETTINGS.zone).ratings
    assert [counter.statuses for counter in before.counters] == [
        (),
        (),
    ]  # two shared the first, one after the other
    assert [counter.statuses for counter in after.counters] == [("single_officer",), ()]
    assert [unit.statuses for unit in after.units] == [(), (), ()]
