"""The working calendars as stored days: filled from config/calendars and the published notices, then read as a `WorkingCalendar`.

A calendar may lie upon another (an overlay of one campaign): its days are the base's, but for those it says differently, and it follows
each change of the base. Refuses to answer for a day outside what is stored; `ensure_years` extends it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlmodel import Session

from campaign.records.statements import insert_of, table_of
from campaign.records.tables import CalendarDay, CalendarHead, CalendarOverlay, Campaign
from campaign.rules.calendar import OFFICE_HOURS, DayRow, WorkingCalendar

DEFAULT = "cn"
DEFAULT_YEARS = (2022, 2031)
"""What a new database knows; a launch beyond it calls `ensure_years`."""
_day, _head, _overlay, _campaign = (table_of(model) for model in (CalendarDay, CalendarHead, CalendarOverlay, Campaign))
_CALENDAR_OF = select(_campaign.c.calendar).where(_campaign.c.id == bindparam("b_id"))
_HEAD = select(_head.c.version, _head.c.hours).where(_head.c.name == bindparam("b_name"))
_read: dict[tuple[str, str], tuple[int, WorkingCalendar]] = {}


def ensure_years(tx: Session, first: int, last: int, name: str = DEFAULT) -> None:
    """Store the days of these years (and of the years between them and what is there), if they are not yet stored."""
    low, high = tx.execute(select(func.min(_day.c.day), func.max(_day.c.day)).where(_day.c.calendar == name)).one()
    if low is not None and low.year <= first and high.year >= last:
        return
    first, last = (min(first, low.year), max(last, high.year)) if low is not None else (first, last)
    from campaign.rules.calendar_file import parse_calendar
    from campaign.rules.holidays_cn import calendar_rows

    path = _file(name)
    spec = parse_calendar(path.read_text("utf-8"), path.name)
    known = {row.day: row for row in stored_rows(tx, name)}
    _put_head(tx, name, spec.title, None, spec.hours)
    overrides = [*spec.overrides, *(row for row in known.values() if row.source == "override")]
    _add_days(tx, name, [row for row in calendar_rows(first, last, overrides) if row.day not in known])
    renumber(tx, name)


def _file(name: str) -> Path:
    import config

    return Path(config.__file__).parent / "calendars" / f"{name}.yaml"


def _put_head(tx: Session, name: str, title: str, base: str | None, hours: Sequence[tuple[int, int]]) -> None:
    written = ",".join(f"{hour}:{minute:02}" for hour, minute in hours)
    tx.execute(insert_of(tx, CalendarHead).values(name=name, title=title, base=base, hours=written, version=0).on_conflict_do_nothing())


def _add_days(tx: Session, name: str, rows: Iterable[DayRow]) -> None:
    values = [{"calendar": name, "day": row.day, "working": row.working, "ordinal": 0, "note": row.note[:60], "source": row.source} for row in rows]
    if values:
        tx.execute(insert(_day), values)


def renumber(tx: Session, name: str = DEFAULT) -> None:
    """Count the working days again after days were added or changed, here and in every calendar that lies upon this one."""
    for held in ("calendars", "clocks"):
        tx.info.pop(held, None)
    ordinal, stamp = 0, 0
    changes = []
    for row in tx.execute(select(_day).where(_day.c.calendar == name).order_by(_day.c.day)).all():
        ordinal += row.working
        stamp = zlib.crc32(f"{row.day}{row.working:d}{row.source}{row.note}".encode(), stamp)
        if row.ordinal != ordinal:
            changes.append({"b_day": row.day, "b_ordinal": ordinal})
    if changes:
        tx.connection().execute(update(_day).where(_day.c.calendar == name, _day.c.day == bindparam("b_day")).values(ordinal=bindparam("b_ordinal")), changes)
    # From the content, not counted: a change that is rolled back must not lend its number to the next one.
    tx.execute(update(_head).where(_head.c.name == name).values(version=stamp & 0x7FFFFFFF))
    for upon in list(tx.execute(select(_head.c.name).where(_head.c.base == name)).scalars()):
        rebuild(tx, upon)


def rebuild(tx: Session, name: str) -> None:
    """A calendar upon another, made anew from the base and its own days."""
    base = tx.execute(select(_head.c.base).where(_head.c.name == name)).scalar_one()
    own = {row.day: DayRow(row.day, row.working, row.note, "override") for row in tx.execute(select(_overlay).where(_overlay.c.calendar == name))}
    tx.execute(delete(_day).where(_day.c.calendar == name))
    _add_days(tx, name, [own.get(row.day, row) for row in stored_rows(tx, base)])
    renumber(tx, name)


def set_days(tx: Session, rows: Sequence[DayRow], name: str = DEFAULT) -> None:
    """Days as given, with their source; in a calendar upon another they are its own."""
    if not rows:
        return
    ensure_years(tx, min(row.day for row in rows).year, max(row.day for row in rows).year, base_of(tx, name))
    values = [{"b_day": row.day, "b_working": row.working, "b_note": row.note[:60], "b_source": row.source} for row in rows]
    changed = update(_day).where(_day.c.calendar == name, _day.c.day == bindparam("b_day"))
    tx.connection().execute(changed.values(working=bindparam("b_working"), note=bindparam("b_note"), source=bindparam("b_source")), values)
    renumber(tx, name)


def override_day(tx: Session, day: date, *, working: bool, note: str, name: str = DEFAULT) -> None:
    """Set one day by hand; it wins over what is published."""
    set_days(tx, [DayRow(day, working, note, "override")], name)


def lay_upon(tx: Session, campaign: Campaign, rows: Sequence[DayRow]) -> str:
    """Days that differ for one campaign; answers the name of its own calendar, made at the first."""
    assert campaign.id is not None
    name, base = f"c{campaign.id}", base_of(tx, campaign.calendar)
    ensure_years(tx, min(row.day for row in rows).year, max(row.day for row in rows).year, base)
    _put_head(tx, name, f"{campaign.title}工作日历"[:120], base, load_calendar(tx, base).hours)
    put = insert_of(tx, CalendarOverlay)
    put = put.on_conflict_do_update(index_elements=["calendar", "day"], set_={"working": put.excluded.working, "note": put.excluded.note})
    tx.execute(put, [{"calendar": name, "day": row.day, "working": row.working, "note": row.note[:60]} for row in rows])
    rebuild(tx, name)
    campaign.calendar = name
    tx.add(campaign)
    tx.flush()
    tx.info.pop("campaign_calendars", None)
    return name


def base_of(tx: Session, name: str) -> str:
    base: str | None = tx.execute(select(_head.c.base).where(_head.c.name == name)).scalar_one_or_none()
    return base or name


def names_upon(tx: Session, name: str) -> list[str]:
    """This calendar and those that lie upon it."""
    return [name, *tx.execute(select(_head.c.name).where(_head.c.base == name).order_by(_head.c.name)).scalars()]


def heads(tx: Session) -> list[Any]:
    return list(tx.execute(select(_head).order_by(_head.c.base.is_not(None), _head.c.name)).all())


def stored_rows(tx: Session, name: str) -> list[DayRow]:
    rows = tx.execute(select(_day.c.day, _day.c.working, _day.c.note, _day.c.source).where(_day.c.calendar == name).order_by(_day.c.day)).all()
    return [DayRow(row.day, row.working, row.note, row.source) for row in rows]


def calendar_of(tx: Session, campaign_id: int) -> WorkingCalendar:
    """The calendar a campaign counts by."""
    held = tx.info.setdefault("campaign_calendars", {})
    if campaign_id not in held:
        held[campaign_id] = tx.execute(_CALENDAR_OF, {"b_id": campaign_id}).scalar_one()
    return load_calendar(tx, held[campaign_id])


def load_calendar(tx: Session, name: str = DEFAULT) -> WorkingCalendar:
    """The stored calendar; kept in memory until a day of it changes, and asked for once a transaction."""
    held = tx.info.setdefault("calendars", {})
    if name not in held:
        held[name] = _stored_calendar(tx, name)
    calendar: WorkingCalendar = held[name]
    return calendar


def last_read(url: str, name: str = DEFAULT) -> WorkingCalendar | None:
    """The calendar as this process read it last, without asking whether it changed since: for a mark on a page, never for a decision."""
    held = _read.get((url, name))
    return held[1] if held is not None else None


def _stored_calendar(tx: Session, name: str) -> WorkingCalendar:
    head = tx.execute(_HEAD, {"b_name": name}).one_or_none()
    key = (str(tx.get_bind().engine.url), name)
    if head is not None and key in _read and _read[key][0] == head.version:
        return _read[key][1]
    hours = tuple((int(hour), int(minute)) for hour, _, minute in (one.partition(":") for one in head.hours.split(","))) if head is not None else OFFICE_HOURS
    calendar = WorkingCalendar(name, stored_rows(tx, name), hours)
    if head is not None:
        _read[key] = (head.version, calendar)
    return calendar
