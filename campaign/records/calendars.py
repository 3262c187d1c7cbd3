"""The working calendars as stored days: filled once from the published source, then read as a `WorkingCalendar`.

Refuses to answer for a day outside what is stored; `ensure_years` extends it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, cast, func, insert, select, update
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import CalendarDay
from campaign.rules.calendar import DayRow, WorkingCalendar

DEFAULT = "cn"
_day = table_of(CalendarDay)
_read: dict[tuple[str, str], tuple[tuple[int, ...], WorkingCalendar]] = {}


def ensure_years(tx: Session, first: int, last: int, name: str = DEFAULT) -> None:
    """Store the days of these years (and of the years between them and what is there), if they are not yet stored."""
    low, high = tx.execute(select(func.min(_day.c.day), func.max(_day.c.day)).where(_day.c.calendar == name)).one()
    if low is not None and low.year <= first and high.year >= last:
        return
    first, last = (min(first, low.year), max(last, high.year)) if low is not None else (first, last)
    from campaign.rules.holidays_cn import calendar_rows

    kept = stored_rows(tx, name)
    overrides = [row for row in kept if row.source == "override"]
    known = {row.day for row in kept}
    rows = [row for row in calendar_rows(first, last, overrides) if row.day not in known]
    tx.execute(insert(_day), [{"calendar": name, "day": row.day, "working": row.working, "ordinal": 0, "note": row.note, "source": row.source} for row in rows])
    renumber(tx, name)


def renumber(tx: Session, name: str = DEFAULT) -> None:
    """Count the working days again after days were added or changed."""
    tx.info.pop("calendars", None)
    ordinal = 0
    changes = []
    for row in tx.execute(select(_day.c.day, _day.c.working, _day.c.ordinal).where(_day.c.calendar == name).order_by(_day.c.day)).all():
        ordinal += row.working
        if row.ordinal != ordinal:
            changes.append({"b_day": row.day, "b_ordinal": ordinal})
    if changes:
        from sqlalchemy import bindparam

        tx.connection().execute(update(_day).where(_day.c.calendar == name, _day.c.day == bindparam("b_day")).values(ordinal=bindparam("b_ordinal")), changes)


def override_day(tx: Session, day: date, *, working: bool, note: str, name: str = DEFAULT) -> None:
    """Set one day by hand; it wins over what is published."""
    ensure_years(tx, day.year, day.year, name)
    tx.execute(update(_day).where(_day.c.calendar == name, _day.c.day == day).values(working=working, note=note, source="override"))
    renumber(tx, name)


def stored_rows(tx: Session, name: str) -> list[DayRow]:
    rows = tx.execute(select(_day.c.day, _day.c.working, _day.c.note, _day.c.source).where(_day.c.calendar == name).order_by(_day.c.day)).all()
    return [DayRow(row.day, row.working, row.note, row.source) for row in rows]


def load_calendar(tx: Session, name: str = DEFAULT) -> WorkingCalendar:
    """The stored calendar; kept in memory until a day of it changes, and asked for once a transaction."""
    held = tx.info.setdefault("calendars", {})
    if name not in held:
        held[name] = _stored_calendar(tx, name)
    calendar: WorkingCalendar = held[name]
    return calendar


def _stored_calendar(tx: Session, name: str) -> WorkingCalendar:
    total = tx.execute(
        select(func.count(), func.coalesce(func.sum(_day.c.ordinal), 0), func.coalesce(func.sum(cast(_day.c.working, Integer)), 0)).where(
            _day.c.calendar == name
        )
    ).one()
    stamp = tuple(int(value) for value in total)
    key = (str(tx.get_bind().engine.url), name)
    if key in _read and _read[key][0] == stamp:
        return _read[key][1]
    calendar = WorkingCalendar(name, stored_rows(tx, name))
    _read[key] = (stamp, calendar)
    return calendar


DEFAULT_YEARS = (2022, 2031)
"""What a new database knows; a launch beyond it calls `ensure_years`."""
