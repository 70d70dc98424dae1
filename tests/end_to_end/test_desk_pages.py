"""The desk as inspectors meet it: axe finds nothing at either width, and the keyboard is enough."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import Served
from tests.end_to_end.test_pages import faults
from tests.end_to_end.test_whole_way import sign_in
from tests.evaluate.desks import keep_desk, months, office

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "/2026-H1",
    "/2026-H1?sort=rate",
    "/2026-H1?open=01",
    "/2026-H1/units/01",
    "/2026-H1/units/01?officers=1",
    "/2026-H1/units/40",
    "/2026-H1/officers/C1",
    "/2026-H1/officers/C2",
    "/compare?left=2026-H1:01&right=2026-H1:02",
    "/compare?left=2026-H1:01&right=2026-H1:40",
    "/method",
)


def desk(browser: Browser, served: Served) -> Page:
    keep_desk(served.database, office(), trend=months("01"))
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en").new_page()
    sign_in(page, served)
    return page


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_desk__each_page_and_width__axe_finds_nothing(browser: Browser, served: Served) -> None:
    page, found = desk(browser, served), []
    for path in PAGES:
        page.goto(f"{served.address}/evaluations{path}")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            found += faults(page)
    assert found == []


def reached(page: Page, selector: str) -> None:
    """Go from control to control until one is reached."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} is out of the keyboard's reach")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_desk__keyboard_alone__opens_and_closes_a_unit_and_stays_at_its_row(
    browser: Browser, served: Served
) -> None:
    page = desk(browser, served)
    page.goto(f"{served.address}/evaluations/2026-H1?lang=en")
    counter = page.get_by_role("rowheader", name="Quầy 1", exact=True)
    expect(counter).to_have_count(0)
    reached(page, "#below-01")
    for shown, name in ((1, "Hide what is below Xã Mẫu 01"), (0, "Show what is below Xã Mẫu 01")):
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(counter).to_have_count(shown)
        expect(page.locator("#below-01")).to_be_focused()
        expect(page.get_by_role("button", name=name)).to_be_focused()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_desk__keyboard_alone__from_the_search_to_the_numbers_behind_a_chart(
    browser: Browser, served: Served
) -> None:
    page = desk(browser, served)
    page.goto(f"{served.address}/evaluations/2026-H1")

    def reach(selector: str) -> None:
        reached(page, selector)

    reach("#q")
    page.keyboard.type("xa mau")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("tbody th a")).to_have_text(["Xã Mẫu 01"])
    reach("tbody th a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Mẫu 01")
    reach("summary")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] tbody th").first).to_have_text("2026-01")
