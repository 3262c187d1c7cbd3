"""The inspection's date moves: one decision re-dates every deadline that counts from it, and each unit concerned gets one 调整通知.

What was overdue stays overdue. Earlier than planned needs notice: nobody is told on Friday that Monday's deadline was yesterday. The stored plan
gets the new date as a version of its own, so that launching the old file again shows that it would take the decision back, and a file with the
new date changes nothing.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.plan.spec import PlanSpec
from campaign.records.duty.duties import start_revision
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import registry
from campaign.records.planning.calendars import calendar_of, ensure_years
from campaign.records.planning.recount import duties_of_items
from campaign.records.tables import Campaign, Duty, DutyState
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.work.by import By
from campaign.work.papers.changes import until_now
from campaign.work.planning.blueprint import Blueprint, draw
from campaign.work.planning.materials import known_again
from campaign.work.planning.phases import shift_phase
from campaign.work.planning.versions import keep_plan

NOTICE_DAYS = 3


def move_inspection(tx: Session, campaign: Campaign, to: date, by: By) -> int:
    """Answers how many duties got another deadline."""
    if campaign.inspection_on is None:
        raise Conflict(f"「{campaign.title}」没有写明迎检日期：请在方案的 inspection 中补填后重新启动。", code="no_inspection", campaign=campaign.slug)
    if not by.reason.strip():
        raise CampaignError("调整迎检日期须写明依据：请加 --reason。", code="no_reason")
    if to == campaign.inspection_on:
        return 0
    assert campaign.id is not None
    ensure_years(tx, to.year - 1, to.year + 1)
    today, before = campaign_day(by.now), campaign.inspection_on
    calendar = calendar_of(tx, campaign.id)
    soonest = calendar.add_working_days(today, NOTICE_DAYS)
    if to < soonest:
        raise CampaignError(f"迎检日期至少应在 {NOTICE_DAYS} 个工作日之后（{soonest}），以便各单位准备。", code="too_soon")
    latest = registry.latest_plan(tx, campaign)
    spec = PlanSpec.model_validate(latest.spec)
    moved_spec = _moved(spec, before, to)
    plan = draw(moved_spec, launched_at=campaign.launched_at, calendar=calendar)
    campaign.inspection_on = to
    tx.add(campaign)
    moved = _redate(tx, campaign, plan, soonest if to < before else None, by) + _shift_phases(tx, campaign, spec, plan, by)
    version = keep_plan(tx, campaign, plan.spec, latest.number + 1, by)
    write_event(tx, at=by.now, actor=by.actor, verb="move_inspection", reason=by.reason, campaign_id=campaign.id,
                detail={"from": before.isoformat(), "to": to.isoformat(), "duties": moved, "plan": version})  # fmt: skip
    return moved


def _moved(spec: PlanSpec, before: date, to: date) -> PlanSpec:
    """The inspectors stay as long as they would have stayed."""
    assert spec.inspection is not None
    changed = {"start": to.isoformat()}
    if spec.inspection.end and re.fullmatch(r"\d{4}-\d\d-\d\d", spec.inspection.end):
        changed["end"] = (date.fromisoformat(spec.inspection.end) + (to - before)).isoformat()
    return spec.model_copy(update={"inspection": spec.inspection.model_copy(update=changed)})


def _redate(tx: Session, campaign: Campaign, plan: Blueprint, soonest: date | None, by: By) -> int:
    """Duties of items and materials whose words count from the inspection. Moved earlier, none is due before the minimum notice."""
    assert campaign.id is not None
    due: dict[tuple[str, int | None], datetime | None] = {}
    items = {item.key: item for item in registry.items_of(tx, campaign)}
    ids = {key: item.id for key, item in items.items()}
    rows = registry.requirement_rows(tx, ids.values())
    for item in plan.items:
        if (item.spec.deadline or "").startswith("inspection"):
            due[item.key, None] = item.due_at
            if item.key in items:
                items[item.key].due_at = item.due_at
        numbers = known_again(rows.get(ids.get(item.key, 0), ()), item).numbers
        for number, material, dated in zip(numbers, item.spec.materials, item.materials, strict=True):
            if (material.due or "").startswith("inspection"):
                due[item.key, number] = dated.due_at
            elif material.due is None and (item.key, None) in due:
                due[item.key, number] = item.due_at
    told: list[tuple[int, int]] = []
    notes: dict[int, str] = {}
    moved = 0
    for duty, key, asked in duties_of_items(tx, campaign, {key for key, _ in due}):
        wanted = due.get((key, asked))
        if wanted is None or duty.due_at is None or duty.due_at <= by.now or duty.due_source not in ("own", "event"):
            continue
        if soonest is not None and wanted < duty.due_at:
            wanted = max(wanted, min(due_at_of_day(soonest), duty.due_at))
        if wanted != duty.due_at:
            notes[duty.id] = until_now(duty.due_at)
            _move(tx, duty, wanted, by)
            moved += 1
            if duty.state in (DutyState.OPEN, DutyState.RETURNED):
                told.append((duty.unit_id, duty.id))
    if told:
        collect_lines(tx, campaign_id=campaign.id, kind="调整通知", duties=told, now=by.now, notes=notes)
    return moved


def _move(tx: Session, duty: Duty, due_at: datetime, by: By) -> None:
    before = due_on(duty.due_at).isoformat() if duty.due_at else None
    if duty.state in (DutyState.OPEN, DutyState.RETURNED):
        start_revision(tx, duty, due_at=due_at, now=by.now, state=DutyState(duty.state), source=duty.due_source)
    else:
        duty.due_at = due_at
    tx.add(duty)
    write_event(tx, at=by.now, actor=by.actor, verb="redate", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"from": before, "to": due_on(due_at).isoformat()})  # fmt: skip


def _shift_phases(tx: Session, campaign: Campaign, spec: PlanSpec, plan: Blueprint, by: By) -> int:
    """Phases whose own dates count from the inspection follow it."""
    words = {phase.key or "": f"{phase.start or ''} {phase.end or ''}" for phase in spec.phases}
    dates = {phase.key: phase for phase in plan.phases}
    moved = 0
    for row in registry.phases_of(tx, campaign):
        planned = dates.get(row.key)
        if planned is None or row.state == "closed" or "inspection" not in words.get(row.key, ""):
            continue
        starts_on = planned.starts_on if row.state == "planned" else None
        moved += shift_phase(tx, campaign, row, by, starts_on=starts_on, ends_on=planned.ends_on)
    return moved
