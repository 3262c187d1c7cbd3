"""A plan's time phrase becomes a moment: days, hours, and distances from the launch, the inspection or an event.

Owns the resolution of the grammar that PlanSpec checks. Refuses to guess: an event that nobody has reported, or an inspection without a
date, gives None, and the duty waits. A phrase outside the grammar is an error in Chinese, because here it would become a wrong deadline.

The edge matters only for days: as a start, a day is its first moment; as an end, it is due through its last. `launch+3d` is three days after
the launch's day. A distance in working days never lands on a rest day; `0wd` from one is the working day after as a start, before as an end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from campaign.errors import BadPlan
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, campaign_day, due_at_of_day

Edge = Literal["start", "end"]
_DISTANCE = re.compile(r"(?P<anchor>launch|inspection|event:(?P<event>[^+\s]{1,40}?))(?P<distance>[+-]\d{1,3}(?:d|wd))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def event_of(value: str) -> str | None:
    """The event that a phrase waits for: 活动结束 in `event:活动结束+7d`."""
    found = _DISTANCE.fullmatch(value.strip())
    return found["event"] if found is not None else None


def resolve_when(
    value: str, *, launched_at: datetime, inspection_on: date | None, events: Mapping[str, date], calendar: WorkingCalendar, edge: Edge
) -> datetime | date | None:
    """A day for a phrase that means a day, an aware UTC moment where it names an hour, None while its event or inspection has no day."""
    plain = value.strip()
    try:
        if _DAY.fullmatch(plain):
            return date.fromisoformat(plain)
        if _DAY.match(plain):
            hour = datetime.fromisoformat(plain)
            return (hour if hour.tzinfo else hour.replace(tzinfo=CAMPAIGN_ZONE)).astimezone(UTC)
    except ValueError as error:
        raise _unreadable(value) from error
    found = _DISTANCE.fullmatch(plain)
    if found is None:
        raise _unreadable(value)
    anchor = _anchor(found, launched_at, inspection_on, events)
    return None if anchor is None else _moved(anchor, found["distance"], calendar, edge)


def moment_of_when(
    value: str, *, launched_at: datetime, inspection_on: date | None, events: Mapping[str, date], calendar: WorkingCalendar, edge: Edge
) -> datetime | None:
    """The same as a moment: of a day the first one (`start`) or the first that is too late (`end`), as `due_at` is stored."""
    found = resolve_when(value, launched_at=launched_at, inspection_on=inspection_on, events=events, calendar=calendar, edge=edge)
    if found is None or isinstance(found, datetime):
        return found
    return due_at_of_day(found) if edge == "end" else due_at_of_day(found - timedelta(days=1))


def _anchor(found: re.Match[str], launched_at: datetime, inspection_on: date | None, events: Mapping[str, date]) -> date | None:
    if found["anchor"] == "launch":
        return campaign_day(launched_at)
    if found["anchor"] == "inspection":
        return inspection_on
    return events.get(found["event"])


def _moved(anchor: date, distance: str | None, calendar: WorkingCalendar, edge: Edge) -> date:
    if distance is None:
        return anchor
    if not distance.endswith("wd"):
        return anchor + timedelta(days=int(distance[:-1]))
    days = int(distance[:-2])
    if days == 0 and edge == "end" and not calendar.is_working(anchor):
        days = -1
    return calendar.add_working_days(anchor, days, roll=True)


def _unreadable(value: str) -> BadPlan:
    return BadPlan(
        f"看不懂时间“{value}”：应写成 2026-09-30、2026-09-30T17:00、launch+3d、launch+3wd、inspection-7d 或 event:活动结束+7d", code="bad_when", value=value
    )
