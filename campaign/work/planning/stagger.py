"""倒排工期 in the records: days proposed for what has only its phase's end as deadline, and days that a person chose.

Owns which duties may be moved (those the plan gives no day of their own), within which days, and what follows: who was told the old day
already gets a 调整通知, and nobody who was told loses more than leaves him three working days. Refuses the whole change when one day in it
cannot be, and says of each why: half a calendar would be nobody's calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records.duty import staggered
from campaign.records.duty.duties import start_revision
from campaign.records.duty.staggered import Room
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import registry
from campaign.records.planning.calendars import calendar_of
from campaign.records.tables import Campaign, Duty, DutyState, Phase
from campaign.rules.calendar import WorkingCalendar, campaign_day, due_at_of_day, due_on
from campaign.rules.stagger import MOST_A_DAY, load_warnings, propose_calendar
from campaign.work.by import By
from campaign.work.papers.changes import until_now
from campaign.work.planning.inspection_date import NOTICE_DAYS

LISTED = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """A duty on the calendar: where it stands, and the day that is proposed, None where it has been given one already."""

    duty_id: int
    unit: str
    title: str
    phase: str
    first_day: date
    last_day: date
    due_on: date
    proposed_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Staggering:
    slots: tuple[Slot, ...]
    loads: Mapping[tuple[str, date], int]
    """How many of a unit's duties are due on each day as things stand, movable or not."""
    warnings: tuple[str, ...]
    """Who has too much due on one day as things stand."""
    left: tuple[str, ...]
    """Who would still have it when every proposal is taken."""

    @property
    def proposals(self) -> dict[int, date]:
        return {slot.duty_id: slot.proposed_on for slot in self.slots if slot.proposed_on is not None and slot.proposed_on != slot.due_on}


def propose_deadlines(
    tx: Session,
    campaign: Campaign,
    now: datetime,
    *,
    phase: Phase | None = None,
    most_a_day: int = MOST_A_DAY,
    afresh: bool = False,
    unit_id: int | None = None,
    among: Sequence[Room] = (),
) -> Staggering:
    """What could be due when. Days that somebody has chosen stay, unless all are proposed `afresh`.

    Of one unit only, as it would come out of the whole: `among` are then the rooms of all, which say how many stand before it.
    """
    assert campaign.id is not None
    calendar = calendar_of(tx, campaign.id)
    rows = staggered.movable(tx, campaign, now, phase, unit_id=unit_id)
    proposed: dict[int, date] = {}
    left: list[str] = []
    phases = registry.phases_of(tx, campaign)
    windows = {one.id: window_of(campaign, one, now) for one in phases}
    loads = staggered.load(tx, campaign, now, unit_id=unit_id)
    for phase_id in dict.fromkeys(row.phase_id for row in rows):
        free = [row for row in rows if row.phase_id == phase_id and (afresh or row.source != "proposed")]
        first, last = windows[phase_id]
        if any(row.told for row in free) or any(room.told for room in among if room.phase_id == phase_id):
            first = min(max(first, calendar.add_working_days(campaign_day(now), NOTICE_DAYS)), last)
        keys: dict[str, list[str]] = {}
        for row in free:
            keys.setdefault(row.unit, []).append(str(row.duty_id))
        fixed = Counter(loads)
        fixed.subtract((row.unit, due_on(row.due_at)) for row in free)
        found = propose_calendar(keys, (first, last), calendar, most_a_day=most_a_day, fixed=fixed.elements(), shift=_before(among, unit_id, phase_id))
        proposed |= {int(key): day for key, day in found.due_on.items()}
        left += found.warnings
    names = {one.id: one.name for one in phases}
    slots = tuple(
        Slot(row.duty_id, row.unit, row.title, names[row.phase_id], *windows[row.phase_id], due_on(row.due_at), proposed.get(row.duty_id), row.source)
        for row in rows
    )
    return Staggering(slots, loads, load_warnings(loads, most_a_day=most_a_day), tuple(dict.fromkeys(left)))


def _before(among: Iterable[Room], unit_id: int | None, phase_id: int) -> int:
    """How many units with something free in this phase come before this one."""
    return sum(room.phase_id == phase_id and room.free > 0 for room in takewhile(lambda room: room.unit_id != unit_id, among))


def move_deadlines(tx: Session, campaign: Campaign, moves: Mapping[int, date], by: By) -> int:
    """Give these duties these days, all or none; answers how many got another one. A day that is the phase's end is no proposal any more."""
    assert campaign.id is not None
    calendar = calendar_of(tx, campaign.id)
    phases = {phase.id: phase for phase in registry.phases_of(tx, campaign)}
    duties = staggered.locked(tx, campaign, moves)
    _refuse(told for duty_id, day in moves.items() if (told := _why_not(campaign, duties.get(duty_id), duty_id, day, phases, calendar, by.now)))
    moved: list[Duty] = []
    notes: dict[int, str] = {}
    for duty_id in sorted(moves):
        duty = duties[duty_id]
        due_at, before = due_at_of_day(moves[duty_id]), duty.due_at
        if due_at == before:
            continue
        source = "phase" if due_at == phases[duty.phase_id].due_at else "proposed"
        notes[duty_id] = until_now(before)
        if duty.state == DutyState.OPEN:
            start_revision(tx, duty, due_at=due_at, now=by.now, state=DutyState.OPEN, source=source)
            detail = {"from": due_on(before).isoformat() if before else None, "to": moves[duty_id].isoformat()}
            write_event(
                tx, at=by.now, actor=by.actor, verb="redate", reason=by.reason or "倒排工期", campaign_id=campaign.id, subject="duty", subject_id=duty_id,
                detail=detail,
            )  # fmt: skip
        else:
            duty.due_at = duty.first_due_at = due_at
            duty.due_source = source
            tx.add(duty)
        moved.append(duty)
    known = [(duty.unit_id, duty.id) for duty in moved if duty.state == DutyState.OPEN]
    if known:
        collect_lines(tx, campaign_id=campaign.id, kind="调整通知", duties=known, now=by.now, notes=notes)
    if moved:
        write_event(tx, at=by.now, actor=by.actor, verb="stagger", reason=by.reason, campaign_id=campaign.id,
                    detail={"duties": len(moved), "days": {str(duty.id): moves[duty.id].isoformat() for duty in moved[:200]}})  # fmt: skip
    tx.flush()
    return len(moved)


def window_of(campaign: Campaign, phase: Phase, now: datetime) -> tuple[date, date]:
    """The days between which a duty of this phase may be due: none before the phase begins or in the past, none behind its end."""
    today = campaign_day(now)
    first = max(phase.starts_on or today, today)
    last = phase.ends_on or campaign.ends_on or first
    return min(first, last), last


def load_hints(tx: Session, campaign: Campaign, now: datetime) -> list[str]:
    """What a launch warns of: who would drown on one day, the worst first, and what to do about it."""
    warnings = load_warnings(staggered.load(tx, campaign, now))
    if not warnings:
        return []
    more = f"（共 {len(warnings)} 处）" if len(warnings) > 3 else ""
    return [*warnings[:3], f"到期过于集中{more}：可用 campaign stagger {campaign.slug} 查看倒排工期建议，加 --apply 采用"]


def _refuse(wrong: Iterable[str]) -> None:
    told = list(wrong)
    if told:
        more = [f"…… 另有 {len(told) - LISTED} 项"] if len(told) > LISTED else []
        raise CampaignError("\n".join([f"有 {len(told)} 项的日期不能这样定，没有改动任何期限：", *told[:LISTED], *more]), code="bad_days")


def _why_not(
    campaign: Campaign, duty: Duty | None, duty_id: int, day: date, phases: Mapping[int, Phase], calendar: WorkingCalendar, now: datetime
) -> str | None:
    """In words why this duty cannot be due on this day; None when it can."""
    if duty is None:
        return f"#{duty_id}：「{campaign.title}」没有这项应办事项"
    name = f"#{duty.id}「{duty.title}」"
    if duty.state not in staggered.MOVABLE_STATES:
        return f"{name}{DutyState(duty.state).label}，不能再调整"
    if duty.due_source not in staggered.MOVABLE_SOURCES or duty.event_name is not None or duty.item_id is None or duty.series_id is not None:
        return f"{name}的期限由方案或经批准确定，不参加倒排：请改方案或办理延期"
    if duty.due_at is None or duty.due_at <= now:
        return f"{name}已经逾期，不能用改期消除：请办理延期"
    first, last = window_of(campaign, phases[duty.phase_id], now)
    if not first <= day <= last:
        return f"{name}只能定在 {first} 至 {last} 之间（所在阶段以内，且不早于今天）"
    if day != last and calendar.first <= day <= calendar.last and not calendar.is_working(day):
        return f"{name}不能定在 {day}：当天休息"
    if duty.state == DutyState.OPEN and day < due_on(duty.due_at):
        soonest = calendar.add_working_days(campaign_day(now), NOTICE_DAYS)
        if day < soonest:
            return f"{name}已经告知单位，提前至少要留 {NOTICE_DAYS} 个工作日：不早于 {soonest}"
    return None
