"""The main menu: what this visitor may open, what is used daily before what is set up now and then. Nothing is listed that would refuse him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAILY = (
    ("/todo", "我的待办"), ("/lead", "牵头任务"), ("/notices", "文书通知"), ("/review", "审核"), ("/status", "总览"), ("/campaigns", "创建活动"),
    ("/requests", "申请"), ("/sign", "签发"), ("/intake", "收件登记"), ("/search", "查找"),
)  # fmt: skip
RARE = (("/registers", "签约登记"), ("/units", "单位人员"), ("/calendar", "工作日历"), ("/ladders", "督办规则"), ("/users", "账号"), ("/log", "日志"))
IN_ONE_LINE = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `here` on the page that it leads to and on what lies below it."""

    href: str
    words: str
    here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """`folded` entries stand under 「更多」: only where all of them would not fit into one line."""

    shown: list[Entry]
    folded: list[Entry]


def menu(may: Callable[[str], bool], path: str) -> Menu:
    """For a visitor who may do what `may` says ("GET /units"), on the page at `path`."""

    def entries(of: tuple[tuple[str, str], ...]) -> list[Entry]:
        here = "/status" if path == "/" else path
        return [Entry(href, words, here == href or here.startswith(f"{href}/")) for href, words in of if may(f"GET {href}")]

    daily, rare = entries(DAILY), entries(RARE)
    return Menu(daily + rare, []) if len(daily) + len(rare) <= IN_ONE_LINE else Menu(daily, rare)
