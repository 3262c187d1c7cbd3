"""工作日历: which years are published, which days differ from an ordinary week; the yearly notice comes in as a file, a day by hand."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.sent import kept_aside
from campaign.portal.typed import typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.planning.calendars import load_calendar
from campaign.rules.calendar import DayRow, campaign_day

router = APIRouter()
WEEK = Calendar(firstweekday=0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the picture of a year; `mark` where it differs from an ordinary week, `note` why."""

    number: int
    working: bool
    mark: str
    note: str
    by_hand: bool
    today: bool


@router.get("/calendar")
def workdays(visit: Visiting, year: int = 0) -> Response:
    return _page(visit, year)


@router.post("/calendar/import")
def import_year(visit: Visiting) -> Response:
    """The published notice of a year; what was counted on the estimate is counted again."""
    from campaign.rules.calendar_file import notice_rows  # once a year, as what moves the deadlines
    from campaign.work.planning.calendar_change import import_notice

    if not visit.files:
        return _page(visit, 0, refusal="请选择放假安排的 JSON 文件。")
    try:
        with kept_aside(visit.files[0], "放假安排.json") as path:
            rows = notice_rows(path.read_bytes(), path.name)
            with visit.place.store.begin() as tx:
                done = import_notice(tx, rows, visit.by("导入公布的放假安排"))
    except CampaignError as refused:
        return _page(visit, 0, refusal=refused.message)
    return visit.go(f"/calendar?year={rows[0].day.year}", f"{done.sentence}。")


@router.post("/calendar/days")
def set_days(visit: Visiting) -> Response:
    """A day or a run of days for everybody; deadlines and escalations move with it."""
    from campaign.work.planning.calendar_change import set_by_hand

    try:
        first, last = (typed_day(visit.form.get(name, "")) for name in ("first", "last"))
        if first is None:
            raise CampaignError("请填写开始日期。", code="no_day")
        chosen = visit.form.get("working", "")
        if chosen not in ("0", "1"):
            raise CampaignError("请选择上班还是休息。", code="no_choice")
        with visit.place.store.begin() as tx:
            row = DayRow(first, chosen == "1", visit.form.get("note", "")[:100], "override")
            done = set_by_hand(tx, row, ((last or first) - first).days + 1, visit.by(visit.form.get("note", "")))
    except CampaignError as refused:
        return _page(visit, 0, refusal=refused.message)
    return visit.go(f"/calendar?year={first.year}", f"{done.sentence}。")


def _page(visit: Visit, year: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        found = load_calendar(tx)
    today = campaign_day(visit.now)
    years = range(found.first.year, found.last.year + 1)
    year = year if year in years else today.year
    rows = {row.day: row for row in found.rows if row.day.year == year}
    return visit.page(
        "calendar.html",
        status=400 if refusal else 200,
        years=[(one, found.coverage(one) == "estimated") for one in years],
        year=year,
        estimated=found.coverage(year) == "estimated",
        hours="—".join(f"{hour}:{minute:02}" for hour, minute in found.hours),
        months=[(month, _weeks(rows, year, month, today)) for month in range(1, 13)],
        days=[row for row in rows.values() if _differs(row)],
        refusal=refusal,
    )


def _differs(row: DayRow) -> bool:
    return row.working != (row.day.weekday() < 5) or row.source == "override"


def _weeks(rows: Mapping[date, DayRow], year: int, month: int, today: date) -> list[list[Cell | None]]:
    """The weeks of a month from Monday on; None for days of its neighbours."""

    def cell(day: date) -> Cell | None:
        if day.month != month:
            return None
        row = rows[day]
        mark = ("班" if row.working else "休") if _differs(row) else ""
        return Cell(day.day, row.working, mark, row.note, row.source == "override", day == today)

    return [[cell(day) for day in week] for week in WEEK.monthdatescalendar(year, month)]
