"""2024 to 2026 counted by hand from the notices of 国务院办公厅: no library had a part in what is expected here.

The tables are what the three notices say, word by word, and what a person counts on a wall calendar; the calendar of the product must agree on
every single day.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaign.rules.calendar import WorkingCalendar, due_at_of_day, due_on
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.rest_days import RestDays, settled

CN = WorkingCalendar("cn", calendar_rows(2023, 2027))


def threes(table: str) -> list[tuple[str, str, str]]:
    words = table.split()
    return list(zip(words[::3], words[1::3], words[2::3], strict=True))


# (festival, first day off, last day off, weekend days worked for it)
NOTICES = [
    ("元旦", "2024-01-01", "2024-01-01", ()),
    ("春节", "2024-02-10", "2024-02-17", ("2024-02-04", "2024-02-18")),
    ("清明节", "2024-04-04", "2024-04-06", ("2024-04-07",)),
    ("劳动节", "2024-05-01", "2024-05-05", ("2024-04-28", "2024-05-11")),
    ("端午节", "2024-06-10", "2024-06-10", ()),
    ("中秋节", "2024-09-15", "2024-09-17", ("2024-09-14",)),
    ("国庆节", "2024-10-01", "2024-10-07", ("2024-09-29", "2024-10-12")),
    ("元旦", "2025-01-01", "2025-01-01", ()),
    ("春节", "2025-01-28", "2025-02-04", ("2025-01-26", "2025-02-08")),
    ("清明节", "2025-04-04", "2025-04-06", ()),
    ("劳动节", "2025-05-01", "2025-05-05", ("2025-04-27",)),
    ("端午节", "2025-05-31", "2025-06-02", ()),
    ("国庆节、中秋节", "2025-10-01", "2025-10-08", ("2025-09-28", "2025-10-11")),
    ("元旦", "2026-01-01", "2026-01-03", ("2026-01-04",)),
    ("春节", "2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    ("清明节", "2026-04-04", "2026-04-06", ()),
    ("劳动节", "2026-05-01", "2026-05-05", ("2026-05-09",)),
    ("端午节", "2026-06-19", "2026-06-21", ()),
    ("中秋节", "2026-09-25", "2026-09-27", ()),
    ("国庆节", "2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
]
# Worked days of January to December.
MONTHS = {
    2024: (22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22),
    2025: (19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23),
    2026: (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23),
}
# From a day, so many worked days on (or back): where a finger on the wall calendar ends.
STEPS = threes("""
2024-01-31 +3 2024-02-04   2024-02-02 +1 2024-02-04   2024-02-08 +1 2024-02-09   2024-02-09 +1 2024-02-18   2024-02-08 +3 2024-02-19
2024-02-18 -3 2024-02-07   2024-04-03 +1 2024-04-07   2024-04-03 +2 2024-04-08   2024-04-08 -3 2024-04-02   2024-04-26 +1 2024-04-28
2024-04-30 +1 2024-05-06   2024-05-10 +1 2024-05-11   2024-05-11 +1 2024-05-13   2024-05-06 -3 2024-04-28   2024-06-07 +1 2024-06-11
2024-06-11 -3 2024-06-05   2024-09-13 +1 2024-09-14   2024-09-13 +2 2024-09-18   2024-09-18 -2 2024-09-13   2024-09-27 +1 2024-09-29
2024-09-30 +1 2024-10-08   2024-10-11 +1 2024-10-12   2024-10-12 +1 2024-10-14   2024-10-08 -3 2024-09-27   2024-09-27 +6 2024-10-11
2024-12-31 +1 2025-01-02   2025-01-24 +1 2025-01-26   2025-01-27 +1 2025-02-05   2025-02-05 -3 2025-01-24   2025-02-07 +1 2025-02-08
2025-02-08 +1 2025-02-10   2025-01-23 +6 2025-02-07   2025-04-03 +1 2025-04-07   2025-04-25 +1 2025-04-27   2025-04-30 +1 2025-05-06
2025-05-06 -3 2025-04-28   2025-05-30 +1 2025-06-03   2025-06-03 -1 2025-05-30   2025-09-26 +1 2025-09-28   2025-09-30 +1 2025-10-09
2025-10-10 +1 2025-10-11   2025-10-11 +1 2025-10-13   2025-10-09 -3 2025-09-28   2025-09-26 +6 2025-10-11   2025-12-31 +1 2026-01-04
2026-01-04 +5 2026-01-09   2026-02-13 +1 2026-02-14   2026-02-14 +1 2026-02-24   2026-02-24 -3 2026-02-12   2026-02-27 +1 2026-02-28
2026-02-28 +1 2026-03-02   2026-02-12 +6 2026-02-27   2026-04-03 +1 2026-04-07   2026-04-30 +1 2026-05-06   2026-05-08 +1 2026-05-09
2026-05-09 +1 2026-05-11   2026-06-18 +1 2026-06-22   2026-06-22 -1 2026-06-18   2026-09-18 +1 2026-09-20   2026-09-24 +1 2026-09-28
2026-09-30 +1 2026-10-08   2026-10-09 +1 2026-10-10   2026-10-10 +1 2026-10-12   2026-10-08 -3 2026-09-28   2026-09-16 +11 2026-10-08
""")
# A deadline on a day off: 提前 to, 顺延 to.
REST_DAYS = threes("""
2024-02-12 2024-02-09 2024-02-18   2024-04-05 2024-04-03 2024-04-07   2024-05-03 2024-04-30 2024-05-06   2024-06-10 2024-06-07 2024-06-11
2024-09-16 2024-09-14 2024-09-18   2024-10-05 2024-09-30 2024-10-08   2025-01-01 2024-12-31 2025-01-02   2025-01-30 2025-01-27 2025-02-05
2025-04-05 2025-04-03 2025-04-07   2025-05-04 2025-04-30 2025-05-06   2025-06-01 2025-05-30 2025-06-03   2025-10-06 2025-09-30 2025-10-09
2026-01-02 2025-12-31 2026-01-04   2026-02-17 2026-02-14 2026-02-24   2026-04-05 2026-04-03 2026-04-07   2026-05-02 2026-04-30 2026-05-06
2026-06-20 2026-06-18 2026-06-22   2026-09-26 2026-09-24 2026-09-28   2026-10-03 2026-09-30 2026-10-08   2026-08-15 2026-08-14 2026-08-17
""")


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(first: str, last: str) -> list[date]:
    return [day(first) + timedelta(days=step) for step in range((day(last) - day(first)).days + 1)]


def test_every_day_is_as_the_notices_say() -> None:
    off = {one for _, first, last, _ in NOTICES for one in span(first, last)}
    worked = {day(one) for *_, days in NOTICES for one in days}
    assert all(one.weekday() >= 5 for one in worked), "a made-up day is a weekend's"
    differing = [
        one.isoformat() for one in span("2024-01-01", "2026-12-31") if CN.is_working(one) is not (one in worked or (one.weekday() < 5 and one not in off))
    ]
    assert differing == []
    assert {CN.coverage(year) for year in (2024, 2025, 2026)} == {"published"}


@pytest.mark.parametrize(("year", "month", "count"), [(year, month, count) for year, counts in MONTHS.items() for month, count in enumerate(counts, 1)])
def test_a_month_has_the_worked_days_of_a_wall_calendar(year: int, month: int, count: int) -> None:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    before = date(year, month, 1) - timedelta(days=1)
    assert CN.working_days_between(before, last) == count


@pytest.mark.parametrize(("start", "n", "lands"), STEPS)
def test_worked_days_are_stepped_as_a_finger_does(start: str, n: str, lands: str) -> None:
    assert CN.add_working_days(day(start), int(n)) == day(lands)


@pytest.mark.parametrize(("due", "earlier", "later"), REST_DAYS)
def test_a_deadline_on_a_day_off_goes_to_the_last_day_before_or_the_first_after(due: str, earlier: str, later: str) -> None:
    at = due_at_of_day(day(due))
    assert [due_on(settled(at, CN, way)) for way in (RestDays.KEEP, RestDays.EARLIER, RestDays.LATER)] == [day(due), day(earlier), day(later)]


@pytest.mark.parametrize("made_up", [one for *_, days in NOTICES for one in days])
def test_a_deadline_on_a_made_up_weekend_day_stays(made_up: str) -> None:
    at = due_at_of_day(day(made_up))
    assert {settled(at, CN, way) for way in RestDays} == {at}
