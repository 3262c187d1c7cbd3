"""A deadline that falls on a day nobody works: 不变, 提前 to the last worked day before it, or 顺延 to the first one after.

Owns the three ways. Refuses to touch a deadline given to the hour: whoever writes 16:00 has looked at the day.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from campaign.rules.calendar import WorkingCalendar, due_at_of_day, due_on


class RestDays(StrEnum):
    KEEP = "keep"
    EARLIER = "earlier"
    LATER = "later"

    @property
    def label(self) -> str:
        return {"keep": "不变", "earlier": "提前", "later": "顺延"}[self.value]


def settled(due_at: datetime, calendar: WorkingCalendar, way: RestDays) -> datetime:
    """2026-10-03 (国庆) kept, or 2026-09-30, or 2026-10-08. A worked day, and a day outside the calendar, stay as they are."""
    day = due_on(due_at)
    if way is RestDays.KEEP or due_at != due_at_of_day(day) or not calendar.first <= day <= calendar.last or calendar.is_working(day):
        return due_at
    return due_at_of_day(calendar.add_working_days(day, -1 if way is RestDays.EARLIER else 1))
