from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, select

from analysis.estimate.planning import sample_size as sample_sizes
from analysis.period import period
from survey_app.evaluate.comments import BLACKED, HIDDEN
from survey_app.evaluate.need import sample_size
from survey_app.evaluate.objections import objections
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.store.accounts import AuditEntry
from survey_app.store.engine import Database
from survey_app.store.organisation import Unit
from survey_app.store.responses import Comment
from tests.evaluate.closed import SETTINGS, add
from tests.evaluate.people import answered_office, sent, signed_in, text_of
from tests.offices import FOUNDED, SmallOffice
from tests.pages import Clock, PageClient, parsed

H1 = period("2026-H1")
ROOT = "/evaluations/2026-H1"
COMMENTS = f"{ROOT}/comments"
OBJECTION = "Hai phiếu ngày 03 tháng 3 là của đồng nghiệp."


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    """Give an office whose officer has 80 of 120 responses, and its figures."""
    made = answered_office(database, days=40)
    make_snapshot(database, SETTINGS, "2026-H1", clock())
    return made


@pytest.fixture
def inspector(app: Flask, office: SmallOffice) -> PageClient:
    return signed_in(app, "kiemtra01", "inspector")


def actions(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def commented(database: Database, number: int, text: str) -> str:
    with database.writing() as connection:
        connection.execute(
            insert(Comment).values(response_number=number, part=1, question="comment", text=text)
        )
    return f"{COMMENTS}/{number}/1/comment"


def left(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(Comment.text).order_by(Comment.response_number)))


# Progress.


def test_progress__units__against_a_band_and_a_plan(inspector: PageClient) -> None:
    rows = parsed(inspector.get(f"{ROOT}/progress?lang=en")).findall(".//table//tr")
    row = next(" ".join(row.xpath("string()").split()) for row in rows if "Xã Mẫu" in row.xpath("string()"))
    assert row.startswith("Xã Mẫu 120 / 30 40 / 8 120 /")
    assert row.endswith("00398100 10/04/2026 66.7%")
    assert "No unit lacks any" not in text_of(inspector, f"{ROOT}/progress?by=week&show=short&lang=en")


def test_progress__responses_after_the_snapshot__are_not_counted(
    inspector: PageClient, office: SmallOffice, database: Database
) -> None:
    with database.writing() as connection:
        add(connection, office, "late", 5, 3, date(2026, 5, 4))
    assert "120 / 30" in text_of(inspector, f"{ROOT}/progress")


def test_progress__without_snapshot_or_scope__shows_no_unit(app: Flask, inspector: PageClient) -> None:
    assert "No figures were made yet" in text_of(inspector, "/evaluations/2025-H2/progress?lang=en")
    stranger = signed_in(app, "kiemtra09", "inspector", unit="S1")
    assert "Xã Mẫu" not in text_of(stranger, f"{ROOT}/progress")


def test_sample_size__single_numbers__is_that_of_the_columns() -> None:
    for rate in (0.5, 0.83, 0.97):
        for effect in (1.0, 2.4):
            assert sample_size(0.04, rate, effect) == sample_sizes(0.04, rate, design_effect=effect)


# Comments.


def test_comments__words_chosen__are_blacked_out_as_one_place_each(
    inspector: PageClient, database: Database
) -> None:
    path = commented(database, 1, "Chị Lan, quầy 2, rất tận tình")
    seen = parsed(inspector.get(COMMENTS)).find(".//input[@name='seen']").get("value")
    assert sent(inspector, COMMENTS, path, seen=seen, w=["0-3", "4-8"]).status_code == 303
    assert left(database) == [f"{BLACKED} quầy 2, rất tận tình"]
    assert actions(database)[-1] == "comment.redacted"
    assert "All comments were read" in text_of(inspector, f"{COMMENTS}?lang=en")


def test_comments__whole_or_none__hidden_or_left_as_it_is(inspector: PageClient, database: Database) -> None:
    for number, act in ((1, "whole"), (2, "read")):
        path = commented(database, number, "Dòng một\nDòng hai")
        seen = parsed(inspector.get(COMMENTS)).find(".//input[@name='seen']").get("value")
        assert sent(inspector, COMMENTS, path, seen=seen, act=act).status_code == 303
    assert left(database) == [HIDDEN, "Dòng một\nDòng hai"]


def test_comments__changed_foreign_or_forged__are_refused(
    app: Flask, inspector: PageClient, database: Database
) -> None:
    path = commented(database, 1, "Chị Lan tốt")
    seen = parsed(inspector.get(COMMENTS)).find(".//input[@name='seen']").get("value")
    assert sent(inspector, COMMENTS, path, seen="0" * 64).status_code == 422
    assert sent(inspector, COMMENTS, path, seen=seen, w=["1-5"]).status_code == 400
    assert inspector.post(path, data={"seen": seen}).status_code == 400
    stranger = signed_in(app, "kiemtra09", "inspector", unit="S1")
    assert "Lan" not in text_of(stranger, COMMENTS)
    assert sent(stranger, COMMENTS, path, seen=seen).status_code in (400, 404)
    for role in ("auditor", "statistician"):
        assert signed_in(app, f"x.{role}", role).get(COMMENTS).status_code == 403
    assert left(database) == ["Chị Lan tốt"]


# The head's page.


def test_head__own_unit__has_rate_officers_and_no_rank(
    app: Flask, office: SmallOffice, database: Database
) -> None:
    head = signed_in(app, "truong01", "head", unit="01")
    page = text_of(head, f"{ROOT}/my-unit?lang=en")
    assert "from 120 responses" in page
    assert "Cán bộ Mẫu 01" in page
    assert "Rank" not in page
    assert "move only when at least 10 new responses" in page
    assert actions(database)[-1] == "officer.looked"


def test_head__guessed_units__are_not_there(app: Flask, office: SmallOffice) -> None:
    head = signed_in(app, "truong02", "head", unit="S1")
    for code in ("01", "40", "nowhere"):
        assert head.get(f"{ROOT}/my-unit?unit={code}").status_code == 404
    assert "Xã Mẫu" not in text_of(head, f"{ROOT}/my-unit")
    assert head.get("/evaluations").status_code == 403
    assert "2026-H1" in text_of(head, "/evaluations/mine")


def test_head__unit_of_several__is_chosen(app: Flask, office: SmallOffice, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(Unit).values(
                code="02", name="Xã Mẫu 02", kind="commune", parent_id=office.province, valid_from=FOUNDED
            )
        )
    head = signed_in(app, "truong03", "head", unit="40")
    assert [each.text for each in parsed(head.get(f"{ROOT}/my-unit")).findall(".//select/option")] == [
        "Tỉnh Mẫu",
        "Sở Mẫu",
        "Xã Mẫu",
        "Xã Mẫu 02",
    ]
    assert parsed(head.get(f"{ROOT}/my-unit?unit=02")).findtext(".//h1") == "Xã Mẫu 02"


# The officer's page.


def test_officer__enough_responses__sees_own_result_alone(
    app: Flask, office: SmallOffice, database: Database
) -> None:
    officer = signed_in(app, "canbo01", "officer", officer="C1")
    page = text_of(officer, f"{ROOT}/mine?lang=en")
    assert "from 80 responses" in page
    assert "never the only ground for reward or discipline" in page
    assert "Cán bộ Mẫu 02" not in page
    assert actions(database)[-1] == "officer.looked"
    assert officer.get(f"{ROOT}/mine?officer=C2").status_code == 404
    assert officer.get(f"{ROOT}/my-unit").status_code == 403


def test_officer__too_few_responses__is_told_why(app: Flask, office: SmallOffice) -> None:
    officer = signed_in(app, "canbo02", "officer", officer="C2")
    page = text_of(officer, f"{ROOT}/mine?lang=en")
    assert "There is nothing to show yet" in page
    assert "from 30 responses that name you" in page


def test_officer__objects_once__and_reads_the_decision(
    app: Flask, office: SmallOffice, database: Database
) -> None:
    officer = signed_in(app, "canbo01", "officer", officer="C1")
    path = f"{ROOT}/mine/objections"
    assert officer.post(path, data={"text": OBJECTION}).status_code == 400
    assert sent(officer, f"{ROOT}/mine", path, text="x").status_code == 422
    assert sent(officer, f"{ROOT}/mine", path, text=OBJECTION).status_code == 303
    assert sent(officer, f"{ROOT}/mine", path, text=OBJECTION).status_code == 422
    assert sent(officer, f"{ROOT}/mine", path, text=OBJECTION, officer="C2").status_code == 404
    assert OBJECTION in text_of(officer, f"{ROOT}/mine")
    with database.reading() as connection:
        (raised,) = objections(connection, "2026-H1")
    inspector = signed_in(app, "kiemtra01", "inspector")
    review = f"{ROOT}/review?case=objection.{raised.id}"
    decision = f"{ROOT}/review/objections/{raised.id}/decision"
    sent(inspector, review, decision, decision="refused", reason="Bảng phân công cho thấy ngược lại.")
    assert "Bảng phân công cho thấy ngược lại." in text_of(officer, f"{ROOT}/mine")


def test_officer__period_without_figures__has_nothing_to_object_to(app: Flask, office: SmallOffice) -> None:
    officer = signed_in(app, "canbo01", "officer", officer="C1")
    assert parsed(officer.get("/evaluations/2025-H2/mine")).find(".//textarea") is None
    answer = sent(
        officer, "/evaluations/2025-H2/mine", "/evaluations/2025-H2/mine/objections", text=OBJECTION
    )
    assert answer.status_code == 404
