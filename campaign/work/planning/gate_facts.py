"""阶段验收(转段): the facts of a phase put before the rule. A status asks this and decides nothing, so it loads no use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.records.planning import phases as facts_of
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, DutyKind, Phase
from campaign.rules.calendar import light
from campaign.rules.gate import GateDecision, GateFacts, OpenDuty, PackageFacts, gate_decision

OWN_WORK = (DutyKind.PERFORM, DutyKind.MATERIAL, DutyKind.REPORT, DutyKind.RECTIFY)
NAMED = 50
"""Open duties that are read to show a gate: more than anybody reads, and no more in a phase with a million."""


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
