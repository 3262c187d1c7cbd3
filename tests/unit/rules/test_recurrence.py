"""Periods written in a plan become dated occurrences with stable keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.recurrence import missed_and_latest, occurrences

CN = WorkingCalendar("cn", calendar_rows(2024, 2030))


@dataclass(frozen=True)
class Every:
    every: str
    on: tuple[str, ...] = ()
    times: int | None = None
    text: str | None = None


def dated(recurrence: Every, start: str, end: str) -> list[str]:
    return [f"{one.key} {one.opens_on:%m-%d}~{one.due_on:%m-%d}" for one in occurrences(recurrence, date.fromisoformat(start), date.fromisoformat(end), CN)]


@pytest.mark.parametrize(
    ("recurrence", "start", "end", "expected"),
    [
        pytest.param(Every("day"), "2026-09-17", "2026-09-21",
                     ["2026-09-17 09-17~09-17", "2026-09-18 09-18~09-18", "2026-09-20 09-20~09-20", "2026-09-21 09-21~09-21"],
 id="working-days"),
        pytest.param(Every("day", text="实行零报告"), "2026-10-01", "2026-10-02", ["2026-10-01 10-01~10-01", "2026-10-02 10-02~10-02"],
                     id="zero-report-on-rest-days"),
        pytest.param(Every("week"), "2026-09-07", "2026-09-20", ["2026-W37 09-07~09-11", "2026-W38 09-14~09-20"],
                     id="week-ends-on-its-last-working-day"),
        pytest.param(Every("week", ("FR",)), "2026-09-21", "2026-09-27", ["2026-W39 09-21~09-24"], id="friday-that-rests"),
        pytest.param(Every("week", ("MO",)), "2026-04-06", "2026-04-12", ["2026-W15 04-06~04-07"], id="monday-that-rests-moves-on"),
        pytest.param(Every("week", ("周一", "周四")), "2026-09-14", "2026-09-20", ["2026-W38.1 09-14~09-14", "2026-W38.2 09-15~09-17"],
                     id="twice-a-week"),
        pytest.param(Every("month", ("10",)), "2026-09-01", "2026-11-30", ["2026-09 09-01~09-10", "2026-10 10-01~10-10", "2026-11 11-01~11-10"],
                     id="month-on-the-tenth"),
        pytest.param(Every("month"), "2026-09-15", "2026-10-31", ["2026-09 09-01~09-30", "2026-10 10-01~10-30"], id="month-end"),
        pytest.param(Every("month", ("31",)), "2027-02-01", "2027-02-28", ["2027-02 02-01~02-26"], id="short-month"),
        pytest.param(Every("month", ("1日",)), "2026-10-01", "2026-10-31", ["2026-10 10-01~10-08"], id="first-of-october-moves-on"),
        pytest.param(Every("month", times=2), "2026-09-01", "2026-09-30", ["2026-09.1 09-01~09-15", "2026-09.2 09-16~09-30"], id="twice-a-month"),
        pytest.param(Every("month", ("上旬", "下旬")), "2026-09-01", "2026-09-30", ["2026-09.1 09-01~09-10", "2026-09.2 09-11~09-30"],
                     id="parts-of-a-month"),
        pytest.param(Every("quarter"), "2026-07-01", "2026-12-31", ["2026-Q3 07-01~09-30", "2026-Q4 10-01~12-31"], id="quarter-end"),
        pytest.param(Every("quarter", ("25",)), "2026-07-15", "2026-09-30", ["2026-Q3 07-01~09-24"], id="quarter-on-a-day-of-its-last-month"),
        pytest.param(Every("year", ("6月5日", "12月")), "2026-01-01", "2026-12-31", ["2026.1 01-01~06-05", "2026.2 06-06~12-31"],
                     id="named-days-of-a-year"),
        pytest.param(Every("year"), "2026-01-01", "2026-12-31", ["2026 01-01~12-31"], id="year-end"),
        pytest.param(Every("festival", ("中秋节", "重阳节")), "2026-09-01", "2026-11-30", ["2026-中秋节 09-15~09-24", "2026-重阳节 10-08~10-16"],
                     id="lunar-festivals"),
        pytest.param(Every("festival"), "2026-09-01", "2026-10-31", ["2026-中秋节 09-15~09-24", "2026-国庆节 09-21~09-30"],
                     id="statutory-festivals"),
        pytest.param(Every("event"), "2026-09-01", "2026-10-31", [], id="event"),
        pytest.param(Every("open"), "2026-09-01", "2026-10-31", [], id="open"),
        pytest.param(Every("week"), "2026-09-20", "2026-09-07", [], id="empty-range"),
    ],
)  # fmt: skip
def test_occurrences(recurrence: Every, start: str, end: str, expected: list[str]) -> None:
    assert dated(recurrence, start, end) == expected


def test_labels_are_read_by_people() -> None:
    labels = [occurrences(Every(every), date(2026, 9, 7), date(2026, 12, 31), CN)[0].label for every in ("day", "week", "month", "quarter", "year", "festival")]
    assert labels == ["9月7日", "2026年第37周", "2026年9月", "2026年第三季度", "2026年", "2026年中秋节"]


@given(
    every=st.sampled_from(["day", "week", "month", "quarter", "year", "festival"]),
    times=st.one_of(st.none(), st.integers(1, 8)),
    start=st.dates(date(2024, 6, 1), date(2027, 6, 1)),
    first=st.integers(0, 200),
    second=st.integers(1, 200),
)
def test_a_horizon_moved_forward_makes_the_same_occurrences(every: str, times: int | None, start: date, first: int, second: int) -> None:
    recurrence = Every(every, times=times)
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole = occurrences(recurrence, start, end, CN)
    parts = occurrences(recurrence, start, middle, CN) + occurrences(recurrence, middle + timedelta(days=1), end, CN)
    assert parts == whole
    assert len({one.key for one in whole}) == len(whole)
    assert all(one.opens_on <= one.due_on for one in whole)


@pytest.mark.parametrize(
    ("now", "missed", "opened"),
    [
        pytest.param("2026-09-14 08:00", [], ["2026-09-14"], id="on-time"),
        pytest.param("2026-09-18 08:00", ["2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17"], ["2026-09-18"], id="after-four-days"),
        pytest.param("2026-09-19 08:00", ["2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17"], ["2026-09-18"], id="on-the-rest-day-after"),
        pytest.param("2026-09-13 08:00", [], [], id="before-any"),
    ],
)
def test_after_an_outage_only_the_latest_is_opened(now: str, missed: list[str], opened: list[str]) -> None:
    daily = occurrences(Every("day"), date(2026, 9, 14), date(2026, 9, 18), CN)
    moment = datetime.fromisoformat(now).replace(tzinfo=CAMPAIGN_ZONE)
    found_missed, found_opened = missed_and_latest(daily, moment)
    assert [one.key for one in found_missed] == missed
    assert [one.key for one in found_opened] == opened
