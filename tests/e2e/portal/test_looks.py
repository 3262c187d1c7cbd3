"""How pages stand on a small phone, on paper and for people who cannot see them well."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.portal.conftest import DESK, SMALL_PHONE, Visitor, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
PAGES = {
    "demo-contact": ("/todo", "/todo?show=done", "/notices", "/search?q=整治", "/password"),
    "demo-reviewer": ("/review", "/status"),
    "demo-admin": (
        "/campaigns",
        "/campaigns/wanglan",
        "/campaigns/wanglan/duties",
        "/campaigns/wanglan/phases/2",
        "/requests",
        "/sign",
        "/units",
        "/users",
        "/log",
        "/launch",
    ),
}
INPUTS = "input:not([type=hidden]):not([type=checkbox]):not([type=radio])"
SMALL_TARGETS = f"""() => [...document.querySelectorAll('button, .button, select, nav a, summary, {INPUTS}')]
  .filter(one => one.offsetParent !== null)
  .map(one => [one.tagName, (one.innerText || one.name || '').trim().slice(0, 20), Math.round(one.getBoundingClientRect().height)])
  .filter(one => one[2] < 44)"""


def each_page(visitor: Visitor, login: str, size: dict[str, int]) -> list[tuple[Page, str]]:
    page = visitor(login, size)
    paths = list(PAGES[login])
    if login == "demo-contact":
        page.goto("/todo")
        paths.append(page.locator("main a[href^='/duties/']").first.get_attribute("href") or "/todo")
    return [(page, path) for path in paths]


@pytest.mark.parametrize("login", list(PAGES))
def test_on_a_small_phone_nothing_is_cut_off_and_every_target_is_large_enough(visitor: Visitor, login: str) -> None:
    for page, path in each_page(visitor, login, SMALL_PHONE):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        assert page.evaluate(SMALL_TARGETS) == [], path


@pytest.mark.parametrize("login", list(PAGES))
def test_axe_finds_nothing_at_level_aa(visitor: Visitor, axe: str, login: str) -> None:
    for page, path in each_page(visitor, login, DESK):
        page.goto(path)
        page.evaluate(axe)
        found: dict[str, Any] = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
        told = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found["violations"]]
        assert told == [], f"{path}: {json.dumps(told, ensure_ascii=False, indent=1)}"


def test_the_login_page_is_accessible_too(visitor: Visitor, axe: str) -> None:
    page = visitor(None)
    page.goto("/login")
    keep_picture(page, "login")
    page.evaluate(axe)
    assert page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")["violations"] == []


def test_on_paper_menus_and_forms_stay_away(visitor: Visitor) -> None:
    page = visitor("demo-admin")
    page.goto("/campaigns/wanglan")
    page.emulate_media(media="print")
    expect(page.locator("svg.gantt")).to_be_visible()
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("form").first).to_be_hidden()


def test_the_keyboard_reaches_the_text_first(visitor: Visitor) -> None:
    page = visitor("demo-contact")
    page.goto("/todo")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
