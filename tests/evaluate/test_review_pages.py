from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, insert, select
from werkzeug.test import TestResponse

from analysis.period import period
from survey_app.evaluate.doubt_lines import Choice
from survey_app.evaluate.objections import object_to, objections
from survey_app.evaluate.proposals import proposals, responses_of
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.store.accounts import AuditEntry
from survey_app.store.engine import Database
from survey_app.store.evaluations import Objection, Proposal
from survey_app.store.responses import Flag
from tests.evaluate.closed import SETTINGS
from tests.evaluate.people import account_of, answered_office, sent, signed_in, text_of
from tests.offices import SmallOffice
from tests.pages import Clock, PageClient, parsed

H1 = period("2026-H1")
REVIEW = "/evaluations/2026-H1/review"
CASE = f"{REVIEW}?case=flag.1.commune.01"
REASON = "Không có lượt gọi số nào trong lúc đó."


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    """Give an office with answers, of which three are flagged, and its figures."""
    made = answered_office(database)
    with database.writing() as connection:
        for number in (1, 2, 3):
            connection.execute(
                insert(Flag).values(
                    response_number=number, rule=1, evidence="{}", raised_at=datetime(2026, 3, 2, tzinfo=UTC)
                )
            )
    make_snapshot(database, SETTINGS, "2026-H1", clock())
    return made


@pytest.fixture
def first(app: Flask, office: SmallOffice) -> PageClient:
    return signed_in(app, "kiemtra01", "inspector")


@pytest.fixture
def second(app: Flask, office: SmallOffice) -> PageClient:
    return signed_in(app, "kiemtra02", "inspector")


def propose(client: PageClient, **fields: str | list[str]) -> TestResponse:
    path = f"{REVIEW}/proposals?case=flag.1.commune.01"
    return sent(client, CASE, path, **({"kind": "exclude", "which": "all", "reason": REASON} | fields))


def made(database: Database) -> list[Row[Any]]:
    with database.reading() as connection:
        return proposals(connection, "2026-H1")


def test_review_page__case_chosen__shows_evidence_figures_and_responses_without_answers(
    first: PageClient,
) -> None:
    page = text_of(first, CASE + "&lang=en")
    assert "One of very many answers that came to this counter" in page
    assert "Xã Mẫu: 3 responses" in page
    assert "02/03/2026 · Quầy 1 · 3 responses" in page
    assert "With" in page
    assert "Without" in page
    assert "reasons" not in page


def test_review_page__unknown_case_or_period__is_not_there(first: PageClient) -> None:
    assert first.get(f"{REVIEW}?case=flag.9.commune.01").status_code == 404
    assert first.get("/evaluations/2026-H7/review").status_code == 404


def test_choice__address__keeps_only_what_is_asked() -> None:
    choice = Choice.of({"unit": "01", "source": "nonsense", "state": "decided", "page": "x"})
    assert choice == Choice("01", "", "", "decided", 1)
    assert choice.address(case="k") == {"unit": "01", "state": "decided", "case": "k"}


def test_proposal__chosen_responses_alone__are_proposed_and_wait(
    first: PageClient, database: Database
) -> None:
    answer = propose(first, which="chosen", n=["2", "59"])
    assert answer.status_code == 303
    (proposal,) = made(database)
    with database.reading() as connection:
        assert responses_of(connection, proposal.id) == [2]  # 59 is not doubtful
        assert connection.scalars(select(AuditEntry.action)).all()[-1] == "review.exclude.proposed"
    assert "Waits for a second person" in text_of(first, f"{REVIEW}?lang=en")


def test_proposal__short_reason_no_kind_or_no_response__is_refused_in_words(
    first: PageClient, database: Database
) -> None:
    for fields in ({"reason": "x"}, {"kind": ""}, {"which": "chosen"}, {"kind": "correct"}):
        answer = propose(first, **fields)
        assert answer.status_code == 422
        assert parsed(answer).find(".//p[@id='fault']") is not None
    assert made(database) == []


def test_decision__own_proposal_refused__second_person_confirms_once(
    first: PageClient, second: PageClient, database: Database
) -> None:
    propose(first)
    (proposal,) = made(database)
    path = f"{REVIEW}/proposals/{proposal.id}/decision"
    assert sent(first, REVIEW, path, decision="confirm").status_code == 422
    assert sent(second, REVIEW, path, decision="refuse").status_code == 422
    assert sent(second, REVIEW, path, decision="confirm").status_code == 303
    again = sent(second, REVIEW, path, decision="refuse", note=REASON)
    assert again.status_code == 422
    assert made(database)[0].confirmed is True
    assert "Decided" in text_of(first, f"{REVIEW}?state=decided&lang=en")


def test_take_back__confirmed_exclusion__proposes_to_include(
    first: PageClient, second: PageClient, database: Database
) -> None:
    propose(first)
    number = made(database)[0].id
    assert sent(second, REVIEW, f"{REVIEW}/proposals/{number}/undo", reason=REASON).status_code == 404
    sent(second, REVIEW, f"{REVIEW}/proposals/{number}/decision", decision="confirm")
    answer = sent(second, REVIEW, f"{REVIEW}/proposals/{number}/undo", reason=REASON)
    assert answer.status_code == 303
    assert [each.kind for each in made(database)] == ["include", "exclude"]


def test_correction__counter_and_officer_posted__is_proposed(
    first: PageClient, office: SmallOffice, database: Database
) -> None:
    assert f"{office.shared_counter}.{office.officers[2]}" in first.get(CASE).text
    assert propose(first, kind="correct", place="9.9").status_code == 422
    place = f"{office.shared_counter}.{office.officers[2]}"
    assert propose(first, kind="correct", place=place).status_code == 303
    (proposal,) = made(database)
    assert proposal.officer_id == office.officers[2]
    assert proposal.deciding_unit_id == office.department


def test_objection__decided_by_another__leads_to_a_proposal_that_names_it(
    app: Flask, first: PageClient, office: SmallOffice, database: Database, clock: Clock
) -> None:
    officer = signed_in(app, "canbo01", "officer", officer="C1")
    with database.writing() as connection:
        raiser = account_of(database, "canbo01")
        number = object_to(connection, H1, office.officers[0], "Phiếu của đồng nghiệp.", raiser, clock())
    page = f"{REVIEW}?case=objection.{number}"
    assert officer.get(page).status_code == 403
    path = f"{REVIEW}/objections/{number}/decision"
    assert sent(first, page, path, decision="no", reason=REASON).status_code == 422
    assert sent(first, page, path, decision="partly", reason=REASON).status_code == 303
    assert sent(first, page, path, decision="upheld", reason=REASON).status_code == 422
    answer = sent(
        first, page, f"{REVIEW}/proposals?case=objection.{number}", kind="exclude", which="chosen", n=["2"],
        reason=REASON,
    )  # fmt: skip
    assert answer.status_code == 303
    with database.reading() as connection:
        assert objections(connection, "2026-H1")[0].decision == "partly"
        assert connection.scalar(select(Proposal.objection_id)) == number
        actions = connection.scalars(select(AuditEntry.action)).all()
    assert "officer.looked" in actions


def test_auditor__reads_all_and_changes_nothing(app: Flask, first: PageClient, database: Database) -> None:
    propose(first)
    auditor = signed_in(app, "giamsat01", "auditor")
    tree = parsed(auditor.get(f"{CASE}&state=all"))
    assert [form.get("method") for form in tree.findall(".//main//form")] == ["get"]
    number = made(database)[0].id
    for path in (
        "proposals?case=flag.1.commune.01",
        f"proposals/{number}/decision",
        f"proposals/{number}/undo",
    ):
        assert sent(auditor, REVIEW, f"{REVIEW}/{path}").status_code == 403


def test_scope__inspector_of_another_unit__sees_and_decides_nothing(
    app: Flask, first: PageClient, office: SmallOffice, database: Database, clock: Clock
) -> None:
    propose(first)
    with database.writing() as connection:
        connection.execute(
            insert(Objection).values(
                period="2026-H1", officer_id=office.officers[0], text=REASON,
                raised_by=account_of(database, "kiemtra01"), raised_at=clock(),
            )
        )  # fmt: skip
    stranger = signed_in(app, "kiemtra09", "inspector", unit="S1")
    assert "Xã Mẫu" not in text_of(stranger, f"{REVIEW}?state=all")
    assert stranger.get(CASE).status_code == 404
    number = made(database)[0].id
    for path in (
        "proposals?case=flag.1.commune.01", f"proposals/{number}/decision", f"proposals/{number}/undo",
        "objections/1/decision",
    ):  # fmt: skip
        answer = sent(stranger, REVIEW, f"{REVIEW}/{path}", kind="exclude", decision="confirm", reason=REASON)
        assert answer.status_code == 404
    neighbour = signed_in(app, "kiemtra08", "inspector", unit="40")
    assert "Xã Mẫu" in text_of(neighbour, REVIEW)


def test_acts__without_token__are_refused(first: PageClient, database: Database) -> None:
    for path in ("proposals", "proposals/1/decision", "proposals/1/undo", "objections/1/decision"):
        assert first.post(f"{REVIEW}/{path}", data={"reason": REASON}).status_code == 400
    assert made(database) == []
