"""阶段验收(转段): the facts of a phase put before the rule, and what a person decides on its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.log import write_event
from campaign.records.planning import phases as facts_of
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, DutyKind, GateRecord, Phase
from campaign.rules.calendar import light
from campaign.rules.gate import GateDecision, GateFacts, GateOutcome, OpenDuty, PackageFacts, gate_decision
from campaign.work.by import By
from campaign.work.planning.phases import close_phase

OWN_WORK = (DutyKind.PERFORM, DutyKind.MATERIAL, DutyKind.REPORT, DutyKind.RECTIFY)
NAMED = 50
"""Open duties that are read to show a gate: more than anybody reads, and no more in a phase with a million."""
RECORDED = {GateOutcome.PASS: "passed", GateOutcome.CARRY_OVER: "carried_over", GateOutcome.HOLD: "held"}


def ask_gate(tx: Session, campaign: Campaign, phase: Phase, now: datetime, *, name_all: bool = False) -> GateDecision:
    """May this phase close, and what stands in its way: the first by name, or `name_all`. Asks only for what its kind looks at."""
    calendar, most = load_calendar(tx, campaign.calendar), None if name_all else NAMED

    def named(rows: list[Any]) -> tuple[OpenDuty, ...]:
        return tuple(
            OpenDuty(row.id, row.unit, row.title, light(row.state, row.due_at, now, calendar).value if hasattr(row, "state") else "red") for row in rows
        )

    facts = GateFacts(phase_kind=phase.kind, phase_name=phase.name, required_open=named(facts_of.open_duties(tx, phase, kinds=OWN_WORK, limit=most)))
    if len(facts.required_open) == most:
        count, red = facts_of.count_open(tx, phase, now, kinds=OWN_WORK)
        shown = sum(duty.light == "red" for duty in facts.required_open)
        facts = replace(facts, required_more=count - len(facts.required_open), overdue_more=red - shown)
    return gate_decision(replace(facts, **_FACTS[phase.kind](tx, phase, now, named)) if phase.kind in _FACTS else facts)


_Named = Callable[[list[Any]], tuple[OpenDuty, ...]]


def _mobilized(tx: Session, phase: Phase, now: datetime, named: _Named) -> dict[str, Any]:
    letters = named(facts_of.open_duties(tx, phase, kinds=(DutyKind.SIGN,)))
    return {
        "units_without_contact": tuple(facts_of.units_without_contact(tx, phase, now)),
        "items_without_owner": tuple(facts_of.items_without_owner(tx, phase)),
        "unsigned_letters": letters,
        "letters_asked": bool(letters),
    }


def _rectified(tx: Session, phase: Phase, now: datetime, named: _Named) -> dict[str, Any]:
    due, done = facts_of.rectifications(tx, phase, now)
    return {"rectifications_due": due, "rectifications_done": done, "major_findings": named(facts_of.major_findings(tx, phase))}


def _packed(tx: Session, phase: Phase, now: datetime, named: _Named) -> dict[str, Any]:
    package = facts_of.latest_package(tx, phase.campaign_id)
    return {"package": PackageFacts((f"{package.missing} 项材料",) if package and package.missing else (), package is not None, package is not None)}


_FACTS: dict[str, Callable[[Session, Phase, datetime, _Named], dict[str, Any]]] = {
    "mobilization": _mobilized,
    "rectification": _rectified,
    "readiness": _packed,
}


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
