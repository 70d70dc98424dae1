"""The pages of the desk's work as people meet them: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import insert

from survey_app.access.grants import grant
from survey_app.config import Settings
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.store.responses import Comment, Flag
from tests.end_to_end.conftest import Served
from tests.end_to_end.test_pages import faults
from tests.end_to_end.test_whole_way import sign_in
from tests.evaluate.closed import add

pytestmark = pytest.mark.browser

ROOT = "/evaluations/2026-H1"
PATHS = (
    f"{ROOT}/review",
    f"{ROOT}/review?case=flag.1.commune.01",
    f"{ROOT}/closing",
    f"{ROOT}/progress",
    f"{ROOT}/comments",
    f"{ROOT}/export",
    f"{ROOT}/my-unit?unit=01",
    f"{ROOT}/mine",
    "/evaluations/mine",
    "/audit",
    "/admin/accounts",
    "/admin/accounts/kiemtra01",
)


def filled(served: Served) -> None:
    """Give the office answers, a doubt, a comment and figures, and its one account every role."""
    moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
    with served.database.writing() as connection:
        add(connection, served.office, "h1", 40, 3, date(2026, 3, 2))
        connection.execute(insert(Flag).values(response_number=1, rule=1, evidence="{}", raised_at=moment))
        connection.execute(
            insert(Comment).values(response_number=1, part=1, question="comment", text="Chị Lan rất tận tình")
        )
        for role in ("head", "administrator", "statistician"):
            grant(connection, "kiemtra01", role, moment)
        grant(connection, "kiemtra01", "officer", moment, officer="C1")
    settings = Settings(database_url="unused")
    make_snapshot(served.database, settings, "2026-H1", datetime.now(UTC))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_working_pages__each_width_and_language__axe_finds_nothing(browser: Browser, served: Served) -> None:
    filled(served)
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN").new_page()
    sign_in(page, served)
    found = []
    for width, language in ((1280, "vi"), (320, "en")):
        page.set_viewport_size({"width": width, "height": 800})
        for path in PATHS:
            answer = page.goto(f"{served.address}{path}{'&' if '?' in path else '?'}lang={language}")
            assert answer is not None
            assert answer.status == 200, path
            found += faults(page)
    assert found == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_comment__keyboard_alone__is_blacked_out(browser: Browser, served: Served) -> None:
    filled(served)
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en").new_page()
    sign_in(page, served)
    page.goto(f"{served.address}{ROOT}/comments?lang=en")
    page.locator("input[name=w]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("input[name=w]:checked").count() == 2
    page.get_by_role("button", name="Black out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The comment is noted as read.")
