"""At which hours a message may go out: from eight to eight on working days, unless a campaign says otherwise.

Pure: settings in, a moment out. Refuses a window that closes before it opens: nothing would ever go out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from campaign.errors import CampaignError
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Window:
    opens: time = time(8)
    closes: time = time(20)
    rest_days: bool = False


def window_of(settings: Mapping[str, Any]) -> Window:
    """From a campaign's settings: `{"sending": {"from": "8:00", "to": "20:00", "rest_days": false}}`."""
    written = settings.get("sending") or {}
    try:
        window = Window(_hour(written.get("from", "8:00")), _hour(written.get("to", "20:00")), bool(written.get("rest_days", False)))
    except ValueError as error:
        raise CampaignError("发送时段应写成 8:00 这样的时间", code="bad_window") from error
    if window.closes <= window.opens:
        raise CampaignError(f"发送时段的结束时间 {window.closes:%H:%M} 应晚于开始时间 {window.opens:%H:%M}", code="bad_window")
    return window


def next_sending(now: datetime, calendar: WorkingCalendar, window: Window, *, after_today: bool = False) -> datetime:
    """`now` itself inside the window, else its next opening: Friday 21:00 is Monday 8:00. With `after_today`, the next day's opening."""
    local = now.astimezone(CAMPAIGN_ZONE)
    day = local.date()
    open_today = window.rest_days or calendar.is_working(day)
    if open_today and not after_today and local.time() < window.closes:
        return max(local.replace(hour=window.opens.hour, minute=window.opens.minute, second=0, microsecond=0), local)
    following = calendar.add_working_days(day, 1) if not window.rest_days else day.fromordinal(day.toordinal() + 1)
    return datetime.combine(following, window.opens, CAMPAIGN_ZONE)


def _hour(text: object) -> time:
    hour, _, minute = str(text).partition(":")
    return time(int(hour), int(minute or 0))
