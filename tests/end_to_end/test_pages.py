"""Every page as people meet it: axe finds nothing, nothing scrolls sideways, the keyboard is enough."""

import time

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import Served
from tests.end_to_end.test_whole_way import PASSWORD, answer, sign_in

pytestmark = pytest.mark.browser


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{page.url}: {fault['id']}" for fault in found] + ([f"{page.url}: too wide"] if wide else [])


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_pages__each_state_and_width__axe_finds_nothing(browser: Browser, served: Served) -> None:
    address = f"{served.address}/q/{served.office.code}"
    found = []
    for width, scheme in ((320, "light"), (390, "dark"), (1280, "light")):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="vi-VN"
        )
        page = context.new_page()
        for path in (address, f"{address}?lang=en", f"{address}?lang=fr", f"{served.address}/q/AAAAAAAA"):
            page.goto(path)
            found += faults(page)
        page.goto(address)
        page.get_by_role("button", name="Gửi", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        found += faults(page)
        answer(page, address)
        found += faults(page)
        context.close()
    desk = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN").new_page()
    desk.goto(f"{served.address}/sign-in")
    found += faults(desk)
    sign_in(desk, served)
    found += faults(desk)
    assert found == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_sign_in_and_account__each_page_and_width__axe_finds_nothing(
    browser: Browser, served: Served
) -> None:
    narrow, wide = {"width": 320, "height": 800}, {"width": 1280, "height": 800}
    context = browser.new_context(viewport=narrow, locale="vi-VN")
    page, found = context.new_page(), []

    def look() -> None:
        for size in (wide, narrow):
            page.set_viewport_size(size)
            found.extend(faults(page))

    def send(**fields: str) -> None:
        for name, value in fields.items():
            page.locator(f"main input[name={name}]").fill(value)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.goto(f"{served.address}/sign-in")
    send(login="kiemtra01", password="wrong")
    look()
    send(login="kiemtra01", password=served.password)
    look()
    send(password=PASSWORD, again=PASSWORD)
    look()
    key = page.locator("#key").inner_text().replace(" ", "")
    send(code="000000")
    look()
    moment = time.time()
    send(code=pyotp.TOTP(key).at(int(moment)))
    expect(page.locator(".codes li")).to_have_count(10)
    look()
    codes = page.locator(".codes li").all_inner_texts()
    page.goto(f"{served.address}/account")
    look()
    page.goto(f"{served.address}/account/second-factor")
    look()
    context.clear_cookies()
    page.goto(f"{served.address}/account")
    send(login="kiemtra01", password=PASSWORD)
    look()
    send(code="000000")
    look()
    page.goto(f"{served.address}/sign-in/recovery-code")
    look()
    send(code=codes[0])
    expect(page.get_by_role("status")).to_be_visible()
    look()
    assert found == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_form__keyboard_alone__answers_and_sends(browser: Browser, served: Served) -> None:
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en", java_script_enabled=False
    ).new_page()
    page.goto(f"{served.address}/q/{served.office.code}?lang=en")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator("input[name=overall]:focus").count():
            break
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("input[name=overall]:checked").get_attribute("value") == "4"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answer is recorded.")
