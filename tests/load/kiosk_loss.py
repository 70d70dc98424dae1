"""Kiosk loss: tablets in a real browser while everything fails; what was thanked for is stored, and once.

Run by ``make kiosk-loss``; a small part of it runs with the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright
from sqlalchemy import func, select

from survey_app.collect.kiosk_counts import missing_of
from survey_app.store.devices import Device, DeviceRecord
from survey_app.store.engine import Database
from survey_app.store.responses import Part, Response
from tests.load.failing import CUT_BEFORE, CUT_DURING, GOOD, NO_ANSWER, Lines, Server, free_port
from tests.load.kiosks import office_with_kiosks
from tests.postgresql import postgresql_server

PAGES = 4
CHUNK = 10
"""Visits that a page makes by itself in one go."""
TILES = ("time", "place", "procedure", "attitude", "guidance", "result", "other")
CLICK_START = "() => document.querySelector('.go').click()"
MAKE_VISITS = """async ([count, seed]) => {
    const { Visit } = await import(`/kiosk/files/${kiosk.version}/visit.js`);
    let state = seed;
    const chance = (of) => (state = (state * 48271) % 2147483647) % of;
    for (let made = 0; made < count; made += 1) {
        const visit = new Visit(kiosk.setup, kiosk.setup.counters[0], "vi");
        do {
            const { choices, required } = visit.question;
            if (required || chance(5)) visit.answer(choices[chance(choices.length)].code);
        } while (visit.forward());
        await kiosk.store.keep(await kiosk.seal(visit, false));
        kiosk.line.sync();
        await thanked(visit.id, JSON.stringify(visit.content(null, null, false).answers));
    }
}"""


@dataclass
class Ledger:
    """What was pressed by visit, and which visits were thanked for."""

    pressed: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    thanked: dict[str, dict[str, str]] = field(default_factory=dict)
    interface: int = 0

    def thank(self, visit: str, answers: str) -> None:
        """Note a visit that the page made by itself."""
        self.thanked[visit] = json.loads(answers)


@dataclass
class Figures:
    """What came of it."""

    database: str
    thanked: int
    through_interface: int
    stored: int
    lost: int
    double: int
    wrong: int
    missing_numbers: int
    happened: dict[str, int]
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, doubled or changed."""
        return not (self.lost or self.double or self.wrong or self.missing_numbers)

    def __str__(self) -> str:
        """Give the figures in lines."""
        happened = ", ".join(f"{count} × {what}" for what, count in sorted(self.happened.items()))
        return (
            f"{self.database}: {self.thanked} visits thanked for ({self.through_interface} through the whole "
            f"interface in {PAGES} pages), {self.stored} stored\n"
            f"lost {self.lost}, double {self.double}, other than pressed {self.wrong}, "
            f"numbers missing {self.missing_numbers}\n{happened}\n{self.seconds / 60:.1f} minutes"
        )


@dataclass
class Hall:
    """Four tablets, their browser, their lines and the server, and what happens to them."""

    playwright: Playwright
    folder: Path
    server: Server
    lines: Lines
    database: Database
    chance: random.Random
    full_disk: bool
    ledger: Ledger = field(default_factory=Ledger)
    happened: dict[str, int] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    browser: Browser | None = None
    pages: list[Page] = field(default_factory=list)
    coming: list[Callable[[], None]] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Count what happened."""
        self.happened[what] = self.happened.get(what, 0) + 1

    def open_browser(self) -> None:
        """Start the browser on its profile and open the four kiosks in it."""
        profile = self.folder / "profile"
        (profile / "DevToolsActivePort").unlink(missing_ok=True)
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        self.process = subprocess.Popen(
            [
                path, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
                f"--user-data-dir={profile}", "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        port = _soon(lambda: (profile / "DevToolsActivePort").read_text().split()[0])
        self.browser = _soon(lambda: self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}"))
        self.browser.contexts[0].expose_function("thanked", self.ledger.thank)
        self.pages = [self.open_page(port) for port in self.lines.ports]

    def open_page(self, port: int) -> Page:
        """Open a kiosk; the line may fail, the page is at hand all the same."""
        assert self.browser is not None
        page = self.browser.contexts[0].new_page()
        page.set_default_timeout(30_000)
        page.goto(f"http://127.0.0.1:{port}/kiosk/", wait_until="commit")
        page.wait_for_selector("body[data-screen]", state="attached")
        return page

    def kill_browser(self) -> None:
        """Kill the browser with all of its processes at once, and start it again."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(Error):
            assert self.browser is not None
            self.browser.close()
        self.open_browser()

    def ready(self) -> None:
        """Wait until each kiosk shows its start screen."""
        for page in self.pages:
            self.wait_for_start(page)

    def wait_for_start(self, page: Page) -> None:
        """Wait until a kiosk shows its start screen; say what it shows if it does not."""
        try:
            page.wait_for_selector("body[data-screen=start]", state="attached")
        except Error as error:
            shown = "() => `${document.body.dataset.screen}: ${document.body.innerText}`"
            what = page.evaluate(shown) if not page.is_closed() else "nothing: it is closed"
            raise AssertionError(f"kiosk {self.pages.index(page)} shows {what}") from error

    def visit_through_interface(self) -> None:
        """Let a person at each of the four kiosks press what chance says, up to the thanks."""
        self.ready()
        for page in self.pages:
            page.evaluate(CLICK_START)
        for page in self.pages:
            page.wait_for_selector("body[data-screen=question]", state="attached")
        visits = [page.evaluate("() => kiosk.visit.id") for page in self.pages]
        faces = [self.chance.choice("12345") for _ in self.pages]
        tiles = [self.chance.choice((*TILES, None)) for _ in self.pages]
        for page, visit, code in zip(self.pages, visits, faces, strict=True):
            self.ledger.pressed[visit] = [{"overall": code}]
            page.click(f".o[value='{code}']")
        for page, visit, face, tile in zip(self.pages, visits, faces, tiles, strict=True):
            page.wait_for_selector(".tiles", state="attached")
            if tile is None:
                page.click("footer .btn:last-child")
            else:
                asked = "best" if face in "45" else "improve"
                self.ledger.pressed[visit].append({"overall": face, asked: tile})
                page.click(f".tile[value='{tile}']")
        for page, visit in zip(self.pages, visits, strict=True):
            page.wait_for_selector("body[data-screen=thanks]", state="attached")
            self.ledger.thanked[visit] = self.ledger.pressed[visit][-1]
            self.ledger.interface += 1
            page.click(".middle .btn.p")

    def visits_by_themselves(self, count: int) -> None:
        """Let each page make visits one after another, without the screens."""
        self.ready()
        self._begin_visits(count)
        for page in self.pages:
            page.evaluate("() => window.visits")

    def _begin_visits(self, count: int) -> None:
        for page in self.pages:
            begin = f"(asked) => {{ window.visits = ({MAKE_VISITS})(asked); }}"
            page.evaluate(begin, [count, self.chance.randrange(1, 10**9)])

    def make_trouble(self) -> None:
        """Let one thing go wrong, or right again; every kind comes once before one comes again."""
        if not self.coming:
            self.coming = self._troubles()
            self.chance.shuffle(self.coming)
        self.coming.pop()()

    def _troubles(self) -> list[Callable[[], None]]:
        troubles: list[Callable[[], None]] = [
            self._line_changes, self._line_changes, self._line_changes, self._server_dies, self._browser_dies,
            self._browser_dies_amid_visits, self._page_reloads, self._page_reloads, self._clock_jumps,
            self._second_tab, self._person_leaves,
        ]  # fmt: skip
        if self.full_disk:
            troubles.append(self._disk_is_full)
        return troubles

    def _line_changes(self) -> None:
        self.lines.faults = self.chance.choice(
            (
                (GOOD,),
                (GOOD, CUT_BEFORE),
                (CUT_BEFORE,),
                (GOOD, CUT_DURING),
                (GOOD, NO_ANSWER),
                (NO_ANSWER, CUT_DURING),
            )
        )
        for page in self.pages:
            page.evaluate("() => { kiosk.line.failures = 0; kiosk.line.sync(); }")

    def _server_dies(self) -> None:
        self.note("server killed")
        self.server.kill()
        self.visits_by_themselves(2)
        self.server.start()

    def _disk_is_full(self) -> None:
        self.note("disk full")
        self.server.kill()
        size = (self.folder / "survey.sqlite3").stat().st_size
        self.lines.faults = (GOOD,)
        self.server.start(largest_file=size // 4096 * 4096 + 4096)
        self.visits_by_themselves(CHUNK // PAGES)
        self.server.kill()
        self.server.start()

    def _browser_dies(self) -> None:
        self.note("browser killed")
        self.kill_browser()

    def _browser_dies_amid_visits(self) -> None:
        self.note("browser killed")
        self._begin_visits(50)
        self.pages[0].wait_for_timeout(self.chance.randrange(50, 1500))
        self.kill_browser()

    def _page_reloads(self) -> None:
        self.note("reload")
        page = self.chance.choice(self.pages)
        self._begin_visits(10)
        page.wait_for_timeout(self.chance.randrange(0, 300))
        page.reload(wait_until="commit")
        self.wait_for_start(page)

    def _clock_jumps(self) -> None:
        self.note("clock jump")
        page = self.chance.choice(self.pages)
        hours = self.chance.choice((-20_000, -26, -1, 1, 26, 5_000))
        page.evaluate(
            "(ahead) => { const now = Date.now; Date.now = () => now() + ahead; }", hours * 3_600_000
        )

    def _second_tab(self) -> None:
        self.note("second tab")
        place = self.chance.randrange(len(self.pages))
        second = self.open_page(self.lines.ports[place])
        second.wait_for_selector("body[data-screen=elsewhere]", state="attached")
        self.pages[place].close()
        second.wait_for_selector("body[data-screen=start]", state="attached")
        self.pages[place] = second

    def _person_leaves(self) -> None:
        """Let a person answer once and the page be reloaded: what was pressed may be kept, nothing else."""
        self.note("left and reloaded")
        self.ready()
        page = self.chance.choice(self.pages)
        page.evaluate(CLICK_START)
        page.wait_for_selector("body[data-screen=question]", state="attached")
        visit = page.evaluate("() => kiosk.visit.id")
        self.ledger.pressed[visit] = [{"overall": "3"}]
        page.click(".o[value='3']")
        page.wait_for_timeout(self.chance.randrange(0, 600))
        page.reload(wait_until="commit")
        self.wait_for_start(page)

    def last_sync(self) -> None:
        """Let all be well again, and wait until nothing waits on a tablet."""
        self.lines.faults = (GOOD,)
        for page in self.pages:
            page.reload(wait_until="commit")
        self.ready()
        for page in self.pages:
            for _ in range(600):
                page.evaluate("() => kiosk.line.sync()")
                if page.evaluate("async () => (await kiosk.store.counts()).waiting") == 0:
                    break
                page.wait_for_timeout(200)
            page.evaluate("() => kiosk.line.sync()")

    def figures(self, seconds: float, name: str) -> Figures:
        """Hold what is stored against what was pressed."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(Response.id, Part.answers).join(Part, Part.response_number == Response.number)
            ).all()
            doubled = connection.scalar(
                select(func.count() - func.count(func.distinct(DeviceRecord.response_number)))
            )
            devices = connection.execute(select(*Device.__table__.columns)).all()
            missing = sum(
                last - first + 1 for device in devices for first, last in missing_of(connection, device)
            )
        stored = {row.id: json.loads(row.answers) for row in rows}
        thanked = self.ledger.thanked
        wrong = sum(id in stored and stored[id] != answers for id, answers in thanked.items())
        wrong += sum(
            id in stored and id not in thanked and stored[id] not in states
            for id, states in self.ledger.pressed.items()
        )
        return Figures(
            database=name,
            thanked=len(thanked),
            through_interface=self.ledger.interface,
            stored=len(stored),
            lost=sum(id not in stored for id in thanked),
            double=len(rows) - len(stored) + int(doubled or 0),
            wrong=wrong,
            missing_numbers=missing,
            happened={**self.happened, **{f"line {what}": count for what, count in self.lines.cut.items()}},
            seconds=seconds,
        )


def _soon(find: Callable[[], Any]) -> Any:
    for _ in range(300):
        with suppress(OSError, IndexError, Error):
            return find()
        time.sleep(0.1)
    return find()


@contextmanager
def hall(database_url: str, folder: Path, seed: int) -> Iterator[Hall]:
    """Open an office with four kiosks, paired through their screens."""
    port = free_port()
    database, codes = office_with_kiosks(folder, port, database_url, PAGES)
    chance = random.Random(seed)
    server, lines = Server(folder, port), Lines(port, random.Random(seed + 1))
    lines.open(PAGES)
    server.start()
    with sync_playwright() as playwright:
        made = Hall(playwright, folder, server, lines, database, chance, database_url.startswith("sqlite"))
        try:
            made.open_browser()
            for page, code in zip(made.pages, codes, strict=True):
                page.fill("#code", code)
                page.keyboard.press("Enter")
                page.evaluate("() => navigator.serviceWorker.ready")
            made.ready()
            yield made
        finally:
            if made.process is not None:
                os.killpg(made.process.pid, signal.SIGKILL)
                made.process.wait()
            lines.close()
            server.kill()
            database.engine.dispose()


def run(
    database_url: str,
    folder: Path,
    visits: int,
    through: int,
    name: str,
    *,
    seed: int = 1,
    chunk: int = CHUNK,
    trouble: float = 0.2,
) -> Figures:
    """Make so many visits, some through the interface, with trouble between them; give what came of it."""
    began = time.monotonic()
    with hall(database_url, folder, seed) as tablets:
        ledger = tablets.ledger
        while ledger.interface < through or len(ledger.thanked) < visits:
            left = visits - through - (len(ledger.thanked) - ledger.interface)
            if left <= 0 or (
                ledger.interface < through and ledger.interface * visits <= through * len(ledger.thanked)
            ):
                tablets.visit_through_interface()
            else:
                tablets.visits_by_themselves(min(chunk, -(-left // PAGES)))
            for _ in range(int(trouble + tablets.chance.random())):
                tablets.make_trouble()
        tablets.last_sync()
        return tablets.figures(time.monotonic() - began, name)


def main() -> int:
    """Run on both databases, or one, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--through", type=int, default=1_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    clean = True
    if asked.database in ("sqlite", "both"):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/survey.sqlite3"
            figures = run(url, Path(folder), asked.visits, asked.through, "SQLite", seed=asked.seed)
            print(figures, flush=True)
            clean = clean and figures.clean
    if asked.database in ("postgresql", "both"):
        with tempfile.TemporaryDirectory() as folder, postgresql_server() as url:
            figures = run(url, Path(folder), asked.visits, asked.through, "PostgreSQL", seed=asked.seed)
            print(figures, flush=True)
            clean = clean and figures.clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
