"""Findings and their loop: a finding is a rectification order with a deadline, its recheck by another closes it (销号).

A failed recheck starts the next round as a duty of its own, one rung higher than the last reached; so does the same problem found again.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import findings
from campaign.records.duty.duties import DutyDraft, create_duties, finish
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.ladders import ladder_of
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Finding, Phase, Unit
from campaign.rules.findings import Severity, floor_of_repeat, rectify_due_at
from campaign.work.by import By
from campaign.work.duty.hand_in import working_days_after
from campaign.work.papers.changes import because, tell_changes


def add_finding(
    tx: Session, campaign: Campaign, phase: Phase, unit: Unit, text: str, by: By, *, severity: str = "normal", indicator: str | None = None,
    site: str | None = None, days: int | None = None, inspection: str | None = None,
) -> tuple[Finding, Duty]:  # fmt: skip
    """Record a problem and order its rectification, in one transaction with the 整改通知单."""
    if not text.strip():
        raise CampaignError("问题描述不能为空：请写明在哪里发现了什么问题。", code="empty_finding")
    if phase.state != "open":
        raise Conflict(
            f"阶段「{phase.name}」{'已关闭' if phase.state == 'closed' else '尚未开启'}：问题请登记到开启中的阶段。", code="phase_not_open", phase=phase.key
        )
    assert campaign.id is not None
    assert phase.id is not None
    assert unit.id is not None
    again = findings.same_before(tx, campaign.id, unit.id, text, indicator)
    finding = findings.add(
        tx, campaign_id=campaign.id, phase_id=phase.id, unit_id=unit.id, text=text.strip(), indicator=indicator, site=site, severity=severity,
        found_by=by.actor, found_at=by.now, inspection_id=findings.inspection(tx, campaign.id, phase.id, inspection, by.now) if inspection else None,
    )  # fmt: skip
    duty = order_rectification(tx, campaign, finding, by, times_before=again.round if again is not None else 0, days=days)
    write_event(tx, at=by.now, actor=by.actor, verb="finding", reason=by.reason, campaign_id=campaign.id, subject="finding", subject_id=finding.id,
                detail={"unit": unit.name, "severity": severity, "again": again.id if again else None})  # fmt: skip
    return finding, duty


def order_rectification(tx: Session, campaign: Campaign, finding: Finding, by: By, *, times_before: int, reached: int = 0, days: int | None = None) -> Duty:
    """The duty to rectify this round; `times_before` is how often this problem was ordered to be rectified already, `reached` the rung of the round before."""
    floor = max(floor_of_repeat(ladder_of(tx, campaign.ladder_id), times_before), reached)
    calendar = load_calendar(tx, campaign.calendar)
    due_at = working_days_after(tx, campaign, by.now, days) if days is not None else rectify_due_at(Severity(finding.severity), by.now, calendar)
    created = create_duties(tx, [DutyDraft(
        campaign_id=finding.campaign_id, phase_id=finding.phase_id, unit_id=finding.unit_id, kind=DutyKind.RECTIFY,
        origin=f"rectify:finding:{finding.id}/{finding.round}", title=f"整改：{finding.text}"[:300], ladder_id=campaign.ladder_id,
        due_at=due_at, due_source="own", floor_rung=floor, finding_id=finding.id,
    )], by.now)  # fmt: skip
    duty = tx.get_one(Duty, created[0])
    collect_lines(tx, campaign_id=finding.campaign_id, kind="整改通知单", duties=[(finding.unit_id, created[0])], now=by.now)
    return duty


def recheck_passed(tx: Session, duty: Duty, by: By) -> None:
    """销号."""
    finding = tx.get(Finding, duty.finding_id) if duty.finding_id else None
    if finding is not None:
        tx.refresh(finding)
        finding.state, finding.closed_at, finding.closed_by = "closed", by.now, by.actor
        tx.add(finding)
        tx.flush()


def recheck_failed(tx: Session, campaign: Campaign, duty: Duty, by: By, reason: str) -> None:
    finding = tx.get_one(Finding, duty.finding_id or 0)
    tx.refresh(finding)
    finish(tx, duty, DutyState.CANCELLED, by.now, f"复核未通过，转第{finding.round + 1}轮整改：{reason}"[:300])
    finding.round += 1
    finding.state = "rectifying"
    tx.add(finding)
    tx.flush()
    order_rectification(tx, campaign, finding, by, times_before=finding.round - 1, reached=max(duty.rung, duty.floor_rung))


def withdraw_finding(tx: Session, finding: Finding, by: By) -> None:
    """A problem entered by mistake: its open orders are cancelled with the reason."""
    if not by.reason.strip():
        raise CampaignError("撤销问题须写明理由：请加 --reason。", code="no_reason", finding=finding.id)
    if finding.state in ("closed", "withdrawn"):
        raise Conflict(f"问题 {finding.id} 已{'销号' if finding.state == 'closed' else '撤销'}。", code="finding_over", finding=finding.id)
    orders = findings.open_orders(tx, finding)
    for duty in orders:
        finish(tx, duty, DutyState.CANCELLED, by.now, by.reason)
    tell_changes(tx, finding.campaign_id, {duty.id: because("问题登记已撤销，不再整改", by.reason) for duty in orders}, by)
    finding.state, finding.closed_at, finding.closed_by = "withdrawn", by.now, by.actor
    tx.add(finding)
    write_event(
        tx, at=by.now, actor=by.actor, verb="withdraw_finding", reason=by.reason, campaign_id=finding.campaign_id, subject="finding", subject_id=finding.id
    )
