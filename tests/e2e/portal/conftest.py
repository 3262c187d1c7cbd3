"""The portal as a process of its own over the sample campaign, and Debian's Chromium before it: on a phone, on a desk, with and without script.

Screenshots for the docs are written only with CAMPAIGN_SCREENSHOTS=1, so that a plain test run changes no file.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from campaign.work.first_accounts import DEMO_PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
IMAGES = Path(__file__).parents[3] / "docs" / "images"
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 860}
START_SECONDS = 60


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("portal") / "home"
    subprocess.run([sys.executable, "-m", "campaign.cli", "demo", "--data", str(home)], check=True, capture_output=True, timeout=300)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "portal.log"
    environment = {**os.environ, "CAMPAIGN_PREFECT_API_URL": "http://127.0.0.1:9/api"}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "campaign.portal", "--data", str(home), "--port", str(port)], stdout=out, stderr=out, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_answered(f"{base}/readyz", process, log)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_answered(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"the portal died:\n{log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the portal did not answer within {START_SECONDS} seconds")


@pytest.fixture(scope="session")
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
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" and "status of 4" not in message.text else None)
        if login is not None:
            page.goto("/login")
            page.get_by_label("登录名").fill(login)
            page.get_by_label("口令").fill(DEMO_PASSWORD)
            page.get_by_role("main").get_by_role("button", name="登录").click()
            page.get_by_role("button", name="退出").wait_for()
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
