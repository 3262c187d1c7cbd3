"""What a visitor typed into a field, as a value; what it cannot be is refused in words."""

from __future__ import annotations

from datetime import date

from campaign.errors import CampaignError
from campaign.rules.years import YEARS


def typed_day(text: str) -> date | None:
    """None for a field that was left empty."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise CampaignError(f"日期「{text[:30]}」写法不对，应如 2026-10-01。", code="bad_day") from wrong
    if day.year not in YEARS:
        raise CampaignError(f"日期「{text}」的年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间。", code="bad_day")
    return day


def needed_day(text: str, missing: str) -> date:
    """`missing` is said where nothing was typed."""
    day = typed_day(text)
    if day is None:
        raise CampaignError(missing, code="no_day")
    return day
