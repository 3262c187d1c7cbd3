"""倒排工期: a unit's duties on a calendar, to be dragged to another day; without a script the same dates are changed in a list.

The page only shows and collects: which day may be, and what follows from it, is decided by `work.stagger`, all of it or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.records.planning.calendars import calendar_of
from campaign.rules.calendar import WorkingCalendar, campaign_day
from campaign.rules.stagger import MOST_A_DAY
from campaign.work.planning.stagger import Slot, Staggering, move_deadlines, propose_deadlines

router = APIRouter()
DAYS = 42
ROOM = 28
"""How much of the time before the first duty is in sight, for that is where it may be moved."""
MOST_MOVED = 500


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
def calendar_page(visit: Visiting, slug: str, unit: str = "", start: str = "", proposed: str = "") -> Response:
    return _page(visit, slug, unit, start, proposed=proposed == "1")


@router.post("/campaigns/{slug}/stagger")
def move(visit: Visiting, slug: str) -> Response:
    unit, reason = visit.form.get("unit", ""), visit.form.get("reason", "")
    try:
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, slug)
            plan = propose_deadlines(tx, campaign, visit.now)
            if visit.form.get("what") == "all":
                wanted = plan.proposals
            else:
                now_due = {slot.duty_id: slot.due_on for slot in plan.slots}
                typed = _typed(visit)
                wanted = {duty_id: day for duty_id, day in typed.items() if now_due.get(duty_id) != day}
            moved = move_deadlines(tx, campaign, wanted, visit.by(reason))
    except CampaignError as refused:
        return _page(visit, slug, unit, visit.form.get("start", ""), refusal=refused.message)
    said = f"已调整 {moved} 项的期限，已告知过的单位会收到调整通知。" if moved else "没有改动。"
    return visit.go(f"/campaigns/{slug}/stagger?unit={quote(unit)}&start={visit.form.get('start', '')}", said)


def _typed(visit: Visit) -> dict[int, date]:
    found = {}
    for name, text in list(visit.form.items())[:MOST_MOVED]:
        duty_id = name.removeprefix("day-")
        if name.startswith("day-") and duty_id.isdigit() and text:
            try:
                found[int(duty_id)] = date.fromisoformat(text)
            except ValueError as wrong:
                raise CampaignError(f"日期「{text}」写法不对，应如 2026-09-30。", code="bad_day") from wrong
    return found


def _page(visit: Visit, slug: str, unit: str, start: str, *, proposed: bool = False, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        calendar = calendar_of(tx, campaign.id)
        plan = propose_deadlines(tx, campaign, visit.now)
    units = list(dict.fromkeys(slot.unit for slot in plan.slots))
    unit = unit if unit in units else _heaviest(plan, units)
    slots = [slot for slot in plan.slots if slot.unit == unit]
    days_of = {slot.duty_id: _shown(visit, slot, proposed=proposed) for slot in slots}
    today = campaign_day(visit.now)
    first = _start(start, max(today, min(days_of.values(), default=today) - timedelta(days=ROOM)))
    return visit.page(
        "stagger.html",
        status=409 if refusal else 200,
        campaign=campaign,
        units=units,
        unit=unit,
        slots=slots,
        days_of=days_of,
        weeks=_weeks(first, unit, slots, days_of, plan, calendar),
        first=first,
        before=first - timedelta(days=DAYS),
        after=first + timedelta(days=DAYS),
        warnings=plan.warnings[:12],
        warning_count=len(plan.warnings),
        proposals=len(plan.proposals),
        proposed=proposed,
        most=MOST_A_DAY,
        refusal=refusal,
        typed=visit.form,
    )


def _shown(visit: Visit, slot: Slot, *, proposed: bool) -> date:
    """What was typed and refused, else the proposal where that is looked at, else the day as it stands."""
    try:
        return date.fromisoformat(visit.form.get(f"day-{slot.duty_id}", ""))
    except ValueError:
        return slot.proposed_on if proposed and slot.proposed_on else slot.due_on


def _heaviest(plan: Staggering, units: list[str]) -> str:
    """The unit with the most on one day, where somebody should look first."""
    worst = sorted(((count, unit) for (unit, _), count in plan.loads.items() if unit in set(units)), key=lambda one: (-one[0], one[1]))
    return worst[0][1] if worst else (units[0] if units else "")


def _start(text: str, fallback: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
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
