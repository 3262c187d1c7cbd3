"""A working calendar as an office writes it: years, hours and days that differ, read from YAML, and the yearly notice as uploaded JSON.

Owns both forms. Refuses days that are no days, periods that run backwards, two rules for one day, and a notice of several years in one
file: each would shift every deadline behind it, and nobody looks at a calendar again once it is in.

The JSON form is the common one of the yearly notice, `{"year": 2027, "days": [{"name", "date", "isOffDay"}]}`. Days of it that fall into
the neighbouring year (a New Year's break that begins in December) are taken as overrides, for they do not publish that year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from campaign.rules.calendar import OFFICE_HOURS, BadCalendar, DayRow, WorkingCalendar
from campaign.rules.holidays_cn import MAKE_UP, calendar_rows

FIELDS = ("name", "title", "first_year", "last_year", "hours", "days")
DAY_FIELDS = ("day", "from", "to", "working", "note")
LONGEST_PERIOD, MOST_OFF = 120, 60
"""Days in one rule of a file; days off in a notice, which had 33 at most so far."""
_HOUR = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    name: str
    title: str
    first_year: int
    last_year: int
    hours: tuple[tuple[int, int], ...]
    overrides: tuple[DayRow, ...]

    def rows(self, more: tuple[DayRow, ...] = ()) -> list[DayRow]:
        """All days; `more` (uploaded notices, days set by hand) wins over the file."""
        return calendar_rows(self.first_year, self.last_year, (*self.overrides, *more))

    def build(self, more: tuple[DayRow, ...] = ()) -> WorkingCalendar:
        return WorkingCalendar(self.name, self.rows(more), self.hours)


def parse_calendar(text: str, source: str) -> CalendarSpec:
    """The calendar in `text`; `source` is the file's name for the message."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="rt").load(text)
    except YAMLError as error:
        raise BadCalendar(f"工作日历 {source} 不是有效的 YAML：缩进、冒号或引号有误", source=source) from error
    except ValueError as error:  # the loader's own answer to a day like 2026-09-31, without its line
        raise BadCalendar(f"工作日历 {source} {_no_such_day(text)}，日历上没有：请核对日期", source=source) from error
    if not isinstance(root, Mapping):
        raise BadCalendar(f"工作日历 {source} 是空的：应有 name、first_year 和 last_year", source=source)
    _known(root, FIELDS, source)
    name = root.get("name")
    first_year, last_year = root.get("first_year"), root.get("last_year")
    if not isinstance(name, str) or not name.strip():
        raise _fault(source, root, "name", "应填写日历名称")
    if not isinstance(first_year, int) or not isinstance(last_year, int) or not 2007 <= first_year <= last_year <= 2100:
        raise _fault(source, root, "first_year", "与 last_year 应为 2007 至 2100 之间由早到晚的年份")
    overrides: dict[date, DayRow] = {}
    for node in root.get("days") or ():
        for row in _days(node, source):
            if row.day in overrides:
                raise _fault(source, node, None, f"{row.day} 写了两次：同一天只能有一条规定")
            overrides[row.day] = row
    return CalendarSpec(name.strip(), str(root.get("title") or name), first_year, last_year, _hours(root, source), tuple(overrides.values()))


def notice_rows(text: str | bytes, source: str) -> tuple[DayRow, ...]:
    """The days of one year's published notice, in the form that `calendar_rows` takes as overrides."""
    year, listed = _read_notice(text, source)
    days = [day for day, _, _ in listed]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise BadCalendar(f"放假安排 {source} 有重复的日期 {'、'.join(map(str, twice[:5]))}：同一天只能出现一次", source=source)
    if strays := [day for day in days if abs((day - date(year, 7, 1)).days) > 200]:
        raise BadCalendar(f"放假安排 {source} 是 {year} 年的，却有 {strays[0]}：请按年份分别上传", source=source)
    off_days = sum(1 for _, off, _ in listed if off)
    if off_days > MOST_OFF:
        raise BadCalendar(f"放假安排 {source} 列了 {off_days} 天放假，超过 {MOST_OFF} 天：只列放假和调休上班的日子，平常的周末不用列，请核对", source=source)
    if not any(day.year == year and off for day, off, _ in listed) or not any(not off for _, off, _ in listed):
        raise BadCalendar(f"放假安排 {source} 没有 {year} 年的放假日或调休上班日：请核对后重新上传", source=source)
    return tuple(DayRow(day, not off, name if off else MAKE_UP, "published" if day.year == year else "override") for day, off, name in listed)


def _read_notice(text: str | bytes, source: str) -> tuple[int, list[tuple[date, bool, str]]]:
    form = '应为 {"year": 2027, "days": [{"name", "date", "isOffDay"}]} 形式的 JSON'
    try:
        notice = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
        year, days = notice["year"], list(notice["days"])
        written = [(str(day["date"]), day["isOffDay"], str(day.get("name", ""))) for day in days]
    except UnicodeDecodeError as error:
        raise BadCalendar(f"放假安排 {source} 不是 UTF-8 编码的文本：请另存为 UTF-8 编码后重试", source=source) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCalendar(f"放假安排 {source} 读不懂：{form}", source=source) from error
    if type(year) is not int or not 2007 <= year <= 2100:
        raise BadCalendar(f"放假安排 {source} 的 year 写的是「{year}」：应为年份，如 2027", source=source)
    listed = []
    for number, (day, off, name) in enumerate(written, 1):
        if not isinstance(off, bool):
            raise BadCalendar(f"放假安排 {source} 第 {number} 条（{day}）的 isOffDay 应为 true（放假）或 false（上班）", source=source)
        try:
            listed.append((date.fromisoformat(day), off, name))
        except ValueError as error:
            raise BadCalendar(f"放假安排 {source} 第 {number} 条的日期「{day}」日历上没有：应写成 2027-02-05", source=source) from error
    return year, listed


def _days(node: Any, source: str) -> list[DayRow]:
    if not isinstance(node, Mapping):
        raise _fault(source, node, None, "每条规定应写 day（或 from、to）、working、note")
    _known(node, DAY_FIELDS, source)
    first, last = (node.get("day"),) * 2 if "day" in node else (node.get("from"), node.get("to"))
    if type(first) is not date or type(last) is not date:
        raise _fault(source, node, "day" if "day" in node else "from", "应写成 2026-09-30")
    if not 0 <= (last - first).days <= LONGEST_PERIOD:
        raise _fault(source, node, "to", f"应不早于 from，且不超过 {LONGEST_PERIOD} 天")
    if not isinstance(node.get("working"), bool):
        raise _fault(source, node, "working", "应为 true（上班）或 false（休息）")
    note = str(node.get("note") or "")
    return [DayRow(first + timedelta(days=offset), node["working"], note, "override") for offset in range((last - first).days + 1)]


def _hours(root: Mapping[str, Any], source: str) -> tuple[tuple[int, int], ...]:
    written = root.get("hours")
    if written is None:
        return OFFICE_HOURS
    found = [_HOUR.fullmatch(str(one).strip()) for one in written] if isinstance(written, list) else []
    if not found or None in found:
        raise _fault(source, root, "hours", '应由早到晚成对写，例如 ["9:00", "12:00", "14:00", "17:30"]')
    hours = tuple((int(one[1]), int(one[2])) for one in found if one is not None)
    try:
        WorkingCalendar("hours", [DayRow(date(2026, 1, 5), True)], hours)
    except BadCalendar as error:
        raise _fault(source, root, "hours", error.message) from error
    return hours


def _no_such_day(text: str) -> str:
    for number, line in enumerate(text.splitlines(), start=1):
        for day in re.findall(r"\d{4}-\d{2}-\d{2}", line):
            try:
                date.fromisoformat(day)
            except ValueError:
                return f"第 {number} 行写了 {day}"
    return "写了一个日期"


def _known(node: Mapping[str, Any], fields: tuple[str, ...], source: str) -> None:
    for field in node:
        if field not in fields:
            raise _fault(source, node, field, f"不认识：可用的有 {'、'.join(fields)}")


def _fault(source: str, node: Any, field: str | None, text: str) -> BadCalendar:
    place = getattr(node, "lc", None)
    line = 0
    if place is not None:
        line = (place.key(field)[0] if field is not None and field in node else place.line) + 1
    where = f"第 {line} 行 " if line else ""
    return BadCalendar(f"工作日历 {source} {where}{f'“{field}” ' if field else ''}{text}", source=source, line=line)
