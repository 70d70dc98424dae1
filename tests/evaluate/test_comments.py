from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from analysis.period import period
from survey_app.access.audit import entries
from survey_app.config import Settings
from survey_app.evaluate.comments import (
    BLACKED,
    HIDDEN,
    CommentFault,
    Month,
    grouped,
    redact,
    unreviewed,
)
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from survey_app.store.evaluations import Proposal, Proposed
from survey_app.store.responses import Comment, Part, Response
from tests.offices import SmallOffice, small_office

NOW = datetime(2026, 7, 1, 3, tzinfo=UTC)
H1 = period("2026-H1")
TEXT = "Chị Mẫu ở quầy 2 rất tận tình, số 0900000000"


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def commented(
    database: Database,
    office: SmallOffice,
    day: date = date(2026, 3, 2),
    text: str = TEXT,
    *questions: str,
    unit: int | None = None,
    reviewed: bool = False,
) -> int:
    """Store a response with comments; give its number."""
    with database.writing() as connection:
        count = len(connection.execute(select(Response.number)).all())
        row = {
            "id": f"r{count}",
            "release_id": office.release_id,
            "unit_id": unit or office.commune,
            "deciding_unit_id": office.commune,
            "channel": "poster",
            "attribution": "none",
            "language": "vi",
            "service_day": day,
        }
        number = connection.execute(insert(Response).values(row).returning(Response.number)).scalar_one()
        part = {"response_number": number, "part": 1}
        connection.execute(insert(Part).values(**part, answers="{}", digest=b"0" * 32))
        for question in questions or ("comment",):
            at = NOW if reviewed else None
            said = {"question": question, "text": text, "redacted_at": at}
            connection.execute(insert(Comment).values(**part, **said))
    return number


def kept(database: Database) -> list[tuple[str, bool]]:
    with database.reading() as connection:
        rows = connection.execute(select(Comment.text, Comment.redacted_at).order_by(Comment.response_number))
        return [(text, at is not None) for text, at in rows]


def noted(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as connection:
        return [(row.action, json.loads(row.details)) for row in entries(connection, action="comment.")]


def redacted(database: Database, number: int, seen: str = TEXT, **how: object) -> str:
    with database.writing() as connection:
        return redact(connection, number, 1, "comment", NOW, None, seen=seen, **how)  # type: ignore[arg-type]


def test_redact__places__blacked_out_at_one_length_and_kept_nowhere(
    database: Database, office: SmallOffice
) -> None:
    number = commented(database, office)
    spans = [(34, 44), (0, 7), (4, 7)]
    left = redacted(database, number, spans=spans)
    assert left == f"{BLACKED} ở quầy 2 rất tận tình, số {BLACKED}"
    assert kept(database) == [(left, True)]
    details = {"response": number, "part": 1, "question": "comment", "whole": False, "places": 3}
    assert noted(database) == [("comment.redacted", details)]


def test_redact__whole__leaves_the_mark_alone(database: Database, office: SmallOffice) -> None:
    number = commented(database, office)
    assert redacted(database, number, whole=True) == HIDDEN
    assert kept(database) == [(HIDDEN, True)]
    action, details = noted(database)[0]
    assert (action, details["whole"]) == ("comment.redacted", True)
    assert not any(word in json.dumps(noted(database), ensure_ascii=False) for word in TEXT.split()[:2])


def test_redact__nothing_marked__reviewed_as_it_is(database: Database, office: SmallOffice) -> None:
    number = commented(database, office)
    assert redacted(database, number) == TEXT
    assert kept(database) == [(TEXT, True)]
    assert noted(database)[0][0] == "comment.reviewed"


@pytest.mark.parametrize("span", [(-1, 3), (3, 3), (5, 4), (0, len(TEXT) + 1)])
def test_redact__place_outside__refused_and_nothing_changed(
    database: Database, office: SmallOffice, span: tuple[int, int]
) -> None:
    number = commented(database, office)
    with pytest.raises(CommentFault, match="is not in its 44 letters"):
        redacted(database, number, spans=[(0, 4), span])
    assert (kept(database), noted(database)) == ([(TEXT, False)], [])


def test_redact__other_text_by_now_or_gone__refused(database: Database, office: SmallOffice) -> None:
    number = commented(database, office)
    redacted(database, number, spans=[(0, 7)])
    with pytest.raises(CommentFault, match="somebody else meanwhile"):
        redacted(database, number, spans=[(34, 44)])
    with pytest.raises(CommentFault, match="is not there"):
        redacted(database, number + 1)


def test_unreviewed__period_and_units__lists_those_until_reviewed(
    database: Database, office: SmallOffice
) -> None:
    first = commented(database, office, H1.first_day)
    second = commented(database, office, H1.last_day, TEXT, "comment", "improve", unit=office.department)
    for day in (H1.first_day - timedelta(days=1), H1.last_day + timedelta(days=1)):
        commented(database, office, day)

    def listed(units: tuple[str, ...] | None = None) -> list[tuple[int, str, str, date]]:
        with database.reading() as connection:
            rows = unreviewed(connection, H1, units)
        return [(row.response_number, row.question, row.unit_code, row.service_day) for row in rows]

    mine = (first, "comment", "01", H1.first_day)
    theirs = [(second, question, "S1", H1.last_day) for question in ("comment", "improve")]
    assert listed() == [mine, *theirs]
    assert (listed(("01",)), listed(("S1", "99")), listed(())) == ([mine], theirs, [])
    redacted(database, first)
    assert listed() == theirs


# Groups for heads


def groups(database: Database, office: SmallOffice, today: date = date(2026, 7, 1)) -> list[Month]:
    with database.reading() as connection:
        return grouped(connection, Settings(), H1, office.commune, today)


def labels(database: Database, office: SmallOffice, today: date = date(2026, 7, 1)) -> dict[str, int]:
    return {month.period.label: len(month.comments) for month in groups(database, office, today)}


def ten(database: Database, office: SmallOffice, day: date = date(2026, 3, 2), count: int = 10) -> list[int]:
    return [commented(database, office, day, f"Góp ý thứ {number}", reviewed=True) for number in range(count)]


def test_grouped__ten_people_in_a_month__shown_by_report_month(
    database: Database, office: SmallOffice
) -> None:
    ten(database, office, date(2026, 2, 14))
    ten(database, office, date(2026, 2, 15), 12)
    ten(database, office, date(2026, 3, 15), 9)
    assert labels(database, office) == {"2026-02": 10, "2026-03": 12}


def test_grouped__month_not_over__not_yet_shown(database: Database, office: SmallOffice) -> None:
    ten(database, office)
    assert labels(database, office, date(2026, 3, 14)) == {}
    assert labels(database, office, date(2026, 3, 15)) == {"2026-03": 10}


def test_grouped__many_comments_of_few_people__not_shown(database: Database, office: SmallOffice) -> None:
    for number in range(9):
        commented(database, office, date(2026, 3, 2), f"{number}", "comment", "improve", reviewed=True)
    assert labels(database, office) == {}


def test_grouped__not_reviewed_hidden_or_of_another_unit__neither_shown_nor_counted(
    database: Database, office: SmallOffice
) -> None:
    ten(database, office, count=9)
    commented(database, office)
    commented(database, office, text=f"{HIDDEN}", reviewed=True)
    commented(database, office, text=f"{BLACKED}, {BLACKED}!", reviewed=True)
    commented(database, office, unit=office.department, reviewed=True)
    assert labels(database, office) == {}
    commented(database, office, text="Tốt", reviewed=True)
    assert labels(database, office) == {"2026-03": 10}


def test_grouped__given__question_and_text_alone_in_an_order_that_tells_nothing(
    database: Database, office: SmallOffice
) -> None:
    ten(database, office, count=30)
    (month,) = groups(database, office)
    texts = [said.text for said in month.comments]
    arrived = [f"Góp ý thứ {number}" for number in range(30)]
    assert sorted(texts) == sorted(arrived)
    assert texts not in (arrived, arrived[::-1])
    assert groups(database, office) == [month]
    assert {field for said in month.comments for field in said.__slots__} == {"question", "text"}


def decided(database: Database, kind: str, numbers: list[int], **attribution: int) -> None:
    """Let two people decide on responses."""
    with database.writing() as connection:
        people = [
            connection.execute(
                insert(Account)
                .values(login=f"{kind}{n}{numbers[0]}", name="A", session_stamp="0", created_at=NOW)
                .returning(Account.id)
            ).scalar_one()
            for n in (1, 2)
        ]
        proposal = connection.execute(
            insert(Proposal)
            .values(
                period="2026-H1",
                kind=kind,
                reason="r",
                proposed_by=people[0],
                proposed_at=NOW,
                confirmed=True,
                decided_by=people[1],
                decided_at=NOW,
                **attribution,
            )
            .returning(Proposal.id)
        ).scalar_one()
        for number in numbers:
            connection.execute(insert(Proposed).values(proposal_id=proposal, response_number=number))


def test_grouped__excluded_response__its_comment_is_neither_shown_nor_counted(
    database: Database, office: SmallOffice
) -> None:
    numbers = ten(database, office, count=11)
    decided(database, "exclude", numbers[:1])
    (month,) = groups(database, office)
    assert "Góp ý thứ 0" not in {said.text for said in month.comments}
    decided(database, "exclude", numbers[1:2])
    assert groups(database, office) == []


def test_grouped__corrected_to_another_unit__shown_there(database: Database, office: SmallOffice) -> None:
    numbers = ten(database, office, count=20)
    unit = {"unit_id": office.department, "deciding_unit_id": office.department}
    decided(database, "correct", numbers[:10], **unit)
    with database.reading() as connection:
        (there,) = grouped(connection, Settings(), H1, office.department, date(2026, 7, 1))
    (here,) = groups(database, office)
    assert {said.text for said in there.comments} == {f"Góp ý thứ {n}" for n in range(10)}
    assert {said.text for said in here.comments} == {f"Góp ý thứ {n}" for n in range(10, 20)}
