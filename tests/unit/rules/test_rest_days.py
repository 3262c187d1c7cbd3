"""Deadlines on rest days: every way lands where it says, and nothing else moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, due_at_of_day, due_on
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.rest_days import RestDays, settled

CALENDAR = WorkingCalendar("cn", calendar_rows(2024, 2026))
DAYS = st.dates(date(2024, 2, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("way", "lands_on"),
    [
        pytest.param(RestDays.KEEP, date(2026, 10, 3), id="不变"),
        pytest.param(RestDays.EARLIER, date(2026, 9, 30), id="提前到国庆前"),
        pytest.param(RestDays.LATER, date(2026, 10, 8), id="顺延到国庆后"),
    ],
)
def test_a_deadline_in_the_national_holiday(way: RestDays, lands_on: date) -> None:
    assert due_on(settled(due_at_of_day(date(2026, 10, 3)), CALENDAR, way)) == lands_on


@settings(deadline=None)
@given(day=DAYS, way=st.sampled_from(RestDays))
def test_a_settled_deadline_is_worked_or_kept_and_settling_again_changes_nothing(day: date, way: RestDays) -> None:
    due_at = due_at_of_day(day)
    moved = settled(due_at, CALENDAR, way)
    assert settled(moved, CALENDAR, way) == moved
    if way is RestDays.KEEP or CALENDAR.is_working(day):
        assert moved == due_at
        return
    assert CALENDAR.is_working(due_on(moved))
    between = [day + timedelta(days=step) for step in range(min((due_on(moved) - day).days, 0) + 1, max((due_on(moved) - day).days, 0))]
    assert not any(CALENDAR.is_working(one) for one in between), "the nearest worked day on that side"
    assert (due_on(moved) < day) == (way is RestDays.EARLIER)


def test_a_deadline_to_the_hour_stays() -> None:
    at = datetime(2026, 10, 3, 16, 0, tzinfo=CAMPAIGN_ZONE)
    assert settled(at, CALENDAR, RestDays.LATER) == at
