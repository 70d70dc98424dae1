"""The script of the citizen's page: taps count as made and outlive a lost line; text goes with Send."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, select

from survey_app.store.engine import open_database
from survey_app.store.responses import Comment, Flag, Part, Receipt, Response
from tests.end_to_end.conftest import Served, serving

pytestmark = pytest.mark.browser

DAY = 24 * 3600 * 1000
IN_APP = (
    "Mozilla/5.0 (Linux; Android 10; SM-A105G; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/91.0.4472.120 Mobile Safari/537.36 Zalo android/12110543 ZaloTheme/light ZaloLanguage/vi"
)


@pytest.fixture(scope="module")
def site(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give an office that all tests here share: what one stores, the next does not find."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(upgraded_file, folder / "survey.sqlite3")
    url = f"sqlite:///{folder / 'survey.sqlite3'}"
    database = open_database(url)
    with serving(database, url, folder) as found:
        yield found
    database.engine.dispose()


@pytest.fixture
def served(site: Served) -> Served:
    with site.database.writing() as connection:
        for table in (Comment, Flag, Part, Receipt, Response):
            connection.execute(delete(table))
    return site


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en", has_touch=True)
    yield context
    context.close()


def opened(phone: BrowserContext, served: Served) -> Page:
    page = phone.new_page()
    page.goto(f"{served.address}/q/{served.office.code}?lang=en")
    expect(page.get_by_text("What you choose counts at once")).to_be_visible()
    return page


def tap(page: Page, question: str, code: str) -> None:
    page.locator(f"label:has(input[name={question}][value='{code}'])").tap()


def parts(served: Served) -> list[dict[str, Any]]:
    with served.database.reading() as connection:
        return [
            json.loads(text)
            for text in connection.execute(select(Part.answers).order_by(Part.part)).scalars()
        ]


def comments(served: Served) -> list[str]:
    with served.database.reading() as connection:
        return list(connection.execute(select(Comment.text)).scalars())


def until(happens: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what happens on the other side of the line."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def kept(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("JSON.parse(localStorage.getItem('taps') || '{}')")
    return found


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_tap__then_silence__part_1_and_the_rest_with_send_part_2(
    phone: BrowserContext, served: Served
) -> None:
    page = opened(phone, served)
    tap(page, "overall", "4")
    assert kept(page)
    expect(page.get_by_role("status")).to_have_text(
        "First answer recorded. You can stop here or go on.", timeout=20_000
    )
    assert parts(served) == [{"overall": "4"}]
    assert kept(page) == {}
    tap(page, "access", "5")
    page.get_by_label("Anything else you would like to say?").fill("Tốt.")
    assert comments(served) == []
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answer is recorded.")
    assert parts(served) == [{"overall": "4"}, {"overall": "4", "access": "5"}]
    assert comments(served) == ["Tốt."]
    assert kept(page) == {}


def test_tap__page_left_at_once__counts_and_text_stays(phone: BrowserContext, served: Served) -> None:
    page = opened(phone, served)
    tap(page, "overall", "2")
    tap(page, "officer_attitude", "1")
    page.get_by_label("Anything else you would like to say?").fill("Chưa gửi")
    page.close(run_before_unload=True)
    until(lambda: parts(served) == [{"overall": "2", "officer_attitude": "1"}])
    assert comments(served) == []


def test_line_cut_between_tap_and_send__no_tap_lost_and_no_text_sent(
    phone: BrowserContext, served: Served
) -> None:
    page = opened(phone, served)
    phone.set_offline(True)
    tap(page, "overall", "3")
    page.get_by_label("Anything else you would like to say?").fill("Lời góp ý")
    expect(page.get_by_role("status")).to_contain_text(
        "kept on this device for at most 24 hours", timeout=20_000
    )
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    assert "L%E1%BB%9Di" not in json.dumps(kept(page))
    page.close()
    phone.set_offline(False)
    assert parts(served) == []
    again = opened(phone, served)
    expect(again.get_by_role("status")).to_have_text(
        "What you chose last time has been sent.", timeout=20_000
    )
    assert parts(served) == [{"overall": "3"}]
    assert comments(served) == []
    assert kept(again) == {}


def test_discard__kept_tap__erased_at_once_and_never_sent(phone: BrowserContext, served: Served) -> None:
    page = opened(phone, served)
    phone.set_offline(True)
    tap(page, "overall", "1")
    page.get_by_role("button", name="Discard").click(timeout=20_000)
    assert kept(page) == {}
    expect(page.get_by_role("button", name="Discard")).to_be_hidden()
    page.close()
    phone.set_offline(False)
    again = opened(phone, served)
    again.wait_for_load_state("networkidle")
    assert parts(served) == []


@pytest.mark.parametrize(
    ("age", "answers"), [(DAY - 60_000, [{"overall": "5"}]), (DAY + 60_000, [])], ids=["day", "more"]
)
def test_kept_tap__older_than_a_day__erased_and_not_sent(
    phone: BrowserContext, served: Served, age: int, answers: list[dict[str, str]]
) -> None:
    page = opened(phone, served)
    visit = page.locator("input[name=visit]").input_value()
    tap_kept = {"to": f"/q/{served.office.code}?lang=en&sent=1", "part": 1, "body": "overall=5"}
    page.evaluate(
        """([visit, tap, age]) =>
        localStorage.setItem('taps', JSON.stringify({[visit]: {...tap, at: Date.now() - age}}))""",
        [visit, tap_kept, age],
    )
    again = opened(phone, served)
    until(lambda: kept(again) == {})
    assert parts(served) == answers


def test_send__while_the_line_is_cut__goes_when_it_returns(phone: BrowserContext, served: Served) -> None:
    page = opened(phone, served)
    tap(page, "overall", "4")
    page.get_by_label("Anything else you would like to say?").fill("Khi có mạng")
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Please keep the page open.")
    assert parts(served) == []
    phone.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your answer is recorded.", timeout=20_000
    )
    assert comments(served) == ["Khi có mạng"]


def test_send__pressed_twice_and_again_after_back__one_part_and_the_same_receipt(
    phone: BrowserContext, served: Served
) -> None:
    page = opened(phone, served)
    tap(page, "overall", "4")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    receipt = page.locator(".code").inner_text()
    page.go_back()
    expect(page.locator("input[name=overall]:checked")).to_have_value("4")
    send(page)
    expect(page.locator(".code")).to_have_text(receipt)
    assert parts(served) == [{"overall": "4"}]


def test_low_rating__reasons_come_and_go_with_it(phone: BrowserContext, served: Served) -> None:
    page = opened(phone, served)
    reasons = page.locator("input[name=reasons]").first
    expect(reasons).to_be_hidden()
    expect(page.get_by_text("If dissatisfied: why?")).to_be_hidden()
    tap(page, "feedback", "2")
    expect(reasons).to_be_visible()
    tap(page, "reasons", "wait")
    tap(page, "feedback", "4")
    expect(reasons).to_be_hidden()
    tap(page, "overall", "4")
    send(page)
    expect(page.locator(".code")).to_be_visible()
    assert parts(served) == [{"overall": "4", "feedback": "4"}]


def test_tap__next_question_comes_into_view_and_keys_move_nothing(
    phone: BrowserContext, served: Served
) -> None:
    page = opened(phone, served)
    page.emulate_media(reduced_motion="reduce")
    tap(page, "overall", "4")
    tap(page, "when", "now")
    expect(page.locator("#access")).to_be_in_viewport(ratio=0.9)
    before = page.evaluate("scrollY")
    page.locator("input[name=access][value='3']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=access]:checked").input_value() == "4"
    assert abs(page.evaluate("scrollY") - before) < 200


def test_storage_forbidden__answers_are_sent_all_the_same(phone: BrowserContext, served: Served) -> None:
    phone.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, "
        "{get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page = opened(phone, served)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    tap(page, "overall", "5")
    expect(page.get_by_role("status")).to_contain_text("First answer recorded", timeout=20_000)
    send(page)
    expect(page.locator(".code")).to_be_visible()
    assert parts(served)[0] == {"overall": "5"}
    assert faults == []


def test_browser_in_an_app__answers(browser: Browser, served: Served) -> None:
    page = browser.new_context(
        user_agent=IN_APP, viewport={"width": 360, "height": 560}, locale="vi-VN"
    ).new_page()
    page.goto(f"{served.address}/q/{served.office.code}")
    page.locator("label:has(input[name=overall][value='4'])").click()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator(".code")).to_be_visible()


def test_first_view__one_request_before_it_and_no_error_of_the_policy(
    phone: BrowserContext, served: Served
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page = phone.new_page()
    page.on("request", lambda request: asked.append(request.url.removeprefix(served.address)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{served.address}/q/{served.office.code}?lang=en")
    page.wait_for_load_state("networkidle")
    assert asked[0] == f"/q/{served.office.code}?lang=en"
    assert [address.partition("?")[0] for address in asked[1:]] == ["/q/answer.js"]
    assert said == []
    assert phone.cookies() == []
    with served.database.reading() as connection:
        assert connection.execute(select(Response.number)).all() == []
