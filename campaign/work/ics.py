"""The deadlines of a unit, or the phases of a campaign, as an iCalendar file that any calendar program can subscribe to or import.

Each event keeps its UID while its deadline moves, so that an import moves it too. All-day events: a
deadline is a day, and the day shown is the last one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event
from sqlmodel import Session

from campaign.records.pages import views
from campaign.records.planning import registry
from campaign.records.tables import Campaign, DutyState, Unit

HOST = "campaign.invalid"
"""UIDs need a domain; this one can never be somebody's."""
OWED = (DutyState.OPEN, DutyState.RETURNED)


def unit_calendar(tx: Session, unit: Unit, now: datetime) -> bytes:
    """What the unit still owes, with a reminder a day before."""
    calendar = _calendar(f"{unit.name}应办事项")
    for row in views.list_duties(tx, now, unit_id=unit.id, states=OWED):
        if row.due_on is None:
            continue
        event = _event(f"duty-{row.id}", row.title, date.fromisoformat(row.due_on), date.fromisoformat(row.due_on), now)
        event.add("description", f"编号 {row.id}；期限 {row.due_on}")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"明天到期：{row.title}")
        alarm.add("trigger", timedelta(hours=-15))
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def campaign_calendar(tx: Session, campaign: Campaign, now: datetime) -> bytes:
    """Its phases, and the inspection's day."""
    calendar = _calendar(campaign.title)
    for phase in registry.phases_of(tx, campaign):
        if phase.starts_on and phase.ends_on:
            calendar.add_component(_event(f"phase-{phase.id}", phase.name, phase.starts_on, phase.ends_on, now))
    if campaign.inspection_on:
        calendar.add_component(_event(f"inspection-{campaign.id}", f"迎检：{campaign.title}", campaign.inspection_on, campaign.inspection_on, now))
    return bytes(calendar.to_ical())


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//campaign//CN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    return calendar


def _event(uid: str, title: str, first: date, last: date, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{HOST}")
    event.add("dtstamp", now)
    event.add("summary", title)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
