"""The Chinese working calendar, counted by hand over 2024-2026, and working time across its nights, weekends and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rules.calendar import (
    CAMPAIGN_ZONE,
    BadCalendar,
    DayRow,
    Light,
    OutsideCalendar,
    WorkingCalendar,
    due_at_of_day,
    due_on,
    light,
    yellow_through,
)
from campaign.rules.holidays_cn import calendar_rows, festival_day

CN = WorkingCalendar("cn", calendar_rows(2024, 2030))
SPLIT = WorkingCalendar("split", calendar_rows(2026, 2026), hours=((9, 0), (12, 0), (14, 0), (17, 30)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPAIGN_ZONE)


def shown(moment: datetime) -> str:
    return moment.astimezone(CAMPAIGN_ZONE).strftime("%Y-%m-%d %H:%M")


MADE_UP = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
RESTED = {
    2024: ["01-01", "02-12", "02-16", "04-04", "04-05", "05-01", "05-03", "06-10", "09-16", "09-17", "10-01", "10-04", "10-07"],
    2025: ["01-01", "01-28", "02-03", "02-04", "04-04", "05-01", "05-05", "06-02", "10-01", "10-07", "10-08"],
    2026: ["01-01", "01-02", "02-16", "02-20", "02-23", "04-06", "05-01", "05-05", "06-19", "09-25", "10-01", "10-07"],
}


@pytest.mark.parametrize("day", [f"{year}-{day}" for year, days in MADE_UP.items() for day in days])
def test_make_up_weekend_is_worked(day: str) -> None:
    found = date.fromisoformat(day)
    assert found.weekday() >= 5
    assert CN.is_working(found)
    assert CN.row(found).note == "调休上班"


@pytest.mark.parametrize("day", [f"{year}-{day}" for year, days in RESTED.items() for day in days])
def test_published_weekday_off_is_not_worked(day: str) -> None:
    found = date.fromisoformat(day)
    assert found.weekday() < 5
    assert not CN.is_working(found)


def test_every_day_of_the_published_years_agrees_with_a_second_source() -> None:
    differing = [row.day for row in CN.rows if row.day.year <= 2026 and row.working is not chinese_calendar.is_workday(row.day)]
    assert differing == []


@pytest.mark.parametrize(("year", "worked"), [(2024, 251), (2025, 248), (2026, 248)], ids=["262-weekdays+8-19", "261-weekdays+5-18", "261-weekdays+6-19"])
def test_working_days_of_a_year_match_a_count_by_hand(year: int, worked: int) -> None:
    assert CN.working_days_between(date(year, 1, 1), date(year, 12, 31)) == worked
    assert sum(chinese_calendar.is_workday(date(year, 1, 1) + timedelta(days=n)) for n in range(365 + (year == 2024))) == worked


@pytest.mark.parametrize(
    ("day", "n", "roll", "expected"),
    [
        pytest.param("2026-09-30", 1, False, "2026-10-08", id="over-the-national-holiday"),
        pytest.param("2026-10-09", 1, False, "2026-10-10", id="into-a-made-up-saturday"),
        pytest.param("2026-09-18", 1, False, "2026-09-20", id="over-a-saturday-into-a-made-up-sunday"),
        pytest.param("2026-10-08", -1, False, "2026-09-30", id="back-over-the-national-holiday"),
        pytest.param("2026-10-04", -3, False, "2026-09-28", id="back-from-a-day-off"),
        pytest.param("2026-10-04", 0, False, "2026-10-04", id="none-is-the-day-itself"),
        pytest.param("2026-10-04", 0, True, "2026-10-08", id="none-rolled-is-the-next-worked"),
        pytest.param("2026-10-08", 0, True, "2026-10-08", id="none-rolled-stays-on-a-worked-day"),
        pytest.param("2026-02-13", 2, False, "2026-02-24", id="spring-festival-with-made-up-saturday"),
    ],
)
def test_working_days_are_counted_over_holidays(day: str, n: int, roll: bool, expected: str) -> None:
    assert CN.add_working_days(date.fromisoformat(day), n, roll=roll) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "days", "hours", "expected"),
    [
        pytest.param("2026-09-11 16:30", 0, 2, "2026-09-14 10:00", id="hours-cross-the-weekend"),
        pytest.param("2026-09-11 16:30", 1, 0, "2026-09-14 16:30", id="a-day-keeps-the-clock-time"),
        pytest.param("2026-09-12 15:00", 1, 0, "2026-09-15 09:00", id="a-day-from-saturday-starts-on-monday"),
        pytest.param("2026-09-11 20:00", 1, 0, "2026-09-15 09:00", id="a-day-from-the-evening-starts-in-the-morning"),
        pytest.param("2026-09-11 07:00", 1, 0, "2026-09-14 09:00", id="a-day-from-the-early-morning"),
        pytest.param("2026-09-11 17:30", 0, 0, "2026-09-14 09:00", id="closing-time-is-the-next-opening"),
        pytest.param("2026-09-30 17:00", 0, 1, "2026-10-08 09:30", id="hours-cross-the-national-holiday"),
        pytest.param("2026-09-14 09:30", 0, -1, "2026-09-11 17:00", id="hours-backwards"),
        pytest.param("2026-10-01 00:00", 0, -4, "2026-09-30 13:30", id="hours-before-the-end-of-a-day"),
        pytest.param("2026-10-12 10:00", -1, 0, "2026-10-10 10:00", id="a-day-back-into-a-made-up-saturday"),
        pytest.param("2026-09-14 09:00", 2, 8.5, "2026-09-17 09:00", id="a-full-day-of-hours-is-a-day"),
    ],
)
def test_working_time_runs_only_in_working_hours(start: str, days: int, hours: float, expected: str) -> None:
    found = CN.add_working_time(at(start), days=days, hours=hours)
    assert shown(found) == expected
    assert found.tzinfo is UTC


def test_the_lunch_break_is_no_working_time() -> None:
    assert shown(SPLIT.add_working_time(at("2026-09-14 11:00"), hours=2)) == "2026-09-14 15:00"
    assert shown(SPLIT.next_working_moment(at("2026-09-14 12:30"))) == "2026-09-14 14:00"
    assert shown(SPLIT.add_working_time(at("2026-09-14 09:00"), hours=6.5)) == "2026-09-15 09:00"


DAYS = st.dates(date(2024, 6, 1), date(2029, 6, 30))
MOMENTS = st.datetimes(datetime(2024, 3, 1), datetime(2029, 6, 30), timezones=st.just(UTC))


@given(day=DAYS, n=st.integers(-60, 60))
def test_adding_working_days_lands_on_a_worked_day_at_that_distance(day: date, n: int) -> None:
    landed = CN.add_working_days(day, n)
    if n:
        assert CN.is_working(landed)
        assert (landed > day) is (n > 0)
    if n > 0:
        assert CN.working_days_between(day, landed) == n
    if n < 0:
        assert CN.working_days_between(landed, day) == -n - int(not CN.is_working(day))


@given(moment=MOMENTS, first=st.integers(0, 40), then=st.integers(0, 40))
def test_working_hours_add_up_however_they_are_split(moment: datetime, first: int, then: int) -> None:
    assert CN.add_working_time(CN.add_working_time(moment, hours=first), hours=then) == CN.add_working_time(moment, hours=first + then)


@given(moment=MOMENTS, days=st.integers(0, 30), hours=st.floats(0, 20))
def test_working_time_never_ends_before_it_began_nor_outside_hours(moment: datetime, days: int, hours: float) -> None:
    ended = CN.add_working_time(moment, days=days, hours=hours)
    assert ended >= moment
    assert CN.next_working_moment(ended) == ended


@given(day=DAYS)
def test_a_day_deadline_shows_the_day_it_was_given(day: date) -> None:
    assert due_on(due_at_of_day(day)) == day
    assert shown(due_at_of_day(day)) == f"{day + timedelta(days=1)} 00:00"


def test_outside_the_rows_is_refused_and_never_guessed() -> None:
    with pytest.raises(OutsideCalendar, match="补充日历年份"):
        CN.is_working(date(2031, 1, 1))
    with pytest.raises(OutsideCalendar):
        CN.add_working_days(date(2030, 12, 30), 5)
    with pytest.raises(OutsideCalendar):
        CN.add_working_days(date(2024, 1, 2), -1)
    with pytest.raises(OutsideCalendar):
        CN.add_working_time(at("2030-12-31 17:00"), hours=1)
    with pytest.raises(OutsideCalendar):
        CN.coverage(2023)


def test_a_year_without_published_notice_says_estimated_on_every_row() -> None:
    assert [CN.coverage(year) for year in (2024, 2025, 2026)] == ["published"] * 3
    assert CN.coverage(2030) == "estimated"
    assert {row.source for row in CN.rows if row.day.year == 2030} == {"estimated"}


def test_an_override_wins_and_leaves_the_year_estimated() -> None:
    shut = DayRow(date(2030, 3, 5), False, "停电检修", "override")
    found = WorkingCalendar("cn", calendar_rows(2030, 2030, [shut]))
    assert not found.is_working(shut.day)
    assert found.row(shut.day) == shut
    assert found.coverage(2030) == "estimated"


def test_an_entered_notice_replaces_the_guess_for_its_whole_year() -> None:
    notice = [DayRow(date(2030, 10, 1), False, "国庆节", "published"), DayRow(date(2030, 10, 12), True, "调休上班", "published")]
    found = WorkingCalendar("cn", calendar_rows(2030, 2030, notice))
    assert found.coverage(2030) == "published"
    assert found.is_working(date(2030, 10, 12))
    assert found.is_working(date(2030, 10, 2))


@pytest.mark.parametrize(
    ("days", "message"),
    [([1, 1, 2], "重复"), ([1, 3], "缺漏"), ([], "没有任何日期")],
    ids=["twice", "gap", "empty"],
)
def test_rows_that_are_no_calendar_are_refused(days: list[int], message: str) -> None:
    with pytest.raises(BadCalendar, match=message):
        WorkingCalendar("坏", [DayRow(date(2026, 1, day), True) for day in days])


@pytest.mark.parametrize("hours", [((9, 0),), ((17, 0), (9, 0)), (), ((9, 0), (25, 0))], ids=["odd", "backwards", "none", "past-midnight"])
def test_hours_that_do_not_alternate_are_refused(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(BadCalendar, match="工作时间"):
        WorkingCalendar("坏", [DayRow(date(2026, 1, 5), True)], hours=hours)


NOON = at("2026-09-15 12:00")  # a Tuesday


@pytest.mark.parametrize(
    ("state", "due", "expected"),
    [
        pytest.param("open", "2026-09-14", Light.RED, id="overdue"),
        pytest.param("returned", "2026-09-14", Light.RED, id="returned-and-overdue"),
        pytest.param("open", "2026-09-15", Light.YELLOW, id="due-today"),
        pytest.param("open", "2026-09-18", Light.YELLOW, id="third-working-day"),
        pytest.param("open", "2026-09-19", Light.YELLOW, id="saturday-before-the-fourth"),
        pytest.param("open", "2026-09-20", Light.GREEN, id="fourth-is-a-made-up-sunday"),
        pytest.param("returned", "2026-12-01", Light.YELLOW, id="returned"),
        pytest.param("submitted", "2026-09-14", Light.GREEN, id="handed-in"),
        pytest.param("accepted", "2026-09-01", Light.GREEN, id="accepted"),
        pytest.param("suspended", "2026-09-01", Light.GREY, id="suspended"),
        pytest.param("waiting", None, Light.GREY, id="waiting"),
        pytest.param("open", None, Light.GREEN, id="without-deadline"),
    ],
)
def test_light_of_a_duty(state: str, due: str | None, expected: Light) -> None:
    due_at = due_at_of_day(date.fromisoformat(due)) if due else None
    assert light(state, due_at, NOON, CN) is expected


@given(now=MOMENTS, days=st.integers(1, 30))
def test_yellow_in_one_comparison_is_three_working_days_by_count(now: datetime, days: int) -> None:
    today = now.astimezone(CAMPAIGN_ZONE).date()
    day = today + timedelta(days=days)
    assert (due_at_of_day(day) <= yellow_through(now, CN)) is (CN.working_days_between(today, day) <= 3)


def test_lights_have_a_word_and_a_shape_each() -> None:
    assert [each.label for each in Light] == ["红灯", "黄灯", "绿灯", "灰灯"]
    assert len({each.shape for each in Light}) == 4


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("中秋节", 2026, "2026-09-25"),
        ("春节", 2026, "2026-02-17"),
        ("端午", 2025, "2025-05-31"),
        ("清明节", 2026, "2026-04-05"),
        ("重阳节", 2025, "2025-10-29"),
        ("除夕", 2026, "2026-02-16"),
        ("国庆节", 2026, "2026-10-01"),
        ("元宵节", 2026, "2026-03-03"),
    ],
    ids=lambda value: str(value),
)
def test_festival_day(name: str, year: int, expected: str) -> None:
    assert festival_day(name, year) == date.fromisoformat(expected)


def test_an_unknown_festival_has_no_day() -> None:
    assert festival_day("邻居节", 2026) is None
