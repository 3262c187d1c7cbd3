"""A calendar written by an office, and the yearly notice as an upload."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from campaign.rules.calendar import BadCalendar
from campaign.rules.calendar_file import notice_rows, parse_calendar

CALENDARS = Path(__file__).parents[3] / "config" / "calendars"

GOOD = """\
name: local
title: 本地
first_year: 2026
last_year: 2027
hours: ["9:00", "12:00", "14:00", "17:30"]
days:
  - day: 2026-09-19
    working: true
    note: 集中整治
  - from: 2026-11-02
    to: 2026-11-03
    working: false
"""


@pytest.mark.parametrize("name", sorted(path.stem for path in CALENDARS.glob("*.yaml")))
def test_shipped_calendar_builds_and_is_named_as_its_file(name: str) -> None:
    spec = parse_calendar((CALENDARS / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")
    calendar = spec.build()
    assert spec.name == name
    assert not calendar.is_working(date(2026, 10, 1))


def test_local_days_win_over_the_bundled_ones() -> None:
    calendar = parse_calendar(GOOD, "local.yaml").build()
    assert calendar.hours == ((9, 0), (12, 0), (14, 0), (17, 30))
    assert calendar.is_working(date(2026, 9, 19))
    assert calendar.row(date(2026, 9, 19)).note == "集中整治"
    assert [calendar.is_working(date(2026, 11, day)) for day in (2, 3, 4)] == [False, False, True]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("first_year: 2026", "first_year: 2028", "第 3 行 “first_year”", id="years-backwards"),
        pytest.param("2026-09-19", "2026-09-31", "第 7 行写了 2026-09-31", id="no-such-day"),
        pytest.param("to: 2026-11-03", "to: 2026-11-01", "第 11 行 “to” 应不早于", id="period-backwards"),
        pytest.param("to: 2026-11-03", "to: 2027-11-03", "不超过 120 天", id="absurdly-long"),
        pytest.param("2026-09-19", "2026-11-02", "2026-11-02 写了两次", id="overlapping"),
        pytest.param("working: true", "working: 上班", "第 8 行 “working”", id="not-a-flag"),
        pytest.param('"12:00"', '"8:00"', "第 5 行 “hours”", id="hours-out-of-order"),
        pytest.param('"12:00"', '"正午"', "第 5 行 “hours”", id="no-hour"),
        pytest.param("note:", "noet:", "第 9 行 “noet” 不认识", id="misspelt"),
        pytest.param("name: local", "name: ''", "第 1 行 “name”", id="nameless"),
        pytest.param(GOOD, "", "是空的", id="empty"),
        pytest.param(GOOD, "a: [", "不是有效的 YAML", id="broken"),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused_by_line(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(BadCalendar, match=r"local\.yaml") as caught:
        parse_calendar(GOOD.replace(old, new), "local.yaml")
    assert says in caught.value.message


DAYS = [
    {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "国庆节", "date": "2027-10-05", "isOffDay": True},
    {"name": "国庆节", "date": "2027-10-09", "isOffDay": False},
]
NOTICE = {"year": 2027, "days": DAYS}


def test_an_uploaded_notice_publishes_its_year_and_touches_its_neighbour() -> None:
    calendar = parse_calendar(GOOD, "local.yaml").build(notice_rows(json.dumps(NOTICE), "2027.json"))
    assert calendar.coverage(2027) == "published"
    assert calendar.is_working(date(2027, 10, 9))
    assert not calendar.is_working(date(2027, 10, 5))
    assert not calendar.is_working(date(2026, 12, 31))
    assert not calendar.is_working(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("<html>", "读不懂", id="html"),
        pytest.param("[]", "读不懂", id="a-list"),
        pytest.param(json.dumps({"year": 2027, "days": [{"name": "元旦", "date": "1月1日", "isOffDay": True}]}), "第 1 条的日期「1月1日」", id="no-day"),
        pytest.param(
            json.dumps({"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": "是"}]}),
            r"第 1 条（2027-01-01）的 isOffDay 应为 true",
            id="no-flag",
        ),
        pytest.param(json.dumps({**NOTICE, "days": [*DAYS, DAYS[0]]}), f"重复的日期 {DAYS[0]['date']}", id="twice"),
        pytest.param(json.dumps({**NOTICE, "year": "两千"}), "year 写的是「两千」", id="no-year"),
        pytest.param(json.dumps({**NOTICE, "days": [*DAYS, {"name": "春节", "date": "2027-02-30", "isOffDay": True}]}), "2027-02-30", id="no-such-day"),
        pytest.param(
            json.dumps(
                {"year": 2027, "days": [{"name": "x", "date": f"2027-{month:02}-{day:02}", "isOffDay": True} for month in (1, 3, 5) for day in range(1, 32)]}
            ),
            "93 天放假，超过 60 天",
            id="absurdly-many",
        ),
        pytest.param(json.dumps(NOTICE, ensure_ascii=False).encode("gbk"), "不是 UTF-8", id="gbk"),
        pytest.param(json.dumps({**NOTICE, "year": 2025}), "按年份分别上传", id="other-year"),
        pytest.param(json.dumps({"year": 2027, "days": []}), "没有 2027 年的放假日", id="empty"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(text: str | bytes, says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        notice_rows(text, "2027.json")
