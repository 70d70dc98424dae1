from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from analysis.period import period
from survey_app.access import audit
from survey_app.evaluate.doubts import cases
from survey_app.evaluate.objections import decide_objection, object_to, objections
from survey_app.evaluate.proposals import (
    Attribution,
    ReviewFault,
    decide,
    decided,
    proposals,
    propose,
    responses_of,
)
from survey_app.evaluate.reading import read_ratings
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.store.engine import Database
from survey_app.store.responses import Flag
from tests.evaluate.closed import ONE, SETTINGS, TWO, add, filled

H1 = period("2026-H1")
NOW = datetime(2026, 6, 16, 2, tzinfo=UTC)
REASON = "pressed by the officer, seen on camera"


def ask(database: Database, numbers: list[int], kind: str = "exclude", account: int = ONE) -> int:
    with database.writing() as connection:
        return propose(connection, H1, kind, numbers, REASON, account, NOW)


def answer(database: Database, id: int, confirm: bool, account: int = TWO, note: str = "") -> None:
    with database.writing() as connection:
        decide(connection, id, confirm, note, account, NOW + timedelta(hours=1))


def counted(database: Database) -> int:
    with database.reading() as connection:
        return read_ratings(connection, H1, SETTINGS.zone).ratings.responses


def test_propose_and_confirm__two_people__left_out_and_taken_back(database: Database) -> None:
    filled(database)
    first = ask(database, [3, 4, 4])
    with database.reading() as connection:
        assert decided(connection, [3, 4, 5]) == {3: "proposed", 4: "proposed"}
        assert responses_of(connection, first) == [3, 4]
    assert counted(database) == 60
    answer(database, first, True)
    assert counted(database) == 58
    answer(database, ask(database, [3], "include"), True)
    assert counted(database) == 59
    with database.reading() as connection:
        assert decided(connection, [3, 4]) == {3: "include", 4: "exclude"}
        assert [entry.action for entry in audit.entries(connection, action="review")] == [
            "review.exclude.proposed",
            "review.exclude.confirmed",
            "review.include.proposed",
            "review.include.confirmed",
        ]
        assert audit.verify(connection) is None


def test_decide__same_person_or_twice_or_unknown__refused(database: Database) -> None:
    filled(database, days=2)
    proposal = ask(database, [1])
    with pytest.raises(ReviewFault, match="made by you"):
        answer(database, proposal, True, account=ONE)
    with pytest.raises(ReviewFault, match="reason has 0 signs"):
        answer(database, proposal, False)
    answer(database, proposal, False, note="nothing odd about it")
    with pytest.raises(ReviewFault, match="decided on it already"):
        answer(database, proposal, True)
    with pytest.raises(ReviewFault, match="does not exist"):
        answer(database, 99, True)
    assert counted(database) == 6


def test_decide__two_at_once__one_counts(database: Database) -> None:
    filled(database, days=2)
    proposal = ask(database, [1])
    results: list[str] = []

    def run(confirm: bool) -> None:
        try:
            answer(database, proposal, confirm, note="nothing odd about it")
            results.append("done")
        except ReviewFault as fault:
            results.append(str(fault))

    threads = [threading.Thread(target=run, args=(confirm,)) for confirm in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.partition(":")[0] for result in results) == ["done", f"proposal {proposal}"]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [([], "choose 1 to"), ([1, 999], "1 responses are not of 2026-H1"), ([7], "not of 2026-H1")],
)
def test_propose__no_responses_or_of_another_period__refused(
    database: Database, numbers: list[int], message: str
) -> None:
    office = filled(database, days=2)
    with database.writing() as connection:
        add(connection, office, "h2", 1, 1, date(2026, 7, 1))
    with pytest.raises(ReviewFault, match=message):
        ask(database, numbers)


def test_propose__waiting_response_or_short_reason__refused(database: Database) -> None:
    filled(database, days=2)
    ask(database, [1])
    with pytest.raises(ReviewFault, match="wait for a decision already"):
        ask(database, [1, 2])
    with database.writing() as connection, pytest.raises(ReviewFault, match="reason has 3 signs"):
        propose(connection, H1, "exclude", [2], " odd ", ONE, NOW)
    with database.writing() as connection, pytest.raises(ReviewFault, match="belongs to a correction"):
        propose(connection, H1, "correct", [2], REASON, ONE, NOW)


def test_correction__confirmed__attributed_anew_and_first_attribution_kept(database: Database) -> None:
    office = filled(database, days=2)
    with database.writing() as connection:
        place = Attribution(office.department, office.department)
        proposal = propose(connection, H1, "correct", [1], REASON, ONE, NOW, attribution=place)
    answer(database, proposal, True)
    with database.reading() as connection:
        ratings = read_ratings(connection, H1, SETTINGS.zone).ratings
        then = read_ratings(connection, H1, SETTINGS.zone, until=NOW).ratings
    assert [ratings.units[ratings.unit[0]].code, then.units[then.unit[0]].code] == ["S1", "01"]


def test_proposals__waiting_ones_first_with_their_counts(database: Database) -> None:
    filled(database, days=2)
    one, two = ask(database, [1, 2]), ask(database, [3])
    answer(database, two, True)
    with database.reading() as connection:
        rows = proposals(connection, "2026-H1")
    assert [(row.id, row.responses, row.confirmed) for row in rows] == [(one, 2, None), (two, 1, True)]


def test_cases__flags_by_unit_and_rule_with_their_responses(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        for number, rule in ((1, 7), (2, 7), (3, 9)):
            connection.execute(
                insert(Flag).values(response_number=number, rule=rule, evidence="{}", raised_at=NOW)
            )
    make_snapshot(database, SETTINGS, "2026-H1", NOW)
    with database.reading() as connection:
        found = [case for case in cases(connection, H1) if case.source == "flag"]
    assert [(case.key, case.n, case.responses) for case in found] == [
        ("flag.7.commune.01", 2, (1, 2)),
        ("flag.9.commune.01", 1, (3,)),
    ]
    assert {case.parent_code for case in found} == {"40"}


def test_objection__raised_once_decided_by_another_with_a_reason(database: Database) -> None:
    office = filled(database, days=2)
    officer = office.officers[0]
    text = "On 3 March I was on leave; these answers are about my substitute."
    with database.writing() as connection:
        objection = object_to(connection, H1, officer, text, ONE, NOW)
        with pytest.raises(ReviewFault, match="waits for a decision already"):
            object_to(connection, H1, officer, text, ONE, NOW)
        with pytest.raises(ReviewFault, match="raised by you"):
            decide_objection(connection, objection, "upheld", REASON, ONE, NOW)
        decide_objection(connection, objection, "partly", REASON, TWO, NOW)
        with pytest.raises(ReviewFault, match="decided on it already"):
            decide_objection(connection, objection, "refused", REASON, TWO, NOW)
        (row,) = objections(connection, "2026-H1", officer)
        assert (row.decision, row.reason, row.unit_code) == ("partly", REASON, "01")
        assert connection.scalar(select(Flag.rule)) is None
