"""The citizen's page in each of its states: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, insert, update

from survey_app.collect.releases import release
from survey_app.collect.sources import minute_of, source_of
from survey_app.config import Settings
from survey_app.store.engine import open_database
from survey_app.store.organisation import CounterCode
from survey_app.store.responses import Sending
from tests.collect.test_tongues import in_tongues
from tests.end_to_end.conftest import Served, serving
from tests.end_to_end.test_pages import faults

pytestmark = pytest.mark.browser

VIEWS: dict[str, dict[str, Any]] = {
    "zoomed four times": {"viewport": {"width": 320, "height": 256}, "reduced_motion": "reduce"},
    "dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "forced": {"viewport": {"width": 390, "height": 844}, "forced_colors": "active"},
    "wide": {"viewport": {"width": 1280, "height": 800}},
}
ENLARGED = "document.documentElement.style.fontSize = '200%'"
"""As the setting of a browser does: a sheet of ours cannot, so it is done from outside."""


@pytest.fixture(scope="module")
def site(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("states")
    shutil.copyfile(upgraded_file, folder / "survey.sqlite3")
    url = f"sqlite:///{folder / 'survey.sqlite3'}"
    database = open_database(url)
    (folder / "audio" / "tyj").mkdir(parents=True)
    for name in ("overall.mp3", "overall.1.mp3"):
        (folder / "audio" / "tyj" / name).write_bytes(b"ID3")
    with serving(database, url, folder) as found:
        with database.writing() as connection:
            release(connection, in_tongues(), datetime.now(UTC))
            retired = update(CounterCode).where(CounterCode.code == found.office.shared_code)
            connection.execute(retired.values(retired_at=datetime.now(UTC)))
        yield found
    database.engine.dispose()


def post(page: Page) -> None:
    """Send the form as a browser without the script does."""
    with page.expect_navigation():
        page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('form'))")


def open_form(page: Page, site: Served, language: str = "vi") -> None:
    page.goto(f"{site.address}/q/{site.office.code}?lang={language}")


def choose(page: Page, **answers: str) -> None:
    for question, code in answers.items():
        page.locator(f"input[name={question}][value='{code}']").check()


def empty(page: Page, site: Served) -> None:
    open_form(page, site)


def filled(page: Page, site: Served) -> None:
    open_form(page, site)
    choose(page, overall="2", when="now", access="5", result="na", reasons="wait", extra_payment="refused")
    page.locator("textarea").fill("Phải chờ lâu.")


def faulty(page: Page, site: Served) -> None:
    open_form(page, site, "en")
    page.evaluate("document.querySelector('textarea').removeAttribute('maxlength')")
    page.locator("textarea").fill("x" * 501)
    post(page)
    expect(page.get_by_role("alert")).to_be_focused()


def opened_long_ago(page: Page, site: Served) -> None:
    open_form(page, site)
    choose(page, overall="4")
    page.evaluate("document.querySelector('[name=visit]').value = 'x.y'")
    post(page)


def offline(page: Page, site: Served) -> None:
    open_form(page, site)
    page.context.set_offline(True)
    choose(page, overall="3")
    page.locator("form > button").last.click()
    expect(page.locator(".told button")).to_be_visible()


def thanks(page: Page, site: Served) -> None:
    open_form(page, site, "fr")
    choose(page, overall="4")
    post(page)
    expect(page.locator(".code")).to_be_visible()


def not_found(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/q/AAAAAAAA?lang=en")


def sent_already(page: Page, site: Served) -> None:
    thanks(page, site)
    page.go_back()
    choose(page, overall="1")
    post(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Déjà envoyé")


def retired(page: Page, site: Served) -> None:
    answer = page.goto(f"{site.address}/q/{site.office.shared_code}")
    assert answer is not None
    assert answer.status == 410


def too_many(page: Page, site: Served) -> None:
    open_form(page, site)
    choose(page, overall="4")
    zone, now = Settings(database_url="unused").zone, datetime.now(UTC)
    source = source_of(site.instance / "secrets", site.office.counter, "127.0.0.1", now, zone)
    with site.database.writing() as connection:
        connection.execute(delete(Sending))
        connection.execute(insert(Sending).values(source=source, minute=minute_of(now), responses=300))
    post(page)
    expect(page.get_by_role("alert")).to_contain_text("60")
    with site.database.writing() as connection:
        connection.execute(delete(Sending))


def right_to_left(page: Page, site: Served) -> None:
    open_form(page, site, "ar")
    choose(page, overall="1")


def recorded(page: Page, site: Served) -> None:
    open_form(page, site, "tyj")
    page.locator(".hear summary").first.click()


STATES: tuple[Callable[[Page, Served], None], ...] = (
    empty,
    filled,
    faulty,
    opened_long_ago,
    offline,
    thanks,
    not_found,
    sent_already,
    retired,
    too_many,
    right_to_left,
    recorded,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_state__in_every_view__axe_finds_nothing_and_nothing_is_cut(
    browser: Browser, site: Served, state: Callable[[Page, Served], None]
) -> None:
    found = []
    for name, view in VIEWS.items():
        context = browser.new_context(**view, locale="vi-VN")
        page = context.new_page()
        state(page, site)
        found += [f"{name}: {fault}" for fault in faults(page)]
        if name in ("zoomed four times", "dark"):
            page.evaluate(ENLARGED)
            found += [f"{name}, text twice as large: {fault}" for fault in faults(page)]
        context.close()
    assert found == []


def test_form__in_narrow_space__faces_stand_below_each_other_with_their_words_whole(
    browser: Browser, site: Served
) -> None:
    for width, larger, columns in ((390, False, 5), (390, True, 1), (320, False, 1)):
        page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
        open_form(page, site)
        if larger:
            page.evaluate(ENLARGED)
        sizes = page.locator("#overall .o").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().top)"
        )
        assert len(set(sizes)) == (1 if columns == 5 else 5)
        targets = page.locator("label").evaluate_all(
            "all => all.filter(each => each.offsetParent).map(each => each.getBoundingClientRect().height)"
        )
        assert min(targets) >= 24
        page.context.close()


def test_form__forced_colours__chosen_face_differs_from_the_others(browser: Browser, site: Served) -> None:
    page = browser.new_context(forced_colors="active", locale="vi-VN").new_page()
    open_form(page, site)
    choose(page, overall="4")
    colours = page.locator("#overall .o span").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    assert colours.count(colours[3]) == 1
    assert len(set(colours)) == 2


def test_form__less_motion_wanted__nothing_moves_smoothly(browser: Browser, site: Served) -> None:
    for wish, behaviour, seconds in (("reduce", "auto", "0s"), ("no-preference", "smooth", "0.12s")):
        page = browser.new_context(reduced_motion=wish, locale="vi-VN").new_page()
        open_form(page, site)
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.o span')).transitionDuration") == seconds
        )
        page.context.close()
