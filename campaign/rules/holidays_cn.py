"""The Chinese working calendar as rows: statutory holidays, their make-up working days (调休), and what an office overrides.

Owns the only imports of the holiday library. Refuses to present a guess as a fact: a year whose notice is not published comes from the
statutory holidays alone and every row of it says `estimated`.

The library answers for an unpublished year without complaint; the sign is that it knows no worked weekend in it, for every notice since
2007 has had some. Override rows that say `published` are a notice somebody entered: such a year no longer rests on the library at all,
because a day off that the library guessed and the notice does not list is worked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from campaign.rules.calendar import BadCalendar, DayRow

MAKE_UP = "调休上班"
WEEKEND = "周末"


def _days(year: int) -> Iterable[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _noticed_year(year: int) -> list[DayRow]:
    return [DayRow(day, day.weekday() < 5, "" if day.weekday() < 5 else WEEKEND, "published") for day in _days(year)]


def _library_year(year: int) -> list[DayRow]:
    import holidays  # 0.2 s: only when a calendar is built, never for a command line's help

    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    made_up = {day for day in known.weekend_workdays if day.year == year}
    rows: list[DayRow] = []
    for day in _days(year):
        name = known.get(day)
        if day in made_up:
            rows.append(DayRow(day, True, MAKE_UP, "published"))
        elif name is not None:
            rows.append(DayRow(day, False, str(name), "published"))
        else:
            rows.append(DayRow(day, day.weekday() < 5, "" if day.weekday() < 5 else WEEKEND, "published"))
    if made_up:
        return rows
    return [DayRow(row.day, row.working, row.note, "estimated") for row in rows]


def calendar_rows(first_year: int, last_year: int, overrides: Iterable[DayRow] = ()) -> list[DayRow]:
    """A row for each day of the years, in order; the last override of a day wins. Years outside the range in `overrides` are ignored."""
    if not 2007 <= first_year <= last_year <= 2100:
        raise BadCalendar(f"日历年份 {first_year}—{last_year} 不可用：应在 2007 年至 2100 年之间，且由早到晚", first=first_year, last=last_year)
    by_day = {row.day: row for row in overrides}
    noticed = {row.day.year for row in by_day.values() if row.source == "published"}
    rows: list[DayRow] = []
    for year in range(first_year, last_year + 1):
        base = _noticed_year(year) if year in noticed else _library_year(year)
        rows.extend(by_day.get(row.day, row) for row in base)
    return rows


def festival_day(name: str, year: int) -> date | None:
    """The day a festival falls on, lunar ones and 清明 included: 中秋节 in 2026 is 2026-09-25. None for a name that is not known."""
    from lunar_python import Lunar, Solar  # see above

    plain = name.strip().removesuffix("节")
    if plain in _SOLAR:
        return date(year, *_SOLAR[plain])
    if plain in _LUNAR:
        month, day = _LUNAR[plain]
        found = Lunar.fromYmd(year, month, day).getSolar()
        return date(found.getYear(), found.getMonth(), found.getDay())
    if plain == "清明":
        found = Solar.fromYmd(year, 4, 1).getLunar().getJieQiTable()["清明"]
        return date(found.getYear(), found.getMonth(), found.getDay())
    if plain == "除夕":
        spring = festival_day("春节", year)
        return None if spring is None else spring - timedelta(days=1)
    return None


_LUNAR = {"春": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中元": (7, 15), "中秋": (8, 15), "重阳": (9, 9)}
_SOLAR = {
    "元旦": (1, 1),
    "妇女": (3, 8),
    "三八": (3, 8),
    "三八妇女": (3, 8),
    "学雷锋纪念日": (3, 5),
    "植树": (3, 12),
    "劳动": (5, 1),
    "五一": (5, 1),
    "五四": (5, 4),
    "青年": (5, 4),
    "五四青年": (5, 4),
    "世界环境日": (6, 5),
    "环境日": (6, 5),
    "儿童": (6, 1),
    "六一": (6, 1),
    "六一儿童": (6, 1),
    "七一": (7, 1),
    "建党": (7, 1),
    "八一": (8, 1),
    "建军": (8, 1),
    "教师": (9, 10),
    "国庆": (10, 1),
    "十一": (10, 1),
    "消防日": (11, 9),
    "全国消防日": (11, 9),
    "119消防日": (11, 9),
    "国家安全教育日": (4, 15),
    "全国交通安全日": (12, 2),
    "国家宪法日": (12, 4),
}
