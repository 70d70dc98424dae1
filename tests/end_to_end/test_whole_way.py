"""From a printed code to the inspector's figures, in a real browser, on both databases."""

import csv
import io
import math
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from analysis.period import half_year_of
from survey_app.collect.posters import find_cards, print_cards
from survey_app.config import load_settings
from tests.end_to_end.conftest import Served

PASSWORD = "mật khẩu đủ dài"

pytestmark = pytest.mark.browser


def status_when_made(page: Page, address: str) -> int:
    """Ask for a file until the worker has made it; give the last status."""
    for _ in range(240):
        status = page.request.get(address).status
        if status != 202:
            break
        page.wait_for_timeout(500)
    return status


def printed_address(served: Served) -> str:
    """Print the commune's cards and read the first one's code off the picture of the page."""
    settings = load_settings(served.instance, {})
    with served.database.reading() as connection:
        cards = find_cards(connection, "01", datetime.now(UTC).date())
        [pdf] = print_cards(cards, settings, "pdf")
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    [code] = zxingcpp.read_barcodes(page)
    return code.text


def answer(page: Page, address: str) -> None:
    page.goto(f"{address}?lang=vi")
    page.get_by_role("group", name="Nhìn chung").locator("input[value='4']").check()
    page.get_by_label("Vừa xong").check()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn Ông/Bà. Phiếu đã được ghi nhận.")


def sign_in(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/evaluations")
    page.locator("input[name=login]").fill("kiemtra01")
    page.locator("input[name=password]").fill(served.password)
    page.locator("main button").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=again]").fill(PASSWORD)
    page.locator("main button").click()
    key = page.locator("#key").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(pyotp.TOTP(key).now())
    page.locator("main button[type=submit].p").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.locator("main a.btn").click()
    expect(page).to_have_url(f"{served.address}/evaluations")


def test_whole_way__printed_code_to_the_units_row(browser: Browser, served: Served, tmp_path: Path) -> None:
    address = printed_address(served)
    assert address == f"{served.address}/q/{served.office.code}"
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    answer(phone, address)
    receipt = phone.locator(".code").inner_text()

    phone.reload()
    assert phone.locator(".code").inner_text() == receipt
    phone.go_back()  # the form again, with the same visit: sent as it was, it is the same response
    phone.get_by_role("button", name="Gửi", exact=True).click()
    expect(phone.locator(".code")).to_have_text(receipt)

    desk = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
    sign_in(desk, served)
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    label = half_year_of(datetime.now(zone).date()).label
    desk.goto(f"{served.address}/evaluations/{label}")
    desk.get_by_role("button", name="Tính số liệu mới").click()
    for _ in range(120):
        if desk.locator("a[href*='summary.csv']").count():
            break
        desk.wait_for_timeout(500)
        desk.reload()
    download = desk.request.get(f"{served.address}/evaluations/{label}/summary.csv")
    assert download.status == 200
    rows = list(csv.DictReader(io.StringIO(download.body().decode("utf-8-sig"))))
    [row] = [r for r in rows if (r["code"], r["role"], r["measure"]) == ("01", "serving", "overall")]
    assert (row["responses"], row["answers"], row["satisfied"], row["rate"]) == ("1", "1", "1", "1")
    z = 1.959963984540054
    assert math.isclose(float(row["low"]), 1 / (1 + z * z), rel_tol=1e-9)  # Wilson at one of one
    assert float(row["high"]) == 1
    for name in ("summary.json", "answers.csv"):
        assert desk.request.get(f"{served.address}/evaluations/{label}/{name}").status == 200
    assert status_when_made(desk, f"{served.address}/evaluations/{label}/summary.pdf") == 200
