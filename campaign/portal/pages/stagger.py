"""倒排工期: a unit's duties on a calendar, to be dragged to another day; without a script the same dates are changed in a list.

The page only shows and collects: which day may be, and what follows from it, is decided by `work.stagger`, all of it or none. It reads one unit's
duties; of the others it asks the database for counts, and remembers them when they were dear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.typed import needed_day, typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.records.duty.staggered import Room, days_of, load, rooms
from campaign.records.planning.calendars import calendar_of
from campaign.records.tables import Campaign
from campaign.rules.calendar import WorkingCalendar, campaign_day
from campaign.rules.stagger import MOST_A_DAY, load_warnings
from campaign.work.planning.stagger import Slot, Staggering, move_deadlines, propose_deadlines

router = APIRouter()
DAYS = 42
ROOM = 28
"""How much of the time before the first duty is in sight, for that is where it may be moved."""
A_PAGE = 200
MOST_UNITS = 60
"""More units than this are not listed to choose from but typed, with suggestions."""
SUGGESTED = 300


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a campaign has to move: by unit and phase, who has too much on one day, and the units with the fullest days first."""

    rooms: list[Room]
    warnings: tuple[str, ...]
    units: list[str]


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    working: bool
    load: int
    slots: tuple[Slot, ...]

    @property
    def heavy(self) -> bool:
        return self.load > MOST_A_DAY


@router.get("/campaigns/{slug}/stagger")
def calendar_page(visit: Visiting, slug: str, unit: str = "", start: str = "", proposed: str = "", page: int = 1) -> Response:
    return _page(visit, slug, unit, start, page, proposed=proposed == "1")


@router.post("/campaigns/{slug}/stagger")
def move(visit: Visiting, slug: str) -> Response:
    unit, reason = visit.form.get("unit", ""), visit.form.get("reason", "")
    page = int(visit.form["page"]) if re.fullmatch("[1-9][0-9]{0,3}", visit.form.get("page", "")) else 1
    try:
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, slug)
            if visit.form.get("what") == "all":
                wanted = propose_deadlines(tx, campaign, visit.now).proposals
            else:
                typed = _typed(visit)
                now_due = days_of(tx, campaign, typed)
                wanted = {duty_id: day for duty_id, day in typed.items() if now_due.get(duty_id) != day}
            moved = move_deadlines(tx, campaign, wanted, visit.by(reason))
    except CampaignError as refused:
        return _page(visit, slug, unit, visit.form.get("start", ""), page, refusal=refused.message)
    visit.place.counts.forget(_key(visit, campaign))
    said = f"已调整 {moved} 项的期限，已告知过的单位会收到调整通知。" if moved else "没有改动。"
    return visit.go(f"/campaigns/{slug}/stagger?unit={quote(unit)}&start={quote(visit.form.get('start', ''))}&page={page}", said)


def _typed(visit: Visit) -> dict[int, date]:
    found = {}
    for name, text in visit.form.items():
        duty_id = name.removeprefix("day-")
        if name.startswith("day-") and duty_id.isdigit() and text:
            found[int(duty_id)] = needed_day(text, "")
    return found


def _page(visit: Visit, slug: str, unit: str, start: str, page: int, *, proposed: bool = False, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        crowd: Crowd = visit.counted(tx, _key(visit, campaign), lambda tx: _crowd(tx, campaign, visit.now))
        chosen = unit if unit in crowd.units else crowd.units[0] if crowd.units and not unit else ""
        unit_id = next((room.unit_id for room in crowd.rooms if room.unit == chosen), 0)
        calendar = calendar_of(tx, campaign.id)
        plan = propose_deadlines(tx, campaign, visit.now, unit_id=unit_id, among=crowd.rooms)
    in_order = sorted(plan.slots, key=lambda slot: (slot.due_on, slot.duty_id))
    page = min(max(page, 1), max(-(-len(in_order) // A_PAGE), 1))
    slots = in_order[(page - 1) * A_PAGE : page * A_PAGE]
    days_shown = {slot.duty_id: _shown(visit, slot, proposed=proposed) for slot in slots}
    today = campaign_day(visit.now)
    first = _start(start, max(today, min(days_shown.values(), default=today) - timedelta(days=ROOM)))
    return visit.page(
        "stagger.html",
        status=409 if refusal else 200,
        campaign=campaign,
        units=sorted(crowd.units) if len(crowd.units) <= MOST_UNITS else crowd.units[:SUGGESTED],
        typing=len(crowd.units) > MOST_UNITS,
        unit_total=len(crowd.units),
        unit=chosen,
        asked=unit,
        slots=slots,
        slot_total=len(in_order),
        page_number=page,
        more=len(in_order) > page * A_PAGE,
        days_of=days_shown,
        weeks=_weeks(first, chosen, slots, days_shown, plan, calendar),
        first=first,
        before=first - timedelta(days=DAYS),
        after=first + timedelta(days=DAYS),
        warnings=crowd.warnings[:12],
        warning_count=len(crowd.warnings),
        free=sum(room.free for room in crowd.rooms),
        proposed=proposed,
        most=MOST_A_DAY,
        refusal=refusal,
        typed=visit.form,
    )


def _key(visit: Visit, campaign: Campaign) -> tuple[object, ...]:
    return ("stagger", campaign.id, campaign_day(visit.now))


def _crowd(tx: Session, campaign: Campaign, now: datetime) -> Crowd:
    found = rooms(tx, campaign, now)
    loads = load(tx, campaign, now)
    fullest: dict[str, int] = {room.unit: 0 for room in found}
    for (unit, _), count in loads.items():
        if unit in fullest:
            fullest[unit] = max(fullest[unit], count)
    return Crowd(found, load_warnings(loads), sorted(fullest, key=lambda unit: (-fullest[unit], unit)))


def _shown(visit: Visit, slot: Slot, *, proposed: bool) -> date:
    """What was typed and refused, else the proposal where that is looked at, else the day as it stands."""
    try:
        return needed_day(visit.form.get(f"day-{slot.duty_id}", ""), "")
    except CampaignError:
        return slot.proposed_on if proposed and slot.proposed_on else slot.due_on


def _start(text: str, fallback: date) -> date:
    try:
        day = typed_day(text) or fallback
    except CampaignError:
        day = fallback
    return day - timedelta(days=day.weekday())


def _weeks(first: date, unit: str, slots: list[Slot], days_of: dict[int, date], plan: Staggering, calendar: WorkingCalendar) -> list[list[Day]]:
    """Six weeks of seven days. A day's load is what stands there now, plus what is shown there, less what is shown elsewhere."""
    days = []
    for offset in range(DAYS):
        on = first + timedelta(days=offset)
        here = tuple(slot for slot in slots if days_of[slot.duty_id] == on)
        fixed = plan.loads.get((unit, on), 0) - sum(slot.due_on == on for slot in slots)
        working = calendar.is_working(on) if calendar.first <= on <= calendar.last else on.weekday() < 5
        days.append(Day(on, working, fixed + len(here), here))
    return [days[week : week + 7] for week in range(0, DAYS, 7)]
