"""The main menu: what this visitor may open, what is used daily before what is set up now and then. Nothing is listed that would refuse him.

On a phone it is one line: the two entries that this visitor needs most, and all others below one word. Which that are is decided here; how wide
a phone is, by the style sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAILY = (
    ("/todo", "我的待办"), ("/lead", "牵头任务"), ("/notices", "文书通知"), ("/review", "审核"), ("/status", "总览"), ("/campaigns", "创建活动"),
    ("/requests", "申请"), ("/sign", "签发"), ("/intake", "收件登记"), ("/search", "查找"),
)  # fmt: skip
RARE = (("/registers", "签约登记"), ("/units", "单位人员"), ("/calendar", "工作日历"), ("/ladders", "督办规则"), ("/users", "账号"), ("/log", "日志"))
IN_ONE_LINE = 8
ON_A_PHONE = 2
FIRST_ON_A_PHONE = ("/todo", "/campaigns", "/review", "/notices", "/status", "/log", "/search")
"""Whoever owes something sees that first; whoever runs a campaign, the campaign."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `here` on the page that it leads to and on what lies below it, `first` where it stands open on a phone too."""

    href: str
    words: str
    here: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """`folded` entries stand under 「更多」: only where all of them would not fit into one line. On a phone those join them that are not `first`."""

    shown: list[Entry]
    folded: list[Entry]

    @property
    def second(self) -> list[Entry]:
        """Open on a desk, folded on a phone."""
        return [one for one in self.shown if not one.first]

    def name(self, *, phone: bool) -> str:
        """What stands on the fold: the page that one is on, where it lies below it."""
        below = [*(self.second if phone else ()), *self.folded]
        return next((one.words for one in below if one.here), "更多")


def menu(may: Callable[[str], bool], path: str) -> Menu:
    """For a visitor who may do what `may` says ("GET /units"), on the page at `path`."""
    here = "/status" if path == "/" else path
    open_to = [href for href, _ in DAILY + RARE if may(f"GET {href}")]
    first = open_to if len(open_to) <= ON_A_PHONE + 1 else [href for href in FIRST_ON_A_PHONE if href in open_to][:ON_A_PHONE]

    def entries(of: tuple[tuple[str, str], ...]) -> list[Entry]:
        return [Entry(href, words, here == href or here.startswith(f"{href}/"), href in first) for href, words in of if href in open_to]

    daily, rare = entries(DAILY), entries(RARE)
    return Menu(daily + rare, []) if len(daily) + len(rare) <= IN_ONE_LINE else Menu(daily, rare)
