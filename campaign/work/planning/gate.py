"""阶段验收(转段): what a person decides on the answer of the gate, and its record."""

from __future__ import annotations

from dataclasses import asdict

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.log import write_event
from campaign.records.planning import phases as facts_of
from campaign.records.tables import Campaign, GateRecord, Phase
from campaign.rules.gate import GateDecision, GateOutcome
from campaign.work.by import By
from campaign.work.planning.gate_facts import ask_gate as ask_gate
from campaign.work.planning.phases import close_phase

RECORDED = {GateOutcome.PASS: "passed", GateOutcome.CARRY_OVER: "carried_over", GateOutcome.HOLD: "held"}


def decide_gate(tx: Session, campaign: Campaign, phase: Phase, outcome: GateOutcome, by: By) -> GateDecision:
    """Pass, take named leftovers along, or hold. Refused with the blockers by name when the rule does not allow it."""
    _must_be_open(phase)
    decision = ask_gate(tx, campaign, phase, by.now, name_all=True)
    if outcome not in decision.outcome_allowed:
        told = "\n".join(f"  · {reason}" for reason in decision.reasons)
        allowed = "、".join(one.label for one in decision.outcome_allowed)
        if outcome is GateOutcome.CARRY_OVER and decision.may_close:
            raise Conflict(f"阶段「{phase.name}」没有遗留问题，请直接选择「通过」。", code="nothing_to_carry", phase=phase.key)
        raise Conflict(f"阶段「{phase.name}」还不能「{outcome.label}」，可选：{allowed}。未满足的条件：\n{told}", code="gate_blocked", phase=phase.key)
    if outcome is GateOutcome.HOLD and not by.reason.strip():
        raise CampaignError("暂缓转段须写明理由：请加 --reason。", code="no_reason")
    _record(tx, campaign, phase, RECORDED[outcome], decision, by)
    if outcome is not GateOutcome.HOLD:
        close_phase(tx, campaign, phase, by)
    return decision


def overrule_gate(tx: Session, campaign: Campaign, phase: Phase, by: By) -> GateDecision:
    """Close in spite of blockers: only a leader of the campaign, with a reason, and it is recorded as overruled."""
    _must_be_open(phase)
    if not by.reason.strip():
        raise CampaignError("越过验收条件转段须写明理由：请加 --reason。", code="no_reason")
    leaders = facts_of.leaders(tx, campaign)
    if by.actor not in leaders:
        who = "、".join(leaders) if leaders else "方案的领导小组中没有写明负责人，请先在方案中补填 organisation.head"
        raise NotAllowed(f"只有领导小组负责人可以越过验收条件转段（{who}）；当前身份是「{by.actor}」。", code="not_a_leader", phase=phase.key)
    decision = ask_gate(tx, campaign, phase, by.now, name_all=True)
    _record(tx, campaign, phase, "overruled", decision, by)
    close_phase(tx, campaign, phase, by)
    return decision


def _must_be_open(phase: Phase) -> None:
    if phase.state != "open":
        raise Conflict(f"阶段「{phase.name}」{'已关闭' if phase.state == 'closed' else '尚未开启'}，不能验收。", code="phase_not_open", phase=phase.key)


def _record(tx: Session, campaign: Campaign, phase: Phase, outcome: str, decision: GateDecision, by: By) -> None:
    assert phase.id is not None
    blockers = [{"code": blocker.code, "text": blocker.text, "duty_ids": list(blocker.duty_ids)} for blocker in decision.blockers]
    tx.add(
        GateRecord(
            phase_id=phase.id, number=facts_of.next_gate_number(tx, phase), outcome=outcome, blockers=blockers,
            leftovers=[asdict(one) for one in decision.leftovers], decided_by=by.actor, decided_at=by.now, reason=by.reason,
        )
    )  # fmt: skip
    write_event(tx, at=by.now, actor=by.actor, verb=f"gate_{outcome}", reason=by.reason, campaign_id=campaign.id, subject="phase", subject_id=phase.id,
                detail={"blockers": [blocker.text for blocker in decision.blockers]})  # fmt: skip
    tx.flush()
