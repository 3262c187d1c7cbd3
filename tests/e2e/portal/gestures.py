"""What people do on every page: press a button, confirm a paper, open a duty."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def press(page: Page, name: str, *, exact: bool = False) -> None:
    main(page).get_by_role("button", name=name, exact=exact).first.click()


def confirm(page: Page) -> None:
    """A paper that asks for a receipt is signed for; any other is confirmed as read."""
    main(page).get_by_role("button", name=re.compile("^(签收|确认已读)$")).click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("已签收|已确认阅读"))


def open_duty(page: Page, title: str, show: str = "todo") -> None:
    page.goto(f"/todo?show={show}")
    main(page).get_by_role("link").filter(has_text=title).first.click()
    expect(page.get_by_role("heading", name="要求")).to_be_visible()
