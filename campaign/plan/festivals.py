"""A hint beside an open date: on which day the festival falls that the phrase names.

Refuses to turn the hint into a date: 春节前 may mean the last working day, the 小年 or a week earlier, and that is for a person to say.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_NAMED = re.compile(r"元旦|春节|元宵|清明|端午|中秋|国庆|重阳|五一|十一|七一|六一|八一|劳动节")


@lru_cache(maxsize=64)
def _day(name: str, year: int) -> date | None:
    from campaign.rules.holidays_cn import festival_day

    return festival_day(name, year)


def festival_hint(phrase: str, year: int, after: date | None = None) -> str:
    """(2027年春节为2月6日) for 春节前 in a stage that begins in November 2026; empty if the phrase names no festival."""
    found = _NAMED.search(phrase)
    first = after.year if after else year
    if not found or not year <= first <= year + 1:
        return ""
    days = (_day(found.group(0), of) for of in (first, first + 1))
    day = next((d for d in days if d and (after is None or d >= after)), None)
    return f"（{day.year}年{found.group(0)}为{day.month}月{day.day}日）" if day else ""
