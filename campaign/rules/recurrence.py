"""When a recurring duty falls due: a period written in a plan becomes dated occurrences with stable keys.

Owns the reading of `every`, `on` and `times`. Refuses nothing: what cannot be dated (an event, an open end) simply has no occurrences, and
a mark in `on` that it does not know falls back to the end of the period, so that a hand-edited plan never loses a report in silence.

A deadline on a rest day moves to the last working day before it, for a month's report is wanted inside its month, and to the next one where
its period has none before; the exceptions are zero reports, which are owed on every day of the year. An occurrence that comes several times
in its period splits the period evenly.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from campaign.rules.calendar import WorkingCalendar, due_at_of_day

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
LONGEST_REST = timedelta(days=15)  # a week that rests whole moves its report into the next one
EVERY_DAY_WORDS = ("零报告", "每天", "每日零", "天天")


class Recurring(Protocol):
    """What the rule needs of a recurrence; the plan's own has these."""

    @property
    def every(self) -> str: ...
    @property
    def on(self) -> tuple[str, ...]: ...
    @property
    def times(self) -> int | None: ...
    @property
    def text(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    key: str
    label: str
    opens_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class _Period:
    key: str
    label: str
    first: date
    last: date


def occurrences(recurrence: Recurring, start: date, end: date, calendar: WorkingCalendar) -> list[Occurrence]:
    """Those due from `start` to `end`, both included, in order. Periods that began before `start` or run on past `end` count when their due day is inside."""
    if end < start:
        return []
    found = _DATED.get(recurrence.every, _undated)(recurrence, start, end, calendar)
    return sorted((one for one in found if start <= one.due_on <= end), key=lambda one: (one.due_on, one.key))


def missed_and_latest(found: Iterable[Occurrence], now: datetime) -> tuple[tuple[Occurrence, ...], tuple[Occurrence, ...]]:
    """What was missed while nobody was counting, and what to open now: the latest that has begun, and whatever is not yet overdue.

    After five days of outage a daily report has four missed occurrences and one to hand in; those to come are not touched.
    """
    begun = sorted((one for one in found if due_at_of_day(one.opens_on - timedelta(days=1)) <= now), key=lambda one: (one.due_on, one.key))
    overdue = [one for one in begun if due_at_of_day(one.due_on) <= now]
    current = tuple(one for one in begun if due_at_of_day(one.due_on) > now)
    if current or not overdue:
        return tuple(overdue), current
    latest = max(one.due_on for one in overdue)
    return tuple(one for one in overdue if one.due_on < latest), tuple(one for one in overdue if one.due_on == latest)


def _daily(recurrence: Recurring, start: date, end: date, calendar: WorkingCalendar) -> Iterator[Occurrence]:
    every_day = any(word in (recurrence.text or "") for word in EVERY_DAY_WORDS)
    for day in _days(start, end):
        if every_day or calendar.is_working(day):
            yield Occurrence(day.isoformat(), f"{day.month}月{day.day}日", day, day)


def _festive(recurrence: Recurring, start: date, end: date, calendar: WorkingCalendar) -> Iterator[Occurrence]:
    """Once a festival (those named, else the statutory seven), on the last working day not after it, open from ten days before."""
    from campaign.rules.holidays_cn import festival_day

    for year in range(start.year, end.year + 2):
        for name in dict.fromkeys(recurrence.on or FESTIVALS):
            day = festival_day(name, year) or _day_of_year(name, year)
            if day is not None and start <= day <= min(end + timedelta(days=15), calendar.last):
                yield Occurrence(f"{year}-{name}", f"{year}年{name}", day - timedelta(days=10), _last_worked(day, calendar))


def _undated(recurrence: Recurring, start: date, end: date, calendar: WorkingCalendar) -> Iterator[Occurrence]:
    yield from ()


def _in_periods(periods: Callable[[date, date], Iterator[_Period]], mark: Callable[[str, _Period], date | None]) -> _Dating:
    def dated(recurrence: Recurring, start: date, end: date, calendar: WorkingCalendar) -> Iterator[Occurrence]:
        for period in periods(start - LONGEST_REST, end):
            days = sorted({day for text in recurrence.on if (day := mark(text, period)) is not None})
            if not days:
                days = _evenly(period, recurrence.times or 1)
            yield from _numbered(period, days, calendar)

    return dated


_Dating = Callable[[Recurring, date, date, WorkingCalendar], Iterator[Occurrence]]


def _numbered(period: _Period, days: list[date], calendar: WorkingCalendar) -> Iterator[Occurrence]:
    opens = period.first
    for number, day in enumerate(days, start=1):
        several = len(days) > 1
        due = _worked_in(period, day, calendar)
        yield Occurrence(
            f"{period.key}.{number}" if several else period.key,
            f"{period.label}第{number}次" if several else period.label,
            min(opens, due),
            due,
        )
        opens = day + timedelta(days=1)


def _worked_in(period: _Period, day: date, calendar: WorkingCalendar) -> date:
    """`day`, or the last working day before it within the period, or else the next one: the report of a Monday that rests is owed on Tuesday."""
    if not calendar.first <= day <= calendar.last or calendar.is_working(day):
        return day
    if calendar.first <= period.first and calendar.working_days_between(period.first, day) + int(calendar.is_working(period.first)) > 0:
        return calendar.add_working_days(day, -1)
    return calendar.add_working_days(day, 1)


def _evenly(period: _Period, times: int) -> list[date]:
    length = (period.last - period.first).days + 1
    return sorted({period.first + timedelta(days=max(length * number // times, 1) - 1) for number in range(1, times + 1)})


def _weeks(start: date, end: date) -> Iterator[_Period]:
    monday = start - timedelta(days=start.weekday())
    while monday <= end:
        year, week, _ = monday.isocalendar()
        yield _Period(f"{year}-W{week:02}", f"{year}年第{week}周", monday, monday + timedelta(days=6))
        monday += timedelta(days=7)


def _months(start: date, end: date) -> Iterator[_Period]:
    for year, month in _year_months(start, end):
        yield _Period(f"{year}-{month:02}", f"{year}年{month}月", date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _quarters(start: date, end: date) -> Iterator[_Period]:
    for year, month in _year_months(date(start.year, (start.month - 1) // 3 * 3 + 1, 1), end):
        if month % 3 == 1:
            quarter = month // 3 + 1
            last = date(year, month + 2, monthrange(year, month + 2)[1])
            yield _Period(f"{year}-Q{quarter}", f"{year}年第{'一二三四'[quarter - 1]}季度", date(year, month, 1), last)


def _years(start: date, end: date) -> Iterator[_Period]:
    for year in range(start.year, end.year + 1):
        yield _Period(str(year), f"{year}年", date(year, 1, 1), date(year, 12, 31))


def _year_months(start: date, end: date) -> Iterator[tuple[int, int]]:
    for ordinal in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        yield ordinal // 12, ordinal % 12 + 1


def _days(start: date, end: date) -> Iterator[date]:
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


def _last_worked(day: date, calendar: WorkingCalendar) -> date:
    return day if calendar.is_working(day) else calendar.add_working_days(day, -1)


def _day_of_week(text: str, period: _Period) -> date | None:
    code = text.strip().upper()[:2]
    if code in WEEKDAYS:
        return period.first + timedelta(days=WEEKDAYS.index(code))
    found = re.fullmatch(r"(?:周|星期)([一二三四五六日天])", text.strip())
    return None if found is None else period.first + timedelta(days="一二三四五六日".index(found[1].replace("天", "日")))


def _day_of_month(text: str, period: _Period) -> date | None:
    """`10`, `10日`, `-1` or 月底, and the three parts of a month: 上旬 ends on the 10th, 中旬 on the 20th."""
    plain = text.strip()
    if plain in ("-1", "月底", "月末", "末", "下旬"):
        return period.last
    if plain in ("上旬", "中旬"):
        return period.first.replace(day=10 if plain == "上旬" else 20)
    found = re.fullmatch(r"(\d{1,2})[日号]?", plain)
    if found is None or not 1 <= int(found[1]) <= 31:
        return None
    return period.first.replace(day=min(int(found[1]), period.last.day))


def _day_of_quarter(text: str, period: _Period) -> date | None:
    """A day of the quarter's last month (`25`), or the end."""
    last_month = _Period("", "", period.last.replace(day=1), period.last)
    return _day_of_month(text, last_month) or _day_in_period(text, period)


def _day_in_year(text: str, period: _Period) -> date | None:
    return _day_of_year(text, period.first.year) or (period.last if text.strip() in ("-1", "年底", "年末") else None)


def _day_in_period(text: str, period: _Period) -> date | None:
    day = _day_of_year(text, period.first.year)
    return day if day is not None and period.first <= day <= period.last else None


def _day_of_year(text: str, year: int) -> date | None:
    """`06-05`, `6月5日`, `12月` (its last day)."""
    found = re.fullmatch(r"(\d{1,2})(?:-|月)(?:(\d{1,2})日?|[底末])?", text.strip())
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    month = int(found[1])
    length = monthrange(year, month)[1]
    return date(year, month, min(max(int(found[2]), 1), length) if found[2] else length)


_DATED: dict[str, _Dating] = {
    "day": _daily,
    "week": _in_periods(_weeks, _day_of_week),
    "month": _in_periods(_months, _day_of_month),
    "quarter": _in_periods(_quarters, _day_of_quarter),
    "year": _in_periods(_years, _day_in_year),
    "festival": _festive,
}
