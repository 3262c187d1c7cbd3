"""Date phrases: each with the days it means in the campaign year 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.plan.dates import find_dates, resolve
from campaign.plan.festivals import festival_hint
from campaign.plan.normal import cleaned, folded

RESOLVED = [
    ("20__年9月1日-9日", "2026-09-01", "2026-09-09"),
    ("20xx年9月10日至9月20日", "2026-09-10", "2026-09-20"),
    ("9月20日至10月", "2026-09-20", "2026-10-31"),
    ("5 月9 日至5 月18 日", "2026-05-09", "2026-05-18"),
    ("6月19日至8月底", "2026-06-19", "2026-08-31"),
    ("20xx.7.5—8.15", "2026-07-05", "2026-08-15"),
    ("8.16—8.30", "2026-08-16", "2026-08-30"),
    ("11月23日", "2026-11-23", "2026-11-23"),
    ("1月中旬-2月末", "2026-01-11", "2026-02-28"),
    ("3月下旬", "2026-03-21", "2026-03-31"),
    ("6月上旬至中旬", "2026-06-01", "2026-06-20"),
    ("20xx年3月", "2026-03-01", "2026-03-31"),
    ("20xx年5月底前", None, "2026-05-31"),
    ("9月初", "2026-09-01", "2026-09-10"),
    ("12月6日24:00前", None, "2026-12-06"),
    ("12月6日17∶30", "2026-12-06", "2026-12-06"),
    ("3月4日左右", "2026-03-04", "2026-03-04"),
    ("7月10日(星期五)上午9:00至11:00", "2026-07-10", "2026-07-10"),
    ("即日起至10月底", None, "2026-10-31"),
    ("第四季度", "2026-10-01", "2026-12-31"),
    ("第一季度至第三季度", "2026-01-01", "2026-09-30"),
    ("上半年", "2026-01-01", "2026-06-30"),
    ("9月15日17:00前", None, "2026-09-15"),
    ("20xx年底前", None, "2026-12-31"),
    ("2025年3月15日至25日", "2025-03-15", "2025-03-25"),
    ("9月1-9日", "2026-09-01", "2026-09-09"),
    ("11月至次年1月", "2026-11-01", "2027-01-31"),
    ("11月1日至2月10日", "2026-11-01", "2027-02-10"),
    ("2025年11月-2026年1月", "2025-11-01", "2026-01-31"),
    ("3、4月份", "2026-03-01", "2026-04-30"),
    ("十月下旬", "2026-10-21", "2026-10-31"),
    ("元月5日", "2026-01-05", "2026-01-05"),
    ("从2025年3月开始", "2025-03-01", None),
    ("截至9月底", None, "2026-09-30"),
    ("明年3月", "2027-03-01", "2027-03-31"),
    ("二〇二六年五月一日", "2026-05-01", "2026-05-01"),
    ("2026-05-01", "2026-05-01", "2026-05-01"),
    ("20xx年10月1日起至12月31日止", "2026-10-01", "2026-12-31"),
    ("3月3日一3月11日", "2026-03-03", "2026-03-11"),
    ("７月１日～７月５日", "2026-07-01", "2026-07-05"),
]

OPEN = [
    ("元月1日至春节前", "2026-01-01", None, None, "春节前"),
    ("20__年x月x日—20__年x月x日", None, None, "x月x日", "x月x日"),
    ("国庆节前", None, None, None, "国庆节前"),
    ("7月16日至省级验收结束", "2026-07-16", None, None, "省级验收结束"),
    ("即日起至10月底", None, "2026-10-31", "即日", None),
]

NO_DATE = ["6.5万元", "近3年", "每月15日", "20xx—20xx", "8:00-9:00", "每年3月", "十分", "3个月内", "1.5倍", "年终考核", "五四青年节表彰会的意义", "满意度95%"]


def spans(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    rows = [resolve(p, 2026) for p in find_dates(folded(cleaned(text)))]
    return [(r.start.isoformat() if r.start else None, r.end.isoformat() if r.end else None, r.start_text, r.end_text) for r in rows]


@pytest.mark.parametrize(("text", "start", "end"), RESOLVED, ids=[row[0] for row in RESOLVED])
def test_a_phrase_means_its_first_and_last_day_in_the_campaign_year(text: str, start: str | None, end: str | None) -> None:
    assert [(s, e) for s, e, _, _ in spans(f"请于{text},落实")] == [(start, end)]


@pytest.mark.parametrize(("text", "start", "end", "start_text", "end_text"), OPEN, ids=[row[0] for row in OPEN])
def test_what_no_calendar_settles_stays_its_phrase(text: str, start: str | None, end: str | None, start_text: str | None, end_text: str | None) -> None:
    assert spans(text) == [(start, end, start_text, end_text)]


@pytest.mark.parametrize("text", NO_DATE)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "wait"),
    [("活动结束后一周内", ("活动结束", 7, "d")), ("方案印发后10个工作日内", ("方案印发", 10, "wd")), ("验收后3日内", ("验收", 3, "d"))],
)
def test_a_time_after_an_event_waits_for_it(text: str, wait: tuple[str, int, str]) -> None:
    assert [p.wait for p in find_dates(text)] == [wait]


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(["{}月{}日", "20xx年{}月{}日", "2026年{}月{}日", "2026.{}.{}", "{}月{}号"]))
def test_every_day_of_the_year_is_read_back(day: date, shape: str) -> None:
    text = shape.format(day.month, day.day)
    assert spans(text) == [(day.isoformat(), day.isoformat(), None, None)]


@given(st.text(alphabet="0123456789xX_年月日号.-—至到起止前底初末旬上中下元第一二三四季度春节即 :()", max_size=60))
def test_no_run_of_date_characters_breaks_the_reader(text: str) -> None:
    for phrase in find_dates(folded(text)):
        resolve(phrase, 2026)


@pytest.mark.parametrize(
    ("phrase", "after", "hint"),
    [
        ("春节前", None, "（2026年春节为2月17日）"),
        ("春节前", date(2026, 11, 21), "（2027年春节为2月6日）"),
        ("国庆节前", date(2026, 3, 1), "（2026年国庆为10月1日）"),
        ("省级验收结束", None, ""),
    ],
)
def test_an_open_date_is_shown_with_the_day_of_its_festival(phrase: str, after: date | None, hint: str) -> None:
    assert festival_hint(phrase, 2026, after) == hint


def test_the_thirtieth_of_february_is_no_day() -> None:
    assert spans("2月30日") == [(None, None, "2月30日", "2月30日")]
