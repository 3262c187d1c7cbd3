"""Working days and working time in the campaign's zone, and what follows from a deadline: its last day and its light.

Owns one precomputed calendar: for each day whether it is worked, and how many days were worked up to it. Refuses to answer outside its
rows: a guess of Monday to Friday would be wrong exactly in the weeks that matter, around a holiday whose make-up Saturdays are worked.

Two conventions hold everywhere. A deadline given as a day is stored as the first moment that is too late (00:00 of the next day), so that
"overdue" is one comparison; people are shown the day before it. Working time is a coordinate: worked microseconds since the calendar's
first day; adding to it crosses nights, weekends and holidays without a loop, and a moment outside working hours is the next one inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from campaign.errors import CampaignError

CAMPAIGN_ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS: tuple[tuple[int, int], ...] = ((9, 0), (17, 30))
YELLOW_WORKING_DAYS = 3

DaySource = Literal["published", "estimated", "override"]
Coverage = Literal["published", "estimated"]


class OutsideCalendar(CampaignError):
    code = "outside_calendar"


class BadCalendar(CampaignError):
    code = "bad_calendar"


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    working: bool
    note: str = ""
    source: DaySource = "published"


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of working hours: microseconds since midnight at its start and end, and those worked before it on the same day."""

    start: int
    end: int
    before: int


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _windows(hours: Sequence[tuple[int, int]]) -> tuple[_Window, ...]:
    marks = [_microseconds(timedelta(hours=hour, minutes=minute)) for hour, minute in hours]
    if not marks or len(marks) % 2 or marks[0] < 0 or marks[-1] > 86_400_000_000 or any(a >= b for a, b in pairwise(marks)):
        raise BadCalendar("工作时间应由早到晚成对填写，例如 9:00、12:00、14:00、17:30", hours=tuple(hours))
    windows: list[_Window] = []
    before = 0
    for start, end in zip(marks[::2], marks[1::2], strict=True):
        windows.append(_Window(start, end, before))
        before += end - start
    return tuple(windows)


class WorkingCalendar:
    """Which days are worked, and arithmetic over them. `hours` alternates opening and closing: `((9, 0), (12, 0), (14, 0), (17, 30))`."""

    def __init__(self, name: str, rows: Sequence[DayRow], hours: Sequence[tuple[int, int]] = OFFICE_HOURS) -> None:
        ordered = sorted(rows, key=lambda row: row.day)
        if not ordered:
            raise BadCalendar(f"工作日历“{name}”没有任何日期", calendar=name)
        for earlier, later in pairwise(ordered):
            if later.day - earlier.day != timedelta(days=1):
                fault = "重复" if later.day == earlier.day else "后面有缺漏"
                raise BadCalendar(f"工作日历“{name}”在 {earlier.day} {fault}：每一天应恰有一行", calendar=name, day=earlier.day)
        self.name = name
        self.hours = tuple((hour, minute) for hour, minute in hours)
        self.first = ordered[0].day
        self.last = ordered[-1].day
        self._rows = tuple(ordered)
        self._base = self.first.toordinal()
        self._windows = _windows(hours)
        self._day_length = self._windows[-1].before + self._windows[-1].end - self._windows[-1].start
        self._ordinals: list[int] = []
        self._worked: list[int] = []
        for offset, row in enumerate(ordered):
            if row.working:
                self._worked.append(offset)
            self._ordinals.append(len(self._worked))
        self._estimated = frozenset(row.day.year for row in ordered if row.source == "estimated")

    @property
    def rows(self) -> tuple[DayRow, ...]:
        return self._rows

    def row(self, day: date) -> DayRow:
        return self._rows[self._offset(day)]

    def is_working(self, day: date) -> bool:
        return self._rows[self._offset(day)].working

    def ordinal(self, day: date) -> int:
        """How many days were worked from the calendar's first day up to and including `day`."""
        return self._ordinals[self._offset(day)]

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`: Friday to Monday is 1; negative when `b` is earlier."""
        return self.ordinal(b) - self.ordinal(a)

    def add_working_days(self, day: date, n: int, *, roll: bool = False) -> date:
        """The n-th working day after (before, if negative) `day`; 0 is the day itself, or with `roll` the next day that is worked."""
        if n > 0:
            return self._nth(self.ordinal(day) + n, day)
        if n < 0 or (roll and not self.is_working(day)):
            worked_before = self.ordinal(day) - int(self.is_working(day))
            return self._nth(worked_before + 1 + n, day)
        self._offset(day)
        return day

    def add_working_time(self, at: datetime, *, days: int = 0, hours: float = 0) -> datetime:
        """`at` plus working time: Friday 16:30 + 2 hours is Monday 10:00; + 1 day is Monday 16:30; Saturday + 1 day is Tuesday 9:00."""
        coordinate = self._coordinate(at) + days * self._day_length + _microseconds(timedelta(hours=hours))
        nth, rest = divmod(coordinate, self._day_length)
        window = next(found for found in reversed(self._windows) if found.before <= rest)
        day = self._nth(nth + 1, at.astimezone(CAMPAIGN_ZONE).date())
        return self._moment(day, window.start + rest - window.before)

    def next_working_moment(self, at: datetime) -> datetime:
        """`at` itself inside working hours, else the next opening."""
        return self.add_working_time(at)

    def opening(self, day: date) -> datetime:
        """When work begins on `day`, whether it is worked or not."""
        return self._moment(day, self._windows[0].start)

    def coverage(self, year: int) -> Coverage:
        """`estimated` while the year's notice with its make-up days is not known."""
        if not self.first.year <= year <= self.last.year:
            raise self._outside(date(year, 1, 1))
        return "estimated" if year in self._estimated else "published"

    def is_estimated(self, day: date) -> bool:
        """A day computed before its year's notice was published: it may move when that lands."""
        return day.year in self._estimated

    def _offset(self, day: date) -> int:
        offset = day.toordinal() - self._base
        if not 0 <= offset < len(self._rows):
            raise self._outside(day)
        return offset

    def _nth(self, nth: int, asked: date) -> date:
        if not 1 <= nth <= len(self._worked):
            raise self._outside(asked)
        return date.fromordinal(self._base + self._worked[nth - 1])

    def _coordinate(self, at: datetime) -> int:
        local = _aware(at).astimezone(CAMPAIGN_ZONE)
        day = local.date()
        if not self.is_working(day):
            return self.ordinal(day) * self._day_length
        since_midnight = _microseconds(local.replace(tzinfo=None) - datetime.combine(day, time.min))
        within = sum(min(max(since_midnight - window.start, 0), window.end - window.start) for window in self._windows)
        return (self.ordinal(day) - 1) * self._day_length + within

    def _moment(self, day: date, since_midnight: int) -> datetime:
        local = datetime.combine(day, time.min) + timedelta(microseconds=since_midnight)
        return local.replace(tzinfo=CAMPAIGN_ZONE).astimezone(UTC)

    def _outside(self, day: date) -> OutsideCalendar:
        return OutsideCalendar(
            f"工作日历“{self.name}”只有 {self.first} 至 {self.last}，推算从 {day} 起的工作日超出了范围：请补充日历年份后重试",
            calendar=self.name,
            day=day,
        )


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a time without offset reached the rules: {at!r}")
    return at


def due_at_of_day(day: date) -> datetime:
    """The first moment that is too late for a deadline given as a day: 2026-09-30 is due before 2026-10-01 00:00 in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=CAMPAIGN_ZONE).astimezone(UTC)


def due_on(due_at: datetime) -> date:
    """The last day on which it can be handed in."""
    return (_aware(due_at) - timedelta(microseconds=1)).astimezone(CAMPAIGN_ZONE).date()


def campaign_day(at: datetime) -> date:
    """The day that people in the campaign call today at `at`."""
    return _aware(at).astimezone(CAMPAIGN_ZONE).date()


class Light(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"

    @property
    def label(self) -> str:
        return {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "grey": "灰灯"}[self.value]

    @property
    def shape(self) -> str:
        """Read without colour, in print and by the colour-blind."""
        return {"red": "●", "yellow": "▲", "green": "■", "grey": "○"}[self.value]


RESTING_STATES = frozenset({"waived", "cancelled", "suspended", "waiting"})
RUNNING_STATES = frozenset({"open", "returned"})


def yellow_through(now: datetime, calendar: WorkingCalendar) -> datetime:
    """What is due at this moment or before (and not overdue) is yellow; so a query needs one comparison and no calendar."""
    fourth = calendar.add_working_days(campaign_day(now), YELLOW_WORKING_DAYS + 1)
    return due_at_of_day(fourth - timedelta(days=1))


def light(state: str, due_at: datetime | None, now: datetime, calendar: WorkingCalendar) -> Light:
    """Red overdue; yellow due within 3 working days, or returned; grey resting; green else, and what is handed in is green: it waits for others."""
    if state in RESTING_STATES:
        return Light.GREY
    if state not in RUNNING_STATES:
        return Light.GREEN
    if due_at is not None and due_at <= now:
        return Light.RED
    if state == "returned" or (due_at is not None and due_at <= yellow_through(now, calendar)):
        return Light.YELLOW
    return Light.GREEN
