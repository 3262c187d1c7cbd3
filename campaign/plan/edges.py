"""One end of a date phrase: what its words name, and the first or last day of that.

Owns the words of years, months, days and parts of months, and nothing of how two ends make a phrase. Refuses a day that the month does
not have.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from campaign.plan.normal import number

SPANS = {
    "上中旬": (1, 20),
    "中上旬": (1, 20),
    "中下旬": (11, 31),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 10),
    "中": (11, 20),
    "底": (31, 31),
    "末": (31, 31),
    "上半月": (1, 15),
    "下半月": (16, 31),
}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR_SHIFT = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "来": 1, "去": -1}


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a phrase: months and days as far as they are named; `open` holds words that no calendar settles."""

    year: int | None = None
    shift: int | None = None
    masked: bool = False
    month: int | None = None
    month_to: int | None = None
    day: int | None = None
    part: str | None = None
    clock: str | None = None
    open: str | None = None

    def resolve(self, year: int, *, last: bool) -> date | None:
        """The first or last day of what is named: 3月下旬 → 03-21 or 03-31."""
        if self.open or self.month is None:
            return None
        month = self.month_to if last and self.month_to else self.month
        of = self.year if self.year is not None else year + (self.shift or 0)
        if not 1900 <= of <= 2199:
            return None
        final = calendar.monthrange(of, month)[1]
        if self.day is not None:
            return date(of, month, self.day) if self.day <= final else None
        first_day, last_day = SPANS.get(self.part or "", (1, final))
        return date(of, month, min(last_day if last else first_day, final))


def _with_year(edge: Edge, text: str) -> Edge:
    word = text.removesuffix("年")
    if word in _YEAR_SHIFT:
        return replace(edge, shift=_YEAR_SHIFT[word])
    if word.isdigit() and len(word) == 4:
        return replace(edge, year=int(word))
    value = number(word) if word and word[0] in "二一" else None
    return replace(edge, year=value) if value else replace(edge, masked=True)


def _with_month(edge: Edge, text: str) -> Edge:
    word = text.removesuffix("份").removesuffix("月")
    value = 1 if word in "元正" else number(word)
    return replace(edge, month=value) if value and 1 <= value <= 12 else replace(edge, open=f"{text}", masked=True)


def _with_months(edge: Edge, text: str) -> Edge:
    first, last = re.findall(r"\d+", text)
    return replace(edge, month=int(first), month_to=int(last))


def _with_day(edge: Edge, text: str) -> Edge:
    value = number(text.rstrip("日号"))
    return replace(edge, day=value) if value and 1 <= value <= 31 else replace(edge, open=(edge.open or "") + text, masked=True)


def _with_dotted(edge: Edge, text: str) -> Edge:
    words = re.findall(r"[\dx_*\-?]+", text.rstrip("日号"))
    if len(words) > 2:
        edge = _with_year(edge, words[0])
    return replace(edge, month=int(words[-2]), day=int(words[-1]))


def _with_iso(edge: Edge, text: str) -> Edge:
    year, month, day = (int(w) for w in re.split(r"[-/]", text))
    return replace(edge, year=year, month=month, day=day)


def _with_quarter(edge: Edge, text: str) -> Edge:
    quarter = _QUARTERS.get(text.removesuffix("季度").removeprefix("第"))
    return replace(edge, month=quarter * 3 - 2, month_to=quarter * 3) if quarter else replace(edge, open=text)


def _with_half(edge: Edge, text: str) -> Edge:
    return replace(edge, month=1, month_to=6) if text.startswith("上") else replace(edge, month=7, month_to=12)


def _with_yearpart(edge: Edge, text: str) -> Edge:
    if text.endswith(("底", "末")):
        return replace(edge, month=12, part="底")
    return replace(edge, month=1, part="初") if text.endswith("初") else replace(edge, open=text)


READERS: dict[str, Callable[[Edge, str], Edge]] = {
    "YEAR": _with_year, "MONTH": _with_month, "MONTHS": _with_months, "DAY": _with_day, "NUMBER": _with_day, "DOTTED": _with_dotted, "ISO": _with_iso,
    "QUARTER": _with_quarter, "HALF": _with_half, "YEARPART": _with_yearpart,
    "PART": lambda edge, text: replace(edge, part=text.removeprefix("月")),
    "CLOCK": lambda edge, text: replace(edge, clock=_clock(text)),
}  # fmt: skip


def _clock(text: str) -> str | None:
    found = re.search(r"(\d{1,2})(?:[:时点](\d{2})?)?", text)
    if not found:
        return None
    hour, minute = int(found.group(1)), 30 if text.endswith("半") else int(found.group(2) or 0)
    hour += 12 if text.startswith(("下午", "晚")) and hour < 12 else 0
    if (hour, minute) == (24, 0):
        return "23:59"
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
