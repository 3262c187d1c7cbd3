"""The portal as a process of its own over the sample campaign, and Debian's Chromium before it: on a phone, on a desk, with and without script.

Screenshots for the docs are written only with CAMPAIGN_SCREENSHOTS=1, so that a plain test run changes no file.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from campaign.work.people.first_accounts import DEMO_PASSWORD
from deployments.children import Child
from deployments.ports import choose_port
from tests.e2e import harness
from tests.e2e.portal.gestures import log_in

CHROMIUM = Path("/usr/bin/chromium")
IMAGES = Path(__file__).parents[3] / "docs" / "images"
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 860}
PATIENCE = 60_000
"""Milliseconds before a page is given up: a guard, not a promise, so that a machine with much else to do fails no test."""
expect.set_options(timeout=PATIENCE)


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """A portal over these records, as long as the block lasts; Prefect is away."""
    with ExitStack() as held:
        port = choose_port(18600, "门户", held)
        base = f"http://127.0.0.1:{port}"
        argv = harness.python("campaign.portal", "--data", str(home), "--port", str(port))
        env = {**os.environ, "CAMPAIGN_PREFECT_API_URL": "http://127.0.0.1:9/api"}
        process = held.enter_context(harness.running(argv, env, log=home / "portal.log"))
        harness.wait_until(lambda: answers(f"{base}/readyz", process), description="the portal is ready", within=harness.START_SECONDS)
        yield base


def answers(address: str, process: Child) -> bool:
    assert process.is_alive, f"the portal died:\n{process.last_words(30)}"
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("portal") / "home"
    subprocess.run([sys.executable, "-m", "campaign.cli", "demo", "--data", str(home)], check=True, capture_output=True)
    with serving(home) as base:
        yield base


@pytest.fixture(scope="module")  # while Playwright is up, the thread's event loop runs, and no other test of the process could start its own
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's Chromium (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--lang=zh-CN"], env={**os.environ, "LANGUAGE": "zh_CN"})
        yield browser
        browser.close()


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(portal: str, chromium: Browser) -> Iterator[Visitor]:
    """`visitor("demo-contact", PHONE)` is a page that is logged in; errors of its scripts fail the test."""
    opened: list[BrowserContext] = []
    trouble: list[str] = []

    def come(login: str | None, size: dict[str, int] = DESK, **options: Any) -> Page:
        context = chromium.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=portal, **options)  # type: ignore[arg-type]  # width and height
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" and "status of 4" not in message.text else None)
        if login is not None:
            log_in(page, login, DEMO_PASSWORD)
        return page

    yield come
    for context in opened:
        context.close()
    assert trouble == []


def keep_picture(page: Page, name: str) -> None:
    """What is in view, with few colours: small enough for the docs."""
    if os.environ.get("CAMPAIGN_SCREENSHOTS") != "1":
        return
    IMAGES.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(IMAGES / f"portal-{name}.png", optimize=True)


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker, which a package for tests brings along: nothing is fetched."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
