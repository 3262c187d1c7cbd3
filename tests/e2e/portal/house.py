"""A house for a played week: portal, real Prefect server, runner and clock in a named time, and people with browsers of one size.

`look` is what every visited page has to stand: nothing cut off at either size, targets large enough, axe at level AA, a quiet console, no
request to another machine, and no word that only programmers know.
"""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from campaign.records.store import Store
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.running.due import due_passes
from deployments.children import Child
from deployments.ports import choose_port
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.e2e.portal import gestures
from tests.e2e.portal.conftest import PATIENCE, answers

IMAGES = Path(__file__).parents[3] / "docs" / "images"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=860)
SIZES = {"phone": PHONE, "desk": DESK}
LEVELS = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
INPUTS = "input:not([type=hidden]):not([type=checkbox]):not([type=radio])"
SMALL_TARGETS = f"""() => [...document.querySelectorAll('button, .button, select, nav a, summary, .choice, {INPUTS}')]
  .filter(one => one.offsetParent !== null && getComputedStyle(one).visibility !== 'hidden')
  .map(one => [one.tagName, (one.innerText || one.name || '').trim().slice(0, 20), Math.round(one.getBoundingClientRect().height)])
  .filter(one => one[2] < 44)"""
WIDEST = """() => [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 120)).slice(0, 3)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# English that people may meet: names of products, kinds of files, and what stands in <code> (commands, addresses, hashes).
KNOWN = frozenset(["Prefect", "Excel", "Word", "WPS", "PDF", "OFD", "YAML", "xlsx", "xls", "csv", "MB", "KB", "GB"])
WORDS = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll('code, .small, textarea, script, style, option, datalist, .filename, .file, .pre').forEach(one => one.remove());
  return copy.textContent;
}"""


@dataclass
class House:
    base: str
    home: Path
    named: Path
    server: ServerPlace
    store: Store
    runner: Child
    chromium: Browser
    size: str
    axe: str
    trouble: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    looked: int = 0
    own_words: frozenset[str] = frozenset()

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.named.read_text(encoding="utf-8"))

    def move(self, to: str) -> None:
        """Let it be then, and wait until the product's clock and Prefect have done what is due."""
        write_time(self.named, to)
        self.settle()

    def settle(self) -> None:
        """What is due is done. A minute goes by whenever the clock waits for one, as it does before a message is tried by its next channel."""
        nudged = time.monotonic()

        def settled() -> bool:
            nonlocal nudged
            assert self.runner.is_alive, f"the runner died:\n{self.runner.last_words(40)}"
            with self.store.read() as tx:
                running = tx.connection().exec_driver_sql("SELECT count(*) FROM pass_run WHERE state = 'running'").scalar_one()
            if running:
                nudged = time.monotonic()
            elif not due_passes(self.store, self.now):
                return True
            elif time.monotonic() > nudged + 4:
                write_time(self.named, (self.now + timedelta(seconds=61)).replace(tzinfo=None).isoformat())
                nudged = time.monotonic()
            return False

        wait_until(settled, description=f"everything due by {self.now:%m-%d %H:%M} is done", within=300, every=0.3)

    def visitor(self) -> Page:
        """A browser of its own, of the house's size, that may not leave this machine."""
        touch = self.size == "phone"
        context = self.chromium.new_context(
            viewport=SIZES[self.size],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.base,
            has_touch=touch,
            is_mobile=touch,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("console", lambda told: self.trouble.append(f"{page.url}: {told.text}") if told.type == "error" and "status of 4" not in told.text else None)
        context.on("request", lambda asked: self._watch(asked.url))
        return page

    def _watch(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.trouble.append(f"a request to {address}")

    def log_in(self, login: str, password: str) -> Page:
        page = self.visitor()
        gestures.log_in(page, login, password)
        return page

    def look(self, page: Page, name: str = "", *, keep: bool = False) -> None:
        """All that a page must stand, at both sizes; `keep` puts it into the docs. What it does not stand is told together at the end."""
        self.looked += 1
        name = name or re.sub(r"\W+", "-", urlsplit(page.url).path).strip("-")
        page.evaluate(self.axe)
        for one in page.evaluate(LEVELS)["violations"]:
            self.tell(page, name, one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for size in sorted(SIZES, key=lambda one: one == self.size):
            page.set_viewport_size(SIZES[size])
            wide = page.evaluate(TOO_WIDE)
            if wide > 0:
                self.tell(page, name, f"{wide} pixels too wide for a {size}", page.evaluate(WIDEST))
            if small := page.evaluate(SMALL_TARGETS):
                self.tell(page, name, f"small targets on a {size}", small)
            self._keep(page, name, size, keep)
        said = re.sub(r"\S+\.[a-z]{3,4}\b|https?://\S+", "", page.evaluate(WORDS))
        if strange := set(re.findall(r"[A-Za-z]{2,}", said)) - KNOWN - self.own_words:
            self.tell(page, name, "words that only programmers know", sorted(strange))

    def tell(self, page: Page, name: str, what: str, seen: object) -> None:
        self.trouble.append(f"{name} ({page.url}): {what}: {seen}")

    def _keep(self, page: Page, name: str, size: str, keep: bool) -> None:
        folder = os.environ.get("CAMPAIGN_LOOK")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True, animations="disabled")
        if keep and size == self.size and os.environ.get("CAMPAIGN_SCREENSHOTS") == "1":
            IMAGES.mkdir(parents=True, exist_ok=True)
            picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
            suffix = "-phone" if size == "phone" else ""
            picture.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(IMAGES / f"portal-{name}{suffix}.png", optimize=True)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def write_time(file: Path, to: str) -> None:
    spoken = datetime.fromisoformat(to).replace(tzinfo=CAMPAIGN_ZONE).isoformat()
    beside = file.with_suffix(".new")
    beside.write_text(spoken, encoding="utf-8")
    beside.replace(file)


@contextmanager
def house_of(server: ServerPlace, folder: Path, chromium: Browser, axe: str, size: str, start: str) -> Iterator[House]:
    home, named = folder / "home", folder / "now"
    home.mkdir(parents=True)
    write_time(named, start)
    moved = harness.python("tests.e2e.portal.moved")
    with ExitStack() as held:
        port = choose_port(18600, "门户", held)
        base = f"http://127.0.0.1:{port}"
        env = client_environment(server) | {"CAMPAIGN_HOME": str(home), "CAMPAIGN_PREFECT_API_URL": server.api_url, "CAMPAIGN_PORTAL_PORT": str(port)}
        portal = held.enter_context(harness.running([*moved, "portal", str(named), "--data", str(home), "--port", str(port)], env, log=folder / "portal.log"))
        wait_until(lambda: answers(f"{base}/readyz", portal), description="the portal answers", within=harness.START_SECONDS)
        runner = held.enter_context(harness.running([*moved, "runner", str(named), str(folder / "ready")], env, log=folder / "runner.log"))
        wait_until(lambda: _ready(runner, folder), description="runner and clock are ready", within=harness.START_SECONDS)
        store = Store.open(home)
        held.callback(store.close)
        house = House(base, home, named, server, store, runner, chromium, size, axe)
        held.callback(house.close)
        yield house


def _ready(runner: Child, folder: Path) -> bool:
    assert runner.is_alive, f"the runner died:\n{runner.last_words(40)}"
    return (folder / "ready").exists()
