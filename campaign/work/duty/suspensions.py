"""暂缓 for more than one duty: a unit's, a phase's or a whole campaign's clocks stopped with a document, and started again together.

Owns what belongs to one suspension: resuming it starts the duties it stopped and no other, so a duty that was suspended for its own reason
stays so. Each keeps its remaining working time; what was overdue stays overdue. Recurring work does not grow meanwhile, and what fell due then
is excused.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotFound
from campaign.records.duty import suspended
from campaign.records.log import write_event
from campaign.records.tables import Campaign, DutyState, Phase, Suspension, Unit
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty.change_duty import restart_clock, stop_clock
from campaign.work.papers.changes import tell_changes
from campaign.work.running.series import excuse_missed


def suspend_many(tx: Session, campaign: Campaign, by: By, *, document: str, phase: Phase | None = None, unit: Unit | None = None) -> tuple[Suspension, int]:
    """Stop the clocks of what is owed, and tell its units; answers the suspension and how many duties it stopped."""
    if not document.strip():
        raise CampaignError("暂缓须有依据：请写明文件名称或文号（--document）。", code="no_document")
    if not by.reason.strip():
        raise CampaignError("暂缓须写明理由：请加 --reason。", code="no_reason")
    assert campaign.id is not None
    duties = suspended.owed(tx, campaign, phase, unit)
    if not duties:
        raise Conflict("没有正在计时的应办事项，不需要暂缓。", code="nothing_to_suspend", campaign=campaign.slug)
    row = Suspension(
        campaign_id=campaign.id, phase_id=phase.id if phase else None, unit_id=unit.id if unit else None, document=document.strip()[:200],
        reason=by.reason, began_at=by.now, began_by=by.actor,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    told: dict[int, str] = {}
    for duty in (one for one in duties if one.state != DutyState.SUSPENDED):  # parts of a split duty are stopped with the whole
        told |= stop_clock(tx, duty, By(by.actor, by.now, f"{document}：{by.reason}"[:300]))
    tell_changes(tx, campaign.id, told, by)
    suspended.remember(tx, row.id, [duty.id for duty in duties])
    write_event(tx, at=by.now, actor=by.actor, verb="suspend_many", reason=by.reason, campaign_id=campaign.id, subject="suspension", subject_id=row.id,
                detail={"document": document, "duties": len(duties)})  # fmt: skip
    return row, len(duties)


def resume_many(tx: Session, suspension_id: int, by: By) -> int:
    """Start them again, as many working days before their deadline as they stopped, and tell their units; answers how many."""
    row = tx.get(Suspension, suspension_id)
    if row is None:
        raise NotFound(f"没有编号为 {suspension_id} 的暂缓：请用 campaign suspension list 查看。", code="no_suspension")
    if row.ended_at is not None:
        raise Conflict(f"暂缓 {suspension_id} 已由 {row.ended_by} 恢复。", code="already_resumed")
    row.ended_at, row.ended_by = by.now, by.actor
    tx.add(row)
    tx.flush()
    stopped = [duty for duty in suspended.stopped_by(tx, suspension_id) if duty.state == DutyState.SUSPENDED]
    told: dict[int, str] = {}
    for duty in (one for one in stopped if one.state == DutyState.SUSPENDED):
        told |= restart_clock(tx, duty, by)
    tell_changes(tx, row.campaign_id, told, by)
    excused = sum(excuse_missed(tx, series, campaign_day(row.began_at), by) for series in suspended.series_to_go_on(tx, suspended.covers(tx, row)))
    write_event(tx, at=by.now, actor=by.actor, verb="resume_many", reason=by.reason, campaign_id=row.campaign_id, subject="suspension", subject_id=row.id,
                detail={"duties": len(stopped), "excused": excused})  # fmt: skip
    tx.flush()
    return len(stopped)
