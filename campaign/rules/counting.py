"""How many times a quantified requirement is met: 每年不少于 8 次 asks for eight events, and six photos of one event are one event.

Pure. Files belong to one event when their names give the same day or the same 第几次; without either, photos taken on one day do; everything
else counts by itself. Refuses to judge whether an event was one: the reviewer sees what was counted as what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

_DAY = re.compile(r"(?<!\d)(20\d\d)(?:[-./_年]?)(0?[1-9]|1[0-2])(?:[-./_月]?)(0[1-9]|[12]\d|3[01]|[1-9])日?(?!\d)")
_SHORT_DAY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])[日号]")
_TIMES = re.compile(r"第\s*([0-9]{1,3}|[一二三四五六七八九十]{1,3})\s*[次期场轮回届]")
_IMAGE = ("照片", "图片", "影像资料", "相片")


class CountedFile(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def taken_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """`events` in the order of the files: what it was known by, and how many files show it."""

    wanted: int
    events: tuple[tuple[str, int], ...]

    @property
    def done(self) -> int:
        return len(self.events)

    @property
    def missing(self) -> int:
        return max(self.wanted - self.done, 0)

    @property
    def joined(self) -> tuple[tuple[str, int], ...]:
        return tuple(event for event in self.events if event[1] > 1)


def count_events(files: Iterable[CountedFile], wanted: int) -> Counted:
    """The same bytes twice count once."""
    found: dict[str, tuple[str, set[str]]] = {}
    for file in files:
        key, label = _event(file)
        found.setdefault(key, (label, set()))[1].add(file.sha256)
    return Counted(wanted, tuple((label, len(shown)) for label, shown in found.values()))


def _event(file: CountedFile) -> tuple[str, str]:
    """A day without its year is the day of that month, in whatever year the others say."""
    times = _TIMES.search(file.name)
    if times:
        number = _number(times[1])
        return f"第{number}次", f"第 {number} 次"
    day = _DAY.search(file.name)
    if day:
        return f"{int(day[2])}-{int(day[3])}", f"{int(day[2])}月{int(day[3])}日"
    short = _SHORT_DAY.search(file.name)
    if short:
        return f"{int(short[1])}-{int(short[2])}", f"{int(short[1])}月{int(short[2])}日"
    if file.taken_on is not None:
        return f"{file.taken_on.month}-{file.taken_on.day}", f"{file.taken_on.month}月{file.taken_on.day}日拍摄"
    return file.sha256, file.name


def _number(said: str) -> int:
    """Of 3, 三, 十二 or 二十."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    digits = "零一二三四五六七八九"
    if not ten:
        return digits.find(said[-1])
    return 10 * (digits.find(tens[-1]) if tens else 1) + (digits.find(ones[-1]) if ones else 0)


def wrong_type(asked: str, families: Sequence[str]) -> str | None:
    """What was asked for by name and is not among the files; None where any of them may be it."""
    if not families or any(family in ("zip", "pdf", "word", "ofd") for family in families):
        return None
    if any(word in asked for word in _IMAGE) and "image" not in families:
        return "照片"
    if "视频" in asked and "video" not in families:
        return "视频"
    if any(word in asked for word in ("台账", "汇总表", "统计表", "明细表")) and not {"sheet", "text"} & set(families):
        return "表格"
    return None
