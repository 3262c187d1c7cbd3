"""Phases: opening, closing, reopening and shifting them. A phase closes through its gate (`campaign.work.planning.gate`), never by itself."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty.duties import open_waiting, start_revision
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.phases import duties_due_with, undated_of
from campaign.records.tables import Campaign, Duty, DutyState, Phase
from campaign.records.tables.duties import duty_table
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day, due_at_of_day, due_on
from campaign.work.by import By
from campaign.work.papers.changes import until_now
from campaign.work.running.series import trim_series

PASS_AT = time(8, 30)


def open_phase(tx: Session, campaign: Campaign, phase: Phase, by: By, *, ends_on: date | None = None) -> bool:
    """Open a planned phase; False when it is open already. An undated one gets its start today, and needs an end from somewhere."""
    if phase.state == "open":
        return False
    if phase.state == "closed":
        raise Conflict(
            f"阶段「{phase.name}」已关闭：如需继续，请先重新打开（campaign phase reopen {campaign.slug} {phase.number}）。",
            code="phase_closed",
            phase=phase.key,
        )
    if campaign.state != "launched":
        raise Conflict(f"创建活动「{campaign.title}」已结束或撤销，不能再开启阶段。", code="campaign_over", campaign=campaign.slug)
    phase.starts_on = phase.starts_on or campaign_day(by.now)
    if ends_on is not None:
        phase.ends_on, phase.due_at = ends_on, due_at_of_day(ends_on)
    if phase.ends_on is not None and phase.due_at is None:
        phase.due_at = due_at_of_day(phase.ends_on)
    phase.state, phase.opened_at = "open", by.now
    phase.next_pass_at = next_pass_at(tx, campaign, by.now)
    tx.add(phase)
    _date_the_undated(tx, campaign, phase)
    registry.date_series(tx, phase, campaign_day(by.now))
    write_event(tx, at=by.now, actor=by.actor, verb="open_phase", reason=by.reason, campaign_id=campaign.id, subject="phase", subject_id=phase.id)
    tx.flush()
    return True


def _date_the_undated(tx: Session, campaign: Campaign, phase: Phase) -> None:
    """Duties of a phase that had no end until now are due with the phase, else with the campaign."""
    due_at, source = (phase.due_at, "phase") if phase.due_at else (due_at_of_day(campaign.ends_on), "campaign") if campaign.ends_on else (None, "phase")
    for duty in undated_of(tx, phase, due_at) if due_at is not None else ():
        duty.due_at = duty.first_due_at = due_at
        duty.due_source = source
        tx.add(duty)


def close_phase(tx: Session, campaign: Campaign, phase: Phase, by: By) -> None:
    """End the phase's own work: its series end; what is still owed goes on with its ladder, and so does what was never opened."""
    if phase.state != "open":
        raise Conflict(f"阶段「{phase.name}」{'已关闭' if phase.state == 'closed' else '尚未开启'}，不需要关闭。", code="phase_not_open", phase=phase.key)
    assert phase.id is not None
    phase.state, phase.closed_at, phase.next_pass_at = "closed", by.now, None
    registry.end_series(tx, phase.id)
    open_waiting(tx, (duty_table.c.phase_id == phase.id) & duty_table.c.event_name.is_(None), by.now)
    tx.add(phase)
    write_event(tx, at=by.now, actor=by.actor, verb="close_phase", reason=by.reason, campaign_id=campaign.id, subject="phase", subject_id=phase.id)
    tx.flush()
    phases = registry.phases_of(tx, campaign)
    follower = next((other for other in phases if other.number > phase.number and other.state == "planned"), None)
    if follower is not None and follower.starts_on is None:
        follower.starts_on = campaign_day(by.now)
        tx.add(follower)
    if all(other.state == "closed" for other in phases):
        campaign.state = "finished"
        tx.add(campaign)
        write_event(tx, at=by.now, actor=by.actor, verb="finish", reason="全部阶段已关闭", campaign_id=campaign.id)
    tx.flush()


def reopen_phase(tx: Session, campaign: Campaign, phase: Phase, by: By) -> None:
    if phase.state != "closed":
        raise Conflict(f"阶段「{phase.name}」没有关闭，不需要重新打开。", code="phase_not_closed", phase=phase.key)
    if not by.reason.strip():
        raise CampaignError("重新打开阶段须写明理由：请加 --reason。", code="no_reason")
    phase.state, phase.closed_at, phase.next_pass_at = "open", None, next_pass_at(tx, campaign, by.now)
    campaign.state = "launched"
    registry.date_series(tx, phase, campaign_day(by.now))
    tx.add(phase)
    tx.add(campaign)
    write_event(tx, at=by.now, actor=by.actor, verb="reopen_phase", reason=by.reason, campaign_id=campaign.id, subject="phase", subject_id=phase.id)
    tx.flush()


def shift_phase(tx: Session, campaign: Campaign, phase: Phase, by: By, *, starts_on: date | None, ends_on: date | None) -> int:
    """Move a phase's dates. Duties due with the phase follow it (a new revision each), and their units are told; what was overdue stays overdue.

    Answers how many moved.
    """
    if phase.state == "closed":
        raise Conflict(f"阶段「{phase.name}」已关闭，不能再调整日期。", code="phase_closed", phase=phase.key)
    if not by.reason.strip():
        raise CampaignError("调整阶段日期须写明理由：请加 --reason。", code="no_reason")
    start, end = starts_on or phase.starts_on, ends_on or phase.ends_on
    if start and end and end < start:
        raise CampaignError(f"结束日期 {end} 早于开始日期 {start}。", code="backwards")
    if starts_on is not None and phase.state == "open" and starts_on != phase.starts_on:
        raise Conflict(f"阶段「{phase.name}」已经开启，只能调整结束日期。", code="phase_open", phase=phase.key)
    before = {"start": str(phase.starts_on), "end": str(phase.ends_on)}
    phase.starts_on, phase.ends_on = start, end
    phase.due_at = due_at_of_day(end) if end else None
    if end and campaign.ends_on and end > campaign.ends_on:
        campaign.ends_on = end
        tx.add(campaign)
    tx.add(phase)
    tx.flush()
    moved, told, notes = 0, [], {}
    if phase.due_at is not None:
        for duty in duties_due_with(tx, phase):
            overdue = duty.due_at is not None and duty.due_at <= by.now
            if overdue or duty.due_at == phase.due_at or keeps_its_day(duty, phase, phase.due_at):
                continue
            moved += 1
            if duty.state in (DutyState.OPEN, DutyState.RETURNED):
                notes[duty.id] = until_now(duty.due_at)
                start_revision(tx, duty, due_at=phase.due_at, now=by.now, state=DutyState(duty.state), source="phase")
                told.append((duty.unit_id, duty.id))
            else:
                duty.due_at, duty.due_source = phase.due_at, "phase"
                tx.add(duty)
        registry.date_series(tx, phase, campaign_day(by.now))
        trim_series(tx, campaign, by, phase)
    collect_lines(tx, campaign_id=campaign.id, kind="调整通知", duties=told, now=by.now, notes=notes)
    write_event(tx, at=by.now, actor=by.actor, verb="shift_phase", reason=by.reason, campaign_id=campaign.id, subject="phase", subject_id=phase.id,
                detail={"from": before, "to": {"start": str(start), "end": str(end)}, "duties": moved})  # fmt: skip
    tx.flush()
    return moved


def keeps_its_day(duty: Duty, phase: Phase, due_at: datetime) -> bool:
    """A day that was chosen in 倒排工期 stays while it lies within the phase."""
    if duty.due_source != "proposed" or duty.due_at is None:
        return False
    return duty.due_at <= due_at and (phase.starts_on is None or due_on(duty.due_at) >= phase.starts_on)


def next_pass_at(tx: Session, campaign: Campaign, now: datetime) -> datetime:
    """The next working day's pass, at 8:30."""
    today = campaign_day(now)
    calendar = load_calendar(tx, campaign.calendar)
    at = datetime.combine(today, PASS_AT, CAMPAIGN_ZONE)
    if at > now and calendar.is_working(today):
        return at
    return datetime.combine(calendar.add_working_days(today, 1), PASS_AT, CAMPAIGN_ZONE)
