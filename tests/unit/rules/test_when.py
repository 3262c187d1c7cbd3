"""A plan's time phrase becomes a day or a moment; what is not known yet is None."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from campaign.errors import BadPlan
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.when import Edge, event_of, moment_of_when, resolve_when

CN = WorkingCalendar("cn", calendar_rows(2026, 2026))
LAUNCHED = datetime(2026, 9, 23, 23, 30, tzinfo=CAMPAIGN_ZONE)  # a Wednesday, two days before 中秋
INSPECTED = date(2026, 11, 1)  # a Sunday


@pytest.mark.parametrize(
    ("value", "edge", "expected"),
    [
        pytest.param("2026-09-30", "end", "2026-09-30", id="day"),
        pytest.param("2026-09-30T17:00", "end", "2026-09-30T09:00:00+00:00", id="hour-in-campaign-time"),
        pytest.param("2026-09-30T17:00:00Z", "end", "2026-09-30T17:00:00+00:00", id="hour-with-offset"),
        pytest.param("launch", "start", "2026-09-23", id="launch"),
        pytest.param("launch+3d", "end", "2026-09-26", id="calendar-days"),
        pytest.param("launch+3wd", "end", "2026-09-29", id="working-days-over-mid-autumn"),
        pytest.param("inspection-7d", "end", "2026-10-25", id="days-before-the-inspection"),
        pytest.param("inspection-1wd", "end", "2026-10-30", id="working-day-before-the-inspection"),
        pytest.param("inspection-0wd", "end", "2026-10-30", id="rest-day-as-an-end"),
        pytest.param("inspection-0wd", "start", "2026-11-02", id="rest-day-as-a-start"),
        pytest.param("event:活动结束+7d", "end", "2026-10-22", id="event"),
        pytest.param("event:活动结束", "end", "2026-10-15", id="event-itself"),
        pytest.param("event:验收+7d", "end", None, id="event-not-reported"),
    ],
)
def test_resolve_when(value: str, edge: Edge, expected: str | None) -> None:
    found = resolve_when(value, launched_at=LAUNCHED, inspection_on=INSPECTED, events={"活动结束": date(2026, 10, 15)}, calendar=CN, edge=edge)
    assert (None if found is None else found.isoformat()) == expected


def test_an_inspection_without_a_date_is_waited_for() -> None:
    assert resolve_when("inspection-7d", launched_at=LAUNCHED, inspection_on=None, events={}, calendar=CN, edge="end") is None


@pytest.mark.parametrize(
    ("value", "edge", "expected"),
    [
        pytest.param("2026-09-30", "start", "2026-09-29T16:00:00+00:00", id="start-is-its-first-moment"),
        pytest.param("2026-09-30", "end", "2026-09-30T16:00:00+00:00", id="end-is-the-first-that-is-too-late"),
        pytest.param("2026-09-30T17:00", "start", "2026-09-30T09:00:00+00:00", id="an-hour-is-itself"),
        pytest.param("event:验收", "end", None, id="unknown"),
    ],
)
def test_moment_of_when(value: str, edge: Edge, expected: str | None) -> None:
    found = moment_of_when(value, launched_at=LAUNCHED, inspection_on=INSPECTED, events={}, calendar=CN, edge=edge)
    assert (None if found is None else found.isoformat()) == expected


@pytest.mark.parametrize("value", ["下周五", "2026-13-01", "2026-02-30T10:00", "launch+3", "event:"])
def test_a_phrase_outside_the_grammar_is_refused(value: str) -> None:
    with pytest.raises(BadPlan, match="看不懂时间"):
        resolve_when(value, launched_at=LAUNCHED, inspection_on=INSPECTED, events={}, calendar=CN, edge="end")


@pytest.mark.parametrize(("value", "event"), [("event:活动结束+7d", "活动结束"), ("event:验收", "验收"), ("launch+7d", None), ("2026-09-30", None)])
def test_event_of(value: str, event: str | None) -> None:
    assert event_of(value) == event
