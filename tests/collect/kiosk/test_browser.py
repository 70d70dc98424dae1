"""The kiosk as people meet it, in a real browser: without a line, pressed by everybody, read by nobody."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from sqlalchemy import select, update

from survey_app.collect.devices import NewDevice, revoke
from survey_app.collect.releases import retire
from survey_app.collect.rotating import current_code, make_screen, secrets_of
from survey_app.collect.sealed import Opener
from survey_app.config import load_keys
from survey_app.store.devices import Device
from survey_app.store.engine import Database
from survey_app.store.responses import Part, Response
from tests.collect.kiosk.browsing import Counter, serving, tablet_at
from tests.offices import SmallOffice
from tests.pages import Clock

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("kind", ["sqlite"], indirect=True)]

IN_STORE = """async () => {
    const found = [];
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
        });
        for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store).getAll();
            await new Promise((resolve) => (all.onsuccess = resolve));
            for (const each of all.result) {
                const bytes = each && (each.box || (each instanceof Uint8Array && each));
                found.push([store, bytes ? String.fromCharCode(...bytes) : JSON.stringify(each)]);
            }
        }
        database.close();
    }
    return found;
}"""


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.testing = False
    with serving(app) as address:
        yield address


@pytest.fixture
def counter(
    playwright: Playwright, address: str, tmp_path: Path, new_device: Callable[..., NewDevice]
) -> Iterator[Counter]:
    with tablet_at(playwright, tmp_path / "profile", address) as opened:
        opened.pair(new_device().code)
        yield opened


def answers(database: Database) -> list[dict[str, object]]:
    with database.reading() as connection:
        return [
            json.loads(text)
            for text in connection.scalars(select(Part.answers).order_by(Part.response_number))
        ]


def test_offline__reload_two_hundred_answers_restart_sync__all_stored_as_pressed(
    playwright: Playwright,
    address: str,
    tmp_path: Path,
    new_device: Callable[..., NewDevice],
    database: Database,
) -> None:
    pressed = [(face, tile) for face in range(1, 6) for tile in ("time", "attitude", None, "other")]
    with tablet_at(playwright, tmp_path / "profile", address) as counter:
        counter.pair(new_device().code)
        counter.context.set_offline(True)
        counter.page.reload()
        for face, tile in pressed:
            counter.answer(face, tile)
        counter.page.evaluate(
            """async () => {
                const { Visit } = await import(`/kiosk/files/${kiosk.version}/visit.js`);
                for (let made = 0; made < 180; made += 1) {
                    const visit = new Visit(kiosk.setup, kiosk.setup.counters[0], 'vi');
                    visit.answer('3');
                    await kiosk.store.keep(await kiosk.seal(visit, false));
                }
            }"""
        )
        assert counter.waiting() == 200
    assert answers(database) == []
    with tablet_at(playwright, tmp_path / "profile", address) as counter:
        counter.screen("start")
        counter.sync()
    expected = [
        {"overall": str(face)} | ({"best" if face > 3 else "improve": tile} if tile else {})
        for face, tile in pressed
    ]
    assert answers(database) == expected + [{"overall": "3"}] * 180


def test_screens__every_one_in_every_size__axe_and_fingers_find_nothing(
    counter: Counter, new_device: Callable[..., NewDevice]
) -> None:
    page = counter.page
    found = counter.faults()
    page.click("footer .btn")
    counter.screen("pin")
    found += counter.faults()
    page.click("footer .btn")
    counter.screen("start")
    page.click(".langs li:last-child .btn")
    counter.screen("slip")
    page.fill("#slip", "AAAA")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wrong")
    assert page.input_value("#slip") == "AAAA"
    found += counter.faults()
    page.click("footer .btn")
    counter.screen("start")
    page.click(".go")
    counter.screen("question")
    found += counter.faults()
    counter.press(".o[value='2']")
    found += counter.faults()
    page.evaluate("kiosk.warn()")
    found += counter.faults()
    page.click(".middle .btn.p")
    counter.screen("question")
    page.click(".tile[value=time]")
    counter.screen("thanks")
    page.evaluate("clearInterval(kiosk.ticking)")
    found += counter.faults()
    assert found == []


def test_screens__of_the_long_questionnaire__axe_and_fingers_find_nothing(
    playwright: Playwright, address: str, tmp_path: Path, new_device: Callable[..., NewDevice]
) -> None:
    made = new_device("Q1", "Q2", questionnaire="counter-service")
    with tablet_at(playwright, tmp_path / "profile", address) as counter:
        found = counter.faults()
        counter.pair(made.code)
        found += counter.faults()
        counter.page.click(".langs .btn[lang=fr]")
        counter.page.wait_for_selector("html[lang=fr]")
        counter.page.click(".counters .tile >> nth=1")
        counter.screen("question")
        while counter.page.evaluate("document.body.dataset.screen") == "question":
            found += counter.faults()
            if counter.page.locator("main.multiple").count():
                counter.page.click(".tile >> nth=0")
                counter.press("footer .btn.p")
            else:
                counter.press(".o >> nth=1" if counter.page.locator(".o").count() else ".tile >> nth=1")
        counter.screen("thanks")
        counter.page.click(".middle .btn.p")
        counter.screen("start")
        counter.page.click("footer .btn")
        for digit in made.pin:
            counter.page.click(f".key >> text='{digit}'")
        counter.screen("staff")
        found += counter.faults(may_scroll=True)
    assert found == []


def test_storage__after_answers_without_a_line__nobody_reads_one(
    counter: Counter, app: Flask, database: Database
) -> None:
    counter.context.set_offline(True)
    counter.answer(1, "attitude")
    counter.page.click(".go")
    counter.press(".o[value='1']")
    visit = counter.page.evaluate("kiosk.visit.id")
    found = counter.page.evaluate(IN_STORE)
    kept = [content for store, content in found if store in ("waiting", "draft")]
    assert len(kept) == 2
    for _, content in found:
        assert '"overall":' not in content.replace('"id":"overall"', "")
        assert visit not in content
    opener = Opener.of(load_keys(Path(app.instance_path), "kiosk"))
    assert len({len(content) for content in kept}) == 1
    assert b'"attitude"' in opener.open(kept[1].encode("latin1"), 1) + opener.open(
        kept[0].encode("latin1"), 1
    )
    with pytest.raises(Exception, match="not extractable"):
        counter.page.evaluate(
            "async () => crypto.subtle.exportKey('jwk', (await kiosk.store.get('device')).keys.privateKey)"
        )


def test_next_person__after_idling__answer_kept_as_given_and_nothing_left(
    counter: Counter, database: Database
) -> None:
    page = counter.page
    page.evaluate("kiosk.setup.idle = 0.3")
    page.click(".langs .btn[lang=fr]")
    counter.press(".o[value='4']")
    counter.screen("idle")
    page.evaluate("clearInterval(kiosk.ticking); kiosk.finish(false)")
    counter.screen("start")
    assert page.evaluate("document.documentElement.lang") == "vi"
    assert page.evaluate("kiosk.visit") is None
    counter.sync()
    assert answers(database) == [{"overall": "4"}]
    page.go_back()
    page.wait_for_timeout(200)
    assert page.url.endswith("/kiosk/")
    counter.screen("start")
    page.click(".go")
    counter.screen("question")
    assert page.locator("[aria-pressed=true]").count() == 0


def test_reload__amid_a_visit__start_screen_and_what_was_answered_kept(
    counter: Counter, database: Database
) -> None:
    counter.page.click(".go")
    counter.press(".o[value='2']")
    counter.page.reload()
    counter.screen("start")
    counter.sync()
    assert answers(database) == [{"overall": "2"}]


def test_back__other_answer__the_last_one_counts_and_what_no_longer_applies_is_dropped(
    counter: Counter, database: Database
) -> None:
    counter.page.click(".go")
    counter.press(".o[value='5']")
    counter.press("footer .btn:first-child")
    assert counter.page.locator(".o[value='5'][aria-pressed=true]").count() == 1
    counter.press(".o[value='1']")
    counter.page.click(".tile[value=result]")
    counter.screen("thanks")
    counter.sync()
    assert answers(database) == [{"overall": "1", "improve": "result"}]


def test_browser_refuses_the_database__no_thanks_and_kept_in_memory_until_it_gives_in(
    counter: Counter, database: Database
) -> None:
    page = counter.page
    page.evaluate(
        """() => {
            window.keep = kiosk.store.keep;
            kiosk.store.keep = () => Promise.reject(new Error('refused'));
        }"""
    )
    page.click(".go")
    counter.press(".o[value='5']")
    page.click(".tile[value=time]")
    counter.screen("not_kept")
    assert page.locator(".qr").count() == 1
    assert page.evaluate("kiosk.memory.length") == 1
    page.click(".middle .btn")
    counter.screen("start")
    page.evaluate("() => { kiosk.store.keep = window.keep; }")
    counter.answer(3, None)
    counter.sync()
    assert answers(database) == [{"overall": "5", "best": "time"}, {"overall": "3"}]


@pytest.mark.parametrize("ending", ["revoked", "closed"])
def test_pairing_or_questionnaire_ends__a_clear_sentence(
    counter: Counter, database: Database, clock: Clock, ending: str
) -> None:
    with database.writing() as connection:
        if ending == "revoked":
            revoke(connection, 1, clock())
        else:
            retire(connection, "kiosk-quick", 1, clock())
    counter.page.evaluate("kiosk.line.sync()")
    counter.screen(ending)
    assert counter.page.locator("h1").inner_text()
    assert counter.faults() == []
    counter.page.reload()
    counter.screen(ending)


def test_second_window__waits_until_the_first_is_closed(counter: Counter) -> None:
    second = counter.context.new_page()
    second.goto(f"{counter.address}/kiosk/")
    second.wait_for_selector("body[data-screen=elsewhere]")
    counter.page.close()
    second.wait_for_selector("body[data-screen=start]")
    assert second.locator("h1").inner_text()


def test_staff__pin_and_officer__counts_shown_and_choice_with_the_next_answer(
    counter: Counter, database: Database, office: SmallOffice, new_device: Callable[..., NewDevice]
) -> None:
    page = counter.page
    pin = new_device(name="other").pin
    with database.writing() as connection:
        hashed = connection.scalar(select(Device.pin).where(Device.name == "other"))
        connection.execute(update(Device).where(Device.id == 1).values(pin=hashed))
    page.evaluate("kiosk.line.sync()")
    counter.answer(4)
    counter.sync()
    page.click("footer .btn")
    wrong = "000000" if pin != "000000" else "111111"
    for digit in wrong:
        page.click(f".key >> text='{digit}'")
    page.wait_for_selector(".wrong:not(:empty)")
    for digit in pin:
        page.click(f".key >> text='{digit}'")
    counter.screen("staff")
    assert page.locator("dd").all_inner_texts()[:4] == ["0", "1", "1", "0"]
    assert page.locator("main").inner_text().count("overall") == 0


def test_code_between_visits__changes_by_the_minute_and_is_the_servers(
    counter: Counter, app: Flask, database: Database, office: SmallOffice, clock: Clock
) -> None:
    with database.writing() as connection:
        make_screen(connection, office.counter, clock())
        [secret] = secrets_of(connection, load_keys(Path(app.instance_path), "visit"), office.counter)
    counter.page.evaluate("kiosk.line.sync()")
    counter.page.wait_for_function("kiosk.setup.counters[0].secret")
    ours = counter.page.evaluate(
        """async (moment) => {
            const { codeNow } = await import(`/kiosk/files/${kiosk.version}/rotating.js`);
            return codeNow(kiosk.setup.counters[0].secret, moment);
        }""",
        int(clock().timestamp() * 1000),
    )
    assert ours == current_code(secret, clock())
    assert counter.page.locator(".phone .qr").count() == 1


def test_qr_code__made_on_the_tablet__the_same_squares_as_a_known_maker(counter: Counter) -> None:
    for text in (
        "http://127.0.0.1/q/K7M4XARX",
        "https://danhgia.nghean.example/q/K7M4XARXWD9K3TRA",
        *("x" * length for length in (14, 15, 26, 42, 62, 84, 106)),
    ):
        made = counter.page.evaluate(
            "async (text) => (await import(`/kiosk/files/${kiosk.version}/qr.js`)).qrRows(text)", text
        )
        code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=0)
        code.add_data(text.encode(), optimize=0)
        code.make(fit=True)
        assert made == ["".join("01"[bool(dark)] for dark in row) for row in code.get_matrix()]


def test_newer_version__takes_over_between_visits_only(counter: Counter, app: Flask) -> None:
    page = counter.page
    page.click(".go")
    counter.press(".o[value='5']")
    files = app.extensions["kiosk"].files
    app.extensions["kiosk"].files = type(files)(
        "0123456789ab", files.contents, files.compressed, files.worker
    )
    page.evaluate("kiosk.line.sync()")
    page.wait_for_timeout(500)
    assert page.evaluate("document.body.dataset.screen") == "question"
    page.click(".tile[value=time]")
    counter.screen("thanks")
    with page.expect_event("framenavigated"):
        page.click(".middle .btn.p")
    page.wait_for_selector("body[data-version='0123456789ab'][data-screen=start]", state="attached")
    counter.sync()
    with app.extensions["database"].reading() as connection:
        assert len(connection.execute(select(Response.number)).all()) == 1
