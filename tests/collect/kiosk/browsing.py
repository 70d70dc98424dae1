"""A kiosk in a real browser: served, paired through its screen, and pressed by made-up people."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright
from werkzeug.serving import BaseWSGIServer, make_server

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
SIZES = ((1280, 800), (800, 1280), (1024, 600), (600, 1024))
SMALLEST = 96
"""CSS pixels that every target has in both directions."""
TARGETS = """(smallest) => [...document.querySelectorAll('button, input, textarea')]
    .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (width < smallest || height < smallest))
    .map(([words, { width, height }]) => `${words}: ${width} x ${height}`)"""
APART = 12
"""CSS pixels between any two targets: a wet finger presses one of them."""
TOO_NEAR = """(apart) => {
    const targets = [...document.querySelectorAll('button, input, textarea')]
        .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, { width }]) => width);
    return targets.flatMap(([words, one], place) => targets.slice(place + 1)
        .filter(([, other]) => Math.max(one.left - other.right, other.left - one.right) < apart
            && Math.max(one.top - other.bottom, other.top - one.bottom) < apart)
        .map(([others]) => `${words} is too near to ${others}`));
}"""
TOO_LARGE = """() => [
    document.documentElement.scrollWidth > innerWidth && 'scrolls sideways',
    document.documentElement.scrollHeight > innerHeight && 'scrolls',
].filter(Boolean)"""


@dataclass
class Counter:
    """The tablet on the counter: its browser's profile, its page, and whether there is a line."""

    context: BrowserContext
    page: Page
    address: str

    def screen(self, name: str) -> None:
        """Wait for a screen."""
        self.page.wait_for_selector(f"body[data-screen={name}]", state="attached")

    def pair(self, code: str) -> None:
        """Pair the tablet with a code, and wait until it works without a line."""
        self.page.fill("#code", code)
        self.page.keyboard.press("Enter")
        self.screen("start")
        self.page.evaluate("() => navigator.serviceWorker.ready")

    def press(self, selector: str) -> None:
        """Press something and wait until the screen is another one."""
        before = self.page.title()
        self.page.click(selector)
        self.page.wait_for_function("(before) => document.title !== before", arg=before)

    def answer(self, face: int, tile: str | None = "time") -> None:
        """Go through a visit of two questions, up to the thanks and back to the start."""
        self.screen("start")
        self.page.click(".go")
        self.screen("question")
        self.press(f".o[value='{face}']")
        self.press(f".tile[value='{tile}']" if tile else "footer .btn:last-child")
        self.screen("thanks")
        self.page.click(".middle .btn.p")
        self.screen("start")

    def waiting(self) -> int:
        """Give how many records wait."""
        return int(self.page.evaluate("async () => (await kiosk.store.counts()).waiting"))

    def sync(self) -> None:
        """Send until nothing waits."""
        for _ in range(100):
            self.page.evaluate("() => kiosk.line.sync()")
            if not self.waiting():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.waiting()} records wait though there is a line")

    def faults(self, *, may_scroll: bool = False) -> list[str]:
        """Give what is wrong with the screen in every size: for axe, for fingers, for eyes."""
        found = []
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            where = f"{self.page.evaluate('document.body.dataset.screen')} at {width}"
            small = self.page.evaluate(TARGETS, SMALLEST - 0.1)
            near = [] if may_scroll else self.page.evaluate(TOO_NEAR, APART - 0.1)
            large = [] if may_scroll else self.page.evaluate(TOO_LARGE)
            violations = [each["id"] for each in Axe().run(self.page).response["violations"]]
            found += [f"{where}: {fault}" for fault in (*small, *near, *large, *violations)]
        return found


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app on this machine; give its address."""
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def tablet_at(playwright: Playwright, profile: Path, address: str) -> Iterator[Counter]:
    """Open the kiosk in a browser with a profile that outlives it."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=path,
        args=list(QUIET),
        viewport={"width": 1280, "height": 800},
        locale="vi-VN",
    )
    try:
        page = context.pages[0]
        page.goto(f"{address}/kiosk/", wait_until="commit")
        page.wait_for_selector("body[data-screen]", state="attached")
        yield Counter(context, page, address)
    finally:
        context.close()
