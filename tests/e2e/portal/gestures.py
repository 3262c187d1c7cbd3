"""What people do on every page: press a button, confirm a paper, open a duty.

A click returns as soon as the next page begins to come; on a slow machine what is asked right after it would still be asked of half a page, or
of the one before. So whatever leads to another page is followed: the gesture ends when that page is there with its style and its script.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def follow(way: Locator) -> None:
    """Clicks a link or a button that leads to another page, or to the same one anew."""
    with way.page.expect_navigation():
        way.click()


def press(page: Page, name: str, *, exact: bool = False) -> None:
    follow(main(page).get_by_role("button", name=name, exact=exact).first)


def log_in(page: Page, login: str, password: str) -> None:
    page.goto("/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令", exact=True).fill(password)
    press(page, "登录", exact=True)
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def all_arrived(page: Page, files: int = 1) -> None:
    """Each file that was chosen has been uploaded: a form with files on their way refuses to be sent."""
    expect(page.locator(".arriving p").filter(has_text="已收到")).to_have_count(files)


class HeldBack:
    """A script that is on its way until the test lets it come."""

    def __init__(self, page: Page, script: str) -> None:
        self.page, self.routes = page, list[Route]()
        page.context.route(f"**/static/{script}", lambda route: self.routes.append(route))  # Playwright takes no built-in functions

    def come(self) -> None:
        while not self.routes:
            self.page.wait_for_timeout(50)  # the page has not asked for it yet
        self.routes.pop().continue_()
        self.page.context.unroute_all()


def confirm(page: Page) -> None:
    """A paper that asks for a receipt is signed for; any other is confirmed as read."""
    follow(main(page).get_by_role("button", name=re.compile("^(签收|确认已读)$")))
    expect(page.get_by_role("status")).to_contain_text(re.compile("已签收|已确认阅读"))


def open_duty(page: Page, title: str, show: str = "todo") -> None:
    page.goto(f"/todo?show={show}")
    follow(main(page).get_by_role("link").filter(has_text=title).first)
    expect(page.get_by_role("heading", name="要求")).to_be_visible()
