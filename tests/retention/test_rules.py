"""Each rule on the last day something is kept and on the first day it is not, in the local time zone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from survey_app.access.audit import entries, record, verify
from survey_app.config import Settings
from survey_app.retention.erasing import erase, plan
from survey_app.store.accounts import Account, FailedSignIn
from survey_app.store.engine import Database
from survey_app.store.evaluations import (
    Evaluation,
    Frozen,
    Output,
    Proposal,
    Proposed,
    Revision,
)
from survey_app.store.jobs import Job
from survey_app.store.responses import Comment, Flag, Part, Receipt, Response, Slip
from survey_app.store.schema import Table
from survey_app.store.tables import METADATA
from tests.offices import SmallOffice, small_office

CLOSED = datetime(2027, 1, 10, 16, 59, tzinfo=UTC)
"""One minute before midnight of 10 January 2027 in Viet Nam."""


def local(year: int, month: int, day: int) -> datetime:
    """Give the first moment of a day in Viet Nam."""
    return datetime(year, month, day, tzinfo=UTC) - timedelta(hours=7)


def last_moment(year: int, month: int, day: int) -> datetime:
    return local(year, month, day) + timedelta(days=1) - timedelta(microseconds=1)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def add(database: Database, table: type[Table], **values: object) -> int:
    with database.writing() as connection:
        key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0]) if isinstance(key[0], int) else 0


def answered(database: Database, office: SmallOffice, day: date, name: str = "a") -> int:
    """Store a response of a day with a part, a comment and a flag."""
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    number = add(
        database,
        Response,
        id=f"{day}{name}",
        release_id=office.release_id,
        unit_id=office.commune,
        deciding_unit_id=office.commune,
        counter_id=office.counter,
        channel="poster",
        attribution="none",
        language="vi",
        answered_at=at,
        received_at=at,
        service_day=day,
    )
    part = {"response_number": number, "part": 1}
    add(database, Part, **part, answers='{"overall":"5"}', digest=b"0" * 32, received_at=at)
    add(database, Comment, **part, question="improve", text="Chờ lâu")
    add(database, Flag, response_number=number, rule=1, evidence="{}", raised_at=at)
    return number


def closed(
    database: Database, label: str, at: datetime = CLOSED, number: int = 0, frozen: bool = True
) -> None:
    revision = add(
        database,
        Revision,
        period=label,
        number=number,
        closed_at=at,
        reason="",
        last_response=9,
        manifest="{}",
        signature=b"s",
        key_id="k",
    )
    if frozen:
        add(database, Frozen, revision_id=revision, name="columns", content=b"columns")


def run(database: Database, now: datetime, chunk: int = 500) -> dict[str, int]:
    """Erase; give how many rows by rule, without those that erased none."""
    with database.reading() as connection:
        planned = {each.rule.name: each.rows for each in plan(connection, Settings(), now)}
    erased = dict(erase(database, Settings(), now, chunk=chunk))
    if "comments" not in planned or not planned["comments"] or not planned["answers"]:
        assert erased == planned  # else the comments of responses that go are counted once
    assert sum(erase(database, Settings(), now).values()) == 0
    return {name: rows for name, rows in erased.items() if rows}


def count(database: Database, table: type[Table]) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def kept(database: Database, *columns: object) -> Sequence[object]:
    with database.reading() as connection:
        return connection.scalars(select(*columns).order_by(*columns)).all()  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("now", "gone"),
    [(last_moment(2027, 3, 2), {}), (local(2027, 3, 3), {"comments": 1})],
)
def test_comment__twelve_months_after_the_visit__goes_alone(
    database: Database, office: SmallOffice, now: datetime, gone: dict[str, int]
) -> None:
    answered(database, office, date(2026, 3, 2))
    answered(database, office, date(2026, 3, 3))
    assert run(database, now) == gone
    assert count(database, Comment) == 2 - len(gone)
    assert (count(database, Response), count(database, Part)) == (2, 2)


@pytest.mark.parametrize(
    ("now", "gone"),
    [(last_moment(2027, 4, 10), {}), (local(2027, 4, 11), {"times": 2})],
)
def test_times__ninety_days_after_closing__go_and_the_day_stays(
    database: Database, office: SmallOffice, now: datetime, gone: dict[str, int]
) -> None:
    closed(database, "2026-H2")
    for day in (date(2026, 6, 14), date(2026, 6, 15), date(2026, 12, 14), date(2026, 12, 15)):
        answered(database, office, day)
    assert run(database, now) == gone
    with database.reading() as connection:
        rows = connection.execute(
            select(Response.service_day, Response.answered_at, Response.received_at, Part.received_at)
            .join(Part)
            .order_by(Response.service_day)
        ).all()
    timed = [(str(day), [bool(moment) for moment in moments]) for day, *moments in rows]
    assert timed == [
        ("2026-06-14", [True, True, True]),
        ("2026-06-15", [not gone] * 3),
        ("2026-12-14", [not gone] * 3),
        ("2026-12-15", [True, True, True]),
    ]


@pytest.mark.parametrize(
    ("now", "gone"),
    [(last_moment(2029, 1, 10), {}), (local(2029, 1, 11), {"answers": 2})],
)
def test_answers__two_years_after_the_year_is_closed__go_with_all_that_hangs_on_them(
    database: Database, office: SmallOffice, now: datetime, gone: dict[str, int]
) -> None:
    closed(database, "2026-H1", local(2026, 7, 20))
    closed(database, "2026-H2")
    days = (date(2025, 12, 14), date(2025, 12, 15), date(2026, 12, 14), date(2026, 12, 15))
    numbers = [answered(database, office, day) for day in days]
    first = add(database, Account, login="a", name="A", session_stamp="0", created_at=CLOSED)
    proposal = add(
        database,
        Proposal,
        period="2026-H2",
        kind="exclude",
        reason="r",
        proposed_by=first,
        proposed_at=CLOSED,
    )
    for number in numbers:
        add(database, Proposed, proposal_id=proposal, response_number=number)
    gone_first = run(database, last_moment(2029, 1, 9))
    assert gone_first == {"comments": 4, "times": 2}
    assert run(database, now) == gone
    left = [days[0], days[3]] if gone else list(days)
    assert kept(database, Response.service_day) == left
    for table in (Part, Flag, Proposed):
        assert count(database, table) == len(left)
    assert (count(database, Proposal), count(database, Frozen)) == (1, 2)


def test_answers__with_comments_that_came_late__go_together(database: Database, office: SmallOffice) -> None:
    closed(database, "2026-H1")
    closed(database, "2026-H2")
    answered(database, office, date(2026, 3, 2))
    assert run(database, local(2029, 1, 11)) == {"comments": 1, "times": 1, "answers": 1}
    assert count(database, Response) == 0


@pytest.mark.parametrize("case", ["one half", "not frozen"])
def test_answers__year_not_wholly_closed__stay(database: Database, office: SmallOffice, case: str) -> None:
    closed(database, "2026-H1")
    if case != "one half":
        closed(database, "2026-H2", frozen=case != "not frozen")
    answered(database, office, date(2026, 3, 2))
    answered(database, office, date(2026, 9, 2))
    assert "answers" not in run(database, local(2035, 1, 1))
    assert count(database, Response) == count(database, Part) == 2
    with database.reading() as connection:
        query = select(Response.service_day).where(Response.received_at.is_not(None))
        timed = connection.scalars(query).all()
    assert timed == [date(2026, 9, 2)]


def test_answers__revised_and_closed_again__count_from_the_first_closing(
    database: Database, office: SmallOffice
) -> None:
    closed(database, "2026-H1")
    closed(database, "2026-H2")
    closed(database, "2026-H2", CLOSED + timedelta(days=60), number=1)
    answered(database, office, date(2026, 9, 2))
    assert run(database, local(2029, 1, 11))["answers"] == 1


@pytest.mark.parametrize(
    ("now", "months"),
    [(last_moment(2026, 12, 31), ["2025-12", "2026-01"]), (local(2027, 1, 1), ["2026-01"])],
)
def test_receipts__twelve_months__go_by_month(database: Database, now: datetime, months: list[str]) -> None:
    for month in ("2025-12", "2026-01"):
        add(database, Receipt, receipt=f"R{month}", month=month)
    run(database, now)
    assert kept(database, Receipt.month) == months


def test_slips__forty_eight_hours_after_they_were_spent__forget_the_response(
    database: Database, office: SmallOffice
) -> None:
    now = local(2026, 7, 1)
    for number, hours in enumerate((47, 49)):
        spent = now - timedelta(hours=hours)
        values = {"made_at": spent, "spent_at": spent, "response_digest": b"d" * 32}
        add(database, Slip, hash=bytes([number]) * 32, counter_id=office.counter, **values)
    add(database, Slip, hash=b"u" * 32, counter_id=office.counter, made_at=now - timedelta(days=9))
    assert run(database, now) == {"slips": 1}
    with database.reading() as connection:
        slips = connection.execute(select(Slip.spent_at, Slip.response_digest).order_by(Slip.hash)).all()
    assert [(bool(spent), digest) for spent, digest in slips] == [
        (True, b"d" * 32), (True, None), (False, None),
    ]  # fmt: skip


def test_failed_sign_ins__an_hour__go(database: Database) -> None:
    now = local(2026, 7, 1)
    for minutes in (59, 60, 61):
        add(database, FailedSignIn, source=bytes([minutes]) * 32, at=now - timedelta(minutes=minutes))
    assert run(database, now) == {"sign_ins": 1}


def test_jobs__thirty_days_after_they_ended__go_but_none_that_waits(database: Database) -> None:
    now = local(2026, 7, 1)
    for state, days in (("done", 29), ("done", 31), ("failed", 31), ("waiting", 99), ("running", 99)):
        ended = now - timedelta(days=days) if state in ("done", "failed") else None
        asked = {"kind": "snapshot", "argument": "2026-H1", "asked_at": now - timedelta(days=99)}
        add(database, Job, **asked, state=state, ended_at=ended)
    assert run(database, now) == {"jobs": 2}
    assert kept(database, Job.state) == ["done", "running", "waiting"]


def test_snapshots__older_than_two_weeks__newest_of_each_period_stays(
    database: Database,
) -> None:
    now = local(2026, 7, 1)
    numbers = []
    for label, days in (("2026-H1", 99), ("2026-H1", 98), ("2026-H1", 15), ("2026-H1", 13), ("2026-H1", 1),
                        ("2025-H2", 200), ("2025-H2", 199)):  # fmt: skip
        made = {"period": label, "made_at": now - timedelta(days=days), "last_response": 1, "responses": 1}
        numbers.append(add(database, Evaluation, **made, demo=False))
        add(database, Output, evaluation_id=numbers[-1], name="summary.csv", digest="0" * 64, content=b"c")
    assert run(database, now) == {"snapshots": 4}
    assert kept(database, Evaluation.id) == [numbers[n] for n in (3, 4, 6)]
    assert kept(database, Output.evaluation_id) == [numbers[n] for n in (3, 4, 6)]


@pytest.mark.parametrize(("now", "gone"), [(last_moment(2026, 12, 31), 0), (local(2027, 1, 1), 2)])
def test_audit__ten_years__goes_by_local_year_and_the_chain_is_whole(
    database: Database, now: datetime, gone: int
) -> None:
    with database.writing() as connection:
        for at in (local(2016, 2, 1), last_moment(2016, 12, 31), local(2017, 1, 1)):
            record(connection, "unit.imported", at)
    assert run(database, now).get("audit", 0) == gone
    with database.reading() as connection:
        assert verify(connection) is None
        left = [row.action for row in entries(connection)]
    expected = ["unit.imported"] * (3 - gone) + ["audit.erased"] * bool(gone) + ["retention.run"] * 2
    assert left == expected


def test_erase__in_small_steps__same_as_at_once_and_noted_with_counts(
    database: Database, office: SmallOffice
) -> None:
    closed(database, "2026-H1")
    closed(database, "2026-H2")
    for number in range(7):
        answered(database, office, date(2026, 3, 2), f"{number}")
    assert run(database, local(2029, 1, 11), chunk=2) == {"comments": 7, "times": 7, "answers": 7}
    with database.reading() as connection:
        noted = [json.loads(row.details) for row in entries(connection, action="retention.run")]
    assert (noted[0]["answers"], noted[0]["comments"], noted[1]["answers"]) == (7, 7, 0)


def test_erase__nothing_due__no_table_changes_but_the_audit(database: Database, office: SmallOffice) -> None:
    closed(database, "2026-H2", local(2026, 12, 20))
    answered(database, office, date(2026, 9, 2))

    def everything() -> dict[str, list[object]]:
        with database.reading() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table))]
                for table in METADATA.sorted_tables
                if table.name != "audit_entry"
            }

    before = everything()
    assert run(database, local(2027, 1, 20)) == {}
    assert everything() == before
