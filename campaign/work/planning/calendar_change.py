"""Changing a working calendar, and what follows: deadlines counted in working days and the moments of rungs are computed anew.

Owns what moves and what does not: a deadline that was returned or extended stays, for a person gave it; what is overdue stays overdue; the
dwell since a delivery is counted again on the new days. Whose deadline moved is told by a 调整通知.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records.duty.duties import DutyDraft, clock_of, start_revision
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import recount
from campaign.records.planning.calendars import base_of, calendar_of, ensure_years, lay_upon, load_calendar, names_upon, set_days
from campaign.records.tables import Campaign, Duty, DutyState
from campaign.rules.calendar import DayRow, WorkingCalendar, due_at_of_day, due_on
from campaign.rules.rest_days import RestDays, settled
from campaign.rules.when import moment_of_when
from campaign.work.by import By
from campaign.work.papers.changes import until_now

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many days changed, how many deadlines and rungs moved."""

    days: int
    deadlines: int
    rungs: int

    @property
    def sentence(self) -> str:
        return f"改动 {self.days} 天；重算期限 {self.deadlines} 项，督办时间 {self.rungs} 项"


def import_notice(tx: Session, rows: Sequence[DayRow], by: By, name: str = "cn") -> Recomputed:
    """The published notice of a year: its year is no longer estimated. Days that somebody set by hand stay as they are."""
    from campaign.rules.holidays_cn import calendar_rows

    years = sorted({row.day.year for row in rows if row.source == "published"})
    ensure_years(tx, years[0], years[-1], base_of(tx, name))
    stored = {row.day: row for row in load_calendar(tx, name).rows}
    noticed = calendar_rows(years[0], years[-1], rows) + [row for row in rows if row.day.year not in years and row.day in stored]
    changed = [row for row in noticed if stored[row.day].source != "override" and stored[row.day] != row]
    set_days(tx, changed, name)
    write_event(tx, at=by.now, actor=by.actor, verb="import_calendar", reason=by.reason, detail={"calendar": name, "years": years, "days": len(changed)})
    return recompute(tx, names_upon(tx, name), by, len(changed))


def set_by_hand(tx: Session, first: DayRow, days: int, by: By, *, campaign: Campaign | None = None, name: str = "cn") -> Recomputed:
    """One day or a run of days, for everybody or, as an overlay, for one campaign."""
    from datetime import timedelta

    if not by.reason.strip() and not first.note:
        raise CampaignError("改工作日历须写明理由（命令行用 --note 或 --reason）。", code="no_reason")
    if not 1 <= days <= LONGEST:
        raise CampaignError(f"一次最多改 {LONGEST} 天，且结束日不早于开始日。", code="bad_period")
    rows = [DayRow(first.day + timedelta(days=offset), first.working, first.note or by.reason, "override") for offset in range(days)]
    if campaign is not None:
        name = lay_upon(tx, campaign, rows)
    else:
        set_days(tx, rows, name)
    write_event(tx, at=by.now, actor=by.actor, verb="change_calendar", reason=by.reason or first.note, campaign_id=campaign.id if campaign else None,
                detail={"calendar": name, "from": rows[0].day.isoformat(), "to": rows[-1].day.isoformat(), "working": first.working})  # fmt: skip
    return recompute(tx, names_upon(tx, name), by, len(rows))


def set_rest_days(tx: Session, campaign: Campaign, way: RestDays, by: By) -> Recomputed:
    """How deadlines on rest days are taken from now on; open ones follow, with a notice."""
    campaign.settings = {**campaign.settings, "rest_days": way.value}
    tx.add(campaign)
    tx.flush()
    write_event(tx, at=by.now, actor=by.actor, verb="rest_days", reason=by.reason, campaign_id=campaign.id, detail={"way": way.value})
    return recompute(tx, [campaign.calendar], by, 0, only=campaign)


def settle_drafts(tx: Session, campaign: Campaign, drafts: Iterable[DutyDraft]) -> list[DutyDraft]:
    """Deadlines of the plan moved off rest days, as the campaign has it; the stated day stays visible."""
    from dataclasses import replace

    way, kept = rest_days_of(campaign), list(drafts)
    if way is RestDays.KEEP:
        return kept
    calendar = load_calendar(tx, campaign.calendar)
    moved = ((draft, settled(draft.due_at, calendar, way) if draft.due_at else None) for draft in kept)
    return [draft if at == draft.due_at else replace(draft, due_at=at, stated_due_at=draft.due_at) for draft, at in moved]


def rest_days_of(campaign: Campaign) -> RestDays:
    return RestDays(campaign.settings.get("rest_days", RestDays.KEEP.value))


def recompute(tx: Session, calendars: Sequence[str], by: By, days: int, *, only: Campaign | None = None) -> Recomputed:
    """Every campaign that counts by one of these calendars, or the one."""
    deadlines = rungs = 0
    for campaign in [only] if only is not None else recount.campaigns_on(tx, calendars):
        assert campaign.id is not None
        calendar = calendar_of(tx, campaign.id)
        notes: dict[int, str] = {}
        moved = [duty for duty in recount.computed_duties(tx, campaign) if _move(tx, campaign, duty, calendar, by, notes)]
        told = [(duty.unit_id, duty.id) for duty in moved if duty.state in (DutyState.OPEN, DutyState.RETURNED)]
        if told:
            collect_lines(tx, campaign_id=campaign.id, kind="调整通知", duties=told, now=by.now, notes=notes)
        deadlines += len(moved)
        rungs += _count_rungs_again(tx, campaign, by.now)
    return Recomputed(days, deadlines, rungs)


def _move(tx: Session, campaign: Campaign, duty: Duty, calendar: WorkingCalendar, by: By, notes: dict[int, str]) -> bool:
    """Give a duty the deadline that its plan now means; False when it is the same, or the old one has passed."""
    if duty.due_at is None or duty.due_at <= by.now:
        return False
    stated = _stated(tx, campaign, duty, calendar)
    due_at = settled(stated, calendar, rest_days_of(campaign))
    if due_at == duty.due_at or due_at <= by.now:
        return False
    before = due_on(duty.due_at).isoformat()
    notes[duty.id] = until_now(duty.due_at)
    if duty.state in (DutyState.OPEN, DutyState.RETURNED):
        start_revision(tx, duty, due_at=due_at, now=by.now, state=DutyState(duty.state), source=duty.due_source)
    else:
        duty.due_at = due_at
    duty.first_due_at = stated
    tx.add(duty)
    write_event(tx, at=by.now, actor=by.actor, verb="redate", reason=by.reason or "工作日历调整", campaign_id=campaign.id, subject="duty", subject_id=duty.id,
                detail={"from": before, "to": due_on(due_at).isoformat()})  # fmt: skip
    return True


def _stated(tx: Session, campaign: Campaign, duty: Duty, calendar: WorkingCalendar) -> datetime:
    """What the plan's words mean on these days; without words counted in working days, the day that the plan or the phase has."""
    phrase = recount.phrase_of(tx, duty)
    if phrase is not None and phrase.endswith("wd") and duty.due_source == "own":
        found = moment_of_when(phrase, launched_at=campaign.launched_at, inspection_on=campaign.inspection_on, events={}, calendar=calendar, edge="end")
        if found is not None:
            return found
    planned = recount.planned_due(tx, duty)
    if planned is None and duty.due_source == "campaign" and campaign.ends_on is not None:
        planned = due_at_of_day(campaign.ends_on)
    return planned or duty.first_due_at or duty.due_at or campaign.launched_at


def _count_rungs_again(tx: Session, campaign: Campaign, now: datetime) -> int:
    assert campaign.id is not None
    clock, changes = clock_of(tx, campaign.id), []
    for row in recount.armed(tx, campaign.id, now):
        if row.rung == 0:
            at = clock.first_at(row.ladder_id, row.due_at, row.opened_at, row.floor_rung)
        elif row.delivered_at is not None:
            at = clock.after(row.ladder_id, row.rung, row.due_at, row.delivered_at, row.floor_rung)
        else:
            continue
        if at is not None and max(at, now) != row.next_rung_at:
            changes.append((row.id, max(at, now)))
    recount.arm(tx, changes)
    return len(changes)
